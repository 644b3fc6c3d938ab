//! What a stage or a part of the engine says when it cannot go on.

use thiserror::Error;

/// A stage could not work on a block, with the reason in a few words. It is a constant, because making a text would allocate
/// on the voice thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("{0}")]
pub struct StageFault(pub &'static str);

/// Why something was taken out of the sound's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum Cause {
    /// It said so itself.
    #[error("it cannot go on: {0}")]
    Failed(#[from] StageFault),
    /// It panicked, which is a mistake in its program.
    #[error("there is a mistake in its program")]
    Panicked,
    /// It gave samples that are no numbers, infinite, or absurdly large.
    #[error("it gave sound that is no number")]
    NotANumber,
}
