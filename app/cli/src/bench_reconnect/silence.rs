//! How long somebody is not heard. Pure: it is told when it looked and what it saw.

use std::time::{Duration, Instant};

/// Listens to one voice from some moment on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Silence {
    heard: Instant,
    longest: Duration,
}

impl Silence {
    /// Counts from `since` on, whatever was heard before.
    pub(super) fn since(since: Instant) -> Self {
        Self {
            heard: since,
            longest: Duration::ZERO,
        }
    }

    /// The voice is heard at `now`, or not.
    pub(super) fn look(&mut self, now: Instant, is_heard: bool) {
        let silent = now.saturating_duration_since(self.heard);
        self.longest = self.longest.max(silent);
        if is_heard {
            self.heard = now;
        }
    }

    /// The longest silence so far.
    pub(super) fn longest(&self) -> Duration {
        self.longest
    }

    /// How long it has been silent by now.
    pub(super) fn present(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_silence_counts_also_the_one_that_is_not_over() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let mut silence = Silence::since(began);
        for (ms, is_heard) in [(100, true), (200, false), (900, true), (950, true)] {
            silence.look(at(ms), is_heard);
        }
        assert_eq!(silence.longest(), Duration::from_millis(800));
        silence.look(at(3_000), false);
        assert_eq!(silence.longest(), Duration::from_millis(2_050));
        assert_eq!(silence.present(at(3_000)), Duration::from_millis(2_050));
    }
}
