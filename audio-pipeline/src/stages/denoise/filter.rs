//! Filters block after block, each by an impulse response of its own.

use super::response::TAPS;
use crate::frame::BLOCK_SAMPLES;
use crate::stages::linear::product;
use crate::stages::spectrum::{Spectrum, Transform};

/// At the beginning of a block the filter from before fades into the new one, for so many samples (0.7 ms): longer ones let the beginning of a
/// keystroke through by gains of when it was not there yet.
const FADE: usize = 32;

/// A filter that changes with each block.
pub(super) struct Filter {
    transform: Transform,
    sound: Spectrum,
    response: Spectrum,
    /// The impulse response from before, its end first.
    last: [f32; TAPS],
    /// How much of the new one there is in each sample of the fade.
    rise: [f32; FADE],
    /// The block from before, and this one.
    heard: [f32; 2 * BLOCK_SAMPLES],
}

impl Filter {
    /// A filter that lets nothing through yet.
    pub(super) fn new() -> Self {
        let mut rise = [0.0; FADE];
        for (at, rise) in rise.iter_mut().enumerate() {
            let turn = std::f32::consts::PI * (at as f32 + 0.5) / FADE as f32;
            *rise = 0.5 - 0.5 * turn.cos();
        }
        Self {
            transform: Transform::new(),
            sound: Spectrum::ZERO,
            response: Spectrum::ZERO,
            last: [0.0; TAPS],
            rise,
            heard: [0.0; 2 * BLOCK_SAMPLES],
        }
    }

    /// Forgets the sound so far, and lets nothing through.
    pub(super) fn reset(&mut self) {
        self.heard.fill(0.0);
        self.last.fill(0.0);
        self.response = Spectrum::ZERO;
    }

    /// Filters a block by this impulse response, or without one by that of the block before.
    pub(super) fn apply(
        &mut self,
        taps: Option<&[f32; TAPS]>,
        block: &[f32; BLOCK_SAMPLES],
    ) -> [f32; BLOCK_SAMPLES] {
        self.heard.copy_within(BLOCK_SAMPLES.., 0);
        self.heard[BLOCK_SAMPLES..].copy_from_slice(block);
        let mut fading = [0.0; FADE];
        if let Some(taps) = taps {
            let begins = BLOCK_SAMPLES + 1 - TAPS;
            for (at, fading) in fading.iter_mut().enumerate() {
                *fading = product(&self.last, &self.heard[begins + at..begins + at + TAPS]);
            }
            self.transform.time.fill(0.0);
            self.transform.time[..TAPS].copy_from_slice(taps);
            self.transform.forward(&mut self.response);
            self.last = *taps;
            self.last.reverse();
        }
        // Of a transform over both blocks the second one is right, as the response is not longer than the first (overlap-save).
        self.transform.time = self.heard;
        self.transform.forward(&mut self.sound);
        self.sound.multiply(&self.response);
        self.transform.inverse(&self.sound);
        let mut out = [0.0; BLOCK_SAMPLES];
        out.copy_from_slice(&self.transform.time[BLOCK_SAMPLES..]);
        if taps.is_some() {
            for ((out, last), rise) in out.iter_mut().zip(&fading).zip(&self.rise) {
                *out = last + rise * (*out - last);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: &mut u32) -> f32 {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (*seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    }

    fn block(seed: &mut u32) -> [f32; BLOCK_SAMPLES] {
        [0.0; BLOCK_SAMPLES].map(|_| noise(seed))
    }

    /// The same by its definition.
    fn convolved(taps: &[f32; TAPS], sound: &[f32], at: usize) -> f32 {
        let past = taps.iter().take(at + 1).enumerate();
        past.map(|(late, tap)| tap * sound[at - late]).sum()
    }

    #[test]
    fn it_is_a_convolution_that_goes_on_over_blocks() {
        let mut seed = 5;
        let mut taps = [0.0; TAPS];
        for (at, tap) in taps.iter_mut().enumerate() {
            *tap = noise(&mut seed) * 0.97_f32.powi(at as i32);
        }
        let (mut filter, mut sound, mut heard) = (Filter::new(), Vec::new(), Vec::new());
        for index in 0..4 {
            let block = block(&mut seed);
            sound.extend_from_slice(&block);
            // Said again or not is the same.
            heard.extend_from_slice(&filter.apply((index != 2).then_some(&taps), &block));
        }
        for (at, heard) in heard.iter().enumerate().skip(FADE) {
            let wanted = convolved(&taps, &sound, at);
            assert!((heard - wanted).abs() < 1e-4, "sample {at}");
        }
    }

    #[test]
    fn one_fades_into_the_other() {
        let (mut one, mut other, mut filter) = ([0.0; TAPS], [0.0; TAPS], Filter::new());
        (one[0], other[0]) = (1.0, 0.25);
        let steady = [0.5; BLOCK_SAMPLES];
        filter.apply(Some(&one), &steady);
        let heard = filter.apply(Some(&other), &steady);
        assert!((heard[0] - 0.5).abs() < 1e-3 && (heard[FADE] - 0.125).abs() < 1e-5);
        let steps = heard.windows(2).map(|two| (two[1] - two[0]).abs());
        let largest = steps.fold(0.0, f32::max);
        assert!(largest < 0.375 * 2.0 / FADE as f32, "{largest}");
        filter.reset();
        assert!(
            filter
                .apply(None, &steady)
                .iter()
                .all(|sample| *sample == 0.0)
        );
    }
}
