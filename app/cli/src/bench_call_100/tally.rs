//! Who opened how much of whose voice. Pure: it is told which packets each listener opened.
//!
//! A listener knows whose packets it opened by a number of its own. What is in them is the same for everybody, so the voices that one
//! listener shares with another are one voice; and since the numbers of a voice's packets rise by one with each that is sent, what
//! nobody got counts as sent as well.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use dialtone_engine::voice::OpenedPacket;

/// Packets at the beginning and at the end that do not count: not all began and ended to listen in the same moment.
const BEGINNING: u32 = 25;
const END: u32 = 75;
/// Who opened this share of a voice has heard it.
const HEARD: f64 = 0.99;

/// One voice over the time that counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Voice {
    /// Packets that were sent.
    pub(super) sent: u32,
    /// The share (0-1) that each listener opened, by its place.
    pub(super) shares: Vec<f64>,
}

/// What all listeners opened, each by its own numbers of the talkers.
#[derive(Default)]
pub(super) struct Tally {
    listeners: Vec<BTreeMap<u64, Vec<OpenedPacket>>>,
}

impl Tally {
    /// Of so many listeners.
    pub(super) fn of(listeners: usize) -> Self {
        Self {
            listeners: vec![BTreeMap::new(); listeners],
        }
    }

    /// A listener opened these.
    pub(super) fn note(&mut self, listener: usize, packets: Vec<OpenedPacket>) {
        let Some(heard) = self.listeners.get_mut(listener) else {
            return;
        };
        for packet in packets {
            heard.entry(packet.talker).or_default().push(packet);
        }
    }

    /// The voices.
    pub(super) fn voices(&self) -> Vec<Voice> {
        let mut known: Vec<HashSet<(u32, u64)>> = Vec::new();
        // By voice and listener: the numbers that were opened.
        let mut opened: Vec<BTreeMap<usize, BTreeSet<u32>>> = Vec::new();
        for (listener, heard) in self.listeners.iter().enumerate() {
            let mut taken = BTreeSet::new();
            for packets in heard.values() {
                let keys = || {
                    packets
                        .iter()
                        .map(|packet| (packet.sequence, packet.content))
                };
                let alike =
                    |voice: &usize| keys().filter(|key| known[*voice].contains(key)).count();
                let free = (0..known.len()).filter(|voice| !taken.contains(voice));
                let best = free.max_by_key(alike);
                let best = best.filter(|voice| alike(voice) * 2 > packets.len());
                let voice = best.unwrap_or_else(|| {
                    known.push(HashSet::new());
                    opened.push(BTreeMap::new());
                    known.len() - 1
                });
                taken.insert(voice);
                known[voice].extend(keys());
                let numbers = packets.iter().map(|packet| packet.sequence);
                opened[voice].insert(listener, numbers.collect());
            }
        }
        let voices = opened.iter().map(|by_listener| self.voice(by_listener));
        voices.collect()
    }

    fn voice(&self, by_listener: &BTreeMap<usize, BTreeSet<u32>>) -> Voice {
        let all = || by_listener.values().flatten().copied();
        let first = all().min().unwrap_or_default().saturating_add(BEGINNING);
        let end = all().max().unwrap_or_default().saturating_sub(END);
        let sent = end.saturating_sub(first);
        let share = |listener: usize| {
            let opened = by_listener.get(&listener).filter(|_| first < end);
            let count = opened.map_or(0, |numbers| numbers.range(first..end).count());
            count as f64 / f64::from(sent.max(1))
        };
        Voice {
            sent,
            shares: (0..self.listeners.len()).map(share).collect(),
        }
    }
}

/// For each listener, how many of the voices it heard.
pub(super) fn heard(voices: &[Voice], listeners: usize) -> Vec<usize> {
    let of = |listener: usize| {
        let shares = voices.iter().filter_map(|voice| voice.shares.get(listener));
        shares.filter(|share| **share >= HEARD).count()
    };
    (0..listeners).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(talker: u64, sequence: u32, content: u64) -> OpenedPacket {
        OpenedPacket {
            talker,
            sequence,
            content,
        }
    }

    /// Two listeners, who number the two talkers the other way round; the second listener misses what `is_lost` says of talker 0.
    fn tally(is_lost: impl Fn(u32) -> bool) -> Tally {
        let mut tally = Tally::of(3);
        for sequence in 0..1_100 {
            for talker in [0, 1] {
                let content = u64::from(sequence) * 2 + talker;
                tally.note(0, vec![packet(talker + 7, sequence, content)]);
                if talker == 1 || !is_lost(sequence) {
                    tally.note(1, vec![packet(4 - talker, sequence, content)]);
                }
            }
        }
        tally
    }

    #[test]
    fn voices_are_known_by_what_is_in_them_and_who_opened_99_percent_has_heard() {
        let voices = tally(|sequence| (500..510).contains(&sequence)).voices();
        assert_eq!(voices.len(), 2);
        assert_eq!(voices[0].sent, 1_100 - 1 - BEGINNING - END);
        assert!((voices[0].shares[1] - 989.0 / 999.0).abs() < 1e-9);
        assert!((voices[1].shares[1] - 1.0).abs() < 1e-9);
        // 1.001 % is missing.
        assert_eq!(heard(&voices, 3), [2, 1, 0]);
        let voices = tally(|sequence| (500..509).contains(&sequence)).voices();
        assert_eq!(heard(&voices, 3), [2, 2, 0]);
    }

    #[test]
    fn what_nobody_got_was_sent_all_the_same() {
        let mut tally = Tally::of(1);
        let there = (0..1_100).filter(|sequence| !(500..520).contains(sequence));
        tally.note(0, there.map(|sequence| packet(1, sequence, 9)).collect());
        let voices = tally.voices();
        assert!((voices[0].shares[0] - 979.0 / 999.0).abs() < 1e-9);
        assert_eq!(heard(&voices, 1), [0]);
    }

    #[test]
    fn the_same_silence_of_two_talkers_makes_them_no_one_voice() {
        let mut tally = Tally::of(2);
        for listener in 0..2 {
            for sequence in 0..1_000 {
                for talker in [1, 2] {
                    let content = if sequence < 700 { 0 } else { talker };
                    tally.note(listener, vec![packet(talker, sequence, content)]);
                }
            }
        }
        assert_eq!(heard(&tally.voices(), 2), [2, 2]);
        assert_eq!(tally.voices().len(), 2);
    }

    #[test]
    fn too_little_is_nothing() {
        let mut tally = Tally::of(1);
        tally.note(0, vec![packet(1, 5, 5)]);
        assert_eq!(heard(&tally.voices(), 1), [0]);
        assert!(Tally::of(1).voices().is_empty());
    }
}
