//! What can be wrong with a stage's description.

use thiserror::Error;

/// A stage that cannot be described or built; every message names the stage.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum NodeError {
    /// No stage of this name is registered.
    #[error("there is no stage called \"{stage}\"; known are: {known}")]
    Unknown {
        /// The name that was asked for.
        stage: String,
        /// The registered names, for the message.
        known: String,
    },
    /// Two stages of the same name were registered.
    #[error("a stage called \"{stage}\" is registered already; choose another name")]
    Duplicate {
        /// The name used twice.
        stage: String,
    },
    /// The name is empty or too long.
    #[error("a stage cannot be called \"{stage}\"; a name has 1 to {most} bytes")]
    Name {
        /// The name.
        stage: String,
        /// How many bytes are possible.
        most: usize,
    },
    /// The stage judges or needs what only the microphone's way has.
    #[error(
        "stage \"{stage}\" works on the microphone's way only; leave it out of a downlink chain"
    )]
    UplinkOnly {
        /// The stage's name.
        stage: String,
    },
    /// The parameters are not what the stage takes.
    #[error("stage \"{stage}\" does not take these settings: {reason}")]
    Settings {
        /// The stage's name.
        stage: String,
        /// What the reader of the settings says.
        reason: String,
    },
    /// A parameter lies outside its bounds.
    #[error("stage \"{stage}\": {param} is {value}, but must be between {min} and {max}")]
    OutOfBounds {
        /// The stage's name.
        stage: String,
        /// The parameter's name.
        param: String,
        /// The value given.
        value: f32,
        /// Smallest allowed value.
        min: f32,
        /// Largest allowed value.
        max: f32,
    },
    /// The stage has no such parameter.
    #[error("stage \"{stage}\" has no setting called \"{param}\"")]
    NoSuchParam {
        /// The stage's name.
        stage: String,
        /// The parameter's name.
        param: String,
    },
    /// The real-time half could not be made.
    #[error("stage \"{stage}\" could not be started: {reason}")]
    CannotBuild {
        /// The stage's name.
        stage: String,
        /// Why.
        reason: String,
    },
}
