//! A change of one parameter, checked before it goes to the voice thread.

use super::{ChainError, StageId};
use crate::node::{NodeError, NodeInfo};

/// A checked parameter change: which stage, which parameter, which value. Small enough for the command ring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChainParam {
    pub(super) stage: StageId,
    pub(super) index: usize,
    pub(super) value: f32,
}

impl ChainParam {
    /// Checks a change against the stages of a chain, as [`super::CompiledChain::stages`] gives them. `stage` is the stage's
    /// id: its kind, or `kind#2` for the second of a kind, or what the chain's file calls it.
    ///
    /// # Errors
    /// No such stage, no such parameter, or a value out of bounds.
    pub fn check<'a>(
        chain: &str,
        stages: impl IntoIterator<Item = (StageId, &'a NodeInfo)>,
        stage: &str,
        param: &str,
        value: f32,
    ) -> Result<Self, ChainError> {
        let (id, info) = stages
            .into_iter()
            .find(|(id, _)| *id == stage)
            .ok_or_else(|| ChainError::NoSuchStage {
                chain: chain.to_owned(),
                stage: stage.to_owned(),
            })?;
        let (index, known) = info
            .params
            .iter()
            .enumerate()
            .find(|(_, known)| known.name == param)
            .ok_or_else(|| NodeError::NoSuchParam {
                stage: stage.to_owned(),
                param: param.to_owned(),
            })?;
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
            stage: id,
            index,
            value,
        })
    }
}
