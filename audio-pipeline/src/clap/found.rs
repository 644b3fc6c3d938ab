//! What a file of plugins has, in a form that can be stored and shown.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::PluginError;

/// One plugin of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundPlugin {
    /// Its id, such as `org.example.comb`; in a chain's file `clap:` stands before it.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Who made it.
    pub vendor: String,
    /// Its version.
    pub version: String,
    /// What it is, in CLAP's words, such as `audio-effect` or `compressor`.
    pub features: Vec<String>,
    /// Why it cannot be a stage, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<PluginError>,
    /// By how many samples at 48 kHz it delays the sound.
    pub latency_samples: u32,
    /// Where sound goes in.
    #[serde(default)]
    pub inputs: Vec<FoundPort>,
    /// Where sound comes out.
    #[serde(default)]
    pub outputs: Vec<FoundPort>,
    /// Its parameters that a person may turn; at most 1,024.
    #[serde(default)]
    pub params: Vec<FoundParam>,
}

/// A place where sound goes into a plugin or comes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPort {
    /// Its name, for people.
    pub name: String,
    /// How many channels it has.
    pub channels: u32,
    /// Whether it is the main one.
    pub main: bool,
}

/// One parameter of a plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundParam {
    /// What it is called in a chain's file.
    pub key: String,
    /// Its name, for people.
    pub name: String,
    /// The group that it is in, with `/` between levels; empty: none.
    pub group: String,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// The value that it starts with.
    pub default: f64,
    /// The value that it has.
    pub value: f64,
    /// That value in the plugin's own words, such as `-6.0 dB`.
    pub text: String,
    /// Whether only whole numbers make sense.
    pub stepped: bool,
}

/// What came of looking into a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScannedFile {
    /// Which file.
    pub file: PathBuf,
    /// Its plugins.
    pub plugins: Vec<FoundPlugin>,
    /// Why there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<PluginError>,
}
