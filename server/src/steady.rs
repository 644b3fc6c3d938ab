//! The time to erase by. What was erased does not come back, so a clock that is set forward is not believed at once there: the time before
//! goes on for an hour, and only then the clock is right.
//!
//! A clock that is set back is believed: what is erased later than it should be is no loss that cannot be mended.

use std::time::{Duration, Instant};

use dialtone_store::UnixMillis;

/// So much a clock may be ahead of what has passed, in milliseconds: clocks are set right by seconds all the time.
const SLACK_MS: i64 = 5 * 60 * 1000;
/// After so long a clock that was set forward is believed.
const BELIEVED_AFTER: Duration = Duration::from_hours(1);

/// What passed since it was last looked at the clock.
#[derive(Debug)]
pub(crate) struct Steady {
    time: UnixMillis,
    at: Instant,
    /// Since when the clock has been ahead.
    doubted: Option<Instant>,
}

/// The time to erase by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) time: UnixMillis,
    /// The clock was set forward since the last look, by so many milliseconds.
    pub(crate) jumped_ms: Option<i64>,
}

impl Steady {
    /// The clock says `now` at the moment `at`.
    pub(crate) fn new(now: UnixMillis, at: Instant) -> Self {
        Self {
            time: now,
            at,
            doubted: None,
        }
    }

    /// The time to erase by when the clock says `now` at the moment `at`.
    pub(crate) fn look(&mut self, now: UnixMillis, at: Instant) -> Look {
        let passed = at.saturating_duration_since(self.at).as_millis();
        let passed = self.time.plus(i64::try_from(passed).unwrap_or(i64::MAX));
        let ahead_ms = now.0.saturating_sub(passed.0);
        let since = *self.doubted.get_or_insert(at);
        let believed = at.saturating_duration_since(since) >= BELIEVED_AFTER;
        let jumped = ahead_ms > SLACK_MS && !believed;
        self.at = at;
        self.time = if jumped { passed } else { now };
        if !jumped {
            self.doubted = None;
        }
        Look {
            time: self.time,
            jumped_ms: (jumped && since == at).then_some(ahead_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 60 * 60 * 1000;
    const HOUR: Duration = Duration::from_hours(1);
    const MINUTE: Duration = Duration::from_mins(1);
    const START: UnixMillis = UnixMillis(1_000 * HOUR_MS);

    #[test]
    fn a_clock_that_runs_is_followed() {
        let at = Instant::now();
        let mut steady = Steady::new(START, at);
        // A little fast, and once set right by four minutes.
        let look = steady.look(START.plus(HOUR_MS + 500), at + HOUR);
        assert_eq!(look.time, START.plus(HOUR_MS + 500));
        let look = steady.look(START.plus(HOUR_MS + 240_000), at + HOUR);
        assert_eq!(look.time, START.plus(HOUR_MS + 240_000));
        assert_eq!(look.jumped_ms, None);
    }

    #[test]
    fn a_clock_that_is_set_forward_is_believed_after_an_hour() {
        let at = Instant::now();
        let mut steady = Steady::new(START, at);
        let ahead = 5 * HOUR_MS;
        let look = steady.look(START.plus(ahead), at);
        assert_eq!((look.time, look.jumped_ms), (START, Some(ahead)));
        let look = steady.look(START.plus(ahead + 60_000), at + MINUTE);
        assert_eq!((look.time, look.jumped_ms), (START.plus(60_000), None));
        let now = START.plus(ahead + HOUR_MS);
        assert_eq!(steady.look(now, at + HOUR).time, now);
        // And it is followed from there.
        let now = now.plus(60_000);
        assert_eq!(steady.look(now, at + HOUR + MINUTE).time, now);
    }

    #[test]
    fn a_jump_that_is_taken_back_erases_nothing() {
        let at = Instant::now();
        let mut steady = Steady::new(START, at);
        assert_eq!(steady.look(START.plus(9 * HOUR_MS), at).time, START);
        let now = START.plus(60_000);
        assert_eq!(steady.look(now, at + MINUTE).time, now);
        // The next jump is doubted for an hour of its own.
        let look = steady.look(START.plus(9 * HOUR_MS), at + HOUR);
        assert_eq!(look.time, START.plus(HOUR_MS));
        assert!(look.jumped_ms.is_some());
    }

    #[test]
    fn a_clock_that_is_set_back_is_followed() {
        let at = Instant::now();
        let mut steady = Steady::new(START, at);
        let now = START.plus(-3 * HOUR_MS);
        assert_eq!(steady.look(now, at).time, now);
    }
}
