//! The chain as data: what stands in a file and in the client's editor.

use serde::{Deserialize, Serialize};

use super::stage::Stage;
use super::{ChainError, CompiledChain, StageId};
use crate::node::{NodeError, Registry};

/// More stages than this cannot be useful, and would only cost time on the voice thread.
pub const MAX_STAGES: usize = 32;

/// The chains that come with Dialtone.
const PRESETS: &[(ChainDirection, &str, &str)] = &[
    (ChainDirection::Uplink, "Voice", include_str!("voice.toml")),
    (ChainDirection::Uplink, "Music", include_str!("music.toml")),
    (
        ChainDirection::Uplink,
        "Low power",
        include_str!("low-power.toml"),
    ),
    (
        ChainDirection::Downlink,
        "Plain",
        include_str!("plain.toml"),
    ),
];

/// Which way the sound goes that passes a chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChainDirection {
    /// From the microphone to the encoder.
    #[default]
    Uplink,
    /// From the mix of all talkers to its limiter.
    Downlink,
}

/// A named, ordered list of stages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainSpec {
    /// The chain's name, for people.
    pub name: String,
    /// Which way the sound goes that passes it.
    #[serde(default)]
    pub direction: ChainDirection,
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
    /// What this stage is called in its chain, so that it can be tuned and told from others of its kind. Without, it is the
    /// kind, or `kind#2` for the second of a kind, counting those that are not enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
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

    /// The preset "Voice": echo and noise go, only speech is sent, and at an even level.
    ///
    /// # Errors
    /// Only if the file in this crate is broken, which its test excludes.
    pub fn voice() -> Result<Self, ChainError> {
        Self::preset(ChainDirection::Uplink, "Voice")
    }

    /// The names of the presets for this direction.
    pub fn presets(direction: ChainDirection) -> impl Iterator<Item = &'static str> {
        let all = PRESETS.iter();
        all.filter_map(move |(of, name, _)| (*of == direction).then_some(*name))
    }

    /// The preset of this name for this direction.
    ///
    /// # Errors
    /// [`ChainError::NoSuchPreset`].
    pub fn preset(direction: ChainDirection, name: &str) -> Result<Self, ChainError> {
        let found = PRESETS
            .iter()
            .find(|(of, known, _)| *of == direction && *known == name);
        let (_, _, text) = found.ok_or_else(|| ChainError::NoSuchPreset {
            name: name.to_owned(),
            known: Self::presets(direction).collect::<Vec<_>>().join(", "),
        })?;
        Self::from_toml(text)
    }

    /// A chain without any stage: the sound as it comes from the microphone.
    #[must_use]
    pub fn bare() -> Self {
        Self {
            name: "Bare".to_owned(),
            direction: ChainDirection::Uplink,
            stages: Vec::new(),
        }
    }

    /// A chain of the downlink without any stage: the mix as it is.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            name: "Plain".to_owned(),
            direction: ChainDirection::Downlink,
            stages: Vec::new(),
        }
    }

    /// What each stage is called, in order: see [`StageSpec::id`].
    pub fn ids(&self) -> Vec<String> {
        let named = |(index, stage): (usize, &StageSpec)| {
            stage.id.clone().unwrap_or_else(|| {
                let before = self.stages[..index].iter();
                match before.filter(|other| other.kind == stage.kind).count() {
                    0 => stage.kind.clone(),
                    count => format!("{}#{}", stage.kind, count + 1),
                }
            })
        };
        self.stages.iter().enumerate().map(named).collect()
    }

    /// Replaces one setting of the stage with this id; says whether there is such a stage.
    pub fn set(&mut self, id: &str, setting: &str, value: f32) -> bool {
        let Some(index) = self.ids().iter().position(|known| known == id) else {
            return false;
        };
        self.stages[index]
            .settings
            .insert(setting.to_owned(), f64::from(value).into());
        true
    }

    /// The same chain without the stages that cannot be built, and what is wrong with each: so that a call can begin although
    /// the file of a plugin is gone. They stay in it, not enabled, and keep their ids. Allocates: never on the voice thread.
    #[must_use]
    pub fn without_broken(&self, registry: &Registry) -> (Self, Vec<ChainError>) {
        let mut spec = self.clone();
        let mut left_out = Vec::new();
        while let Err(error) = spec.compile(registry) {
            let broken = match &error {
                ChainError::Stage { position, .. } => spec.stages.get_mut(position - 1),
                _ => None,
            };
            left_out.push(error);
            match broken {
                Some(stage) => stage.enabled = false,
                // Wrong as a whole: no stage is to blame.
                None => break,
            }
        }
        (spec, left_out)
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
        let ids = self.ids();
        let mut built = Vec::with_capacity(self.stages.len());
        for (index, (stage, id)) in self.stages.iter().zip(&ids).enumerate() {
            if ids[..index].contains(id) {
                let (chain, id) = (self.name.clone(), id.clone());
                return Err(ChainError::SameId {
                    chain,
                    position: index + 1,
                    id,
                });
            }
            if stage.enabled {
                built.push(
                    build(stage, id, self.direction, registry).map_err(|source| {
                        ChainError::Stage {
                            chain: self.name.clone(),
                            position: index + 1,
                            source,
                        }
                    })?,
                );
            }
        }
        Ok(CompiledChain::new(&self.name, built))
    }
}

fn build(
    stage: &StageSpec,
    id: &str,
    direction: ChainDirection,
    registry: &Registry,
) -> Result<Stage, NodeError> {
    let id = StageId::new(id).ok_or_else(|| NodeError::Name {
        stage: id.to_owned(),
        most: StageId::LONGEST,
    })?;
    let node = registry.read(&stage.kind, stage.settings.clone())?;
    if direction == ChainDirection::Downlink && node.info().uplink_only {
        return Err(NodeError::UplinkOnly {
            stage: stage.kind.clone(),
        });
    }
    let processor = node.processor()?;
    let settings = stage.settings.clone();
    Ok(Stage::new(
        id,
        node.info(),
        node.values(),
        settings,
        processor,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::ChainParam;
    use crate::frame::Block;

    #[test]
    fn the_voice_preset_compiles_in_this_order() {
        let chain = ChainSpec::voice()
            .unwrap()
            .compile(&Registry::standard())
            .unwrap();
        let names: Vec<_> = chain.stages().map(|(_, info)| info.name.as_ref()).collect();
        assert_eq!(
            names,
            [
                "high-pass",
                "echo-cancel",
                "denoise",
                "voice-detect",
                "gain",
                "gate",
                "auto-gain",
                "limiter"
            ]
        );
        assert_eq!(chain.latency_samples(), 96, "the limiter alone delays");
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
    fn stages_of_one_kind_are_told_apart_and_tuned_apart() {
        let text = "name = 'Mine'\n[[stage]]\ntype = 'gain'\n[[stage]]\ntype = 'gain'\nenabled = false\n\
            [[stage]]\ntype = 'gain'\n[[stage]]\ntype = 'gain'\nid = 'last'";
        let mut spec = ChainSpec::from_toml(text).unwrap();
        assert_eq!(spec.ids(), ["gain", "gain#2", "gain#3", "last"]);
        assert!(spec.set("gain#3", "gain_db", 20.0));
        assert!(!spec.set("gain#4", "gain_db", 20.0));
        let mut chain = spec.compile(&Registry::standard()).unwrap();
        let ids: Vec<_> = chain.stages().map(|(id, _)| id.to_string()).collect();
        assert_eq!(ids, ["gain", "gain#3", "last"], "one is not enabled");
        let mut tune = |id: &str, value: f32| {
            let change = ChainParam::check("Mine", chain.stages(), id, "gain_db", value).unwrap();
            chain.apply(change);
            let mut block = Block::silence();
            for _ in 0..2 {
                block.samples.fill(0.01);
                chain.process(&mut block);
            }
            block.samples[479]
        };
        assert!((tune("gain", 0.0) - 0.1).abs() < 1e-4, "20 dB of the third");
        assert!((tune("last", 20.0) - 1.0).abs() < 1e-3, "and 20 dB more");
        assert!((tune("gain#3", 0.0) - 0.1).abs() < 1e-4);
    }

    #[test]
    fn stages_that_cannot_be_built_are_left_out_and_named() {
        let text = "name = 'Mine'\n[[stage]]\ntype = 'reverb'\n[[stage]]\ntype = 'gain'\n[[stage]]\ntype = 'gate'\nloudness = 1";
        let registry = Registry::standard();
        let (spec, left_out) = ChainSpec::from_toml(text)
            .unwrap()
            .without_broken(&registry);
        let chain = spec.compile(&registry).unwrap();
        let ids: Vec<_> = chain.stages().map(|(id, _)| id.to_string()).collect();
        assert_eq!(ids, ["gain"]);
        let told: Vec<_> = left_out.iter().map(ToString::to_string).collect();
        assert!(
            told[0].contains("reverb") && told[1].contains("gate"),
            "{told:?}"
        );
        assert_eq!(told.len(), 2);
        let (same, none) = spec.without_broken(&registry);
        assert_eq!((same, none), (spec, Vec::new()));
    }

    #[test]
    fn every_preset_has_its_name_and_direction_and_compiles() {
        for direction in [ChainDirection::Uplink, ChainDirection::Downlink] {
            for name in ChainSpec::presets(direction) {
                let spec = ChainSpec::preset(direction, name).unwrap();
                assert_eq!((spec.name.as_str(), spec.direction), (name, direction));
                spec.compile(&Registry::standard()).unwrap();
            }
        }
        let plain = ChainSpec::preset(ChainDirection::Downlink, "Plain").unwrap();
        assert_eq!(plain, ChainSpec::plain());
        let error = ChainSpec::preset(ChainDirection::Downlink, "Voice").unwrap_err();
        assert!(error.to_string().contains("Plain"), "{error}");
    }

    #[test]
    fn what_only_suits_the_microphone_is_refused_in_a_downlink() {
        let text = "name = 'Mine'\ndirection = 'downlink'\n[[stage]]\ntype = 'gain'\n[[stage]]\ntype = 'gate'";
        let spec = ChainSpec::from_toml(text).unwrap();
        let error = spec.compile(&Registry::standard()).unwrap_err().to_string();
        assert!(
            error.contains("stage 2 of chain \"Mine\"") && error.contains("\"gate\""),
            "{error}"
        );
    }

    #[test]
    fn an_id_is_used_once() {
        let text = "name = 'Mine'\n[[stage]]\ntype = 'gain'\n[[stage]]\ntype = 'gate'\nid = 'gain'";
        let spec = ChainSpec::from_toml(text).unwrap();
        let error = spec.compile(&Registry::standard()).unwrap_err().to_string();
        assert!(
            error.contains("stage 2 of chain \"Mine\"") && error.contains("\"gain\""),
            "{error}"
        );
        let unknown = ChainParam::check("Mine", [], "gain", "gain_db", 0.0);
        assert!(matches!(unknown, Err(ChainError::NoSuchStage { .. })));
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
