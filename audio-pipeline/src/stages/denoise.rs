//! Noise suppression by a small recurrent network (nnnoiseless), which also judges how likely a block is speech.
//!
//! The network works on overlapping windows of 20 ms, so the sound comes out one block later.

use nnnoiseless::DenoiseState;
use serde::{Deserialize, Serialize};

use crate::frame::{BLOCK_SAMPLES, Block};
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageFault};

const PARAMS: &[ParamInfo] = &[ParamInfo::new("mix", "", 0.0, 1.0)];

/// The first block out holds no sound, and the network needs some time to tell voice from noise.
const WARM_UP_BLOCKS: usize = 20;

/// The network was trained on numbers in the range of 16-bit samples.
const SCALE: f32 = 32_768.0;

/// Takes noise away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DenoiseNode {
    /// How much of the cleaned sound is heard: 1 all, 0 the sound as it came (the speech estimate stays).
    pub mix: f32,
}

impl Default for DenoiseNode {
    fn default() -> Self {
        Self { mix: 1.0 }
    }
}

impl NodeType for DenoiseNode {
    const NAME: &'static str = "denoise";
}

impl Node for DenoiseNode {
    fn info(&self) -> NodeInfo {
        NodeInfo::new(Self::NAME, PARAMS)
            .with_latency(BLOCK_SAMPLES)
            .with_warm_up(WARM_UP_BLOCKS)
    }

    fn values(&self) -> Vec<f32> {
        vec![self.mix]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(DenoiseProcessor {
            state: DenoiseState::new(),
            input: [0.0; BLOCK_SAMPLES],
            output: [0.0; BLOCK_SAMPLES],
            dry: [0.0; BLOCK_SAMPLES],
            mix: self.mix,
            wanted: self.mix,
            warm: false,
        }))
    }
}

struct DenoiseProcessor {
    state: Box<DenoiseState<'static>>,
    input: [f32; BLOCK_SAMPLES],
    output: [f32; BLOCK_SAMPLES],
    /// The block before, so that the untouched share lines up with the cleaned one.
    dry: [f32; BLOCK_SAMPLES],
    mix: f32,
    /// What `mix` becomes within the next block.
    wanted: f32,
    warm: bool,
}

impl Processor for DenoiseProcessor {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        for (scaled, sample) in self.input.iter_mut().zip(&block.samples) {
            *scaled = sample * SCALE;
        }
        let speech = self.state.process_frame(&mut self.output, &self.input);
        block.speech = Some(speech);
        // The first block out is half a window of fade-in and holds no sound yet.
        let wet = if self.warm { 1.0 / SCALE } else { 0.0 };
        self.warm = true;
        let step = (self.wanted - self.mix) / BLOCK_SAMPLES as f32;
        for ((sample, cleaned), dry) in block
            .samples
            .iter_mut()
            .zip(&self.output)
            .zip(&mut self.dry)
        {
            let fresh = *sample;
            self.mix += step;
            *sample = cleaned * wet * self.mix + *dry * (1.0 - self.mix);
            *dry = fresh;
        }
        self.mix = self.wanted;
        Ok(())
    }

    fn set_param(&mut self, _index: usize, value: f32) {
        self.wanted = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repeatable noise, so that the test needs no random source.
    fn noise(seed: &mut u32) -> f32 {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (*seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    }

    #[test]
    fn steady_noise_becomes_much_softer() {
        let mut denoise = DenoiseNode::default().processor().unwrap();
        let (mut seed, mut before, mut after) = (7, 0.0, 0.0);
        for _ in 0..300 {
            let mut block = Block::silence();
            block
                .samples
                .iter_mut()
                .for_each(|sample| *sample = 0.05 * noise(&mut seed));
            before = block.level_dbfs();
            denoise.process(&mut block).unwrap();
            after = block.level_dbfs();
        }
        assert!(after < before - 8.0, "{before} dBFS became {after} dBFS");
    }

    #[test]
    fn mix_zero_is_the_input_one_block_later() {
        let mut denoise = DenoiseNode { mix: 0.0 }.processor().unwrap();
        let mut first = Block::silence();
        first.samples.fill(0.25);
        denoise.process(&mut first).unwrap();
        let mut second = Block::silence();
        denoise.process(&mut second).unwrap();
        assert!(
            second
                .samples
                .iter()
                .all(|sample| (sample - 0.25).abs() < 1e-6)
        );
        assert!(second.speech.is_some());
    }
}
