//! What a stage is: a description that can be stored and shown, and its real-time half.
//!
//! ```text
//! TOML table --registry--> Node (parameters, any thread) --processor()--> Processor (voice thread)
//!                           info(): name, latency, parameters              process(), set_param()
//! ```

mod error;
mod registry;

pub use error::NodeError;
pub use registry::{NodeType, Registry};

use crate::frame::Block;

/// Where a stage's work runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageThread {
    /// On the voice thread, block by block.
    Voice,
}

/// One number that a person may turn while a call runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamInfo {
    /// The parameter's name, the key in the chain's file.
    pub name: &'static str,
    /// The unit, for display: `dB`, `Hz`, `ms`; empty for a plain number.
    pub unit: &'static str,
    /// Smallest allowed value.
    pub min: f32,
    /// Largest allowed value.
    pub max: f32,
}

impl ParamInfo {
    /// Describes one parameter.
    #[must_use]
    pub const fn new(name: &'static str, unit: &'static str, min: f32, max: f32) -> Self {
        Self {
            name,
            unit,
            min,
            max,
        }
    }
}

/// What everyone may know about a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeInfo {
    /// The stage's name in chain files.
    pub name: &'static str,
    /// By how many samples at 48 kHz the stage delays the sound.
    pub latency_samples: usize,
    /// Where it runs.
    pub thread: StageThread,
    /// Its parameters; their order is the index that [`Processor::set_param`] takes.
    pub params: &'static [ParamInfo],
}

/// The description of a stage with its parameters: serialisable, cheap, on any thread but the voice thread.
pub trait Node: std::fmt::Debug + Send + Sync {
    /// Name, latency and parameters.
    fn info(&self) -> NodeInfo;

    /// The parameters' present values, in the order of [`NodeInfo::params`].
    fn values(&self) -> Vec<f32>;

    /// Builds the real-time half. May allocate and take its time.
    ///
    /// # Errors
    /// [`NodeError::CannotBuild`] with the reason.
    fn processor(&self) -> Result<Box<dyn Processor>, NodeError>;
}

/// The real-time half of a stage. Runs on the voice thread alone.
///
/// `process`, `set_param` and `reset` must not allocate, lock, log, block or panic.
pub trait Processor: Send {
    /// Works on one block in place.
    fn process(&mut self, block: &mut Block);

    /// Takes a new value for the parameter with this index in [`NodeInfo::params`]; already within its bounds.
    fn set_param(&mut self, index: usize, value: f32) {
        let _ = (index, value);
    }

    /// Forgets the sound so far, as after a device change.
    fn reset(&mut self) {}
}
