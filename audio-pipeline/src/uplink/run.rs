//! The running uplink: one block in, at most a few packets out.

use super::packetizer::Packetizer;
use super::talk::TalkControl;
use crate::chain::{ChainParam, CompiledChain};
use crate::frame::{Block, SILENCE_DBFS};

/// What one block was like, for the meter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UplinkReport {
    /// Level at the microphone, in dBFS.
    pub input_dbfs: f32,
    /// Level that the gate compared with its threshold, in dBFS.
    pub gate_dbfs: f32,
    /// How likely it was speech, 0..=1, if a stage judged it.
    pub speech: Option<f32>,
    /// Whether voice activity would send it.
    pub voice_open: bool,
    /// Whether it was sent.
    pub sent: bool,
}

impl Default for UplinkReport {
    fn default() -> Self {
        Self {
            input_dbfs: SILENCE_DBFS,
            gate_dbfs: SILENCE_DBFS,
            speech: None,
            voice_open: false,
            sent: false,
        }
    }
}

/// The uplink between the capture ring and the network. Lives on the voice thread.
pub struct Uplink {
    chain: Box<CompiledChain>,
    /// The chain that is being replaced: runs once more beside the new one, for the cross-fade.
    leaving: Option<Box<CompiledChain>>,
    /// The switches; the engine's commands turn them.
    pub talk: TalkControl,
    /// The end of the uplink.
    pub packetizer: Packetizer,
    aside: Box<Block>,
}

impl Uplink {
    /// Puts an uplink together.
    #[must_use]
    pub fn new(chain: Box<CompiledChain>, talk: TalkControl, packetizer: Packetizer) -> Self {
        Self {
            chain,
            leaving: None,
            talk,
            packetizer,
            aside: Box::new(Block::silence()),
        }
    }

    /// Takes one block from the microphone to the sender. Voice thread; does not allocate.
    pub fn process(&mut self, block: &mut Block) -> UplinkReport {
        let input_dbfs = block.level_dbfs();
        if let Some(leaving) = &mut self.leaving {
            self.aside.as_mut().clone_from(block);
            leaving.process(&mut self.aside);
        }
        self.chain.process(block);
        if self.leaving.is_some() {
            cross_fade(&self.aside, block);
        }
        let open = self.talk.is_open(block);
        let pre_roll = if self.talk.may_pre_roll() {
            block.pre_roll_blocks
        } else {
            0
        };
        let sent = self.packetizer.push(block, open, pre_roll);
        if !self.talk.may_pre_roll() {
            self.packetizer.forget();
        }
        UplinkReport {
            input_dbfs,
            gate_dbfs: block.gate_level_dbfs.unwrap_or_else(|| block.level_dbfs()),
            speech: block.speech,
            voice_open: block.open,
            sent,
        }
    }

    /// Puts another chain in place: the next block fades over to it. Gives back a chain that waited to leave.
    pub fn swap(&mut self, chain: Box<CompiledChain>) -> Option<Box<CompiledChain>> {
        let old = std::mem::replace(&mut self.chain, chain);
        self.leaving.replace(old)
    }

    /// The chain that has faded out, once.
    pub fn take_faded(&mut self) -> Option<Box<CompiledChain>> {
        self.leaving.take()
    }

    /// Changes a parameter of a stage.
    pub fn apply(&mut self, change: ChainParam) {
        self.chain.apply(change);
    }

    /// Forgets the sound so far, as after a device change.
    pub fn reset(&mut self) {
        self.chain.reset();
        self.packetizer.forget();
    }

    /// By how many samples the chain delays the sound.
    pub fn chain_delay_samples(&self) -> usize {
        self.chain.latency_samples()
    }
}

fn cross_fade(old: &Block, new: &mut Block) {
    let count = new.samples.len() as f32;
    for (index, (sample, before)) in new.samples.iter_mut().zip(&old.samples).enumerate() {
        let weight = index as f32 / count;
        *sample = before * (1.0 - weight) + *sample * weight;
    }
}
