//! What the network did to a talker's packets in the last seconds: how many it lost, and how many in a row.
//!
//! ```text
//! for each sequence number, when its turn has passed:  came() | lost()  ->  observed(): share, mean burst
//! ```
//!
//! Exponential averages over packets, one quick and one slow; the larger counts, so that it rises within a second when
//! packets begin to be lost and comes down over several seconds when that ends. Sequence numbers stand still while
//! nobody speaks, so pauses neither count nor are forgotten over.

use crate::codec::ObservedLoss;

/// Memories of the two averages, in packets: 1.4 s and 4 s of 20 ms packets.
const QUICK: f32 = 70.0;
const SLOW: f32 = 200.0;
/// How many packets without loss are believed to have come before the first one: one lost packet among the first
/// three is no loss of a third.
const BELIEVED: f32 = 30.0;
/// Memory for how long bursts are, in packets: 10 s. Networks change more slowly in kind than in amount.
const KIND: f32 = 500.0;
/// So many single losses are believed to have been before the first one: two lost packets that happen to be neighbours
/// are no burst yet.
const SINGLE: f32 = 1.5;
/// A share below this is nothing.
const NOTHING: f32 = 5e-4;

/// An average that forgets, which is right from its first value on.
#[derive(Clone, Copy, Debug)]
struct Average {
    keep: f32,
    lost: f32,
    all: f32,
}

impl Average {
    fn new(memory: f32) -> Self {
        Self {
            keep: 1.0 - 1.0 / memory,
            lost: 0.0,
            all: BELIEVED,
        }
    }

    fn count(&mut self, lost: f32) {
        self.lost = self.lost * self.keep + lost;
        self.all = self.all * self.keep + 1.0;
    }

    fn share(&self) -> f32 {
        self.lost / self.all
    }
}

/// What became of the packets of one talker. Every call costs the same, and nothing is allocated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reception {
    quick: Average,
    slow: Average,
    /// Lost packets and runs of them, both forgotten at the same pace.
    in_runs: f32,
    runs: f32,
    in_run: bool,
}

impl Reception {
    pub(super) fn new() -> Self {
        Self {
            quick: Average::new(QUICK),
            slow: Average::new(SLOW),
            in_runs: 0.0,
            runs: 0.0,
            in_run: false,
        }
    }

    /// The next packet was there when its turn came.
    pub(super) fn came(&mut self) {
        self.count(false);
    }

    /// The next packet was not there when its turn came.
    pub(super) fn lost(&mut self) {
        self.count(true);
    }

    fn count(&mut self, lost: bool) {
        let one = if lost { 1.0 } else { 0.0 };
        self.quick.count(one);
        self.slow.count(one);
        let keep = 1.0 - 1.0 / KIND;
        self.in_runs = self.in_runs * keep + one;
        self.runs = self.runs * keep + if self.in_run { 0.0 } else { one };
        self.in_run = lost;
    }

    /// The share lost and the mean length of a run of lost packets.
    pub(super) fn observed(&self) -> ObservedLoss {
        let share = self.quick.share().max(self.slow.share());
        if share < NOTHING {
            return ObservedLoss::NONE;
        }
        // What is believed before anything is known is a loss without regard to the packets around it.
        let single = SINGLE / (1.0 - share).max(0.1);
        ObservedLoss {
            share,
            mean_burst: (self.in_runs + single) / (self.runs + SINGLE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::LossKind;

    /// Evenly within 0..1, the same numbers each time (xorshift64*).
    struct Dice(u64);

    impl Dice {
        fn new(seed: u64) -> Self {
            Self((seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
        }

        fn throw(&mut self) -> f32 {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / (1_u64 << 24) as f32
        }
    }

    fn count(reception: &mut Reception, lost: bool) {
        if lost {
            reception.lost();
        } else {
            reception.came();
        }
    }

    /// Loses `share` of the packets, in runs of `burst` on average when that is more than 1 (Gilbert-Elliott, all lost
    /// in the bad state), and gives what is observed after each packet.
    fn network(seed: u64, packets: usize, share: f32, burst: f32) -> Vec<ObservedLoss> {
        let (mut dice, mut reception, mut bad) = (Dice::new(seed), Reception::new(), false);
        let leave = 1.0 / burst;
        let enter = share / (1.0 - share) * leave;
        (0..packets)
            .map(|_| {
                bad = if burst > 1.0 {
                    dice.throw() < if bad { 1.0 - leave } else { enter }
                } else {
                    dice.throw() < share
                };
                count(&mut reception, bad);
                reception.observed()
            })
            .collect()
    }

    fn part_of_kind(observed: &[ObservedLoss], kind: LossKind) -> f32 {
        let alike = observed.iter().filter(|loss| loss.kind() == kind).count();
        alike as f32 / observed.len() as f32
    }

    #[test]
    fn random_loss_is_known_as_such_and_its_share_is_right() {
        for (share, least) in [(0.03, 0.85), (0.1, 0.97), (0.2, 0.97), (0.5, 0.97)] {
            for seed in 0..8 {
                let observed = network(seed, 3_000, share, 1.0);
                let settled = &observed[100..];
                let random = part_of_kind(settled, LossKind::Random);
                assert!(random > least, "seed {seed}, {share}: {random}");
                let mean = settled.iter().map(|loss| loss.share).sum::<f32>();
                let mean = mean / settled.len() as f32;
                // The larger of two averages lies a little high.
                let off = mean - share;
                assert!((-0.02..0.04).contains(&off), "{share} seems {mean}");
            }
        }
    }

    #[test]
    fn bursts_are_known_as_such() {
        for (share, least) in [(0.05, 0.75), (0.1, 0.9), (0.2, 0.95)] {
            for seed in 0..8 {
                let observed = network(seed, 3_000, share, 4.0);
                let bursty = part_of_kind(&observed[150..], LossKind::Bursty);
                assert!(bursty > least, "seed {seed}, {share}: {bursty}");
            }
        }
    }

    #[test]
    fn it_rises_within_a_second_and_comes_down_in_several() {
        let mut reception = Reception::new();
        for _ in 0..500 {
            reception.came();
        }
        assert_eq!(reception.observed(), ObservedLoss::NONE);
        for index in 0..50 {
            count(&mut reception, index % 5 == 4);
        }
        let begun = reception.observed();
        assert!(begun.share > 0.08, "after a second of 20 %: {begun:?}");
        for index in 0..1_000 {
            count(&mut reception, index % 5 == 4);
        }
        let settled = reception.observed();
        assert!((0.18..0.23).contains(&settled.share), "{settled:?}");
        for _ in 0..50 {
            reception.came();
        }
        let after_a_second = reception.observed();
        assert!(after_a_second.share > 0.12, "{after_a_second:?}");
        for _ in 0..650 {
            reception.came();
        }
        assert_eq!(reception.observed().kind(), LossKind::None);
    }

    #[test]
    fn one_lost_packet_at_the_beginning_is_not_much() {
        let mut reception = Reception::new();
        reception.came();
        reception.lost();
        reception.came();
        let observed = reception.observed();
        assert!(observed.share < 0.04, "{observed:?}");
        assert!(observed.kind() != LossKind::Bursty, "{observed:?}");
    }

    #[test]
    fn nothing_but_loss_stays_within_bounds() {
        let mut reception = Reception::new();
        for _ in 0..100_000 {
            reception.lost();
        }
        let observed = reception.observed();
        assert!((0.99..=1.001).contains(&observed.share), "{observed:?}");
        assert!(observed.mean_burst.is_finite() && observed.mean_burst > 10.0);
    }
}
