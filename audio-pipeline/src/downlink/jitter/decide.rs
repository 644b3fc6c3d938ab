//! What to play next: the buffer's one decision.
//!
//! ```text
//! not playing:   nothing waits -> Silence;   a packet waits -> start when its delay has reached the target
//! playing:       its packet is here            -> Packet
//!                only later ones are here      -> lost: Restore from the next one, else Conceal, and move on
//!                nothing is here               -> late, lost or over: Conceal without moving on, then Silence
//!                the talker paused in between  -> Silence; the next spurt starts at its own time
//! ```

use std::time::Instant;

use super::{JitterBuffer, Position, RECENT};
use crate::frame::BLOCK_SAMPLES;

/// Nothing here for this long: the spurt is over or the network stands. In samples (60 ms).
const GIVE_UP: i64 = 2_880;
/// Further behind than this, whole packets are skipped rather than played faster. In samples (250 ms).
const SKIP_FROM: f32 = 12_000.0;
/// After skipping, this much remains to be caught up smoothly. In samples (100 ms).
const SKIP_TO: f32 = 4_800.0;

/// What the talker shall do to get more sound.
#[derive(Debug, PartialEq)]
pub enum Next<'a> {
    /// Decode this packet.
    Packet(&'a [u8]),
    /// Restore `samples` of a lost packet from the one after it, and keep the last `keep` of them.
    Restore {
        /// The packet after the lost one.
        next: &'a [u8],
        /// How much sound the lost packet held.
        samples: usize,
        /// How much of that is still needed.
        keep: usize,
    },
    /// Invent this many samples.
    Conceal(usize),
    /// Nothing to play.
    Silence,
}

impl JitterBuffer {
    /// Decides what comes next at `now`. `can_restore` says whether a packet carries a copy of the one before it.
    pub fn next(&mut self, now: Instant, can_restore: impl Fn(&[u8]) -> bool) -> Next<'_> {
        let Some(mut play) = self.play.or_else(|| self.start(now)) else {
            return Next::Silence;
        };
        play = self.skip_if_far_behind(now, play);
        let Some(found) = self.slots.earliest_from(play.sequence) else {
            return self.wait(play);
        };
        let (sequence, timestamp, samples) = (found.sequence, found.timestamp, found.samples);
        let missing = sequence - play.sequence;
        let gap = timestamp - play.timestamp;
        let packet = self.slots.packet_samples() as i64;
        if gap > missing * packet + packet / 2 || gap < -packet {
            return self.pause(sequence);
        }
        let needed = gap - play.waited;
        if missing == 0 || needed <= 0 {
            self.count_lost(missing);
            return self.take(sequence, timestamp + samples as i64);
        }
        self.move_on(play, missing, needed, packet, can_restore)
    }

    /// Begins a talk spurt if a packet waits and its time has come.
    fn start(&mut self, now: Instant) -> Option<Position> {
        let first = self
            .slots
            .earliest_from(self.next_sequence.unwrap_or(i64::MIN + 1))?;
        let (sequence, timestamp) = (first.sequence, first.timestamp);
        let moment = self.moment(now);
        if self.delay(moment, timestamp) < self.target() {
            return None;
        }
        self.recent_delays = [f32::MAX; RECENT];
        self.play = Some(Position {
            sequence,
            timestamp,
            waited: 0,
        });
        self.turns_passed(sequence);
        self.play
    }

    /// Nothing waits: goes on for a while in the hope that the packet is only late.
    fn wait(&mut self, play: Position) -> Next<'_> {
        if play.waited >= GIVE_UP {
            self.play = None;
            return Next::Silence;
        }
        self.stats.underruns += u64::from(play.waited == 0);
        self.play = Some(Position {
            waited: play.waited + BLOCK_SAMPLES as i64,
            ..play
        });
        self.conceal(BLOCK_SAMPLES)
    }

    /// The talker fell silent between what was played and `sequence`.
    fn pause(&mut self, sequence: i64) -> Next<'_> {
        self.play = None;
        self.turns_passed(sequence);
        Next::Silence
    }

    fn take(&mut self, sequence: i64, ends: i64) -> Next<'_> {
        self.play = Some(Position {
            sequence: sequence + 1,
            timestamp: ends,
            waited: 0,
        });
        self.turns_passed(sequence + 1);
        self.loss_share *= LOSS_MEMORY;
        // Packets before it may still lie there if they came while it was being waited for.
        self.slots
            .get(sequence)
            .map_or(Next::Silence, |waiting| Next::Packet(waiting.payload))
    }

    /// A packet is lost: fills its place.
    fn move_on(
        &mut self,
        play: Position,
        missing: i64,
        needed: i64,
        packet: i64,
        can_restore: impl Fn(&[u8]) -> bool,
    ) -> Next<'_> {
        let filled = if missing == 1 {
            needed
        } else {
            (packet - play.waited).clamp(0, needed)
        };
        let advance = filled + play.waited;
        self.play = Some(Position {
            sequence: play.sequence + 1,
            timestamp: play.timestamp + advance,
            waited: 0,
        });
        self.turns_passed(play.sequence + 1);
        self.count_lost(1);
        let restores = missing == 1
            && filled <= packet
            && self
                .slots
                .get(play.sequence + 1)
                .is_some_and(|next| can_restore(next.payload));
        if restores {
            self.stats.fec_recovered += 1;
            let (samples, keep) = (packet as usize, filled as usize);
            let next = self.slots.get(play.sequence + 1);
            return next.map_or(Next::Silence, |next| Next::Restore {
                next: next.payload,
                samples,
                keep,
            });
        }
        // Concealment comes in steps of 10 ms; timestamps of our own sender are multiples of that.
        let rounded = (filled as usize).div_ceil(BLOCK_SAMPLES) * BLOCK_SAMPLES;
        self.conceal(rounded.clamp(BLOCK_SAMPLES, 6 * BLOCK_SAMPLES))
    }

    fn conceal(&mut self, samples: usize) -> Next<'static> {
        self.stats.concealed_ms += samples as f64 / 48.0;
        Next::Conceal(samples)
    }

    fn count_lost(&mut self, packets: i64) {
        self.stats.lost += packets.unsigned_abs();
        for _ in 0..packets.min(8) {
            self.loss_share = self.loss_share * LOSS_MEMORY + (1.0 - LOSS_MEMORY);
        }
    }

    /// After a long stall: leaves out the oldest packets, since talk that is late is worth less than talk that is now.
    fn skip_if_far_behind(&mut self, now: Instant, play: Position) -> Position {
        let moment = self.moment(now);
        let behind = self.delay(moment, play.timestamp) - self.target();
        if behind < SKIP_FROM {
            return play;
        }
        let wanted = play.timestamp + (behind - SKIP_TO) as i64;
        let mut at = play;
        while let Some(found) = self.slots.earliest_from(at.sequence) {
            if found.timestamp > wanted {
                break;
            }
            at = Position {
                sequence: found.sequence,
                timestamp: found.timestamp,
                waited: 0,
            };
            match self.slots.earliest_from(found.sequence + 1) {
                Some(next) if next.timestamp <= wanted => at.sequence = found.sequence + 1,
                _ => break,
            }
        }
        let skipped = at.timestamp - play.timestamp;
        if skipped > 0 {
            self.slots.drop_before(at.sequence);
            self.shifted(skipped);
            self.next_sequence = Some(at.sequence);
            self.play = Some(at);
        }
        at
    }
}

/// How much of the loss estimate stays with each packet: a memory of some ten seconds.
const LOSS_MEMORY: f32 = 0.998;
