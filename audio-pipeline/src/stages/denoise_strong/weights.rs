//! The network's weights as they lie in `assets/rnnoise`, little-endian, rows one after the other:
//!
//! ```text
//! convolutions.bin   first: 128 rows of 195 floats, 128 biases; second: 384 rows of 384 signed bytes, 384 steps, 384 biases
//! gru1..3.bin        of the input, then of the state: 1152 rows of 384 signed bytes, 1152 steps, 1152 biases; 1152 of the diagonal
//! heads.bin          33 rows of 1536 floats (32 gains, speech), 33 biases
//! ```
//!
//! A weight in signed bytes stands for itself times its row's step.

use std::sync::LazyLock;

use super::{BANDS, FEATURES};
use crate::stages::linear::{FloatLayer, IntegerLayer, WIDTH};

/// How many of the last blocks the convolutions look at.
pub(super) const KERNEL: usize = 3;
/// Outputs of the first convolution.
pub(super) const FIRST: usize = 128;
/// Gates of a recurrent layer: what to keep, what to look back at, what is new.
pub(super) const GATES: usize = 3;
/// Recurrent layers.
pub(super) const RECURRENT: usize = 3;

const CONVOLUTIONS: &[u8] = include_bytes!("../../../../assets/rnnoise/convolutions.bin");
const GRUS: [&[u8]; RECURRENT] = [
    include_bytes!("../../../../assets/rnnoise/gru1.bin"),
    include_bytes!("../../../../assets/rnnoise/gru2.bin"),
    include_bytes!("../../../../assets/rnnoise/gru3.bin"),
];
const HEADS: &[u8] = include_bytes!("../../../../assets/rnnoise/heads.bin");

/// A layer of gated recurrent units.
pub(super) struct Gru {
    pub(super) input: IntegerLayer,
    pub(super) state: IntegerLayer,
    /// What each unit's own state counts beside the matrix, for each gate.
    pub(super) diagonal: Vec<f32>,
}

/// All of the network that does not change.
pub(super) struct Weights {
    pub(super) first: FloatLayer,
    pub(super) second: IntegerLayer,
    pub(super) recurrent: [Gru; RECURRENT],
    pub(super) heads: FloatLayer,
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(Weights::read);

impl Weights {
    /// The one set of weights, which all stages share. Read at the first call: not for the voice thread.
    pub(super) fn shared() -> &'static Self {
        &WEIGHTS
    }

    fn read() -> Self {
        let mut file = File(CONVOLUTIONS);
        let inputs = KERNEL * FEATURES;
        let first = FloatLayer::new(inputs, file.floats(FIRST * inputs), file.floats(FIRST));
        let second = file.integer_layer(WIDTH);
        let recurrent = GRUS.map(|gru| {
            let mut file = File(gru);
            Gru {
                input: file.integer_layer(GATES * WIDTH),
                state: file.integer_layer(GATES * WIDTH),
                diagonal: file.floats(GATES * WIDTH),
            }
        });
        let mut file = File(HEADS);
        let (inputs, outputs) = ((1 + RECURRENT) * WIDTH, BANDS + 1);
        let weights = file.floats(outputs * inputs);
        let heads = FloatLayer::new(inputs, weights, file.floats(outputs));
        Self {
            first,
            second,
            recurrent,
            heads,
        }
    }
}

/// What is still to be read of a file.
struct File(&'static [u8]);

impl File {
    fn bytes(&mut self, count: usize) -> &'static [u8] {
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        bytes
    }

    fn floats(&mut self, count: usize) -> Vec<f32> {
        let (floats, _) = self.bytes(4 * count).as_chunks::<4>();
        floats.iter().copied().map(f32::from_le_bytes).collect()
    }

    fn integer_layer(&mut self, outputs: usize) -> IntegerLayer {
        let (rows, _) = self.bytes(outputs * WIDTH).as_chunks::<WIDTH>();
        // A copy, though they lie in memory already: the program's file is read only where it is looked at, and the voice thread
        // must not be the one that waits for it.
        let rows = rows.iter().map(|row| row.map(u8::cast_signed)).collect();
        let steps = self.floats(outputs);
        IntegerLayer::new(rows, &steps, self.floats(outputs))
    }
}
