//! Which tune answers which loss: a pure function over what receivers report.
//!
//! ```text
//! ObservedLoss (share lost, packets lost in a row) -> LossKind -> ObservedLoss::tune(bitrate) -> EncoderTune
//! ```

use serde::{Deserialize, Serialize};

use super::{Bandwidth, EncoderTune, Parity};

/// Below this share nothing is kept for loss: without loss, copies cost 0.1 of PESQ at 32 kb/s.
const LITTLE: f32 = 0.01;
/// From this share on hardly anything helps but three times as much.
const MOST: f32 = 0.42;
/// Losses come in bursts when they last this many times longer than if they did not depend on each other.
const BURSTY: f32 = 1.5;
/// The least rate in bits a second that holds parity beside the sound; copies need less.
const PARITY_FROM: u32 = 20_000;
/// The least rate at which three times as much parity leaves anything for the sound.
const THRICE_FROM: u32 = 30_000;
/// The least rate that holds deep redundancy beside sound and parity.
const DEEP_FROM: u32 = 44_000;
/// From these shares on, of losses one by one and in bursts, so much is lost in spite of parity that deep redundancy is worth its bytes.
const DEEP_AT: [f32; 2] = [0.22, 0.15];
/// How far back it reaches then, in ms, by how much more for each percent, and at most; in steps as Opus makes them.
const DEEP_MS: f32 = 120.0;
const DEEP_MS_A_PERCENT: f32 = 10.0;
const DEEP_MOST_MS: f32 = 320.0;
const DEEP_STEP_MS: f32 = 40.0;
/// The loss in percent that Opus is told beside it: it measures out by that which share of the rate deep redundancy gets at most.
const DEEP_EXPECTING: u8 = 20;
/// The least rate at which all frequencies are kept beside parity.
const FULL_FROM: u32 = 60_000;

/// Parity that is of use within three packets, so that the buffer need not be deeper: of the packet before and of the third
/// before. Of all three it would recover less, as the second is more often still unknown itself.
const NEAR: Parity = Parity {
    covers: 0b101,
    symbols: 1,
    parts: 1,
};
/// Three times as much, of the three packets before.
const THRICE: Parity = Parity {
    covers: 0b111,
    symbols: 3,
    parts: 1,
};
/// How many packets back a copy is sent for bursts: 120 ms of 20 ms packets.
const BEHIND_BURSTS: u8 = 6;

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
    /// | loss | below 20 kb/s | more |
    /// |---|---|---|
    /// | under 1 % | plain | plain |
    /// | random | copies, expecting 20 % | parity of one packet, of the last and the third last |
    /// | random, 42 % and more | the same | parity of three packets, of the last three, from 30 kb/s on |
    /// | in bursts | the same | the sixth last packet once more |
    ///
    /// From 44 kb/s on there is deep redundancy (DRED) beside parity, of 120 ms where 22 % are lost one by one or 15 % in bursts, and
    /// of 40 ms more for each further 4 %: for what parity does not bring back.
    ///
    /// Parity leaves the sound half of the rate or less, which suffices for speech up to 8 kHz; higher frequencies come
    /// back at 60 kb/s. `docs/BENCHMARKS.md` has the measurements, and those of deep redundancy and of copies.
    #[must_use]
    pub fn tune(self, bitrate: u32) -> EncoderTune {
        let plain = EncoderTune::plain(bitrate);
        let share = self.bounded();
        let kind = self.kind();
        if kind == LossKind::None {
            return plain;
        }
        if bitrate < PARITY_FROM {
            return EncoderTune {
                fec: true,
                expected_loss_percent: 20,
                ..plain
            };
        }
        let thrice = share >= MOST && bitrate >= THRICE_FROM;
        let dred_ms = if thrice || bitrate < DEEP_FROM {
            0
        } else {
            deep_ms(share, kind)
        };
        EncoderTune {
            dred_ms,
            expected_loss_percent: if dred_ms > 0 { DEEP_EXPECTING } else { 0 },
            parity: match kind {
                _ if thrice => THRICE,
                LossKind::Bursty => Parity::copy_of(BEHIND_BURSTS),
                _ => NEAR,
            },
            bandwidth: if bitrate < FULL_FROM {
                Bandwidth::Wide
            } else {
                Bandwidth::Full
            },
            ..plain
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

/// How far back deep redundancy reaches beside parity at this loss, in ms.
fn deep_ms(share: f32, kind: LossKind) -> u16 {
    let [random, bursty] = DEEP_AT;
    let from = if kind == LossKind::Bursty {
        bursty
    } else {
        random
    };
    if share < from {
        return 0;
    }
    let reach = DEEP_MS + DEEP_MS_A_PERCENT * 100.0 * (share - from);
    ((reach.min(DEEP_MOST_MS) / DEEP_STEP_MS).floor() * DEEP_STEP_MS) as u16
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
    fn the_more_is_lost_the_more_parity_there_is_and_bursts_are_bridged() {
        for bitrate in [24_000, 32_000, 48_000] {
            let size = |loss: ObservedLoss| {
                let parity = loss.tune(bitrate).parity;
                f32::from(parity.symbols) / f32::from(parity.parts)
            };
            let sizes = [0.015, 0.1, 0.3, 0.5].map(|share| size(random(share)));
            assert!(sizes.is_sorted() && sizes[0] > 0.0, "{sizes:?}");
            // The buffer has to wait for as many packets.
            for share in [0.015, 0.1, 0.3, 0.5] {
                assert!(random(share).tune(bitrate).parity.reach() <= 3);
            }
            let reach = bursty(0.2).tune(bitrate).parity.reach();
            assert!((5..=6).contains(&reach), "{reach}");
        }
        for loss in [random(0.1), bursty(0.1)] {
            let low = loss.tune(16_000);
            assert!(low.fec && !low.parity.is_some(), "no room: {low:?}");
            assert!(low.expected_loss_percent >= 8, "too little to be of use");
        }
    }

    #[test]
    fn the_more_is_lost_the_further_deep_redundancy_reaches_where_the_rate_holds_it() {
        for bitrate in [48_000, 64_000, 128_000] {
            let reach = |loss: ObservedLoss| loss.tune(bitrate).dred_ms;
            assert_eq!([0.05, 0.1, 0.2].map(|share| reach(random(share))), [0; 3]);
            assert_eq!([0.05, 0.1].map(|share| reach(bursty(share))), [0; 2]);
            let far = [0.23, 0.3, 0.4].map(|share| reach(random(share)));
            assert_eq!(far, [120, 200, 280]);
            let far = [0.16, 0.25, 0.36, 0.41].map(|share| reach(bursty(share)));
            assert_eq!(far, [120, 200, 320, 320]);
            // Three times as much parity leaves no room.
            assert_eq!(reach(random(0.5)), 0);
        }
        for loss in [random(0.3), bursty(0.2)] {
            assert_eq!(loss.tune(32_000).dred_ms, 0);
        }
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
