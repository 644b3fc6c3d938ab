//! The recurrent network of `RNNoise` 0.2 (2024): from what is heard of a block to a gain for each band, and how likely it is speech.
//!
//! ```text
//! 65 features of the last 3 blocks --convolution--> 128, of the last 3 --convolution--> 384 --GRU--> 384 --GRU--> 384 --GRU--> 384
//!                                                                                       '------------'------------'------------'--> 32 gains, speech
//! ```

use super::weights::{FIRST, GATES, Gru, KERNEL, RECURRENT, Weights};
use super::{BANDS, FEATURES};
use crate::stages::linear::{WIDTH, sigmoid, tanh, to_integers};

/// The outputs of the second convolution and of the recurrent layers, which the heads see side by side.
const SEEN: usize = (1 + RECURRENT) * WIDTH;

/// The network with its memory.
pub(super) struct Network {
    weights: &'static Weights,
    features: [f32; KERNEL * FEATURES],
    firsts: [i16; KERNEL * FIRST],
    /// What the heads see: after the second convolution the states, which are the outputs of the recurrent layers too.
    seen: [f32; SEEN],
}

impl Network {
    /// Not for the voice thread: the first one reads the weights.
    pub(super) fn new() -> Self {
        Self {
            weights: Weights::shared(),
            features: [0.0; KERNEL * FEATURES],
            firsts: [0; KERNEL * FIRST],
            seen: [0.0; SEEN],
        }
    }

    /// Forgets what it heard.
    pub(super) fn reset(&mut self) {
        self.features.fill(0.0);
        self.firsts.fill(0);
        self.seen.fill(0.0);
    }

    /// The gain of each band, 0 to 1, and the probability of speech.
    pub(super) fn judge(&mut self, features: &[f32; FEATURES]) -> ([f32; BANDS], f32) {
        let weights = self.weights;
        self.features.copy_within(FEATURES.., 0);
        self.features[(KERNEL - 1) * FEATURES..].copy_from_slice(features);
        let mut first = [0.0; FIRST];
        weights.first.apply(&self.features, &mut first);
        tanh_all(&mut first);

        self.firsts.copy_within(FIRST.., 0);
        to_integers(&first, &mut self.firsts[(KERNEL - 1) * FIRST..]);
        let (second, _) = self.seen.split_at_mut(WIDTH);
        weights.second.apply(&self.firsts, second);
        tanh_all(second);

        let mut input = [0; WIDTH];
        to_integers(&self.seen[..WIDTH], &mut input);
        let (states, _) = self.seen[WIDTH..].as_chunks_mut::<WIDTH>();
        for (layer, state) in weights.recurrent.iter().zip(states) {
            step(layer, &input, state);
            to_integers(state, &mut input);
        }

        let mut heads = [0.0; BANDS + 1];
        weights.heads.apply(&self.seen, &mut heads);
        let heads = heads.map(sigmoid);
        let mut gains = [0.0; BANDS];
        gains.copy_from_slice(&heads[..BANDS]);
        (gains, heads[BANDS])
    }
}

fn tanh_all(numbers: &mut [f32]) {
    for number in numbers {
        *number = tanh(*number);
    }
}

/// One step of a layer of gated recurrent units (Cho and others, 2014, with the gate of the past behind its matrix).
fn step(layer: &Gru, input: &[i16; WIDTH], state: &mut [f32; WIDTH]) {
    let mut past = [0; WIDTH];
    to_integers(state, &mut past);
    let mut fresh = [0.0; GATES * WIDTH];
    layer.input.apply(input, &mut fresh);
    let mut known = [0.0; GATES * WIDTH];
    layer.state.apply(&past, &mut known);
    let (known, _) = known.as_chunks_mut::<WIDTH>();
    let (own, _) = layer.diagonal.as_chunks::<WIDTH>();
    for (known, own) in known.iter_mut().zip(own) {
        for ((known, own), state) in known.iter_mut().zip(own).zip(state.iter()) {
            *known += own * state;
        }
    }
    let (fresh, _) = fresh.as_chunks::<WIDTH>();
    for (unit, state) in state.iter_mut().enumerate() {
        let keep = sigmoid(fresh[0][unit] + known[0][unit]);
        let look_back = sigmoid(fresh[1][unit] + known[1][unit]);
        let new = tanh(fresh[2][unit] + look_back * known[2][unit]);
        *state = keep * *state + (1.0 - keep) * new;
    }
}
