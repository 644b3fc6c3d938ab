//! What the filter leaves of the echo is attenuated, frequency by frequency, as far as it stands above what is said here.
//!
//! How much of the echo is left is learnt by comparing the powers of what is left and of the computed echo as they rise and fall together (Valin, *On
//! adjusting the learning rate in frequency domain echo cancellation with double-talk*, 2007); the gain is Wiener's, smoothed by the
//! decision-directed rule (Ephraim and Malah, 1984). The gains become a short filter, so that nothing waits for another block.

use super::filter::Left;
use super::spectrum::{BINS, Spectrum, Transform, WINDOW};
use crate::frame::{BLOCK_SAMPLES, from_db};

/// By how many samples the sound comes later: half the filter that the gains make.
pub(super) const LATENCY_SAMPLES: usize = 96;
const TAPS: usize = 2 * LATENCY_SAMPLES + 1;

/// The least gain.
const FLOOR_DB: f32 = -45.0;
/// How much of their last value the powers keep.
const POWER_KEPT: f32 = 0.5;
/// How quickly the average powers follow, that their rising and falling is told from.
const AVERAGE_RATE: f32 = 0.03;
/// How quickly the share of the echo that is left is learnt, at most.
const LEAK_RATE: f32 = 0.04;
/// The share of the echo's power that may be left: after a change of the room there is more than was computed.
const LEAK: (f32, f32) = (0.003, 4.0);
/// The power of a block behind a block of zeros, seen through the window that the powers are taken with.
const SEEN: f32 = 0.4;
/// How much of the last block's verdict counts.
const DIRECTED: f32 = 0.6;
/// How much of its last value a gain keeps.
const GAIN_KEPT: f32 = 0.3;
/// No division by less, as power of a frequency.
const LEAST: f32 = 1e-9;

/// The second half of the canceller.
pub(super) struct Suppressor {
    transform: Transform,
    window: [f32; WINDOW],
    taper: [f32; TAPS],
    /// Power by which the echo that is left counts more than estimated.
    over: f32,
    left: [f32; BLOCK_SAMPLES],
    echo: [f32; BLOCK_SAMPLES],
    left_spectrum: Spectrum,
    echo_spectrum: Spectrum,
    heard: Spectrum,
    left_power: [f32; BINS],
    echo_power: [f32; BINS],
    left_average: [f32; BINS],
    echo_average: [f32; BINS],
    together: [f32; BINS],
    alone: [f32; BINS],
    said: [f32; BINS],
    gains: [f32; BINS],
    /// The gains as a filter: of the last block, and of this one.
    filters: [Spectrum; 2],
    before: [f32; BLOCK_SAMPLES],
    /// How much of what the filter took out is given back.
    given_back: f32,
    sound: Spectrum,
    product: Spectrum,
}

impl Suppressor {
    pub(super) fn new(suppression_db: f32) -> Self {
        let turn = |place: usize, length: usize| {
            (place as f32 * std::f32::consts::TAU / length as f32).cos()
        };
        let mut suppressor = Self {
            transform: Transform::new(),
            window: std::array::from_fn(|place| 0.5 - 0.5 * turn(place, WINDOW)),
            taper: std::array::from_fn(|place| 0.5 - 0.5 * turn(place + 1, TAPS + 1)),
            over: from_db(suppression_db).powi(2),
            left: [0.0; BLOCK_SAMPLES],
            echo: [0.0; BLOCK_SAMPLES],
            left_spectrum: Spectrum::ZERO,
            echo_spectrum: Spectrum::ZERO,
            heard: Spectrum::ZERO,
            left_power: [0.0; BINS],
            echo_power: [0.0; BINS],
            left_average: [0.0; BINS],
            echo_average: [0.0; BINS],
            together: [0.0; BINS],
            alone: [0.0; BINS],
            said: [0.0; BINS],
            gains: [1.0; BINS],
            filters: [Spectrum::ZERO, Spectrum::ZERO],
            before: [0.0; BLOCK_SAMPLES],
            given_back: 0.0,
            sound: Spectrum::ZERO,
            product: Spectrum::ZERO,
        };
        suppressor.reset();
        suppressor
    }

    pub(super) fn set(&mut self, suppression_db: f32) {
        self.over = from_db(suppression_db).powi(2);
    }

    pub(super) fn reset(&mut self) {
        self.left = [0.0; BLOCK_SAMPLES];
        self.echo = [0.0; BLOCK_SAMPLES];
        self.before = [0.0; BLOCK_SAMPLES];
        self.left_power = [0.0; BINS];
        self.echo_power = [0.0; BINS];
        self.left_average = [0.0; BINS];
        self.echo_average = [0.0; BINS];
        self.together = [0.0; BINS];
        self.alone = [1e-3; BINS];
        self.said = [0.0; BINS];
        self.gains = [1.0; BINS];
        self.shape();
        self.filters[0] = self.filters[1].clone();
    }

    /// The sound as it came, as much later as with suppression.
    pub(super) fn pass(&mut self, sound: &mut [f32; BLOCK_SAMPLES]) {
        self.left = *sound;
        self.echo = [0.0; BLOCK_SAMPLES];
        self.gains = [1.0; BINS];
        self.shape();
        self.apply(sound);
    }

    /// Attenuates what is left of the echo, or gives back what was heard where there is none. Gives the spectrum of what the microphone heard.
    pub(super) fn suppress(
        &mut self,
        sound: &mut [f32; BLOCK_SAMPLES],
        left: &Left<'_>,
        is_likely: bool,
    ) -> &Spectrum {
        windowed(&mut self.transform, &self.window, &self.left, sound);
        self.transform.forward(&mut self.left_spectrum);
        self.left = *sound;
        windowed(&mut self.transform, &self.window, &self.echo, left.echo);
        self.transform.forward(&mut self.echo_spectrum);
        self.echo = *left.echo;
        self.weigh(left.uncertain);
        if !is_likely {
            self.gains = [1.0; BINS];
        }
        let wanted = if is_likely { 0.0 } else { 1.0 };
        if self.given_back > 0.0 || wanted > 0.0 {
            let step = (wanted - self.given_back) / BLOCK_SAMPLES as f32;
            for (sample, echo) in sound.iter_mut().zip(left.echo) {
                self.given_back += step;
                *sample += self.given_back * echo;
            }
            self.given_back = wanted;
        }
        self.shape();
        self.apply(sound);
        let sum = |to: &mut [f32; BINS], one: &[f32; BINS], other: &[f32; BINS]| {
            for ((to, one), other) in to.iter_mut().zip(one).zip(other) {
                *to = one + other;
            }
        };
        sum(
            &mut self.heard.re,
            &self.left_spectrum.re,
            &self.echo_spectrum.re,
        );
        sum(
            &mut self.heard.im,
            &self.left_spectrum.im,
            &self.echo_spectrum.im,
        );
        &self.heard
    }

    /// The gain of each frequency.
    fn weigh(&mut self, uncertain: &[f32; BINS]) {
        let total = |spectrum: &Spectrum| spectrum.power().sum::<f32>();
        let (left, echo) = (total(&self.left_spectrum), total(&self.echo_spectrum));
        // It is learnt while there is echo to learn from.
        let rate = LEAK_RATE * (echo / (left + LEAST)).min(1.0);
        let floor = from_db(FLOOR_DB);
        let powers = self.left_spectrum.power().zip(self.echo_spectrum.power());
        for (bin, (left, echo)) in powers.enumerate() {
            let smooth = |kept: &mut f32, new: f32| {
                *kept = POWER_KEPT * *kept + (1.0 - POWER_KEPT) * new;
                *kept
            };
            let left_smooth = smooth(&mut self.left_power[bin], left);
            let echo_smooth = smooth(&mut self.echo_power[bin], echo);
            let left_rise = left - self.left_average[bin];
            let echo_rise = echo - self.echo_average[bin];
            self.left_average[bin] += AVERAGE_RATE * left_rise;
            self.echo_average[bin] += AVERAGE_RATE * echo_rise;
            self.together[bin] += rate * (left_rise * echo_rise - self.together[bin]);
            self.alone[bin] += rate * (echo_rise * echo_rise - self.alone[bin]);
            let leak = self.together[bin] / (self.alone[bin] + f32::MIN_POSITIVE);
            let leak = leak.clamp(LEAK.0, LEAK.1);
            let still = self.over * (leak * echo_smooth).max(SEEN * uncertain[bin]) + LEAST;
            let now = (left_smooth / still - 1.0).max(0.0);
            let ratio = DIRECTED * self.said[bin] / still + (1.0 - DIRECTED) * now;
            let gain = (ratio / (1.0 + ratio)).max(floor);
            self.said[bin] = gain * gain * left_smooth;
            self.gains[bin] = GAIN_KEPT * self.gains[bin] + (1.0 - GAIN_KEPT) * gain;
        }
    }

    /// The gains as a filter with linear phase.
    fn shape(&mut self) {
        self.filters.swap(0, 1);
        self.product.re = self.gains;
        self.product.im = [0.0; BINS];
        self.transform.inverse(&self.product);
        let mut taps = [0.0; TAPS];
        for (place, (tap, taper)) in taps.iter_mut().zip(&self.taper).enumerate() {
            let from = (place + WINDOW - LATENCY_SAMPLES) % WINDOW;
            *tap = self.transform.time[from] * taper;
        }
        self.transform.time.fill(0.0);
        self.transform.time[..TAPS].copy_from_slice(&taps);
        self.transform.forward(&mut self.filters[1]);
    }

    /// Filters the sound, fading from the last block's gains to this one's.
    fn apply(&mut self, sound: &mut [f32; BLOCK_SAMPLES]) {
        self.transform.time[..BLOCK_SAMPLES].copy_from_slice(&self.before);
        self.transform.time[BLOCK_SAMPLES..].copy_from_slice(sound);
        self.before = *sound;
        self.transform.forward(&mut self.sound);
        for (index, rising) in [false, true].into_iter().enumerate() {
            multiply(&mut self.product, &self.sound, &self.filters[index]);
            self.transform.inverse(&self.product);
            let filtered = &self.transform.time[BLOCK_SAMPLES..];
            for (place, (sample, filtered)) in sound.iter_mut().zip(filtered).enumerate() {
                let share = (place as f32 + 1.0) / BLOCK_SAMPLES as f32;
                if rising {
                    *sample += share * filtered;
                } else {
                    *sample = (1.0 - share) * filtered;
                }
            }
        }
    }
}

fn windowed(
    transform: &mut Transform,
    window: &[f32; WINDOW],
    before: &[f32; BLOCK_SAMPLES],
    now: &[f32; BLOCK_SAMPLES],
) {
    let sound = before.iter().chain(now);
    for ((to, sample), window) in transform.time.iter_mut().zip(sound).zip(window) {
        *to = sample * window;
    }
}

fn multiply(to: &mut Spectrum, one: &Spectrum, other: &Spectrum) {
    for bin in 0..BINS {
        let (ar, ai) = (one.re[bin], one.im[bin]);
        let (br, bi) = (other.re[bin], other.im[bin]);
        to.re[bin] = ar * br - ai * bi;
        to.im[bin] = ar * bi + ai * br;
    }
}
