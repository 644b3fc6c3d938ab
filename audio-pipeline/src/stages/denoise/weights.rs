//! The network's weights as they lie in `assets/nnnoiseless/weights.rnn`, layer after layer in signed bytes: three that say how many inputs,
//! units and which activation, then a column of weights for each input, for recurrent layers a column for each unit's state, then the biases.
//! A column of a recurrent layer has its three gates side by side. A byte stands for itself divided by 256.

use std::sync::LazyLock;

use super::BANDS;
use super::network::{DENOISE, FEATURES, INPUT, NOISE, SPEECH};
use crate::stages::linear::FloatLayer;

const FILE: &[u8] = include_bytes!("../../../../assets/nnnoiseless/weights.rnn");

/// What 1 stands for.
const STEP: f32 = 1.0 / 256.0;

/// Gates of a recurrent layer: what to keep, what to look back at, what is new.
const GATES: usize = 3;

/// A layer of gated recurrent units.
pub(super) struct Gru {
    /// For all three gates, with the biases.
    pub(super) input: FloatLayer,
    /// For the first two.
    pub(super) state: FloatLayer,
    /// For the third, which sees only what is looked back at.
    pub(super) past: FloatLayer,
}

/// All of the network that does not change.
pub(super) struct Weights {
    pub(super) input: FloatLayer,
    pub(super) speech: Gru,
    pub(super) noise: Gru,
    pub(super) denoise: Gru,
    pub(super) gains: FloatLayer,
    pub(super) is_speech: FloatLayer,
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(Weights::read);

impl Weights {
    /// The one set of weights, which all stages share. Read at the first call: not for the voice thread.
    pub(super) fn shared() -> &'static Self {
        &WEIGHTS
    }

    fn read() -> Self {
        let mut file = File(FILE);
        Self {
            input: file.dense(FEATURES, INPUT),
            speech: file.gru(INPUT, SPEECH),
            noise: file.gru(INPUT + SPEECH + FEATURES, NOISE),
            denoise: file.gru(SPEECH + NOISE + FEATURES, DENOISE),
            gains: file.dense(DENOISE, BANDS),
            is_speech: file.dense(SPEECH, 1),
        }
    }
}

/// What is still to be read of a file.
struct File(&'static [u8]);

impl File {
    fn numbers(&mut self, count: usize) -> Vec<f32> {
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        let number = |byte: &u8| STEP * f32::from(byte.cast_signed());
        bytes.iter().map(number).collect()
    }

    fn header(&mut self, inputs: usize, units: usize) {
        let (header, rest) = self.0.split_at(3);
        self.0 = rest;
        debug_assert!(
            header[..2] == [inputs as u8, units as u8],
            "the file has another network"
        );
    }

    fn dense(&mut self, inputs: usize, units: usize) -> FloatLayer {
        self.header(inputs, units);
        let weights = rows(&self.numbers(inputs * units), units);
        FloatLayer::new(inputs, weights, self.numbers(units))
    }

    fn gru(&mut self, inputs: usize, units: usize) -> Gru {
        self.header(inputs, units);
        let outputs = GATES * units;
        let input = rows(&self.numbers(inputs * outputs), outputs);
        let mut state = rows(&self.numbers(units * outputs), outputs);
        let past = state.split_off((GATES - 1) * units * units);
        Gru {
            input: FloatLayer::new(inputs, input, self.numbers(outputs)),
            state: FloatLayer::new(units, state, vec![0.0; (GATES - 1) * units]),
            past: FloatLayer::new(units, past, vec![0.0; units]),
        }
    }
}

/// Rows one after the other, from columns of so many rows.
fn rows(columns: &[f32], rows: usize) -> Vec<f32> {
    (0..rows)
        .flat_map(|row| columns.iter().skip(row).step_by(rows).copied())
        .collect()
}
