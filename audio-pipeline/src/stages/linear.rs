//! Matrices times vectors: those of the network's large layers in integers of 8 and 16 bits, the small ones in single precision.

/// Inputs of every layer that is held in small integers.
pub(super) const WIDTH: usize = 384;

/// Sums run in so many lanes, which the compiler makes instructions on several numbers of.
const LANES: usize = 8;

/// What stands for 1 in a vector of small integers. 384 products with 8 bits still fit into 32.
const ONE: f32 = 16_384.0;

/// Numbers between -1 and 1 as small integers.
pub(super) fn to_integers(numbers: &[f32], integers: &mut [i16]) {
    for (integer, number) in integers.iter_mut().zip(numbers) {
        // Half is added, as casting cuts off towards zero: no call of a function, so that it is done for several at once.
        let scaled = number * ONE;
        *integer = (scaled + if scaled < 0.0 { -0.5 } else { 0.5 }) as i16;
    }
}

/// A layer whose rows are small integers, each row with a step of its own.
pub(super) struct IntegerLayer {
    rows: Vec<[i8; WIDTH]>,
    steps: Vec<f32>,
    bias: Vec<f32>,
}

impl IntegerLayer {
    /// `steps` say what 1 in each row stands for.
    pub(super) fn new(rows: Vec<[i8; WIDTH]>, steps: &[f32], bias: Vec<f32>) -> Self {
        let steps = steps.iter().map(|step| step / ONE).collect();
        Self { rows, steps, bias }
    }

    pub(super) fn apply(&self, input: &[i16; WIDTH], output: &mut [f32]) {
        let rows = self.rows.iter().zip(&self.steps).zip(&self.bias);
        for (out, ((row, step), bias)) in output.iter_mut().zip(rows) {
            *out = bias + step * row_times(row, input) as f32;
        }
    }
}

/// In lanes of which the compiler makes instructions that multiply pairs and add them: three times as quick as one sum.
fn row_times(row: &[i8; WIDTH], input: &[i16; WIDTH]) -> i32 {
    let mut lanes = [0; LANES];
    let row = row.as_chunks::<LANES>().0;
    for (weights, inputs) in row.iter().zip(input.as_chunks::<LANES>().0) {
        for ((lane, weight), input) in lanes.iter_mut().zip(weights).zip(inputs) {
            *lane += i32::from(*weight) * i32::from(*input);
        }
    }
    lanes.iter().sum()
}

/// A layer in single precision.
pub(super) struct FloatLayer {
    inputs: usize,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl FloatLayer {
    /// `weights` are rows of `inputs` numbers, one row for each bias.
    pub(super) fn new(inputs: usize, weights: Vec<f32>, bias: Vec<f32>) -> Self {
        Self {
            inputs,
            weights,
            bias,
        }
    }

    pub(super) fn apply(&self, input: &[f32], output: &mut [f32]) {
        let rows = self.weights.chunks_exact(self.inputs).zip(&self.bias);
        for (out, (row, bias)) in output.iter_mut().zip(rows) {
            *out = bias + product(row, input);
        }
    }
}

/// The sum of the products.
pub(super) fn product(one: &[f32], other: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let (one, one_rest) = one.as_chunks::<LANES>();
    let (other, other_rest) = other.as_chunks::<LANES>();
    for (one, other) in one.iter().zip(other) {
        for ((lane, one), other) in lanes.iter_mut().zip(one).zip(other) {
            *lane += one * other;
        }
    }
    let rest = one_rest.iter().zip(other_rest);
    lanes.iter().sum::<f32>() + rest.map(|(one, other)| one * other).sum::<f32>()
}

/// Beyond it the tangent is 1, and the polynomials that it is made of grow past all bounds.
const FLAT: f32 = 20.0;

/// The hyperbolic tangent by a fraction of two polynomials, as in Opus (`dnn/vec.h`), which the network was trained for.
pub(super) fn tanh(x: f32) -> f32 {
    let x = x.clamp(-FLAT, FLAT);
    let square = x * x;
    let above = (0.608_630_4 * square + 96.392_36) * square + 952.528;
    let below = (11.886_009 * square + 413.368) * square + 952.724;
    (x * above / below).clamp(-1.0, 1.0)
}

/// The logistic function, by the same.
pub(super) fn sigmoid(x: f32) -> f32 {
    0.5 + 0.5 * tanh(0.5 * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_keep_sign_scale_and_bias() {
        let rows = vec![[3; WIDTH], [-1; WIDTH]];
        let layer = IntegerLayer::new(rows, &[0.5, 0.25], vec![1.0, -1.0]);
        let mut input = [0; WIDTH];
        to_integers(&[1.0, -0.5, 0.25], &mut input);
        let mut output = [0.0; 2];
        layer.apply(&input, &mut output);
        // 0.75 times 3 half steps; 0.75 times -1 quarter step.
        assert!((output[0] - 2.125).abs() < 1e-4 && (output[1] + 1.1875).abs() < 1e-4);
    }

    #[test]
    fn the_largest_sum_fits() {
        let layer = IntegerLayer::new(vec![[-128; WIDTH]], &[1.0], vec![0.0]);
        let mut input = [0; WIDTH];
        to_integers(&[1.0; WIDTH], &mut input);
        let mut output = [0.0];
        layer.apply(&input, &mut output);
        assert!((output[0] + 128.0 * WIDTH as f32).abs() < 1.0);
    }

    #[test]
    fn the_tangent_is_close_and_bounded() {
        for step in -400_i16..=400 {
            let x = f32::from(step) / 40.0;
            assert!((tanh(x) - x.tanh()).abs() < 2e-3, "{x}");
        }
        assert!((tanh(100.0) - 1.0).abs() < 1e-6 && (sigmoid(-100.0)).abs() < 1e-6);
    }

    #[test]
    fn rows_of_any_length_are_summed_whole() {
        let layer = FloatLayer::new(11, vec![0.5; 22], vec![1.0, 2.0]);
        let mut output = [0.0; 2];
        layer.apply(&[2.0; 11], &mut output);
        assert!((output[0] - 12.0).abs() < 1e-6 && (output[1] - 13.0).abs() < 1e-6);
    }
}
