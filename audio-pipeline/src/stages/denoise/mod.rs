//! Noise suppression by a small recurrent network (that of nnnoiseless), which also judges how likely a block is speech; without delay.
//!
//! ```text
//! block --+--> features (nnnoiseless) --> [ network ] --> speech
//!         |                                    '--> gains of 22 bands --> [ release ] --> [ response: minimum phase ] --.
//!         '----------------------------------------------------------------------------------------------------> [ filter ] --> sound
//! ```
//!
//! The network's gains are meant for spectra of windows that overlap, whose sound is whole one block later. Here they become a filter for the
//! block itself, which holds none of it back.

mod filter;
mod network;
mod release;
mod response;
mod weights;

use nnnoiseless::DenoiseFeatures;
use serde::{Deserialize, Serialize};

use self::filter::Filter;
use self::network::{FEATURES, Network};
use self::release::Release;
use self::response::Designer;
use crate::frame::{BLOCK_SAMPLES, Block, clean};
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageFault};

const PARAMS: &[ParamInfo] = &[ParamInfo::new("mix", "", 0.0, 1.0)];

/// Bands of the network.
const BANDS: usize = 22;

/// The network needs some time to tell voice from noise.
const WARM_UP_BLOCKS: usize = 20;

/// By which power the network's gains are raised: more takes away more where it is unsure.
const STRENGTH: f32 = 1.4;

/// The network was trained on numbers in the range of 16-bit samples.
const SCALE: f32 = 32_768.0;

/// Blocks that nnnoiseless remembers: its window, and the longest period of a voice before it.
const REMEMBERED: usize = 4;

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
        NodeInfo::new(Self::NAME, PARAMS).with_warm_up(WARM_UP_BLOCKS)
    }

    fn values(&self) -> Vec<f32> {
        vec![self.mix]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(Denoiser {
            features: Box::new(DenoiseFeatures::new()),
            network: Network::new(),
            release: Release::new(),
            designer: Designer::new(),
            filter: Filter::new(),
            mix: self.mix,
            wanted: self.mix,
        }))
    }
}

struct Denoiser {
    features: Box<DenoiseFeatures>,
    network: Network,
    release: Release,
    designer: Designer,
    filter: Filter,
    mix: f32,
    /// What `mix` becomes within the next block.
    wanted: f32,
}

impl Denoiser {
    /// The features of this block and the one before, if there is anything to hear.
    fn hear(&mut self, samples: &[f32; BLOCK_SAMPLES]) -> Option<[f32; FEATURES]> {
        self.features
            .shift_and_filter_input(&samples.map(|sample| SCALE * sample));
        let silent = self.features.compute_frame_features();
        let features = self.features.features().try_into().ok();
        features.filter(|_| !silent)
    }
}

impl Processor for Denoiser {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        // What is no number would stay in the filter.
        clean(&mut block.samples);
        let mut speech = 0.0;
        let mut taps = None;
        if let Some(features) = self.hear(&block.samples) {
            let (gains, likely) = self.network.judge(&features);
            speech = likely;
            let mut gains = gains.map(|gain| gain.powf(STRENGTH));
            self.release.hold(&mut gains, &block.samples);
            taps = Some(self.designer.design(&gains));
        }
        block.speech = Some(speech);
        let cleaned = self.filter.apply(taps.as_ref(), &block.samples);
        let step = (self.wanted - self.mix) / BLOCK_SAMPLES as f32;
        for (sample, cleaned) in block.samples.iter_mut().zip(&cleaned) {
            self.mix += step;
            *sample += self.mix * (cleaned - *sample);
        }
        self.mix = self.wanted;
        Ok(())
    }

    fn set_param(&mut self, _index: usize, value: f32) {
        self.wanted = value;
    }

    fn reset(&mut self) {
        // But for how the bands were in the last eight blocks, which cannot be forgotten without making a new one.
        for _ in 0..REMEMBERED {
            self.features.shift_input(&[0.0; BLOCK_SAMPLES]);
        }
        self.release = Release::new();
        self.network.reset();
        self.filter.reset();
        self.mix = self.wanted;
    }
}

#[cfg(test)]
mod tests;
