//! The chain as data: what stands in a file and in the client's editor.

use serde::{Deserialize, Serialize};

use super::{ChainError, CompiledChain};
use crate::node::Registry;

/// More stages than this cannot be useful, and would only cost time on the voice thread.
const MAX_STAGES: usize = 32;

const VOICE: &str = include_str!("voice.toml");

/// A named, ordered list of stages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainSpec {
    /// The chain's name, for people.
    pub name: String,
    /// The stages in the order in which the sound passes them.
    #[serde(default, rename = "stage")]
    pub stages: Vec<StageSpec>,
}

/// One stage of a chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageSpec {
    /// Which kind of stage, by its registered name.
    #[serde(rename = "type")]
    pub kind: String,
    /// A stage that is not enabled is left out.
    #[serde(default = "enabled")]
    pub enabled: bool,
    /// The stage's own settings.
    #[serde(flatten)]
    pub settings: toml::Table,
}

fn enabled() -> bool {
    true
}

impl ChainSpec {
    /// Reads a chain from TOML.
    ///
    /// # Errors
    /// [`ChainError::Syntax`] with line and column. Stages are checked by [`ChainSpec::compile`].
    pub fn from_toml(text: &str) -> Result<Self, ChainError> {
        toml::from_str(text).map_err(|error| ChainError::Syntax {
            reason: error.to_string(),
        })
    }

    /// Writes the chain as TOML.
    ///
    /// # Errors
    /// [`ChainError::Syntax`] when a setting cannot be written.
    pub fn to_toml(&self) -> Result<String, ChainError> {
        toml::to_string(self).map_err(|error| ChainError::Syntax {
            reason: error.to_string(),
        })
    }

    /// The preset "Voice": high-pass, denoise, gain, gate, limiter.
    ///
    /// # Errors
    /// Only if the file in this crate is broken, which its test excludes.
    pub fn voice() -> Result<Self, ChainError> {
        Self::from_toml(VOICE)
    }

    /// A chain without any stage: the sound as it comes from the microphone.
    #[must_use]
    pub fn bare() -> Self {
        Self {
            name: "Bare".to_owned(),
            stages: Vec::new(),
        }
    }

    /// Replaces one setting of the first stage of this kind; says whether there is such a stage.
    pub fn set(&mut self, kind: &str, setting: &str, value: f32) -> bool {
        let stage = self.stages.iter_mut().find(|stage| stage.kind == kind);
        stage
            .map(|stage| {
                stage
                    .settings
                    .insert(setting.to_owned(), f64::from(value).into())
            })
            .is_some()
    }

    /// Checks every stage and builds the running form. Allocates: never on the voice thread.
    ///
    /// # Errors
    /// [`ChainError::Stage`] names the stage and what is wrong with it.
    pub fn compile(&self, registry: &Registry) -> Result<CompiledChain, ChainError> {
        if self.stages.len() > MAX_STAGES {
            let (chain, stages) = (self.name.clone(), self.stages.len());
            return Err(ChainError::TooLong {
                chain,
                stages,
                max: MAX_STAGES,
            });
        }
        let mut chain = CompiledChain::new(&self.name, self.stages.len());
        for (index, stage) in self
            .stages
            .iter()
            .enumerate()
            .filter(|(_, stage)| stage.enabled)
        {
            let built = registry
                .read(&stage.kind, stage.settings.clone())
                .and_then(|node| node.processor().map(|processor| (node.info(), processor)));
            let (info, processor) = built.map_err(|source| ChainError::Stage {
                chain: self.name.clone(),
                position: index + 1,
                source,
            })?;
            chain.push(info, processor);
        }
        Ok(chain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_voice_preset_compiles_in_this_order() {
        let chain = ChainSpec::voice()
            .unwrap()
            .compile(&Registry::standard())
            .unwrap();
        let names: Vec<_> = chain.infos().map(|info| info.name).collect();
        assert_eq!(names, ["high-pass", "denoise", "gain", "gate", "limiter"]);
        assert_eq!(chain.latency_samples(), 480);
    }

    #[test]
    fn a_chain_survives_its_file() {
        let mut spec = ChainSpec::voice().unwrap();
        assert!(spec.set("gate", "threshold_dbfs", -42.0));
        let read = ChainSpec::from_toml(&spec.to_toml().unwrap()).unwrap();
        assert_eq!(read, spec);
    }

    #[test]
    fn errors_name_chain_stage_and_setting() {
        let registry = Registry::standard();
        let broken = |text: &str| {
            ChainSpec::from_toml(text)
                .unwrap()
                .compile(&registry)
                .unwrap_err()
                .to_string()
        };
        let unknown = broken("name = 'Mine'\n[[stage]]\ntype = 'gain'\n[[stage]]\ntype = 'reverb'");
        assert!(
            unknown.contains("stage 2 of chain \"Mine\"") && unknown.contains("reverb"),
            "{unknown}"
        );
        let setting = broken("name = 'Mine'\n[[stage]]\ntype = 'gate'\nloudness = 1");
        assert!(
            setting.contains("gate") && setting.contains("loudness"),
            "{setting}"
        );
        let bounds = broken("name = 'Mine'\n[[stage]]\ntype = 'gain'\ngain_db = 900");
        assert!(
            bounds.contains("gain_db") && bounds.contains("30"),
            "{bounds}"
        );
    }

    #[test]
    fn broken_toml_says_where() {
        let error = ChainSpec::from_toml("name = 'Mine'\n[[stage]\n")
            .unwrap_err()
            .to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(ChainSpec::from_toml("nam = 'x'").is_err());
    }
}
