//! A second-order high-pass (Butterworth): takes away rumble, breath and mains hum below the voice.

use serde::{Deserialize, Serialize};

use crate::frame::{Block, SAMPLE_RATE};
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageFault};

const PARAMS: &[ParamInfo] = &[ParamInfo::new("cutoff_hz", "Hz", 20.0, 400.0)];

/// Time for the filter's own ringing to die out, at the lowest cutoff too.
const WARM_UP_BLOCKS: usize = 10;

/// A new cutoff is reached in so many steps of so many samples (100 ms): faster, the turning phase would be heard as a
/// change of pitch.
const GLIDE_STEPS: u16 = 300;
const STEP: usize = 16;

/// Removes what lies below the cutoff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HighPassNode {
    /// Frequency at which the sound is 3 dB down, in Hz.
    pub cutoff_hz: f32,
}

impl Default for HighPassNode {
    fn default() -> Self {
        Self { cutoff_hz: 80.0 }
    }
}

impl NodeType for HighPassNode {
    const NAME: &'static str = "high-pass";
}

impl Node for HighPassNode {
    fn info(&self) -> NodeInfo {
        NodeInfo::new(Self::NAME, PARAMS).with_warm_up(WARM_UP_BLOCKS)
    }

    fn values(&self) -> Vec<f32> {
        vec![self.cutoff_hz]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(HighPassProcessor {
            coefficients: Coefficients::at(self.cutoff_hz),
            cutoff_hz: self.cutoff_hz,
            wanted_hz: self.cutoff_hz,
            steps: 0,
            state: [0.0; 2],
        }))
    }
}

/// A second-order section, normalised by the leading denominator coefficient.
#[derive(Clone, Copy)]
struct Coefficients {
    forward: [f32; 3],
    back: [f32; 2],
}

impl Coefficients {
    /// A Butterworth high-pass by the bilinear transform (R. Bristow-Johnson, "Audio EQ Cookbook", HPF with Q = 1/sqrt 2).
    fn at(cutoff_hz: f32) -> Self {
        let angle = std::f32::consts::TAU * cutoff_hz / SAMPLE_RATE as f32;
        let (sin, cos) = angle.sin_cos();
        let alpha = sin * std::f32::consts::FRAC_1_SQRT_2;
        let a0 = 1.0 + alpha;
        let side = f32::midpoint(1.0, cos) / a0;
        Self {
            forward: [side, -2.0 * side, side],
            back: [-2.0 * cos / a0, (1.0 - alpha) / a0],
        }
    }
}

struct HighPassProcessor {
    coefficients: Coefficients,
    cutoff_hz: f32,
    /// What the cutoff becomes, and within how many steps.
    wanted_hz: f32,
    steps: u16,
    state: [f32; 2],
}

impl HighPassProcessor {
    /// Transposed direct form II.
    fn filter(&mut self, samples: &mut [f32]) {
        let ([b0, b1, b2], [a1, a2]) = (self.coefficients.forward, self.coefficients.back);
        let [mut s1, mut s2] = self.state;
        for sample in samples {
            let input = *sample;
            let output = b0 * input + s1;
            s1 = b1 * input - a1 * output + s2;
            s2 = b2 * input - a2 * output;
            *sample = output;
        }
        self.state = [s1, s2];
    }
}

impl Processor for HighPassProcessor {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        for samples in block.samples.chunks_mut(STEP) {
            if self.steps > 0 {
                // Each step is the same share of an octave: between two filters' coefficients lie filters that resonate.
                let ratio = self.wanted_hz / self.cutoff_hz;
                self.cutoff_hz *= ratio.powf(1.0 / f32::from(self.steps));
                self.coefficients = Coefficients::at(self.cutoff_hz);
                self.steps -= 1;
            }
            self.filter(samples);
        }
        // Denormals cost a hundred times an ordinary number on some processors.
        self.state = self
            .state
            .map(|value| if value.abs() < 1e-20 { 0.0 } else { value });
        Ok(())
    }

    fn set_param(&mut self, _index: usize, cutoff_hz: f32) {
        self.wanted_hz = cutoff_hz;
        self.steps = GLIDE_STEPS;
    }

    fn reset(&mut self) {
        self.state = [0.0; 2];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_after(frequency: f32) -> f32 {
        let mut filter = HighPassNode::default().processor().unwrap();
        let mut level = 0.0;
        for index in 0..50 {
            let mut block = Block::silence();
            for (offset, sample) in block.samples.iter_mut().enumerate() {
                let time = (index * 480 + offset) as f32 / SAMPLE_RATE as f32;
                *sample = (std::f32::consts::TAU * frequency * time).sin();
            }
            filter.process(&mut block).unwrap();
            level = block.level_dbfs();
        }
        level
    }

    #[test]
    fn rumble_goes_and_speech_stays() {
        assert!(level_after(20.0) < -20.0);
        assert!(
            (level_after(1_000.0) + 3.01).abs() < 0.1,
            "a sine's level is -3 dBFS"
        );
    }
}
