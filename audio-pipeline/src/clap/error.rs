//! What can be wrong with a plugin.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A plugin's file that cannot be looked into, or a plugin that cannot be a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PluginError {
    /// The file is not there.
    #[error("there is no file {}; install the plugin again, or take it out of the chain", file.display())]
    Missing {
        /// Where it should be.
        file: PathBuf,
    },
    /// The program that looks into it could not be started.
    #[error("the program that looks into plugins could not be started: {reason}")]
    NoChild {
        /// What the system said.
        reason: String,
    },
    /// It ended the program that looked into it.
    #[error("it crashed when it was looked into ({how})")]
    Crashed {
        /// Signal or code.
        how: String,
    },
    /// It took too long.
    #[error("it hung when it was looked into, for {seconds} s")]
    Hung {
        /// For how long it was waited.
        seconds: u64,
    },
    /// It wrote more than is read.
    #[error("it flooded the program that looked into it")]
    Flooded,
    /// The program that looked into it ended without an answer.
    #[error("it ended the program that looked into it, without an answer")]
    NoAnswer,
    /// It is no plugin, or none for this system.
    #[error("it could not be loaded: {reason}")]
    Load {
        /// What the loader said.
        reason: String,
    },
    /// The file has no plugin of this id.
    #[error("the file has no plugin \"{id}\"; it has: {known}")]
    NoSuchPlugin {
        /// The id that was asked for.
        id: String,
        /// The ids that are there.
        known: String,
    },
    /// It does not take and give sound in a way that suits a voice.
    #[error("it does not suit a voice: {reason}")]
    Ports {
        /// What is wrong.
        reason: String,
    },
    /// It did not do what it was asked.
    #[error("it refused to {step}{said}")]
    Refused {
        /// What it should have done.
        step: String,
        /// What it said about it, if anything, after a colon.
        said: String,
    },
    /// It has no such parameter.
    #[error("it has no setting called \"{param}\"; it has: {known}")]
    NoSuchParam {
        /// The name that was asked for.
        param: String,
        /// The names that are there.
        known: String,
    },
    /// A plugin keeps the thread that all of them need.
    #[error("a plugin is still busy and keeps the others waiting; start Dialtone again")]
    Busy,
}
