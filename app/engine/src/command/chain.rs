//! Wishes of the chain editor.

use std::path::PathBuf;

use crate::snapshot::ChainSource;

/// What is to be done with the chain that one's voice passes.
///
/// What a preset cannot express makes a chain of one's own of it, which is kept at once, as each later change of it is.
#[derive(Debug, Clone, PartialEq)]
pub enum ChainCommand {
    /// Use another one.
    Choose(ChainSource),
    /// Change its stages.
    Edit(ChainEdit),
    /// Take the last change back.
    Undo,
    /// Keep it under another name, beside the one that it was made of.
    SaveAs(String),
    /// Call it otherwise, if it is one's own.
    Rename(String),
    /// Delete it, if it is one's own, and use the preset.
    Delete,
    /// Take a chain out of this file.
    Import(PathBuf),
    /// Write it into this file.
    Export(PathBuf),
    /// Look for plugins of other makers; takes a while.
    FindPlugins,
}

/// A change of the stages; these are named by their ids.
#[derive(Debug, Clone, PartialEq)]
pub enum ChainEdit {
    /// Put a stage of this kind in, at this place from 0 on.
    Add {
        /// By its registered name.
        kind: String,
        /// The plugin's file, if it is one.
        file: Option<PathBuf>,
        /// Before which stage.
        at: usize,
    },
    /// Take a stage out.
    Remove(String),
    /// Put a stage at another place, counted without it.
    Move {
        /// Which.
        stage: String,
        /// Where to, from 0 on.
        to: usize,
    },
    /// Switch a stage on or off.
    Enable {
        /// Which.
        stage: String,
        /// On.
        on: bool,
    },
    /// Turn a parameter.
    Set {
        /// Of which stage.
        stage: String,
        /// Which one.
        param: String,
        /// To what.
        value: f32,
    },
    /// Bring all parameters of a stage back to what is usual.
    Reset(String),
}
