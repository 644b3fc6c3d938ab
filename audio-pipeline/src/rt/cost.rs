//! How long some work takes on the voice thread.

use std::time::Duration;

/// How much the latest time counts in the average: half a second's memory, at one a block.
const SHARE: f32 = 0.02;

/// What some work costs, in microseconds for each block of 10 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// An average over about half a second; 0: nothing was done yet.
    pub mean_us: f32,
    /// The longest time since this was last read.
    pub longest_us: f32,
}

impl Cost {
    /// Notes that so many blocks took so long.
    pub fn note(&mut self, took: Duration, blocks: usize) {
        let us = took.as_nanos() as f32 / 1_000.0 / blocks.max(1) as f32;
        self.mean_us = if self.mean_us == 0.0 {
            us
        } else {
            self.mean_us + (us - self.mean_us) * SHARE * blocks as f32
        };
        self.longest_us = self.longest_us.max(us);
    }

    /// Reads it, and forgets the longest time.
    #[must_use]
    pub fn take(&mut self) -> Self {
        let read = *self;
        self.longest_us = 0.0;
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_follows_slowly_and_the_longest_is_forgotten_once_read() {
        let mut cost = Cost::default();
        cost.note(Duration::from_micros(20), 2);
        assert!((cost.mean_us - 10.0).abs() < 1e-3);
        cost.note(Duration::from_micros(110), 1);
        assert!((cost.mean_us - 12.0).abs() < 1e-3);
        assert!((cost.take().longest_us - 110.0).abs() < 1e-3);
        assert!((cost.take().longest_us).abs() < 1e-6);
        assert!(cost.mean_us > 10.0);
    }
}
