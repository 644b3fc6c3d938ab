//! A second-order high-pass (Butterworth): takes away rumble, breath and mains hum below the voice.

use serde::{Deserialize, Serialize};

use crate::frame::{Block, SAMPLE_RATE};
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageThread};

const PARAMS: &[ParamInfo] = &[ParamInfo::new("cutoff_hz", "Hz", 20.0, 400.0)];

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
        NodeInfo {
            name: Self::NAME,
            latency_samples: 0,
            thread: StageThread::Voice,
            params: PARAMS,
        }
    }

    fn values(&self) -> Vec<f32> {
        vec![self.cutoff_hz]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        let mut processor = HighPassProcessor::default();
        processor.set_param(0, self.cutoff_hz);
        Ok(Box::new(processor))
    }
}

/// Transposed direct form II, normalised by the leading denominator coefficient.
#[derive(Default)]
struct HighPassProcessor {
    forward: [f32; 3],
    back: [f32; 2],
    state: [f32; 2],
}

impl Processor for HighPassProcessor {
    fn process(&mut self, block: &mut Block) {
        let ([b0, b1, b2], [a1, a2], [mut s1, mut s2]) = (self.forward, self.back, self.state);
        for sample in &mut block.samples {
            let input = *sample;
            let output = b0 * input + s1;
            s1 = b1 * input - a1 * output + s2;
            s2 = b2 * input - a2 * output;
            *sample = output;
        }
        // Denormals cost a hundred times an ordinary number on some processors.
        self.state = [s1, s2].map(|value| if value.abs() < 1e-20 { 0.0 } else { value });
    }

    fn set_param(&mut self, _index: usize, cutoff_hz: f32) {
        let angle = std::f32::consts::TAU * cutoff_hz / SAMPLE_RATE as f32;
        let (sin, cos) = angle.sin_cos();
        let alpha = sin * std::f32::consts::FRAC_1_SQRT_2;
        let a0 = 1.0 + alpha;
        let side = f32::midpoint(1.0, cos) / a0;
        self.forward = [side, -2.0 * side, side];
        self.back = [-2.0 * cos / a0, (1.0 - alpha) / a0];
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
            filter.process(&mut block);
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
