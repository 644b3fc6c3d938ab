//! Between the device's sample rate and 48 kHz. At 48 kHz nothing is done at all.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Adjustable, Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};
use thiserror::Error;

use crate::frame::SAMPLE_RATE;

/// Length of the interpolating filter: half of it is the delay (0.7 ms at 48 kHz).
const FILTER: usize = 64;
const LOWEST: u32 = 8_000;
const HIGHEST: u32 = 384_000;

/// A sample rate that cannot be converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a sample rate of {rate} Hz cannot be used; choose one between 8 and 384 kHz in the system's sound settings"
)]
pub struct RateError {
    /// The rate in Hz.
    pub rate: u32,
}

fn converter(from: u32, to: u32, chunk: usize, fixed: FixedAsync) -> Result<Async<f32>, RateError> {
    let other = if from == SAMPLE_RATE { to } else { from };
    if !(LOWEST..=HIGHEST).contains(&other) {
        return Err(RateError { rate: other });
    }
    let parameters = SincInterpolationParameters {
        sinc_len: FILTER,
        f_cutoff: Some(0.925),
        interpolation: SincInterpolationType::Linear,
        oversampling_factor: 256,
        window: WindowFunction::BlackmanHarris2,
    };
    Async::new_sinc(
        f64::from(to) / f64::from(from),
        1.01,
        &parameters,
        chunk,
        1,
        fixed,
    )
    .map_err(|_| RateError { rate: other })
}

/// From the device's rate to blocks of a fixed length at 48 kHz.
pub struct FromDevice {
    converter: Option<Async<f32>>,
    block: usize,
}

impl FromDevice {
    /// Converts from `rate` to pieces of `block` samples at 48 kHz.
    ///
    /// # Errors
    /// A rate out of bounds.
    pub fn new(rate: u32, block: usize) -> Result<Self, RateError> {
        let converter = match rate {
            SAMPLE_RATE => None,
            _ => Some(converter(rate, SAMPLE_RATE, block, FixedAsync::Output)?),
        };
        Ok(Self { converter, block })
    }

    /// The same, and its speed can be steered: it converts even where the rates are the same.
    ///
    /// # Errors
    /// A rate out of bounds.
    pub fn steered(rate: u32, block: usize) -> Result<Self, RateError> {
        let converter = Some(converter(rate, SAMPLE_RATE, block, FixedAsync::Output)?);
        Ok(Self { converter, block })
    }

    /// Gives `ratio` times as many samples for as many of the device, from now on: 0.99 to 1.01. Voice thread; does not
    /// allocate.
    pub fn steer(&mut self, ratio: f64) {
        if let Some(converter) = &mut self.converter {
            // Out of bounds it stays as it is.
            let _ = converter.set_resample_ratio_relative(ratio, true);
        }
    }

    /// How many samples of the device the next piece takes.
    pub fn needs(&self) -> usize {
        self.converter
            .as_ref()
            .map_or(self.block, Resampler::input_frames_next)
    }

    /// The most that [`FromDevice::needs`] can ever say.
    pub fn needs_at_most(&self) -> usize {
        self.converter
            .as_ref()
            .map_or(self.block, Resampler::input_frames_max)
    }

    /// By how many samples at 48 kHz the conversion delays the sound.
    pub fn delay_samples(&self) -> usize {
        self.converter.as_ref().map_or(0, Resampler::output_delay)
    }

    /// Converts exactly one piece. Voice thread; does not allocate.
    pub fn convert(&mut self, input: &[f32], output: &mut [f32]) {
        let Some(converter) = &mut self.converter else {
            output.copy_from_slice(&input[..output.len()]);
            return;
        };
        if convert(converter, input, output).is_none() {
            output.fill(0.0);
        }
    }
}

/// From pieces of a fixed length at 48 kHz to the device's rate.
pub struct ToDevice {
    converter: Option<Async<f32>>,
    piece: usize,
}

impl ToDevice {
    /// Converts pieces of `piece` samples at 48 kHz to `rate`.
    ///
    /// # Errors
    /// A rate out of bounds.
    pub fn new(rate: u32, piece: usize) -> Result<Self, RateError> {
        let converter = match rate {
            SAMPLE_RATE => None,
            _ => Some(converter(SAMPLE_RATE, rate, piece, FixedAsync::Input)?),
        };
        Ok(Self { converter, piece })
    }

    /// The most samples that one piece can become.
    pub fn gives_at_most(&self) -> usize {
        self.converter
            .as_ref()
            .map_or(self.piece, Resampler::output_frames_max)
    }

    /// By how many samples of the device the conversion delays the sound.
    pub fn delay_samples(&self) -> usize {
        self.converter.as_ref().map_or(0, Resampler::output_delay)
    }

    /// Converts one piece; gives how many samples it became. Voice thread; does not allocate.
    pub fn convert(&mut self, input: &[f32], output: &mut [f32]) -> usize {
        let Some(converter) = &mut self.converter else {
            output[..input.len()].copy_from_slice(input);
            return input.len();
        };
        convert(converter, input, output).unwrap_or(0)
    }
}

fn convert(converter: &mut Async<f32>, input: &[f32], output: &mut [f32]) -> Option<usize> {
    let (read, room) = (input.len(), output.len());
    let input = InterleavedSlice::new(input, 1, read).ok()?;
    let mut output = InterleavedSlice::new_mut(output, 1, room).ok()?;
    let (_, written) = converter
        .process_into_buffer(&input, &mut output, None)
        .ok()?;
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn angle(n: usize, rate: u32) -> f64 {
        n as f64 * std::f64::consts::TAU * 1_000.0 / f64::from(rate)
    }

    fn tone(rate: u32, count: usize) -> Vec<f32> {
        (0..count)
            .map(|n| (0.5 * angle(n, rate).sin()) as f32)
            .collect()
    }

    /// Power of the 1 kHz part over the power of everything else, in dB.
    fn purity(sound: &[f32], rate: u32) -> f64 {
        let (mut sine, mut cosine, mut all) = (0.0, 0.0, 0.0);
        for (n, &sample) in sound.iter().enumerate() {
            let (value, (sin, cos)) = (f64::from(sample), angle(n, rate).sin_cos());
            sine += value * sin;
            cosine += value * cos;
            all += value * value;
        }
        let tone = 2.0 * (sine * sine + cosine * cosine) / sound.len() as f64;
        10.0 * (tone / (all - tone).max(1e-9)).log10()
    }

    #[test]
    fn a_tone_stays_a_tone_at_every_rate() {
        for rate in [16_000, 44_100, 48_000, 96_000, 192_000] {
            let mut from = FromDevice::new(rate, 480).unwrap();
            let input = tone(rate, rate as usize);
            let (mut at, mut sound) = (0, Vec::new());
            while at + from.needs() <= input.len() {
                let needs = from.needs();
                assert!(needs <= from.needs_at_most());
                let mut piece = [0.0; 480];
                from.convert(&input[at..at + needs], &mut piece);
                sound.extend(piece);
                at += needs;
            }
            let steady = &sound[4_800..sound.len() / 480 * 480];
            assert!(
                purity(&steady[..38_400], SAMPLE_RATE) > 40.0,
                "from {rate} Hz"
            );

            let mut to = ToDevice::new(rate, 240).unwrap();
            let mut sound = Vec::new();
            for piece in tone(SAMPLE_RATE, 48_000).chunks_exact(240) {
                let mut room = vec![0.0; to.gives_at_most()];
                let written = to.convert(piece, &mut room);
                sound.extend(&room[..written]);
            }
            let period = rate as usize / 100;
            let steady = &sound[period * 10..period * 90];
            assert!(purity(steady, rate) > 40.0, "to {rate} Hz");
        }
    }

    #[test]
    fn absurd_rates_are_refused_in_words() {
        assert!(
            FromDevice::new(1, 480)
                .err()
                .unwrap()
                .to_string()
                .contains("1 Hz")
        );
        assert!(FromDevice::new(0, 480).is_err());
        for rate in [0, 10_000_000] {
            assert!(ToDevice::new(rate, 480).is_err());
        }
    }
}
