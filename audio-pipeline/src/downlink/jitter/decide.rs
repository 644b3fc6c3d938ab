//! What to play next: the buffer's one decision.
//!
//! ```text
//! not playing:   nothing waits -> Silence;   a packet waits -> start when its delay has reached the target, or earlier
//!                where it tells of what was said while nothing came
//! playing:       its packet is here            -> Packet
//!                only later ones are here      -> lost: filled from what they tell, see `fill`
//!                nothing is here               -> late, lost or over: Conceal without moving on, fading out, then Silence
//!                the talker paused in between  -> Silence; the next spurt starts at its own time
//! ```

use std::time::Instant;

use super::fill::ms;
use super::{JitterBuffer, Position, RECENT};
use crate::codec::SpeechDecoder;
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};

/// Further behind than this, whole packets are skipped rather than played faster. In samples (250 ms).
const SKIP_FROM: f32 = 12_000.0;
/// After skipping, this much remains to be caught up smoothly. In samples (100 ms).
const SKIP_TO: f32 = 4_800.0;
/// What is missing for longer than this is not looked for when sound comes back. In samples (1 s).
const LONG_AGO: i64 = SAMPLE_RATE as i64;

/// What the talker shall do to get more sound.
#[derive(Debug, PartialEq)]
pub enum Next<'a> {
    /// Decode this packet.
    Packet {
        /// Its bytes.
        payload: &'a [u8],
        /// How much sound it holds.
        samples: usize,
    },
    /// Restore `samples` of a lost packet from the copy in the one after it, and keep the last `keep` of them.
    Copy {
        /// The packet after the lost one.
        next: &'a [u8],
        /// How much sound the copy holds.
        samples: usize,
        /// How much of that is still needed.
        keep: usize,
    },
    /// Restore `samples` that begin `offset` samples before the packet whose reach the decoder read last.
    Deep {
        /// How far back it begins.
        offset: usize,
        /// How much sound.
        samples: usize,
    },
    /// Invent this many samples.
    Conceal {
        /// How many.
        samples: usize,
        /// How loud in the beginning and in the end: what is invented for long fades out.
        gain: [f32; 2],
    },
    /// So many samples of silence within the talk spurt: there is nothing to invent any more.
    Quiet(usize),
    /// Nothing to play.
    Silence,
}

impl JitterBuffer {
    /// Decides what comes next at `now`; asks `decoder` what can be restored, and leaves it so that it can.
    pub fn next(&mut self, now: Instant, decoder: &mut (impl SpeechDecoder + ?Sized)) -> Next<'_> {
        let Some(mut play) = self.play.or_else(|| self.start(now, decoder)) else {
            return Next::Silence;
        };
        play = self.skip_if_far_behind(now, play);
        let Some(found) = self.slots.earliest_from(play.sequence) else {
            return self.wait(play);
        };
        let (sequence, timestamp, samples) = (found.sequence, found.timestamp, found.samples);
        let missing = sequence - play.sequence;
        let gap = timestamp - play.timestamp;
        let packet = play.packet.max(samples as i64);
        if gap > missing * packet + packet / 2 || gap < -packet {
            return self.pause(sequence);
        }
        // What was invented while the packet was awaited was in the middle of speech after all.
        self.due(play.waited);
        self.stats.filled_ms += ms(play.waited);
        play = self.use_the_wait(now, play);
        let needed = gap - play.waited;
        if missing == 0 || needed <= 0 {
            if missing > 0 {
                self.learn_reach(sequence, decoder);
            }
            return self.take(sequence, timestamp, samples as i64);
        }
        self.fill(play, missing, needed, decoder)
    }

    /// Begins a talk spurt, or goes on with one that had nothing to play, if a packet waits and its time has come.
    fn start(
        &mut self,
        now: Instant,
        decoder: &mut (impl SpeechDecoder + ?Sized),
    ) -> Option<Position> {
        let first = self
            .slots
            .earliest_from(self.next_sequence.unwrap_or(i64::MIN + 1))?;
        let (sequence, timestamp, samples) =
            (first.sequence, first.timestamp, first.samples as i64);
        let back = self.told_of_the_gap(sequence, decoder);
        let begins = Position {
            sequence: sequence - (back + samples - 1) / samples,
            timestamp: timestamp - back,
            packet: samples,
            waited: 0,
        };
        let moment = self.moment(now);
        if self.delay(moment, begins.timestamp) < self.target() {
            return None;
        }
        self.recent_delays = [f32::MAX; RECENT];
        self.left = None;
        self.play = Some(begins);
        self.turns_passed(begins.sequence);
        self.play
    }

    /// What was lost was invented before this packet came: how far back it tells is known all the same, so that the next time
    /// it is waited for.
    fn learn_reach(&mut self, sequence: i64, decoder: &mut (impl SpeechDecoder + ?Sized)) {
        let Some(first) = self.slots.get(sequence) else {
            return;
        };
        let reach = decoder.reach_of(first.payload).unwrap_or_default();
        self.read = None;
        self.depth.deep_seen(reach.furthest);
    }

    /// When sound comes back after nothing came for long: how much of what was lost the first packet tells of, in samples
    /// back from its beginning.
    fn told_of_the_gap(
        &mut self,
        sequence: i64,
        decoder: &mut (impl SpeechDecoder + ?Sized),
    ) -> i64 {
        let (Some(left), Some(first)) = (self.left, self.slots.get(sequence)) else {
            return 0;
        };
        let (missing, gap) = (
            first.sequence - left.sequence,
            first.timestamp - left.timestamp,
        );
        let packet = left.packet.max(first.samples as i64);
        if missing <= 0 || gap <= 0 || gap > LONG_AGO || gap > missing * packet + packet / 2 {
            return 0;
        }
        let reach = decoder.reach_of(first.payload).unwrap_or_default();
        self.read = None;
        self.depth.deep_seen(reach.furthest);
        let deep = if reach.holds(BLOCK_SAMPLES) {
            (reach.furthest / BLOCK_SAMPLES * BLOCK_SAMPLES) as i64
        } else {
            0
        };
        let copy = if decoder.can_restore(first.payload) {
            first.samples as i64
        } else {
            0
        };
        deep.max(copy).min(gap).min(missing * first.samples as i64)
    }

    /// Nothing waits: goes on for a while in the hope that the packet is only late.
    fn wait(&mut self, play: Position) -> Next<'_> {
        if self.is_faded_out() {
            self.left = Some(play);
            self.play = None;
            return Next::Silence;
        }
        self.stats.underruns += u64::from(play.waited == 0);
        self.play = Some(Position {
            waited: play.waited + BLOCK_SAMPLES as i64,
            ..play
        });
        self.invent(BLOCK_SAMPLES)
    }

    /// While nothing was there, time passed. As far as playing is meant to be later than it is, that was no loss of time:
    /// what was said meanwhile is played all the same.
    fn use_the_wait(&mut self, now: Instant, play: Position) -> Position {
        if play.waited == 0 {
            return play;
        }
        let moment = self.moment(now);
        let short = self.target() - self.delay(moment, play.timestamp + play.waited);
        let blocks = (short.max(0.0) as i64).min(play.waited) / BLOCK_SAMPLES as i64;
        let play = Position {
            waited: play.waited - blocks * BLOCK_SAMPLES as i64,
            ..play
        };
        self.play = Some(play);
        play
    }

    /// The talker fell silent between what was played and `sequence`.
    fn pause(&mut self, sequence: i64) -> Next<'_> {
        self.play = None;
        self.left = None;
        self.turns_passed(sequence);
        Next::Silence
    }

    fn take(&mut self, sequence: i64, timestamp: i64, samples: i64) -> Next<'_> {
        self.due(samples);
        if !self.slots.has_come(sequence) {
            self.stats.restored_ms += ms(samples);
        }
        self.play = Some(Position {
            sequence: sequence + 1,
            timestamp: timestamp + samples,
            packet: samples,
            waited: 0,
        });
        self.invented = 0;
        // Packets before it may still lie there if they came while it was being waited for.
        self.turns_passed(sequence + 1);
        self.slots
            .get(sequence)
            .map_or(Next::Silence, |waiting| Next::Packet {
                payload: waiting.payload,
                samples: waiting.samples,
            })
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
                packet: found.samples as i64,
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
            // They came: that nobody had the time to play them is no loss.
            self.next_sequence = Some(at.sequence);
            self.play = Some(at);
        }
        at
    }
}
