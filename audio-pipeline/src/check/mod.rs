//! The sound check: how others would hear a recording, with and without each stage, and which threshold suits it.
//!
//! ```text
//! recording (48 kHz) -> hear(chain, encoder)     -> the sound that arrives, levels and costs of the stages
//!                    -> without(chain, stage)    -> the same, one stage left out
//! silence, speech    -> suggest(chain)           -> threshold of the gate, and what is to be said about the microphone
//! ```
//!
//! Nothing here runs in a call: it allocates and takes its time.

mod hear;
mod threshold;

pub use hear::{CheckError, Heard, hear, without};
pub use threshold::{Advice, Suggestion, suggest};
