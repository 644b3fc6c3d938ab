//! What the network did to a talker's packets in the last seconds: how many it lost, and how many in a row.
//!
//! ```text
//! for each sequence number, when its turn has passed:  came() | lost()  ->  observed(): share, mean burst
//! ```
//!
//! Exponential averages over packets, one quick and one slow. The slow one counts, so that what is told is steady and a
//! sender does not change its mind all the time; when the quick one differs by more than chance allows, the slow one begins
//! anew from it: soon when more is lost, later when less is. Sequence numbers stand still while nobody speaks, so pauses
//! neither count nor are forgotten over.

use crate::codec::{LossKind, ObservedLoss};

/// Memories of the two averages, in packets: 2 s and 8 s of 20 ms packets.
const QUICK: f32 = 100.0;
const SLOW: f32 = 400.0;
/// By so many standard deviations the quick one has to be above or below the slow one.
const MORE: f32 = 2.5;
const LESS: f32 = 4.0;
/// How many packets without loss are believed to have come before the first one: one lost packet among the first
/// three is no loss of a third.
const BELIEVED: f32 = 30.0;
/// Memory for how long bursts are, in packets: 10 s. Networks change more slowly in kind than in amount.
const KIND: f32 = 500.0;
/// So many single losses are believed to have been before the first one: two lost packets that happen to be neighbours
/// are no burst yet.
const SINGLE: f32 = 1.5;
/// For so many packets a lost one is remembered, where more than this share is lost.
const REMEMBERED: u32 = 1_000;
const HARDLY: f32 = 0.003;
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

    /// The standard deviation of the share, when losses do not depend on each other: an average that forgets is as good as
    /// one over twice as many values as it has weight.
    fn deviation(&self) -> f32 {
        let share = self.share();
        (share * (1.0 - share) / (2.0 * self.all)).max(0.0).sqrt()
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
    /// Packets that came since the last lost one.
    since_loss: u32,
    lossy: bool,
}

impl Reception {
    pub(super) fn new() -> Self {
        Self {
            quick: Average::new(QUICK),
            slow: Average::new(SLOW),
            in_runs: 0.0,
            runs: 0.0,
            in_run: false,
            since_loss: 0,
            lossy: false,
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

    /// A packet that counts as lost came later, and the like of it will be waited for.
    pub(super) fn came_after_all(&mut self) {
        for average in [&mut self.quick, &mut self.slow] {
            average.lost = (average.lost - 1.0).max(0.0);
        }
        let burst = self.mean_burst().max(1.0);
        self.in_runs = (self.in_runs - 1.0).max(0.0);
        self.runs = (self.runs - 1.0 / burst).max(0.0);
    }

    fn count(&mut self, lost: bool) {
        let one = if lost { 1.0 } else { 0.0 };
        self.quick.count(one);
        self.slow.count(one);
        let more = self.quick.share() - self.slow.share();
        // Bursts make every count less certain.
        let certain = self.quick.deviation() * self.mean_burst().max(1.0).sqrt();
        if more > MORE * certain || more < -LESS * certain.max(self.slow_deviation_as_quick()) {
            (self.slow.lost, self.slow.all) = (self.quick.lost, self.quick.all);
        }
        let keep = 1.0 - 1.0 / KIND;
        self.in_runs = self.in_runs * keep + one;
        self.runs = self.runs * keep + if self.in_run { 0.0 } else { one };
        self.in_run = lost;
        self.since_loss = if lost {
            0
        } else {
            self.since_loss.saturating_add(1)
        };
        self.lossy = if self.lossy {
            self.since_loss < REMEMBERED && self.slow.share() > HARDLY
        } else {
            self.observed().kind() != LossKind::None
        };
    }

    /// Whether packets get lost: steadier than the share, which comes and goes around any bound. It begins with a share that
    /// senders answer, and ends when hardly any was lost for long.
    pub(super) fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// How much the quick share would vary if the slow one were right.
    fn slow_deviation_as_quick(&self) -> f32 {
        let share = self.slow.share();
        let variance = share * (1.0 - share) / (2.0 * self.quick.all);
        (variance * self.mean_burst().max(1.0)).max(0.0).sqrt()
    }

    /// What is believed before anything is known is a loss without regard to the packets around it.
    fn mean_burst(&self) -> f32 {
        let single = SINGLE / (1.0 - self.slow.share()).max(0.1);
        (self.in_runs + single) / (self.runs + SINGLE)
    }

    /// The share lost and the mean length of a run of lost packets.
    pub(super) fn observed(&self) -> ObservedLoss {
        let share = self.slow.share();
        if share < NOTHING {
            return ObservedLoss::NONE;
        }
        ObservedLoss {
            share,
            mean_burst: self.mean_burst(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

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
                    (dice.throw() as f32) < if bad { 1.0 - leave } else { enter }
                } else {
                    (dice.throw() as f32) < share
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
                let told = &observed[400..];
                let mean = told.iter().map(|loss| loss.share).sum::<f32>() / told.len() as f32;
                let off = mean - share;
                assert!((-0.04..0.04).contains(&off), "{share} seems {mean}");
            }
        }
    }

    #[test]
    fn what_is_told_of_a_steady_loss_is_steady() {
        for share in [0.02, 0.1, 0.2, 0.3] {
            for seed in 0..8 {
                let observed = network(seed, 5_000, share, 1.0);
                let told = observed[1_000..].iter().map(|loss| loss.share);
                let far = told.filter(|told| (told - share).abs() > (0.2 * share).max(0.04));
                let far = far.count() as f32 / 4_000.0;
                assert!(far < 0.1, "seed {seed}, {share}: {far}");
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
        assert!(begun.share > 0.06, "after a second of 20 %: {begun:?}");
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
    fn what_comes_after_all_is_not_told_as_lost() {
        let mut reception = Reception::new();
        for index in 0..1_000 {
            count(&mut reception, index % 10 == 9);
            if index % 10 == 9 {
                reception.came_after_all();
            }
        }
        assert_eq!(reception.observed(), ObservedLoss::NONE);
        assert!(!reception.is_lossy());
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
