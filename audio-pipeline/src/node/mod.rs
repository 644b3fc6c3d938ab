//! What a stage is: a description that can be stored and shown, and its real-time half.
//!
//! ```text
//! TOML table --registry--> Node (parameters, any thread) --processor()--> Processor (voice thread)
//!                           info(): name, latency, parameters              process(), set_param()
//! ```

mod error;
mod fault;
mod registry;

pub use error::NodeError;
pub use fault::{Cause, StageFault};
pub use registry::{NodeType, Registry};

use std::borrow::Cow;

use crate::frame::Block;

/// Where a stage's work runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageThread {
    /// On the voice thread, block by block.
    Voice,
}

/// One number that a person may turn while a call runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamInfo {
    /// The parameter's name, the key in the chain's file.
    pub name: Cow<'static, str>,
    /// The unit, for display: `dB`, `Hz`, `ms`; empty for a plain number.
    pub unit: Cow<'static, str>,
    /// Smallest allowed value.
    pub min: f32,
    /// Largest allowed value.
    pub max: f32,
    /// Distance of the values that make sense, such as 1 for a switch between 0 and 1; 0 when all do.
    pub step: f32,
}

impl ParamInfo {
    /// Describes one parameter of a stage that is part of the program.
    #[must_use]
    pub const fn new(name: &'static str, unit: &'static str, min: f32, max: f32) -> Self {
        Self {
            name: Cow::Borrowed(name),
            unit: Cow::Borrowed(unit),
            min,
            max,
            step: 0.0,
        }
    }

    /// Describes one parameter whose name was found while the program runs, as that of a plugin.
    #[must_use]
    pub fn named(name: String, unit: String, min: f32, max: f32) -> Self {
        Self {
            name: Cow::Owned(name),
            unit: Cow::Owned(unit),
            min,
            max,
            step: 0.0,
        }
    }

    /// The same with values at this distance.
    #[must_use]
    pub const fn stepped(mut self, step: f32) -> Self {
        self.step = step;
        self
    }
}

/// What everyone may know about a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeInfo {
    /// The stage's name in chain files.
    pub name: Cow<'static, str>,
    /// By how many samples at 48 kHz the stage delays the sound.
    pub latency_samples: usize,
    /// For how many blocks a new stage hears the sound before it is heard itself, so that it starts settled.
    pub warm_up_blocks: usize,
    /// Where it runs.
    pub thread: StageThread,
    /// Whether it makes sense only on the way from the microphone, as what opens it or needs what the loudspeaker plays.
    pub uplink_only: bool,
    /// Its parameters; their order is the index that [`Processor::set_param`] takes.
    pub params: Cow<'static, [ParamInfo]>,
}

impl NodeInfo {
    /// A stage that neither delays the sound nor has to settle.
    #[must_use]
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        params: impl Into<Cow<'static, [ParamInfo]>>,
    ) -> Self {
        Self {
            name: name.into(),
            latency_samples: 0,
            warm_up_blocks: 0,
            thread: StageThread::Voice,
            uplink_only: false,
            params: params.into(),
        }
    }

    /// The same with a delay, in samples at 48 kHz.
    #[must_use]
    pub fn with_latency(mut self, samples: usize) -> Self {
        self.latency_samples = samples;
        self
    }

    /// The same with so many blocks of 10 ms to settle in; at most [`MOST_WARM_UP_BLOCKS`] are given.
    #[must_use]
    pub fn with_warm_up(mut self, blocks: usize) -> Self {
        self.warm_up_blocks = blocks.min(MOST_WARM_UP_BLOCKS);
        self
    }

    /// The same for the way from the microphone only.
    #[must_use]
    pub fn for_uplink_only(mut self) -> Self {
        self.uplink_only = true;
        self
    }
}

/// A new stage settles for at most two seconds: a change that a person asked for must be heard.
pub const MOST_WARM_UP_BLOCKS: usize = 200;

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
/// `process`, `set_param` and `reset` must not allocate, lock, log, block or panic. A stage that panics, fails or gives what
/// is no number is taken out of the chain: the sound passes it by, and [`crate::VoiceEvent::Fault`] tells why, once.
pub trait Processor: Send {
    /// Works on one block in place.
    ///
    /// # Errors
    /// [`StageFault`]: the stage cannot go on. The block is restored, and the stage is not called again.
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault>;

    /// Takes a new value for the parameter with this index in [`NodeInfo::params`]; already within its bounds. The change
    /// must not be heard as a step: the stage glides to it, as within the next block.
    fn set_param(&mut self, index: usize, value: f32) {
        let _ = (index, value);
    }

    /// Forgets the sound so far, as after a device change.
    fn reset(&mut self) {}
}
