//! Where packets wait: a fixed number of places, found by sequence number.

use super::Accept;
use crate::codec::MAX_PACKET_BYTES;

/// How many packets can wait: 1.28 s of 20 ms packets.
pub(super) const CAPACITY: usize = 64;

struct Slot {
    sequence: i64,
    timestamp: i64,
    samples: usize,
    length: usize,
    /// Whether it was made again and did not come.
    recovered: bool,
    bytes: [u8; MAX_PACKET_BYTES],
}

/// A waiting packet, seen from outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting<'a> {
    pub(super) sequence: i64,
    pub(super) timestamp: i64,
    pub(super) samples: usize,
    pub(super) payload: &'a [u8],
}

/// The waiting packets of one talker.
pub(super) struct Slots {
    slots: Vec<Slot>,
    packet_samples: usize,
}

/// Marks a place without packet.
const EMPTY: i64 = i64::MIN;

impl Slots {
    pub(super) fn new() -> Self {
        let empty = || Slot {
            sequence: EMPTY,
            timestamp: 0,
            samples: 0,
            length: 0,
            recovered: false,
            bytes: [0; MAX_PACKET_BYTES],
        };
        Self {
            slots: (0..CAPACITY).map(|_| empty()).collect(),
            packet_samples: 960,
        }
    }

    /// Puts a packet in its place; whoever is `CAPACITY` older gives way.
    pub(super) fn insert(
        &mut self,
        sequence: i64,
        timestamp: i64,
        samples: usize,
        payload: &[u8],
    ) -> Accept {
        let slot = &mut self.slots[Self::place(sequence)];
        if slot.sequence == sequence {
            // The same bytes as far as they matter; but now it has come.
            return if std::mem::take(&mut slot.recovered) {
                Accept::Stored
            } else {
                Accept::Duplicate
            };
        }
        if slot.sequence != EMPTY && slot.sequence > sequence {
            return Accept::Late;
        }
        let Some(room) = slot.bytes.get_mut(..payload.len()) else {
            return Accept::Damaged;
        };
        room.copy_from_slice(payload);
        slot.length = payload.len();
        (slot.sequence, slot.timestamp, slot.samples) = (sequence, timestamp, samples);
        slot.recovered = false;
        self.packet_samples = samples;
        Accept::Stored
    }

    /// Puts a packet in its place that did not come but was made again.
    pub(super) fn insert_recovered(
        &mut self,
        sequence: i64,
        timestamp: i64,
        samples: usize,
        payload: &[u8],
    ) -> Accept {
        let accept = self.insert(sequence, timestamp, samples, payload);
        if accept == Accept::Stored {
            self.slots[Self::place(sequence)].recovered = true;
        }
        accept
    }

    /// Whether this packet came and is still here.
    pub(super) fn has_come(&self, sequence: i64) -> bool {
        let slot = &self.slots[Self::place(sequence)];
        slot.sequence == sequence && !slot.recovered
    }

    pub(super) fn get(&self, sequence: i64) -> Option<Waiting<'_>> {
        let slot = &self.slots[Self::place(sequence)];
        (slot.sequence == sequence).then(|| Waiting {
            sequence,
            timestamp: slot.timestamp,
            samples: slot.samples,
            payload: &slot.bytes[..slot.length],
        })
    }

    /// The earliest waiting packet at or after `sequence`.
    pub(super) fn earliest_from(&self, sequence: i64) -> Option<Waiting<'_>> {
        let found = self
            .slots
            .iter()
            .map(|slot| slot.sequence)
            .filter(|&waiting| waiting >= sequence)
            .min()?;
        self.get(found)
    }

    /// Forgets every packet before `sequence`.
    pub(super) fn drop_before(&mut self, sequence: i64) {
        for slot in self
            .slots
            .iter_mut()
            .filter(|slot| slot.sequence < sequence)
        {
            slot.sequence = EMPTY;
        }
    }

    pub(super) fn clear(&mut self) {
        self.drop_before(i64::MAX);
    }

    /// Samples in the packet that came last.
    pub(super) fn packet_samples(&self) -> usize {
        self.packet_samples
    }

    fn place(sequence: i64) -> usize {
        sequence.rem_euclid(CAPACITY as i64) as usize
    }
}
