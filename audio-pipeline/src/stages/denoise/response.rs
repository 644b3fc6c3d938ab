//! From gains of bands to a filter that has them and no delay: the impulse response of minimum phase.
//!
//! ```text
//! gains --logarithm--> levels --lines between the bands' tops--> levels of 241 frequencies --.
//!                         '----table: Hilbert transform of each band's triangle--> phases ---+--> spectrum --> impulse response
//! ```
//!
//! Of all filters with these gains it is the one whose sound comes first; its phase is the Hilbert transform of its level's logarithm. As that
//! is linear in the bands' levels, a table replaces two transforms.

use std::f32::consts::TAU;
use std::sync::{Arc, LazyLock};

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner};

use super::BANDS;

/// Length of the impulse response, in samples: 5 ms.
pub(super) const TAPS: usize = 240;

/// Length of the transform that it is designed by, longer so that what it cannot hold does not fold back into it.
const DESIGN: usize = 2 * TAPS;
/// Frequencies of that, 100 Hz apart.
const POINTS: usize = DESIGN / 2 + 1;

/// Tops of the bands' triangles, in hundreds of Hz. Above the last one its gain goes on.
const TOPS: [usize; BANDS] = [
    0, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 68, 80, 96, 120, 156, 200,
];

/// No gain is taken for less (-60 dB): its logarithm would bend the phase far away.
const LEAST: f32 = 0.001;

/// For each band the phase of a filter whose level is its triangle.
static PHASES: LazyLock<Vec<[f32; POINTS]>> = LazyLock::new(phases);

/// Makes impulse responses.
pub(super) struct Designer {
    phases: &'static [[f32; POINTS]],
    transform: Arc<dyn ComplexToReal<f32>>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    response: [f32; DESIGN],
    /// What the response ends by, so that it is not cut off.
    end: [f32; TAPS],
}

impl Designer {
    /// Not for the voice thread: the first one makes the table.
    pub(super) fn new() -> Self {
        let transform = RealFftPlanner::new().plan_fft_inverse(DESIGN);
        let mut end = [1.0; TAPS];
        for (at, end) in end[TAPS / 2..].iter_mut().enumerate() {
            *end = 0.5 + 0.5 * (at as f32 * TAU / TAPS as f32).cos();
        }
        Self {
            phases: &PHASES,
            bins: vec![Complex32::default(); POINTS],
            scratch: transform.make_scratch_vec(),
            transform,
            response: [0.0; DESIGN],
            end,
        }
    }

    /// The impulse response with these gains.
    pub(super) fn design(&mut self, gains: &[f32; BANDS]) -> [f32; TAPS] {
        let levels = gains.map(|gain| gain.max(LEAST).ln());
        let mut phases = [0.0; POINTS];
        for (level, table) in levels.iter().zip(self.phases) {
            for (phase, part) in phases.iter_mut().zip(table) {
                *phase += level * part;
            }
        }
        let spread = spread(&levels);
        for ((bin, level), phase) in self.bins.iter_mut().zip(&spread).zip(&phases) {
            *bin = Complex32::from_polar(level.exp() / DESIGN as f32, *phase);
        }
        // Those of real sounds have none there, and the transform insists on it.
        for at in [0, POINTS - 1] {
            self.bins[at].im = 0.0;
        }
        let (bins, response) = (&mut self.bins, &mut self.response);
        let done = self
            .transform
            .process_with_scratch(bins, response, &mut self.scratch);
        debug_assert!(done.is_ok(), "the lengths are fixed");
        let mut taps = self.end;
        for (tap, response) in taps.iter_mut().zip(&self.response) {
            *tap *= response;
        }
        taps
    }
}

/// One number for each frequency from one for each band: a straight line between their tops.
fn spread(bands: &[f32; BANDS]) -> [f32; POINTS] {
    let mut points = [bands[BANDS - 1]; POINTS];
    for (ends, values) in TOPS.windows(2).zip(bands.windows(2)) {
        let step = (values[1] - values[0]) / (ends[1] - ends[0]) as f32;
        for (at, point) in points[ends[0]..ends[1]].iter_mut().enumerate() {
            *point = values[0] + step * at as f32;
        }
    }
    points
}

/// By the cepstrum: made causal it is that of minimum phase (Oppenheim and Schafer, "Discrete-Time Signal Processing", chapter 13).
fn phases() -> Vec<[f32; POINTS]> {
    // Finer than what is asked for, so that the cepstrum does not fold back.
    const FINER: usize = 16;
    const LENGTH: usize = FINER * DESIGN;
    let mut planner = RealFftPlanner::<f32>::new();
    let (inverse, forward) = (
        planner.plan_fft_inverse(LENGTH),
        planner.plan_fft_forward(LENGTH),
    );
    let mut phases = vec![[0.0; POINTS]; BANDS];
    let mut cepstrum = vec![0.0; LENGTH];
    for (band, phases) in phases.iter_mut().enumerate() {
        let mut alone = [0.0; BANDS];
        alone[band] = 1.0;
        let rough = spread(&alone);
        let mut bins = vec![Complex32::default(); LENGTH / 2 + 1];
        for (at, bin) in bins.iter_mut().enumerate() {
            let (point, share) = (at / FINER, (at % FINER) as f32 / FINER as f32);
            let next = rough[(point + 1).min(POINTS - 1)];
            bin.re = rough[point] + share * (next - rough[point]);
        }
        let mut done = inverse.process(&mut bins, &mut cepstrum);
        let (causal, rest) = cepstrum.split_at_mut(LENGTH / 2);
        for value in causal.iter_mut() {
            *value *= 2.0 / LENGTH as f32;
        }
        rest.fill(0.0);
        causal[0] *= 0.5;
        done = done.and(forward.process(&mut cepstrum, &mut bins));
        debug_assert!(done.is_ok(), "the lengths are fixed");
        for (phase, bin) in phases.iter_mut().zip(bins.iter().step_by(FINER)) {
            *phase = bin.im;
        }
    }
    phases
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gain of a filter at a frequency, in dB.
    fn gain_db(taps: &[f32; TAPS], hertz: f32) -> f32 {
        let (mut re, mut im) = (0.0, 0.0);
        for (at, tap) in taps.iter().enumerate() {
            let (sin, cos) = (TAU * hertz * at as f32 / 48_000.0).sin_cos();
            re += tap * cos;
            im += tap * sin;
        }
        20.0 * re.hypot(im).log10()
    }

    #[test]
    fn equal_gains_are_a_factor_without_delay() {
        let taps = Designer::new().design(&[0.5; BANDS]);
        assert!((taps[0] - 0.5).abs() < 1e-5);
        assert!(taps[1..].iter().all(|tap| tap.abs() < 1e-5));
        let taps = Designer::new().design(&[0.0; BANDS]);
        assert!((taps[0] - LEAST).abs() < 1e-5, "not quite nothing");
    }

    #[test]
    fn the_gains_are_those_of_the_bands() {
        // As a voice has them: up and down by 20 dB.
        let mut gains = [0.0; BANDS];
        for (band, gain) in gains.iter_mut().enumerate() {
            *gain = 0.1_f32.powf(0.5 + 0.5 * (band as f32 * 0.8).sin());
        }
        let taps = Designer::new().design(&gains);
        for (gain, top) in gains.iter().zip(TOPS) {
            let (wanted, found) = (20.0 * gain.log10(), gain_db(&taps, 100.0 * top as f32));
            assert!(
                (found - wanted).abs() < 3.0,
                "{top}00 Hz: {found} dB, not {wanted}"
            );
        }
    }

    #[test]
    fn most_of_the_sound_comes_at_once() {
        // Speech below 4 kHz, nothing above.
        let mut gains = [1.0; BANDS];
        gains[14..].fill(0.0);
        let taps = Designer::new().design(&gains);
        let energy = |taps: &[f32]| taps.iter().map(|tap| tap * tap).sum::<f32>();
        let middle = taps.iter().enumerate();
        let middle = middle.map(|(at, tap)| at as f32 * tap * tap).sum::<f32>() / energy(&taps);
        assert!(middle < 24.0, "after {middle} samples: half a millisecond");
        let late = energy(&taps[TAPS / 2..]) / energy(&taps);
        assert!(late < 5e-3, "a share of {late} after 2.5 ms");
    }
}
