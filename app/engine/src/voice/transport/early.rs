//! Signals that arrive before their sender is known to be in the call.
//!
//! An offer may overtake the news that its sender joined. It is kept, within bounds, until the owner adds the peer.

use std::collections::HashMap;

use dialtone_protocol::{DeviceId, StreamId};

use dialtone_protocol::direct::Signal;

/// Senders that are remembered.
const SENDERS: usize = 25;
/// Signals that are remembered of each.
const EACH: usize = 8;

/// Keeps early signals; the oldest of a sender give way.
#[derive(Debug, Default)]
pub(super) struct EarlySignals {
    waiting: HashMap<DeviceId, Vec<Signal>>,
}

impl EarlySignals {
    /// Keeps `signal`, or drops it when there are too many senders.
    pub(super) fn keep(&mut self, from: DeviceId, signal: Signal) {
        if self.waiting.len() >= SENDERS && !self.waiting.contains_key(&from) {
            return;
        }
        let signals = self.waiting.entry(from).or_default();
        if signals.len() == EACH {
            signals.remove(0);
        }
        signals.push(signal);
    }

    /// What `from` said in its stay `stream`; what it said in others is dropped.
    pub(super) fn take(&mut self, from: &DeviceId, stream: &StreamId) -> Vec<Signal> {
        let mut signals = self.waiting.remove(from).unwrap_or_default();
        signals.retain(|signal| signal.from == *stream);
        signals
    }

    /// Drops what `from` said.
    pub(super) fn forget(&mut self, from: &DeviceId) {
        self.waiting.remove(from);
    }
}

#[cfg(test)]
mod tests {
    use super::super::attempt::Attempt;
    use super::*;
    use dialtone_protocol::direct::SignalBody;

    fn said(stream: u8, generation: u32) -> Signal {
        let attempt = Attempt {
            generation,
            round: 0,
        };
        Signal::new(
            StreamId([stream; 16]),
            StreamId([0; 16]),
            attempt,
            SignalBody::Bye,
        )
    }

    #[test]
    fn only_the_named_stay_is_given_back_in_order() {
        let mut early = EarlySignals::default();
        let peer = DeviceId([1; 32]);
        for signal in [said(1, 1), said(2, 1), said(2, 2)] {
            early.keep(peer, signal);
        }
        let taken = early.take(&peer, &StreamId([2; 16]));
        assert_eq!(taken, vec![said(2, 1), said(2, 2)]);
        assert!(early.take(&peer, &StreamId([2; 16])).is_empty());
    }

    #[test]
    fn memory_is_bounded() {
        let mut early = EarlySignals::default();
        for sender in 0..100 {
            for generation in 0..100 {
                early.keep(DeviceId([sender; 32]), said(1, generation));
            }
        }
        assert_eq!(early.waiting.len(), SENDERS);
        assert!(early.waiting.values().all(|kept| kept.len() == EACH));
    }
}
