//! The built form of a chain: processors in order. Built elsewhere, used on the voice thread.

use super::stage::{Before, FailedStage, Stage};
use super::{ChainParam, StageId, StageMeters};
use crate::frame::{Block, clean, mean_square};
use crate::node::NodeInfo;

/// A chain that can process sound.
pub struct CompiledChain {
    name: String,
    pub(super) stages: Vec<Stage>,
    pub(super) before: Box<Before>,
}

impl CompiledChain {
    pub(super) fn new(name: &str, stages: Vec<Stage>) -> Self {
        Self {
            name: name.to_owned(),
            stages,
            before: Box::new(Before::empty()),
        }
    }

    /// The chain's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The stages' ids and descriptions, in order.
    pub fn stages(&self) -> impl Iterator<Item = (StageId, &NodeInfo)> + '_ {
        self.stages.iter().map(|stage| (stage.id, &stage.info))
    }

    /// By how many samples the whole chain delays the sound; failed stages delay nothing.
    pub fn latency_samples(&self) -> usize {
        self.stages.iter().map(Stage::latency_samples).sum()
    }

    /// Sends one block through every stage. What is no number comes in as silence. Voice thread; does not allocate.
    pub fn process(&mut self, block: &mut Block) {
        clean(&mut block.samples);
        self.run(block);
    }

    /// Sends a block of clean sound through every stage.
    pub(super) fn run(&mut self, block: &mut Block) {
        block.clear_marks();
        let mut power = mean_square(&block.samples);
        for stage in &mut self.stages {
            power = stage.run(block, &mut self.before, power);
        }
    }

    /// Sends one block through the stage at `index` alone; for measuring. Does nothing past the end.
    pub fn process_stage(&mut self, index: usize, block: &mut Block) {
        if let Some(stage) = self.stages.get_mut(index) {
            let power = mean_square(&block.samples);
            stage.run(block, &mut self.before, power);
        }
    }

    /// Applies a parameter change to its stage. Voice thread; does not allocate.
    pub fn apply(&mut self, change: ChainParam) {
        let stage = self
            .stages
            .iter_mut()
            .find(|stage| stage.id == change.stage);
        if let Some(stage) = stage {
            stage.set(change.index, change.value);
        }
    }

    /// Forgets the sound so far. Voice thread.
    pub fn reset(&mut self) {
        self.stages.iter_mut().for_each(Stage::reset);
    }

    /// A stage that has failed, once: it is bypassed from then on. Voice thread; the processor must be dropped elsewhere.
    pub fn take_failed(&mut self) -> Option<FailedStage> {
        self.stages.iter_mut().find_map(Stage::take_failed)
    }

    /// Reads how each stage has been doing since this was last asked. Voice thread.
    pub fn read_meters(&mut self, meters: &mut StageMeters) {
        meters.fill(self.stages.iter_mut().map(Stage::take_meter));
    }
}

impl std::fmt::Debug for CompiledChain {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stages: Vec<_> = self.stages.iter().map(|stage| stage.id).collect();
        formatter
            .debug_struct("CompiledChain")
            .field("name", &self.name)
            .field("stages", &stages)
            .finish_non_exhaustive()
    }
}
