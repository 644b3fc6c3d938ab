//! How late packets come, compared with the fastest of the last seconds.
//!
//! `transit = arrival - timestamp` has an unknown constant in it (two clocks), which falls out of the difference to
//! the smallest transit. Clocks that drift apart move that constant slowly, so only the last seconds count.

use crate::frame::SAMPLE_RATE;

/// How many packets are looked back on: ten seconds of 20 ms packets.
const WINDOW: usize = 512;
/// Measurements older than this are forgotten, in microseconds.
const MAX_AGE: i64 = 15_000_000;
/// ... but this many are kept, however old.
const KEEP: usize = 8;
/// A packet this much later than the fastest, in microseconds, is part of a stall if others follow at once.
const STALL: i64 = 60_000;
/// If not one packet of the last two seconds was faster than this much more than the fastest known, in microseconds,
/// then the way has become longer for good, or the sender's clock has stood still.
const STEP: i64 = 30_000;
const STEP_AGE: i64 = 2_000_000;
const STEP_COUNT: usize = 50;
/// A packet that is this much faster than the fastest, in microseconds, is of another clock.
const NEW_CLOCK: i64 = 1_000_000;
/// With fewer measurements than this, the target stays at least at [`FIRST_TARGET`].
const FEW: usize = 25;
/// Lateness assumed before anything is known, in microseconds.
const FIRST_TARGET: f32 = 8_000.0;

#[derive(Clone, Copy, Default)]
struct Seen {
    moment: i64,
    transit: i64,
}

pub(super) struct Arrivals {
    window: Vec<Seen>,
    at: usize,
    sorted: Vec<i64>,
    fastest: Option<i64>,
    quantile: f32,
    last: Option<Last>,
}

#[derive(Clone, Copy)]
struct Last {
    moment: i64,
    sequence: i64,
    /// Timestamp at which the packet after it begins, if the talker goes on.
    ends: i64,
    transit: i64,
    backlog: bool,
}

impl Arrivals {
    pub(super) fn new() -> Self {
        Self {
            window: Vec::with_capacity(WINDOW),
            at: 0,
            sorted: Vec::with_capacity(WINDOW),
            fastest: None,
            quantile: FIRST_TARGET,
            last: None,
        }
    }

    /// Forgets everything, but keeps its room.
    pub(super) fn clear(&mut self) {
        self.window.clear();
        self.at = 0;
        self.fastest = None;
        self.quantile = FIRST_TARGET;
        self.last = None;
    }

    /// Records a packet that came at `moment` (microseconds).
    pub(super) fn record(&mut self, moment: i64, sequence: i64, timestamp: i64, samples: usize) {
        let transit = super::transit(moment, timestamp);
        let duration = samples as i64 * 1_000 / (i64::from(SAMPLE_RATE) / 1_000);
        if self
            .fastest
            .is_some_and(|fastest| transit < fastest - NEW_CLOCK)
        {
            // No network becomes so much faster: the sender's clock has jumped ahead.
            self.clear();
        }
        let backlog = self.is_backlog(moment, sequence, timestamp, transit, duration);
        self.last = Some(Last {
            moment,
            sequence,
            ends: timestamp + samples as i64,
            transit,
            backlog,
        });
        if backlog {
            // It waited on purpose (pre-roll) or behind a stall: that says nothing about the next packets, except
            // when nothing else is known yet.
            self.fastest = Some(self.fastest.map_or(transit, |fastest| fastest.min(transit)));
            return;
        }
        self.forget(moment);
        let seen = Seen { moment, transit };
        if self.window.len() < WINDOW {
            self.window.push(seen);
        } else {
            self.window[self.at] = seen;
            self.at = (self.at + 1) % WINDOW;
        }
        self.fastest = self.window.iter().map(|seen| seen.transit).min();
        self.follow_step(moment);
    }

    /// Forgets what was before the way became longer for good.
    fn follow_step(&mut self, moment: i64) {
        let recent = self
            .window
            .iter()
            .filter(|seen| moment - seen.moment <= STEP_AGE);
        let (count, least) = recent.fold((0, i64::MAX), |(count, least), seen| {
            (count + 1, least.min(seen.transit))
        });
        if count >= STEP_COUNT && self.fastest.is_some_and(|fastest| least - fastest > STEP) {
            self.keep_since(moment - STEP_AGE);
            self.fastest = Some(least);
        }
    }

    fn keep_since(&mut self, moment: i64) {
        self.window.retain(|seen| seen.moment >= moment);
        self.window.sort_unstable_by_key(|seen| seen.moment);
        self.at = 0;
    }

    /// Whether a packet is the head of a talk spurt (sent late on purpose) or drains what a stall held back.
    fn is_backlog(
        &self,
        moment: i64,
        sequence: i64,
        timestamp: i64,
        transit: i64,
        duration: i64,
    ) -> bool {
        let Some(last) = self.last else { return true };
        let head =
            sequence > last.sequence && timestamp > last.ends + (sequence - last.sequence) * 480;
        let at_once = moment - last.moment < duration / 2;
        let far = last.transit - self.fastest.unwrap_or(last.transit) > STALL;
        head || (at_once && transit < last.transit && (last.backlog || far))
    }

    fn forget(&mut self, moment: i64) {
        let old = self
            .window
            .iter()
            .filter(|seen| moment - seen.moment > MAX_AGE)
            .count();
        if old > 0 && self.window.len() - old >= KEEP {
            self.keep_since(moment - MAX_AGE);
        }
    }

    /// The smallest transit known, in microseconds.
    pub(super) fn fastest(&self) -> Option<i64> {
        self.fastest
    }

    /// How late a packet is that is later than the chosen share of all, in microseconds, as of the last `update`.
    pub(super) fn lateness(&self) -> f32 {
        self.quantile
    }

    /// The same in ms, once enough packets came to tell.
    pub(super) fn jitter_ms(&self) -> Option<f32> {
        (self.window.len() >= FEW).then_some(self.quantile / 1_000.0)
    }

    /// Works the lateness out anew; once for each packet is enough.
    pub(super) fn update(&mut self, quantile: f32) {
        let Some(fastest) = self.fastest else { return };
        let few = self.window.len() < FEW;
        self.sorted.clear();
        self.sorted
            .extend(self.window.iter().map(|seen| seen.transit - fastest));
        if self.sorted.is_empty() {
            return;
        }
        let index = ((self.sorted.len() - 1) as f32 * quantile).ceil() as usize;
        let (_, value, _) = self.sorted.select_nth_unstable(index);
        self.quantile = (*value as f32).max(if few { FIRST_TARGET } else { 0.0 });
    }
}
