//! A chain: an ordered list of stages as data, and the running form that the voice thread works through.
//!
//! ```text
//! TOML -> ChainSpec -> (Registry) -> CompiledChain { processors } -- command ring --> voice thread
//!                                                    old chain   <-- retire ring  --
//! ```

mod compiled;
mod error;
mod spec;

pub use compiled::{ChainParam, CompiledChain};
pub use error::ChainError;
pub use spec::{ChainSpec, StageSpec};
