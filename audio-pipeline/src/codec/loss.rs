//! Which tune answers which loss: a pure function over what receivers report.
//!
//! ```text
//! ObservedLoss (share lost, packets lost in a row) -> LossKind -> ObservedLoss::tune(bitrate) -> EncoderTune
//! ```

use serde::{Deserialize, Serialize};

use super::{Bandwidth, EncoderTune};

/// Below this share nothing is kept for loss: without loss, copies cost 0.1 of PESQ at 32 kb/s.
const LITTLE: f32 = 0.01;
/// From this share on, better copies are worth what they cost.
const MUCH: f32 = 0.15;
/// Losses come in bursts when they last this many times longer than if they did not depend on each other.
const BURSTY: f32 = 1.5;
/// The least rate in bits a second that holds deep redundancy beside the sound, at a constant rate.
const DRED_FROM: u32 = 28_000;
/// The least rate that holds copies and deep redundancy at once, or copies and all frequencies.
const BOTH_FROM: u32 = 40_000;

/// What a receiver lost in the last while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObservedLoss {
    /// The share of packets that were not there when they were to be played, 0 to 1.
    pub share: f32,
    /// How many packets were lost in a row, on average; 1 when each was alone, 0 when none was lost.
    pub mean_burst: f32,
}

/// How losses come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LossKind {
    /// So few that nothing is kept for them.
    None,
    /// One by one, without regard to each other.
    Random,
    /// In a row.
    Bursty,
}

impl ObservedLoss {
    /// Nothing was lost, or nobody has reported.
    pub const NONE: Self = Self {
        share: 0.0,
        mean_burst: 0.0,
    };

    /// A share of packets that were lost without regard to each other: all that is known where nobody says how they were.
    #[must_use]
    pub fn random(share: f32) -> Self {
        let share = if share.is_finite() {
            share.clamp(0.0, 0.99)
        } else {
            0.0
        };
        Self {
            share,
            mean_burst: 1.0 / (1.0 - share),
        }
    }

    /// How these losses come. Independent losses of a share `p` are in a row of `1 / (1 - p)` packets on average.
    #[must_use]
    pub fn kind(self) -> LossKind {
        let share = self.bounded();
        if share < LITTLE {
            LossKind::None
        } else if self.mean_burst * (1.0 - share) >= BURSTY {
            LossKind::Bursty
        } else {
            LossKind::Random
        }
    }

    /// The tune for speech at `bitrate` bits a second that sounds best under this loss.
    ///
    /// | loss | below 28 kb/s | 28 to 40 kb/s | more |
    /// |---|---|---|---|
    /// | under 1 % | plain | plain | plain |
    /// | random | copies, expecting 20 % | copies, expecting 10 % | copies, expecting 10 % |
    /// | random, 15 % and more | the same | copies, expecting 20 %, up to 8 kHz | both, 200 ms, expecting 30 %, up to 8 kHz |
    /// | in bursts | the same | deep, 300 ms, expecting 30 % | deep, 500 ms, expecting 30 % |
    ///
    /// The expectation is not the loss: it is what makes the encoder measure out the right redundancy. At a constant
    /// 32 kb/s, copies are of use from an expectation of 8 %: where 5 % are lost, PESQ is 3.2 with an expectation of
    /// 5 % and 3.9 with 8 or 10 %. `docs/BENCHMARKS.md` has the measurements.
    #[must_use]
    pub fn tune(self, bitrate: u32) -> EncoderTune {
        let plain = EncoderTune::plain(bitrate);
        let much = self.bounded() >= MUCH;
        let (low, rich) = (bitrate < DRED_FROM, bitrate >= BOTH_FROM);
        match self.kind() {
            LossKind::None => plain,
            LossKind::Bursty if !low => EncoderTune {
                expected_loss_percent: 30,
                dred_ms: if rich { 500 } else { 300 },
                ..plain
            },
            LossKind::Random if much && rich => EncoderTune {
                fec: true,
                expected_loss_percent: 30,
                dred_ms: 200,
                bandwidth: Bandwidth::Wide,
                ..plain
            },
            LossKind::Random | LossKind::Bursty => EncoderTune {
                fec: true,
                expected_loss_percent: if much || low { 20 } else { 10 },
                bandwidth: if low || rich || !much {
                    Bandwidth::Full
                } else {
                    Bandwidth::Wide
                },
                ..plain
            },
        }
    }

    /// The share within 0 to 1; what is no number counts as nothing.
    fn bounded(self) -> f32 {
        if self.share.is_finite() {
            self.share.clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(share: f32) -> ObservedLoss {
        ObservedLoss {
            share,
            mean_burst: 1.0 / (1.0 - share),
        }
    }

    fn bursty(share: f32) -> ObservedLoss {
        ObservedLoss {
            share,
            mean_burst: 4.0,
        }
    }

    #[test]
    fn without_loss_nothing_is_kept_for_it() {
        for loss in [ObservedLoss::NONE, random(0.005), bursty(0.005)] {
            for bitrate in [24_000, 32_000, 48_000, 96_000] {
                assert_eq!(loss.kind(), LossKind::None);
                assert_eq!(loss.tune(bitrate), EncoderTune::plain(bitrate));
            }
        }
    }

    #[test]
    fn independent_losses_are_random_at_every_share_and_longer_runs_are_not() {
        for percent in 1..=60 {
            let share = percent as f32 / 100.0;
            assert_eq!(random(share).kind(), LossKind::Random, "{percent} %");
            let longer = ObservedLoss {
                mean_burst: 2.0 / (1.0 - share),
                ..random(share)
            };
            assert_eq!(longer.kind(), LossKind::Bursty, "{percent} %");
        }
    }

    #[test]
    fn copies_answer_random_loss_and_depth_answers_bursts() {
        for bitrate in [24_000, 32_000, 48_000] {
            for percent in [1, 5, 10, 20] {
                let tune = random(percent as f32 / 100.0).tune(bitrate);
                assert!(tune.fec, "{bitrate}, {percent} %: {tune:?}");
                assert!(tune.expected_loss_percent >= 8, "too little to be of use");
            }
        }
        assert_eq!(
            bursty(0.1).tune(24_000).dred_ms,
            0,
            "there is no room for it"
        );
        for bitrate in [32_000, 48_000] {
            let tune = bursty(0.1).tune(bitrate);
            assert!(tune.dred_ms >= 200, "{bitrate}: {tune:?}");
            assert!(tune.expected_loss_percent >= 20, "{bitrate}: {tune:?}");
        }
        let both = random(0.3).tune(48_000);
        assert!(both.fec && both.dred_ms > 0, "{both:?}");
    }

    #[test]
    fn reports_that_make_no_sense_are_answered_within_bounds() {
        for share in [f32::NAN, f32::INFINITY, -1.0, 0.0, 1.0, 7.0] {
            for mean_burst in [f32::NAN, f32::INFINITY, -1.0, 0.0, 1e9] {
                let tune = ObservedLoss { share, mean_burst }.tune(32_000);
                assert!(tune.expected_loss_percent <= 30 && tune.dred_ms <= 500);
                assert_eq!(tune.bitrate, 32_000);
            }
        }
    }
}
