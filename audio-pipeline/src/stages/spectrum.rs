//! Fourier transforms of two blocks, real parts and imaginary parts in arrays of their own, so that the loops over them are quick. Nothing here
//! allocates after it was made.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::frame::BLOCK_SAMPLES;

/// Samples of one transform: two blocks.
pub(super) const WINDOW: usize = 2 * BLOCK_SAMPLES;
/// Frequencies of one transform, 50 Hz apart.
pub(super) const BINS: usize = BLOCK_SAMPLES + 1;

/// One spectrum.
#[derive(Clone)]
pub(super) struct Spectrum {
    pub(super) re: [f32; BINS],
    pub(super) im: [f32; BINS],
}

impl Spectrum {
    pub(super) const ZERO: Self = Self {
        re: [0.0; BINS],
        im: [0.0; BINS],
    };

    /// Power at each frequency.
    pub(super) fn power(&self) -> impl Iterator<Item = f32> + '_ {
        let parts = self.re.iter().zip(&self.im);
        parts.map(|(re, im)| re * re + im * im)
    }

    /// Multiplies each frequency by that of another.
    pub(super) fn multiply(&mut self, other: &Self) {
        let parts = self.re.iter_mut().zip(&mut self.im);
        for ((re, im), (other_re, other_im)) in parts.zip(other.re.iter().zip(&other.im)) {
            (*re, *im) = (
                *re * other_re - *im * other_im,
                *re * other_im + *im * other_re,
            );
        }
    }

    /// Multiplies each frequency by a gain.
    pub(super) fn scale(&mut self, gains: &[f32; BINS]) {
        for part in [&mut self.re, &mut self.im] {
            for (part, gain) in part.iter_mut().zip(gains) {
                *part *= gain;
            }
        }
    }
}

/// Both transforms, with all the room that they need.
pub(super) struct Transform {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    /// In and out of the forward one.
    pub(super) time: [f32; WINDOW],
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Transform {
    pub(super) fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(WINDOW);
        let inverse = planner.plan_fft_inverse(WINDOW);
        let room = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            forward,
            inverse,
            time: [0.0; WINDOW],
            bins: vec![Complex32::default(); BINS],
            scratch: vec![Complex32::default(); room],
        }
    }

    /// The spectrum of [`Transform::time`], which is used up.
    pub(super) fn forward(&mut self, spectrum: &mut Spectrum) {
        let (time, bins) = (&mut self.time, &mut self.bins);
        let done = self
            .forward
            .process_with_scratch(time, bins, &mut self.scratch);
        debug_assert!(done.is_ok(), "the lengths are fixed");
        let parts = spectrum.re.iter_mut().zip(&mut spectrum.im);
        for ((re, im), bin) in parts.zip(&self.bins) {
            (*re, *im) = (bin.re, bin.im);
        }
    }

    /// [`Transform::time`] of a spectrum, at its true scale.
    pub(super) fn inverse(&mut self, spectrum: &Spectrum) {
        let parts = spectrum.re.iter().zip(&spectrum.im);
        for (bin, (re, im)) in self.bins.iter_mut().zip(parts) {
            *bin = Complex32::new(*re, *im) / WINDOW as f32;
        }
        // Those of real sounds have none there, and the transform insists on it.
        for at in [0, BINS - 1] {
            self.bins[at].im = 0.0;
        }
        let (time, bins) = (&mut self.time, &mut self.bins);
        let done = self
            .inverse
            .process_with_scratch(bins, time, &mut self.scratch);
        debug_assert!(done.is_ok(), "the lengths are fixed");
    }
}
