//! Sealed packets on their way out and in.
//!
//! Out: a ring that every peer reads at its own pace. The writer never waits; a peer that falls behind loses the oldest
//! packets and counts them. In: a bounded queue; what finds no room is dropped and counted.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use dialtone_protocol::DeviceId;
use tokio::sync::broadcast;

/// The longest payload in bytes: with RTP, SRTP, UDP and IPv6 around it, it fits the smallest usual MTU (1,280).
pub const MAX_PAYLOAD: usize = 1_200;
/// Packets that a peer may be behind: 640 ms at 20 ms each.
const RING: usize = 32;

/// A packet that leaves.
#[derive(Debug)]
pub(super) struct MediaOut {
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) level: u8,
    pub(super) payload: Bytes,
}

/// A packet that arrived. Its payload is still sealed, and the sender is not proven by it.
#[derive(Debug, Clone)]
pub struct MediaIn {
    /// Whose connection it came over.
    pub from: DeviceId,
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, at 48 kHz.
    pub timestamp: u32,
    /// The first packet after a silence.
    pub marker: bool,
    /// A relay did not forward those before it, because others were louder: they are not lost.
    pub resumed: bool,
    /// It was lost on the way, and sent again.
    pub resent: bool,
    /// The sealed payload.
    pub payload: Bytes,
    /// When it was read from the network.
    pub arrived: Instant,
}

/// Gives packets to all connected peers. Cheap to clone; for any thread but the device callback, as it allocates.
#[derive(Debug, Clone)]
pub struct MediaSender {
    ring: broadcast::Sender<Arc<MediaOut>>,
}

impl MediaSender {
    pub(super) fn new() -> Self {
        Self {
            ring: broadcast::Sender::new(RING),
        }
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Arc<MediaOut>> {
        self.ring.subscribe()
    }

    /// Sends `payload` to every connected peer without waiting; says how many peers will read it.
    ///
    /// `sequence` grows by one a packet (it wraps), `timestamp` by the packet's length at 48 kHz; `marker` opens a
    /// talk spurt (RFC 3551 section 4.1); `level` is how far below the loudest it is in dB, 0 to 127 (RFC 6464), and only a relay is
    /// told it. Returns `None`, and sends nothing, when the payload is longer than
    /// [`MAX_PAYLOAD`].
    pub fn try_send(
        &self,
        payload: &[u8],
        sequence: u16,
        timestamp: u32,
        marker: bool,
        level: u8,
    ) -> Option<usize> {
        if payload.len() > MAX_PAYLOAD {
            return None;
        }
        if self.ring.receiver_count() == 0 {
            return Some(0);
        }
        let packet = MediaOut {
            sequence,
            timestamp,
            marker,
            level,
            payload: Bytes::copy_from_slice(payload),
        };
        Some(self.ring.send(Arc::new(packet)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::broadcast::error::TryRecvError;

    #[test]
    fn a_reader_that_falls_behind_loses_the_oldest_and_knows_how_many() {
        let sender = MediaSender::new();
        let mut reader = sender.subscribe();
        for sequence in 0..(RING as u16 + 5) {
            assert_eq!(sender.try_send(b"x", sequence, 0, false, 0), Some(1));
        }
        assert_eq!(reader.try_recv().unwrap_err(), TryRecvError::Lagged(5));
        assert_eq!(reader.try_recv().unwrap().sequence, 5);
    }

    #[test]
    fn too_long_a_payload_is_refused() {
        let sender = MediaSender::new();
        let _reader = sender.subscribe();
        assert_eq!(sender.try_send(&[0; MAX_PAYLOAD], 0, 0, false, 0), Some(1));
        assert_eq!(sender.try_send(&[0; MAX_PAYLOAD + 1], 1, 0, false, 0), None);
    }

    #[test]
    fn nobody_there_is_no_error() {
        assert_eq!(MediaSender::new().try_send(b"x", 0, 0, true, 0), Some(0));
    }
}
