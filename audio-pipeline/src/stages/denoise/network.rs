//! The recurrent network that nnnoiseless carries (`RNNoise`, 2018): from what is heard of two blocks to a gain for each band, and how likely
//! it is speech.
//!
//! ```text
//! 42 features --dense--> 24 --GRU--> 24 (speech) ------------------------> speech
//!        |               |            '--------------------.
//!        +---------------+--GRU--> 48 (noise) -------------+
//!        '-------------------------------------------------+--GRU--> 96 --> 22 gains
//! ```

use super::BANDS;
use super::weights::{Gru, Weights};
use crate::stages::linear::{sigmoid, tanh};

/// Numbers that say how two blocks sound: those of [`nnnoiseless::DenoiseFeatures`].
pub(super) const FEATURES: usize = 42;
/// Units of the layers.
pub(super) const INPUT: usize = 24;
pub(super) const SPEECH: usize = 24;
pub(super) const NOISE: usize = 48;
pub(super) const DENOISE: usize = 96;

/// The network with its memory.
pub(super) struct Network {
    weights: &'static Weights,
    speech: [f32; SPEECH],
    noise: [f32; NOISE],
    denoise: [f32; DENOISE],
}

impl Network {
    /// Not for the voice thread: the first one reads the weights.
    pub(super) fn new() -> Self {
        Self {
            weights: Weights::shared(),
            speech: [0.0; SPEECH],
            noise: [0.0; NOISE],
            denoise: [0.0; DENOISE],
        }
    }

    /// Forgets what it heard.
    pub(super) fn reset(&mut self) {
        self.speech.fill(0.0);
        self.noise.fill(0.0);
        self.denoise.fill(0.0);
    }

    /// The gain of each band, 0 to 1, and the probability of speech.
    pub(super) fn judge(&mut self, features: &[f32; FEATURES]) -> ([f32; BANDS], f32) {
        let weights = self.weights;
        let mut input = [0.0; INPUT];
        weights.input.apply(features, &mut input);
        input = input.map(tanh);

        step(&weights.speech, &input, &mut self.speech);
        let mut speech = [0.0];
        weights.is_speech.apply(&self.speech, &mut speech);

        let mut seen = [0.0; INPUT + SPEECH + FEATURES];
        side_by_side(&[&input, &self.speech, features], &mut seen);
        step(&weights.noise, &seen, &mut self.noise);

        let mut seen = [0.0; SPEECH + NOISE + FEATURES];
        side_by_side(&[&self.speech, &self.noise, features], &mut seen);
        step(&weights.denoise, &seen, &mut self.denoise);

        let mut gains = [0.0; BANDS];
        weights.gains.apply(&self.denoise, &mut gains);
        (gains.map(sigmoid), sigmoid(speech[0]))
    }
}

fn side_by_side(parts: &[&[f32]], whole: &mut [f32]) {
    let parts = parts.iter().copied().flatten();
    for (to, from) in whole.iter_mut().zip(parts) {
        *to = *from;
    }
}

/// One step of a layer of gated recurrent units (Cho and others, 2014), whose new is what is above nought.
fn step<const UNITS: usize>(layer: &Gru, input: &[f32], state: &mut [f32; UNITS]) {
    let mut gates = [0.0; 3 * DENOISE];
    layer.input.apply(input, &mut gates);
    let (gates, _) = gates.as_chunks::<UNITS>();
    let mut known = [0.0; 2 * DENOISE];
    layer.state.apply(&state[..], &mut known);
    let (known, _) = known.as_chunks::<UNITS>();
    let mut past = [0.0; UNITS];
    for (unit, past) in past.iter_mut().enumerate() {
        *past = state[unit] * sigmoid(gates[1][unit] + known[1][unit]);
    }
    let mut new = [0.0; UNITS];
    layer.past.apply(&past, &mut new);
    for (unit, state) in state.iter_mut().enumerate() {
        let keep = sigmoid(gates[0][unit] + known[0][unit]);
        let new = (gates[2][unit] + new[unit]).max(0.0);
        *state = keep * *state + (1.0 - keep) * new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnnoiseless::{DenoiseFeatures, DenoiseState};

    /// Something like a voice for half a second, then noise alone for as long, and so on.
    fn sound(blocks: usize) -> Vec<[f32; DenoiseState::FRAME_SIZE]> {
        let mut seed = 1_u32;
        let block = |index: usize| {
            let voice = (index / 50).is_multiple_of(2);
            let loud = if voice { 3_000.0 } else { 0.0 };
            std::array::from_fn(|at| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (seed >> 8) as f32 / (1 << 23) as f32 - 1.0;
                let time = (index * DenoiseState::FRAME_SIZE + at) as f32 / 48_000.0;
                let tone = (1..12_u8).map(|n| (f32::from(n) * time * 900.0).sin() / f32::from(n));
                loud * tone.sum::<f32>() * (time * 20.0).sin() + 300.0 * noise
            })
        };
        (0..blocks).map(block).collect()
    }

    #[test]
    fn it_judges_as_nnnoiseless_does() {
        let mut original = DenoiseState::new();
        let (mut features, mut network) = (DenoiseFeatures::new(), Network::new());
        let (mut most, mut last) = (0.0_f32, [0.0; BANDS]);
        // What passed and what came in the latest half second, by the original and by ours.
        let mut passed = [[0.0_f32; 2]; 2];
        for (index, block) in sound(200).iter().enumerate() {
            let mut out = [0.0; DenoiseState::FRAME_SIZE];
            let wanted = original.process_frame(&mut out, block);
            features.shift_and_filter_input(block);
            assert!(!features.compute_frame_features());
            let (gains, found) = network.judge(features.features().try_into().unwrap());
            assert!(
                (found - wanted).abs() < 0.02,
                "block {index}: {found}, not {wanted}"
            );
            most = most.max(found);
            // The original is a block late, and what begins or ends lies in two windows.
            if index % 50 < 5 {
                passed = [[0.0; 2]; 2];
            }
            for (band, gain) in gains.iter().enumerate() {
                // As the original holds them up.
                last[band] = gain.max(0.6 * last[band]);
                passed[1][0] += last[band] * last[band] * features.ex[band];
                passed[1][1] += features.ex[band];
            }
            passed[0][0] += out.iter().map(|sample| sample * sample).sum::<f32>();
            passed[0][1] += block.iter().map(|sample| sample * sample).sum::<f32>();
            if index % 50 == 49 {
                let [wanted, found] = passed.map(|[passed, came]| 10.0 * (passed / came).log10());
                // The original's harmonics, and its lines between the bands, are not in ours.
                assert!(
                    (found - wanted).abs() < 3.0,
                    "up to block {index}: {found} dB, not {wanted} dB"
                );
            }
        }
        assert!(most > 0.5, "something was taken for speech: {most}");
    }
}
