//! The running form of a chain: processors in order. Built elsewhere, used on the voice thread.

use super::ChainError;
use crate::frame::Block;
use crate::node::{NodeError, NodeInfo, Processor};

/// A chain that can process sound.
pub struct CompiledChain {
    name: String,
    stages: Vec<(NodeInfo, Box<dyn Processor>)>,
}

/// A checked parameter change: which stage, which parameter, which value. Small enough for the command ring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChainParam {
    stage: &'static str,
    index: usize,
    value: f32,
}

impl ChainParam {
    /// Checks a change against the descriptions of the stages in a chain.
    ///
    /// # Errors
    /// No such stage, no such parameter, or a value out of bounds.
    pub fn check(
        chain: &str,
        infos: impl IntoIterator<Item = NodeInfo>,
        stage: &str,
        param: &str,
        value: f32,
    ) -> Result<Self, ChainError> {
        let info = infos
            .into_iter()
            .find(|info| info.name == stage)
            .ok_or_else(|| ChainError::NoSuchStage {
                chain: chain.to_owned(),
                stage: stage.to_owned(),
            })?;
        let index = info
            .params
            .iter()
            .position(|known| known.name == param)
            .ok_or_else(|| NodeError::NoSuchParam {
                stage: stage.to_owned(),
                param: param.to_owned(),
            })?;
        let known = info.params[index];
        if !(known.min..=known.max).contains(&value) {
            let (stage, param) = (stage.to_owned(), param.to_owned());
            return Err(NodeError::OutOfBounds {
                stage,
                param,
                value,
                min: known.min,
                max: known.max,
            }
            .into());
        }
        Ok(Self {
            stage: info.name,
            index,
            value,
        })
    }
}

impl CompiledChain {
    pub(super) fn new(name: &str, capacity: usize) -> Self {
        Self {
            name: name.to_owned(),
            stages: Vec::with_capacity(capacity),
        }
    }

    pub(super) fn push(&mut self, info: NodeInfo, processor: Box<dyn Processor>) {
        self.stages.push((info, processor));
    }

    /// The chain's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The stages' descriptions, in order.
    pub fn infos(&self) -> impl Iterator<Item = NodeInfo> + '_ {
        self.stages.iter().map(|(info, _)| *info)
    }

    /// By how many samples the whole chain delays the sound.
    pub fn latency_samples(&self) -> usize {
        self.infos().map(|info| info.latency_samples).sum()
    }

    /// Sends one block through every stage. Voice thread; does not allocate.
    pub fn process(&mut self, block: &mut Block) {
        block.clear_marks();
        for (_, processor) in &mut self.stages {
            processor.process(block);
        }
    }

    /// Sends one block through the stage at `index` alone; for measuring. Does nothing past the end.
    pub fn process_stage(&mut self, index: usize, block: &mut Block) {
        if let Some((_, processor)) = self.stages.get_mut(index) {
            processor.process(block);
        }
    }

    /// Applies a parameter change to every stage of that name. Voice thread; does not allocate.
    pub fn apply(&mut self, change: ChainParam) {
        let stages = self
            .stages
            .iter_mut()
            .filter(|(info, _)| info.name == change.stage);
        for (_, processor) in stages {
            processor.set_param(change.index, change.value);
        }
    }

    /// Forgets the sound so far. Voice thread.
    pub fn reset(&mut self) {
        for (_, processor) in &mut self.stages {
            processor.reset();
        }
    }
}

impl std::fmt::Debug for CompiledChain {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stages: Vec<_> = self.infos().map(|info| info.name).collect();
        formatter
            .debug_struct("CompiledChain")
            .field("name", &self.name)
            .field("stages", &stages)
            .finish()
    }
}
