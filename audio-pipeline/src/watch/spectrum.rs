//! How loud a sound is in each band from 0 to 12 kHz. For looking at; not for the voice thread.
//!
//! blocks -> the last 43 ms -> Hann window -> transform -> power in each band

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

use crate::frame::{SAMPLE_RATE, to_db};

/// How many bands there are.
pub const BANDS: usize = 48;
/// How wide each is, in Hz.
pub const BAND_HZ: f32 = 250.0;

/// Samples that are looked at: 43 ms, so that the harmonics of a low voice are seen.
const WINDOW: usize = 2_048;

/// Looks at the sound that is put into it.
pub struct Spectrum {
    forward: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// What brings the sum of the bands to the mean square of the sound.
    scale: f32,
    /// The last samples, the oldest at `next`.
    samples: Vec<f32>,
    next: usize,
    input: Vec<f32>,
    output: Vec<Complex32>,
}

impl Default for Spectrum {
    fn default() -> Self {
        Self::new()
    }
}

impl Spectrum {
    /// Of silence so far.
    #[must_use]
    pub fn new() -> Self {
        let forward = RealFftPlanner::new().plan_fft_forward(WINDOW);
        let window: Vec<f32> = (0..WINDOW)
            .map(|at| {
                let turn = (at as f32 + 0.5) / WINDOW as f32 * std::f32::consts::TAU;
                0.5 - 0.5 * turn.cos()
            })
            .collect();
        let power: f32 = window.iter().map(|weight| weight * weight).sum();
        Self {
            // Each bin stands for its mirror image as well.
            scale: 2.0 / (power * WINDOW as f32),
            input: vec![0.0; WINDOW],
            output: forward.make_output_vec(),
            samples: vec![0.0; WINDOW],
            next: 0,
            window,
            forward,
        }
    }

    /// Takes samples at 48 kHz; what is no number counts as silence.
    pub fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            self.samples[self.next] = if sample.is_finite() { *sample } else { 0.0 };
            self.next = (self.next + 1) % WINDOW;
        }
    }

    /// The level in each band, the lowest first, in dBFS (root mean square): together they are as loud as the sound.
    pub fn read(&mut self) -> [f32; BANDS] {
        let (newer, older) = self.samples.split_at(self.next);
        let sound = older.iter().chain(newer);
        for ((input, sample), weight) in self.input.iter_mut().zip(sound).zip(&self.window) {
            *input = sample * weight;
        }
        let mut bands = [0.0_f32; BANDS];
        let transformed = self.forward.process(&mut self.input, &mut self.output);
        // The lengths are those that it was planned for.
        if transformed.is_ok() {
            let bin_hz = SAMPLE_RATE as f32 / WINDOW as f32;
            for (bin, value) in self.output.iter().enumerate() {
                if let Some(band) = bands.get_mut((bin as f32 * bin_hz / BAND_HZ) as usize) {
                    *band += value.norm_sqr() * self.scale;
                }
            }
        }
        bands.map(|power| to_db(power.sqrt()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::SILENCE_DBFS;

    fn tone(hz: f32, amplitude: f32) -> Vec<f32> {
        (0..4_800_u32)
            .map(|at| {
                let time = at as f32 / SAMPLE_RATE as f32;
                amplitude * (time * hz * std::f32::consts::TAU).sin()
            })
            .collect()
    }

    #[test]
    fn a_tone_stands_in_its_band_at_its_level() {
        for (hz, band) in [(1_125.0, 4), (5_375.0, 21), (11_875.0, 47)] {
            let mut spectrum = Spectrum::new();
            spectrum.push(&tone(hz, 0.5));
            let bands = spectrum.read();
            assert!((bands[band] + 9.03).abs() < 0.3, "{hz} Hz: {bands:?}");
            let others = bands.iter().enumerate();
            let loudest = others
                .filter(|(index, _)| index.abs_diff(band) > 1)
                .map(|(_, level)| *level)
                .fold(SILENCE_DBFS, f32::max);
            assert!(loudest < -60.0, "{hz} Hz leaks {loudest} dBFS");
        }
    }

    #[test]
    fn silence_is_silent_and_what_is_above_the_bands_is_left_out() {
        let mut spectrum = Spectrum::new();
        assert!(spectrum.read().iter().all(|level| *level <= SILENCE_DBFS));
        spectrum.push(&tone(18_000.0, 0.5));
        assert!(spectrum.read().iter().all(|level| *level < -60.0));
    }
}
