//! The stage `clap:ID`: its description, read from a chain's file, and what makes its real-time half.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clack_host::prelude::ClapId;

use super::audio::ClapProcessor;
use super::describe::Param;
use super::keeper::{self, Order, Ready};
use super::run::Run;
use super::{FoundParam, FoundPlugin, PluginError, Scanner};
use crate::frame::BLOCK_SAMPLES;
use crate::node::{Node, NodeError, NodeInfo, ParamInfo, Processor, Registry};

/// With what the name of a stage begins that is a plugin; its id follows.
pub const PREFIX: &str = "clap:";

/// For how many blocks a plugin hears the sound, beyond its latency, before it is heard: it is not known how it settles.
const WARM_UP_BLOCKS: usize = 10;

/// Lets chains name plugins: `clap:ID` with `file` and parameters. `scanner` looks into a file before it is loaded, and knows
/// where the plugins are that it has found.
///
/// # Errors
/// [`NodeError::Duplicate`] when plugins are registered already.
pub fn register(registry: &mut Registry, scanner: Arc<Scanner>) -> Result<(), NodeError> {
    registry.register_family(PREFIX, move |name, settings| {
        let node = ClapNode::read(name, settings, &scanner)?;
        Ok(Box::new(node))
    })
}

/// A plugin with its parameters, loaded and waiting.
struct ClapNode {
    name: String,
    file: PathBuf,
    /// How long it may take to load.
    patience: Duration,
    info: NodeInfo,
    values: Vec<f32>,
    /// What was loaded for the description; the first processor is made of it.
    ready: Mutex<Option<Ready>>,
}

impl ClapNode {
    fn read(name: &str, settings: toml::Table, scanner: &Scanner) -> Result<Self, NodeError> {
        let id = name.strip_prefix(PREFIX).unwrap_or(name);
        let (file, values) = split(name, settings)?;
        let file = file.or_else(|| scanner.file_of(id));
        let file = file.ok_or_else(|| NodeError::Settings {
            stage: name.to_owned(),
            reason: "no plugin of this id has been found; name its file, as in file = \"/usr/lib/clap/comb.clap\"".to_owned(),
        })?;
        // What crashes or hangs when it is loaded does so there.
        let found = scanner
            .scan_file(&file)
            .map_err(|error| cannot(name, &error))?;
        if let Some(known) = found.iter().find(|plugin| plugin.id == id) {
            check(name, known, &values)?;
        }
        let patience = scanner.patience();
        let ready = load(name, &file, values, patience)?;
        let latency = ready.latency_samples as usize;
        let params: Vec<_> = ready.params.iter().map(|it| param(&it.found)).collect();
        let info = NodeInfo::new(name.to_owned(), params)
            .with_latency(latency)
            .with_warm_up(latency.div_ceil(BLOCK_SAMPLES) + WARM_UP_BLOCKS);
        let value = |param: &Param| param.found.value as f32;
        Ok(Self {
            name: name.to_owned(),
            file,
            patience,
            values: ready.params.iter().map(value).collect(),
            info,
            ready: Mutex::new(Some(ready)),
        })
    }

    /// The settings as they are, to load it once more.
    fn settings(&self) -> Vec<(String, f64)> {
        let keys = self.info.params.iter().map(|param| param.name.to_string());
        keys.zip(self.values.iter().map(|&value| f64::from(value)))
            .collect()
    }
}

impl std::fmt::Debug for ClapNode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ClapNode")
            .field("name", &self.name)
            .field("file", &self.file)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}

impl Node for ClapNode {
    fn info(&self) -> NodeInfo {
        self.info.clone()
    }

    fn values(&self) -> Vec<f32> {
        self.values.clone()
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        let mut waiting = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let ready = match waiting.take() {
            Some(ready) => ready,
            None => load(&self.name, &self.file, self.settings(), self.patience)?,
        };
        let numbers: Box<[ClapId]> = ready.params.iter().map(|param| param.number).collect();
        let run = Run::new(&ready.layout, numbers.len());
        Ok(Box::new(ClapProcessor::new(ready.audio, run, numbers)))
    }
}

fn load(
    stage: &str,
    file: &Path,
    values: Vec<(String, f64)>,
    patience: Duration,
) -> Result<Ready, NodeError> {
    let order = Order {
        file: file.to_owned(),
        id: stage.strip_prefix(PREFIX).unwrap_or(stage).to_owned(),
        values,
        patience,
    };
    keeper::load(order).map_err(|error| cannot(stage, &error))
}

/// Whether what was found can be a stage, with these values.
fn check(stage: &str, found: &FoundPlugin, values: &[(String, f64)]) -> Result<(), NodeError> {
    if let Some(problem) = &found.problem {
        return Err(cannot(stage, problem));
    }
    for (key, value) in values {
        let known = found.params.iter().find(|param| param.key == *key);
        let Some(param) = known.map(param) else {
            return Err(NodeError::NoSuchParam {
                stage: stage.to_owned(),
                param: key.clone(),
            });
        };
        let value = *value as f32;
        // What is no number lies within no bounds.
        if !(param.min..=param.max).contains(&value) {
            return Err(NodeError::OutOfBounds {
                stage: stage.to_owned(),
                param: key.clone(),
                value,
                min: param.min,
                max: param.max,
            });
        }
    }
    Ok(())
}

/// The file and the parameters' values.
type Split = (Option<PathBuf>, Vec<(String, f64)>);

fn split(stage: &str, settings: toml::Table) -> Result<Split, NodeError> {
    let wrong = |reason: String| NodeError::Settings {
        stage: stage.to_owned(),
        reason,
    };
    let mut file = None;
    let mut values = Vec::new();
    for (key, value) in settings {
        match value {
            toml::Value::String(path) if key == "file" => file = Some(PathBuf::from(path)),
            toml::Value::Float(number) => values.push((key, number)),
            toml::Value::Integer(number) => values.push((key, number as f64)),
            toml::Value::Boolean(on) => values.push((key, f64::from(u8::from(on)))),
            _ => return Err(wrong(format!("{key} should be a number"))),
        }
    }
    Ok((file, values))
}

fn param(found: &FoundParam) -> ParamInfo {
    let (min, max) = (found.min as f32, found.max as f32);
    let info = ParamInfo::named(found.key.clone(), String::new(), min, max);
    info.stepped(if found.stepped { 1.0 } else { 0.0 })
}

fn cannot(stage: &str, error: &PluginError) -> NodeError {
    let stage = stage.to_owned();
    match error {
        PluginError::NoSuchParam { param, .. } => NodeError::NoSuchParam {
            stage,
            param: param.clone(),
        },
        error => NodeError::CannotBuild {
            stage,
            reason: error.to_string(),
        },
    }
}
