//! How many packets are waited for so that what they tell of lost ones comes in time.
//!
//! ```text
//! a packet was lost in the last while, and the sender's packets carry:
//!     parity -> as far as it reaches        deep -> most bursts, as far as it reaches        copies -> one
//! none was lost, or nothing that restores   -> none: the delay is for lateness alone
//! ```

use crate::codec::{LossKind, ObservedLoss};
use crate::frame::SAMPLE_RATE;

/// For so many packets it is remembered that parity or a copy was seen: a packet can come without it.
const MEMORY: u32 = 50;
/// So many packets in a row that cover less are no beginning of a spurt: the sender has changed its mind.
const LESS: u32 = 8;
/// The largest depth for the sake of restoring, in ms: where losses come one by one, and where they come in bursts.
const MOST_MS: [f32; 2] = [80.0, 120.0];
/// Most bursts are no longer than this many times the mean (a geometric distribution's 80th percentile).
const MOST_BURSTS: f32 = 1.6;

/// What the sender's packets were seen to carry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Depth {
    parity: usize,
    parity_age: u32,
    /// Packets in a row that reach less far.
    less: u32,
    copies_age: u32,
    /// How far back the redundancy of packets reaches, in samples, on average of those that were read.
    deep: f32,
}

impl Depth {
    pub(super) fn new() -> Self {
        Self {
            parity: 0,
            parity_age: MEMORY,
            less: 0,
            copies_age: MEMORY,
            deep: 0.0,
        }
    }

    /// A packet came whose parity covers this many packets before it; 0 when it has none.
    pub(super) fn parity_seen(&mut self, reach: usize) {
        if reach > 0 {
            self.less = if reach < self.parity {
                self.less + 1
            } else {
                0
            };
            if self.parity_age >= MEMORY || self.less == 0 || self.less > LESS {
                self.parity = reach;
                self.less = 0;
            }
            self.parity_age = 0;
        } else {
            self.parity_age = self.parity_age.saturating_add(1);
        }
    }

    /// A packet came that holds a copy of the one before, or none.
    pub(super) fn copy_seen(&mut self, holds: bool) {
        self.copies_age = if holds {
            0
        } else {
            self.copies_age.saturating_add(1)
        };
    }

    pub(super) fn deep_seen(&mut self, furthest: usize) {
        self.deep += (furthest as f32 - self.deep) * 0.2;
    }

    /// The wait, in ms on top of what lateness asks for, with packets of `samples`.
    pub(super) fn wait_ms(&self, observed: ObservedLoss, samples: usize) -> f32 {
        let packet_ms = samples as f32 * 1_000.0 / SAMPLE_RATE as f32;
        let bursty = observed.kind() == LossKind::Bursty;
        if self.parity_age < MEMORY {
            let most = MOST_MS[usize::from(bursty || self.parity as f32 * packet_ms > MOST_MS[0])];
            return (self.parity as f32 * packet_ms).min(most);
        }
        let deep_ms = self.deep * 1_000.0 / SAMPLE_RATE as f32;
        let burst_ms = observed.mean_burst * MOST_BURSTS * packet_ms;
        let copies_ms = if self.copies_age < MEMORY {
            packet_ms
        } else {
            0.0
        };
        let deep_ms = if deep_ms >= packet_ms {
            deep_ms.min(burst_ms)
        } else {
            0.0
        };
        copies_ms.max(deep_ms).min(MOST_MS[usize::from(bursty)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(one: f32, other: f32) -> bool {
        (one - other).abs() < 1e-3
    }

    fn bursty(share: f32) -> ObservedLoss {
        ObservedLoss {
            share,
            mean_burst: 4.0,
        }
    }

    #[test]
    fn nothing_is_waited_for_where_nothing_restores() {
        let mut bare = Depth::new();
        bare.copy_seen(false);
        bare.parity_seen(0);
        bare.deep_seen(0);
        assert!(is(bare.wait_ms(bursty(0.2), 960), 0.0));
    }

    #[test]
    fn copies_need_one_packet_parity_its_reach_and_deep_redundancy_the_length_of_bursts() {
        let random = ObservedLoss::random(0.1);
        let mut depth = Depth::new();
        depth.copy_seen(true);
        depth.copy_seen(false);
        assert!(is(depth.wait_ms(random, 960), 20.0));
        for _ in 0..20 {
            depth.deep_seen(9_600);
        }
        assert!((100.0..=120.0).contains(&depth.wait_ms(bursty(0.2), 960)));
        depth.parity_seen(1);
        depth.parity_seen(4);
        assert!(is(depth.wait_ms(random, 960), 80.0));
        depth.parity_seen(0);
        assert!(is(depth.wait_ms(random, 960), 80.0));
        for _ in 0..=LESS {
            depth.parity_seen(2);
        }
        assert!(is(depth.wait_ms(random, 960), 40.0));
        for _ in 0..MEMORY {
            depth.parity_seen(0);
        }
        assert!(depth.wait_ms(random, 960) < 40.0);
    }

    #[test]
    fn however_far_it_reaches_the_wait_is_bounded() {
        let mut depth = Depth::new();
        depth.parity_seen(8);
        assert!(is(depth.wait_ms(bursty(0.5), 2_880), 120.0));
        for _ in 0..100 {
            depth.deep_seen(48_000);
            depth.parity_seen(0);
        }
        let endless = ObservedLoss {
            share: 0.9,
            mean_burst: 1e6,
        };
        assert!(is(depth.wait_ms(endless, 960), 120.0));
    }
}
