//! Pauses between tries: each twice as long as the one before, up to a bound, and none quite like another's.

use std::time::Duration;

/// How long to wait before the next try.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    pause: Duration,
}

impl Backoff {
    pub(super) const fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            pause: first,
        }
    }

    /// It went well: the next pause is a short one again.
    pub(super) fn reset(&mut self) {
        self.pause = self.first;
    }

    /// The next pause: between half and the whole of what it is by now. `random` spreads clients that lost the same server at
    /// the same moment, so that they do not come back all at once.
    pub(super) fn next(&mut self, random: u32) -> Duration {
        let half = self.pause / 2;
        let share = f64::from(random) / f64::from(u32::MAX);
        let pause = half + half.mul_f64(share);
        self.pause = (self.pause * 2).min(self.longest);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_grow_to_a_bound_and_start_small_again() {
        let mut backoff = Backoff::new(SECOND, SECOND * 30);
        let pauses: Vec<_> = (0..8).map(|_| backoff.next(u32::MAX).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
        backoff.reset();
        assert_eq!(backoff.next(u32::MAX), SECOND);
    }

    #[test]
    fn chance_spreads_them_between_half_and_whole() {
        let pause = |random| Backoff::new(SECOND * 4, SECOND * 30).next(random);
        assert_eq!(pause(0), SECOND * 2);
        assert_eq!(pause(u32::MAX), SECOND * 4);
        let middle = pause(u32::MAX / 2);
        assert!(middle > SECOND * 2 && middle < SECOND * 4, "{middle:?}");
    }
}
