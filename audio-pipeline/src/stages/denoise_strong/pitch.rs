//! Finds the period of a voice, as Opus does (RFC 6716, section 5.3.2, and the sources with it): the network was trained on what
//! this finds.
//!
//! ```text
//! sound -> half the rate -> flat spectrum (whitening) -> where it resembles itself: coarsely, then finely
//!       -> is not a fraction of that period the true one
//! ```
//!
//! Of a period found, a multiple fits as well; so the shorter ones are asked for afterwards.

use crate::frame::BLOCK_SAMPLES;
use crate::stages::linear::product;

/// The shortest and the longest period, in samples at 48 kHz: 800 Hz and 62.5 Hz.
pub(super) const SHORTEST: usize = 60;
pub(super) const LONGEST: usize = 768;

/// What is compared, in samples: two blocks.
const FRAME: usize = 2 * BLOCK_SAMPLES;
/// What is kept: the frame, and as much before it as the longest period.
const KEPT: usize = LONGEST + FRAME;

/// The same at half the rate.
const HALF: usize = KEPT / 2;
const HALF_FRAME: usize = FRAME / 2;
const HALF_LONGEST: usize = LONGEST / 2;
const HALF_SHORTEST: usize = SHORTEST / 2;

/// And at a quarter of it.
const QUARTER: usize = KEPT / 4;
const QUARTER_FRAME: usize = FRAME / 4;

/// How many places are looked at, at half the rate. Shorter periods are found as fractions.
const PLACES: usize = (LONGEST - 3 * SHORTEST) / 2;
/// And at a quarter, up to the next multiple of [`LANES`].
const COARSE_PLACES: usize = PLACES / 2;
const COARSE_ROOM: usize = COARSE_PLACES.next_multiple_of(LANES);

/// Places that are looked at together, which the compiler makes instructions on several numbers of.
const LANES: usize = 8;

/// For each fraction of a period, with which multiple of it the fraction is checked.
const CHECKS: [usize; 16] = [0, 0, 3, 2, 3, 2, 5, 2, 3, 2, 3, 2, 5, 2, 3, 2];

/// Follows the period of a voice.
pub(super) struct PitchFinder {
    heard: [f32; KEPT],
    half: [f32; HALF],
    quarter: [f32; QUARTER],
    /// At half the rate.
    last_period: usize,
    last_gain: f32,
}

impl PitchFinder {
    pub(super) fn new() -> Self {
        Self {
            heard: [0.0; KEPT],
            half: [0.0; HALF],
            quarter: [0.0; QUARTER],
            last_period: 0,
            last_gain: 0.0,
        }
    }

    /// The newest two blocks as they were one period before, and the period in samples.
    pub(super) fn follow(&mut self, block: &[f32; BLOCK_SAMPLES]) -> (usize, &[f32]) {
        self.heard.copy_within(BLOCK_SAMPLES.., 0);
        self.heard[KEPT - BLOCK_SAMPLES..].copy_from_slice(block);
        self.halve();
        self.whiten();
        let found = self.search();
        let (period, gain) = self.shortest(found);
        self.last_period = period / 2;
        self.last_gain = gain;
        let begin = KEPT - FRAME - period;
        (period, &self.heard[begin..begin + FRAME])
    }

    fn halve(&mut self) {
        self.half[0] = 0.25 * self.heard[1] + 0.5 * self.heard[0];
        let three = self.heard[1..].windows(3).step_by(2);
        for (half, three) in self.half[1..].iter_mut().zip(three) {
            *half = 0.25 * (three[0] + three[2]) + 0.5 * three[1];
        }
    }

    /// Takes out what makes all periods look alike: the shape of the spectrum, by linear prediction of the fourth order.
    fn whiten(&mut self) {
        let mut alike = [0.0; 5];
        for (lag, alike) in alike.iter_mut().enumerate() {
            let product = product(&self.half[lag..], &self.half[..HALF - lag]);
            // A little of it is taken for noise, 40 dB below, and the lags count less the longer they are.
            let less = if lag == 0 {
                -0.0001
            } else {
                (0.008 * lag as f32).powi(2)
            };
            *alike = product * (1.0 - less);
        }
        let predictor = predictor(&alike);
        let mut filter = [0.0; 5];
        let mut fade = 1.0;
        for (tap, predicted) in predictor.iter().enumerate() {
            fade *= 0.9;
            // Times a zero at 0.8, against what is left of the low frequencies.
            filter[tap] += fade * predicted;
            filter[tap + 1] += 0.8 * fade * predicted;
        }
        filter[0] += 0.8;
        // Before the first lies silence.
        let mut plain = [0.0; 5 + HALF];
        plain[5..].copy_from_slice(&self.half);
        for (sample, six) in self.half.iter_mut().zip(plain.windows(6)) {
            let before = six.iter().rev().skip(1);
            *sample += filter
                .iter()
                .zip(before)
                .map(|(tap, sample)| tap * sample)
                .sum::<f32>();
        }
    }

    /// The period that fits best, in samples at the full rate.
    fn search(&mut self) -> usize {
        for (quarter, half) in self.quarter.iter_mut().zip(self.half.chunks_exact(2)) {
            *quarter = half[0];
        }
        let mut coarse = [0.0; COARSE_ROOM];
        let newest = &self.quarter[QUARTER - QUARTER_FRAME..];
        for (group, lanes) in coarse.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            // Eight places at once, each in a lane.
            let older = self.quarter[group * LANES..].windows(LANES);
            for (sample, older) in newest.iter().zip(older) {
                for (lane, older) in lanes.iter_mut().zip(older) {
                    *lane += sample * older;
                }
            }
        }
        let [first, second] = best_two(&coarse[..COARSE_PLACES], &self.quarter, QUARTER_FRAME);
        let mut fine = [0.0; PLACES];
        let newest = &self.half[HALF - HALF_FRAME..];
        for (place, fine) in fine.iter_mut().enumerate() {
            if place.abs_diff(2 * first) <= 2 || place.abs_diff(2 * second) <= 2 {
                let older = &self.half[place..place + HALF_FRAME];
                *fine = product(newest, older).max(-1.0);
            }
        }
        let [place, _] = best_two(&fine, &self.half, HALF_FRAME);
        let mut period = 2 * (HALF_LONGEST - place);
        if (1..PLACES - 1).contains(&place) {
            period =
                period.wrapping_add_signed(lean(fine[place - 1], fine[place], fine[place + 1]));
        }
        period
    }

    /// `period`, or a fraction of it that fits about as well; and how well, 0 to 1.
    fn shortest(&self, period: usize) -> (usize, f32) {
        let newest = &self.half[HALF_LONGEST..];
        let older = |period: usize| &self.half[HALF_LONGEST - period..HALF - period];
        let whole = (period / 2).min(HALF_LONGEST - 1);
        let own = product(newest, newest);
        let powers = self.powers(own);
        let fit = |common: f32, power: f32| common / (1.0 + own * power).sqrt();
        let common = product(newest, older(whole));
        let whole_fit = fit(common, powers[whole]);
        let mut best = (whole, whole_fit, common, powers[whole]);
        for (fraction, check) in CHECKS.iter().enumerate().skip(2) {
            let part = (2 * whole + fraction) / (2 * fraction);
            if part < HALF_SHORTEST {
                break;
            }
            let other = match fraction {
                2 if part + whole > HALF_LONGEST => whole,
                2 => part + whole,
                _ => (2 * check * whole + fraction) / (2 * fraction),
            };
            let common = 0.5 * (product(newest, older(part)) + product(newest, older(other)));
            let power = 0.5 * (powers[part] + powers[other]);
            // What was found the last time is more likely to be so again.
            let goes_on = match part.abs_diff(self.last_period) {
                0 | 1 => self.last_gain,
                2 if 5 * fraction * fraction < whole => 0.5 * self.last_gain,
                _ => 0.0,
            };
            // Very short ones come easily by chance.
            let needed = if part < 3 * HALF_SHORTEST {
                (0.85 * whole_fit - goes_on).max(0.4)
            } else {
                (0.7 * whole_fit - goes_on).max(0.3)
            };
            let fits = fit(common, power);
            if fits > needed {
                best = (part, fits, common, power);
            }
        }
        let (period, fits, common, power) = best;
        let common = common.max(0.0);
        let gain = if power <= common {
            1.0
        } else {
            common / (power + 1.0)
        };
        let beside = [period - 1, period, period + 1].map(|period| product(newest, older(period)));
        let exact = (2 * period).wrapping_add_signed(lean(beside[0], beside[1], beside[2]));
        (exact.max(SHORTEST), gain.min(fits))
    }

    /// The power of the frame that lies so many samples before the newest, which has the power `own`.
    fn powers(&self, own: f32) -> [f32; HALF_LONGEST + 1] {
        let mut powers = [own; HALF_LONGEST + 1];
        let mut power = own;
        for (period, slot) in powers.iter_mut().enumerate().skip(1) {
            let begin = HALF_LONGEST - period;
            power += self.half[begin].powi(2) - self.half[begin + HALF_FRAME].powi(2);
            *slot = power.max(0.0);
        }
        powers
    }
}

/// Which way the top lies between three neighbours, in half steps: 1 if towards the last.
fn lean(before: f32, at: f32, after: f32) -> isize {
    if after - before > 0.7 * (at - before) {
        1
    } else if before - after > 0.7 * (at - after) {
        -1
    } else {
        0
    }
}

/// The two places with the largest product for the power that is there.
fn best_two(products: &[f32], sound: &[f32], frame: usize) -> [usize; 2] {
    let mut power = 1.0 + product(&sound[..frame], &sound[..frame]);
    // Each is a fraction, of which the halves are compared crosswise.
    let mut best = [(0, -1.0, 0.0), (1, -1.0, 0.0)];
    for (place, found) in products.iter().enumerate() {
        if *found > 0.0 {
            // Squares of it would not fit.
            let square = (found * 1e-12) * found * 1e-12;
            let beats = |other: (usize, f32, f32)| square * other.2 > other.1 * power;
            if beats(best[0]) {
                best = [(place, square, power), best[0]];
            } else if beats(best[1]) {
                best[1] = (place, square, power);
            }
        }
        power += sound[place + frame].powi(2) - sound[place].powi(2);
        power = power.max(1.0);
    }
    [best[0].0, best[1].0]
}

/// The prediction of each sample from the four before it, by Levinson's and Durbin's recursion; the signs are those of the filter
/// that takes the prediction away.
fn predictor(alike: &[f32; 5]) -> [f32; 4] {
    let mut taps = [0.0_f32; 4];
    let mut left = alike[0];
    if left == 0.0 {
        return taps;
    }
    for order in 0..4 {
        let known: f32 = (0..order).map(|tap| taps[tap] * alike[order - tap]).sum();
        let reflected = -(known + alike[order + 1]) / left;
        let before = taps;
        taps[order] = reflected;
        for tap in 0..order {
            taps[tap] += reflected * before[order - 1 - tap];
        }
        left -= reflected * reflected * left;
        if left < 0.001 * alike[0] {
            break;
        }
    }
    taps
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found of a voice with this period after a quarter of a second.
    fn found(period: usize) -> usize {
        let mut finder = PitchFinder::new();
        let mut last = 0;
        for block in 0..25 {
            let mut samples = [0.0; BLOCK_SAMPLES];
            for (offset, sample) in samples.iter_mut().enumerate() {
                let phase = ((block * BLOCK_SAMPLES + offset) % period) as f32 / period as f32;
                *sample = (1..12_u8)
                    .map(|n| (phase * f32::from(n) * std::f32::consts::TAU).sin() * 800.0)
                    .sum();
            }
            last = finder.follow(&samples).0;
        }
        last
    }

    #[test]
    fn low_and_high_voices_are_followed() {
        for period in [150, 240, 333, 480, 600] {
            let found = found(period);
            assert!(found.abs_diff(period) <= 1, "{period} became {found}");
        }
    }

    #[test]
    fn silence_has_a_period_within_bounds() {
        let mut finder = PitchFinder::new();
        for _ in 0..10 {
            let (period, before) = finder.follow(&[0.0; BLOCK_SAMPLES]);
            assert!((SHORTEST..=LONGEST).contains(&period));
            assert_eq!(before.len(), FRAME);
        }
    }

    #[test]
    fn what_comes_again_is_what_was_one_period_before() {
        let mut finder = PitchFinder::new();
        let mut sound = vec![0.0; 20 * BLOCK_SAMPLES];
        for (index, sample) in sound.iter_mut().enumerate() {
            let phase = (index % 300) as f32 / 300.0;
            *sample = if phase < 0.3 { 5_000.0 } else { -2_000.0 };
        }
        let (blocks, _) = sound.as_chunks::<BLOCK_SAMPLES>();
        for block in &blocks[..19] {
            finder.follow(block);
        }
        let (period, before) = finder.follow(&blocks[19]);
        assert_eq!(period, 300);
        assert_eq!(
            before,
            &sound[18 * BLOCK_SAMPLES - 300..20 * BLOCK_SAMPLES - 300]
        );
    }
}
