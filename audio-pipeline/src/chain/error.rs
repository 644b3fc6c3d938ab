//! What can be wrong with a chain.

use thiserror::Error;

use crate::node::NodeError;

/// A chain that cannot be read or built.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ChainError {
    /// The text is not a chain in TOML.
    #[error("the chain's file cannot be read: {reason}")]
    Syntax {
        /// What the reader says, with line and column.
        reason: String,
    },
    /// One of its stages is wrong.
    #[error("stage {position} of chain \"{chain}\": {source}")]
    Stage {
        /// The chain's name.
        chain: String,
        /// Which stage, counted from 1.
        position: usize,
        /// What is wrong with it.
        source: NodeError,
    },
    /// The chain has more stages than the voice thread will run.
    #[error("chain \"{chain}\" has {stages} stages; at most {max} are possible")]
    TooLong {
        /// The chain's name.
        chain: String,
        /// How many stages it has.
        stages: usize,
        /// How many are possible.
        max: usize,
    },
    /// No preset has this name.
    #[error("there is no chain called \"{name}\" for this direction; known are: {known}")]
    NoSuchPreset {
        /// The name that was asked for.
        name: String,
        /// The presets for the direction.
        known: String,
    },
    /// The chain is for the other direction.
    #[error(
        "chain \"{chain}\" is not for this direction; give one that is, or change its line \"direction\""
    )]
    Direction {
        /// The chain's name.
        chain: String,
    },
    /// Two stages have the same id.
    #[error(
        "stage {position} of chain \"{chain}\": another one is called \"{id}\"; give it another id"
    )]
    SameId {
        /// The chain's name.
        chain: String,
        /// Which stage, counted from 1.
        position: usize,
        /// The id used twice.
        id: String,
    },
    /// No stage of the chain has this name.
    #[error("chain \"{chain}\" has no stage called \"{stage}\"")]
    NoSuchStage {
        /// The chain's name.
        chain: String,
        /// The stage's name.
        stage: String,
    },
    /// The value does not suit the stage.
    #[error(transparent)]
    Param(#[from] NodeError),
}
