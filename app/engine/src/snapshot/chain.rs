//! The chain of stages that one's voice passes, as an editor shows it.

use std::path::PathBuf;

use crate::settings::Preset;

/// Where the chain comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainSource {
    /// One that comes with the program.
    Preset(Preset),
    /// One of one's own, by the name of its file in the profile (without the ending).
    Own(String),
    /// A file elsewhere, as the settings name it.
    File(PathBuf),
}

/// The chain in use, and what can be done with it; there is one only while the view is open.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainView {
    /// What it is called.
    pub name: String,
    /// Where it comes from.
    pub source: ChainSource,
    /// Its stages, in order, those that are switched off among them.
    pub stages: Vec<StageView>,
    /// One's own chains, by name.
    pub own: Vec<OwnChain>,
    /// Plugins of other makers.
    pub plugins: PluginsView,
    /// Why the last wish could not be done, or what is wrong with the chain: in a sentence.
    pub problem: Option<String>,
    /// The last change can be taken back.
    pub can_undo: bool,
    /// Where one's own chains are kept.
    pub folder: Option<PathBuf>,
}

/// A chain of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnChain {
    /// What it is called.
    pub name: String,
    /// Its file in the profile, without the ending.
    pub file: String,
}

/// One stage of the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct StageView {
    /// What it is called in its chain.
    pub id: String,
    /// Which kind of stage it is, by its registered name.
    pub kind: String,
    /// It is switched on.
    pub enabled: bool,
    /// What can be tuned.
    pub params: Vec<ParamView>,
    /// Why it does not run, in words.
    pub problem: Option<String>,
}

impl StageView {
    /// Its parameter of this name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&ParamView> {
        self.params.iter().find(|param| param.name == name)
    }
}

/// One number of a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamView {
    /// Its key in the chain's file.
    pub name: String,
    /// `dB`, `Hz`, `ms`; empty for a plain number.
    pub unit: String,
    /// Smallest.
    pub min: f32,
    /// Largest.
    pub max: f32,
    /// Distance of the values that make sense; 0 when all do.
    pub step: f32,
    /// As it is.
    pub value: f32,
    /// As it is when nobody has changed it.
    pub usual: f32,
}

/// Plugins of other makers that can be stages.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum PluginsView {
    /// Nobody has looked for them.
    #[default]
    NotLooked,
    /// They are being looked for.
    Looking,
    /// These are there.
    Found(Vec<PluginView>),
}

/// One plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginView {
    /// The kind of stage that it is.
    pub kind: String,
    /// What its maker calls it.
    pub name: String,
    /// Its maker.
    pub vendor: String,
    /// Its file.
    pub file: PathBuf,
    /// Why it cannot be a stage, in words.
    pub problem: Option<String>,
}
