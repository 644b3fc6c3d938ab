//! How a gap is filled when packets after it are here: piece by piece, from what tells of it best.
//!
//! ```text
//! the packet after it holds a copy (FEC)          -> Copy
//! any later packet's redundancy reaches it (DRED) -> Deep
//! nothing tells of it                             -> Conceal, softer and softer, then Quiet
//! ```
//!
//! What parity can make again was made when its last equation came: those packets wait like others.

use super::{JitterBuffer, Next, Position};
use crate::codec::{LossKind, MAX_PACKET_SAMPLES, SpeechDecoder};
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};

/// So many later packets are asked whether they reach back to a lost one.
const ASKED: usize = 6;
/// What is invented stays as loud as it is for so long, and is gone after so long, in samples: where packets get lost or
/// come late (60 and 160 ms) ...
const FADE_IN_LOSS: [i64; 2] = [2_880, 7_680];
/// ... and where none do, so that it is likely that the talker has fallen silent (10 and 40 ms).
const FADE_IN_PEACE: [i64; 2] = [480, 1_920];
/// Later than this, packets come unevenly. In microseconds.
const UNEVEN: f32 = 15_000.0;

impl JitterBuffer {
    /// Packets are lost, `missing` of them; `needed` samples of their sound are still to be filled before the next packet
    /// that is here. Fills some of it.
    pub(super) fn fill(
        &mut self,
        play: Position,
        missing: i64,
        needed: i64,
        decoder: &mut (impl SpeechDecoder + ?Sized),
    ) -> Next<'_> {
        let sequence = play.sequence + missing;
        let (play, piece) = next_piece(play, missing, needed);
        let last = play.sequence + 1 >= sequence;
        self.due(piece);
        // How much of the sound before it the next packet holds a copy of.
        let copied = self
            .slots
            .get(sequence)
            .filter(|next| decoder.can_restore(next.payload))
            .map_or(0, |next| next.samples as i64);
        if last && piece == needed && needed <= copied {
            self.moved(play, piece, sequence);
            self.invented = 0;
            self.stats.fec_recovered += 1;
            self.stats.restored_ms += ms(piece);
            let next = self.slots.get(sequence);
            return next.map_or(Next::Silence, |next| Next::Copy {
                next: next.payload,
                samples: next.samples,
                keep: needed as usize,
            });
        }
        let reaches = piece % BLOCK_SAMPLES as i64 == 0;
        let begins = play.timestamp + play.waited;
        let told = reaches
            .then(|| self.told_by_a_later_one(sequence, begins, decoder))
            .flatten();
        // The last one takes all that is left; it ends where the packet begins that is here.
        let ends = !last || piece == needed;
        self.moved(play, piece, play.sequence + i64::from(ends));
        if let Some(offset) = told {
            self.invented = 0;
            self.stats.deep_restored += 1;
            self.stats.restored_ms += ms(piece);
            return Next::Deep {
                offset,
                samples: piece as usize,
            };
        }
        self.stats.filled_ms += ms(piece);
        // Concealment comes in steps of 10 ms; timestamps of our own sender are multiples of that.
        let rounded = (piece as usize).div_ceil(BLOCK_SAMPLES) * BLOCK_SAMPLES;
        self.invent(rounded.clamp(BLOCK_SAMPLES, MAX_PACKET_SAMPLES))
    }

    /// The turn of so many samples of speech has come.
    pub(super) fn due(&mut self, samples: i64) {
        self.stats.speech_ms += ms(samples);
    }

    /// Moves past `piece` samples, to the packet with this number.
    fn moved(&mut self, play: Position, piece: i64, sequence: i64) {
        self.play = Some(Position {
            sequence,
            timestamp: play.timestamp + play.waited + piece,
            waited: 0,
            ..play
        });
        self.turns_passed(sequence);
    }

    /// Looks for the earliest waiting packet from `sequence` on that tells of the sound at timestamp `begins`; leaves it read
    /// in the decoder, and gives how far before it the sound begins.
    fn told_by_a_later_one(
        &mut self,
        sequence: i64,
        begins: i64,
        decoder: &mut (impl SpeechDecoder + ?Sized),
    ) -> Option<usize> {
        let mut from = sequence;
        for _ in 0..ASKED {
            let later = self.slots.earliest_from(from)?;
            from = later.sequence + 1;
            let offset = usize::try_from(later.timestamp - begins).ok()?;
            let reach = match self.read {
                Some((sequence, reach)) if sequence == later.sequence => reach,
                _ => decoder.reach_of(later.payload).unwrap_or_default(),
            };
            self.read = Some((later.sequence, reach));
            self.depth.deep_seen(reach.furthest);
            if reach.holds(offset) {
                return Some(offset);
            }
        }
        None
    }

    /// Fills with what is invented, as long as that makes sense.
    pub(super) fn invent(&mut self, samples: usize) -> Next<'static> {
        self.stats.concealed_ms += samples as f64 / 48.0;
        let before = self.invented;
        self.invented += samples as i64;
        let [hold, end] = self.fade();
        let gain = |at: i64| ((end - at) as f32 / (end - hold) as f32).clamp(0.0, 1.0);
        if before >= end {
            return Next::Quiet(samples);
        }
        Next::Conceal {
            samples,
            gain: [gain(before), gain(self.invented)],
        }
    }

    /// Whether nothing is left of what was invented.
    pub(super) fn is_faded_out(&self) -> bool {
        self.invented >= self.fade()[1]
    }

    fn fade(&self) -> [i64; 2] {
        let lossy = self.reception.observed().kind() != LossKind::None;
        if lossy || self.arrivals.lateness() > UNEVEN {
            FADE_IN_LOSS
        } else {
            FADE_IN_PEACE
        }
    }
}

/// Samples as ms.
pub(super) fn ms(samples: i64) -> f64 {
    samples as f64 * 1_000.0 / f64::from(SAMPLE_RATE)
}

/// Passes over the lost packets whose time has been filled by waiting; gives where the next piece begins, and how much
/// it is. The lost packets need not have been alike: each gets its share, the last one what is left.
fn next_piece(mut play: Position, missing: i64, needed: i64) -> (Position, i64) {
    const BLOCK: i64 = BLOCK_SAMPLES as i64;
    let share = (needed + play.waited) / missing / BLOCK * BLOCK;
    let mut left = missing;
    while left > 1 && (share == 0 || play.waited >= share) {
        play.sequence += 1;
        play.timestamp += share;
        play.waited -= share;
        left -= 1;
        if share == 0 {
            // More numbers than sound: they jumped.
            play.sequence += left - 1;
            left = 1;
        }
    }
    let piece = if left == 1 {
        needed
    } else {
        share - play.waited
    };
    (play, piece.min(MAX_PACKET_SAMPLES as i64))
}
