//! A chain: an ordered list of stages as data, and the running form that the voice thread works through.
//!
//! ```text
//! TOML -> ChainSpec -> (Registry) -> CompiledChain { processors } -- command ring --> RunningChain on the voice thread
//!                                                    old chain   <-- retire ring  --
//! ```

mod compiled;
mod error;
mod id;
mod meter;
mod param;
mod preset;
mod running;
mod spec;
mod stage;

pub use compiled::CompiledChain;
pub use error::ChainError;
pub use id::StageId;
pub use meter::{StageMeter, StageMeters};
pub use param::ChainParam;
pub use preset::Preset;
pub use running::RunningChain;
pub use spec::{ChainDirection, ChainSpec, MAX_STAGES, StageSpec};
pub use stage::FailedStage;
