//! A chain as an editor shows it: each stage with its parameters, their bounds and what is usual.

use dialtone_audio::{ChainError, ChainSpec, NodeError, Registry};

use crate::snapshot::{ParamView, StageView};
use dialtone_words::say;

/// What is known of each stage, in order. `usual` is the chain whose settings count as usual where it has a stage of the kind.
/// Builds each stage to know what is wrong with it, and looks into plugins: it takes its time.
pub(in crate::voice) fn described(
    chain: &ChainSpec,
    usual: &ChainSpec,
    registry: &Registry,
) -> Vec<StageView> {
    let (_, broken) = chain.without_broken(registry);
    let problem = |at: usize| {
        broken.iter().find_map(|error| match error {
            ChainError::Stage {
                position, source, ..
            } if *position == at + 1 => Some(format!("{source}.")),
            ChainError::SameId { position, id, .. } if *position == at + 1 => {
                Some(say!("chain-id-twice", id = id))
            }
            _ => None,
        })
    };
    let stages = chain.ids().into_iter().zip(&chain.stages).enumerate();
    stages
        .map(|(at, (id, stage))| StageView {
            id,
            kind: stage.kind.clone(),
            enabled: stage.enabled,
            params: params(&stage.kind, &stage.settings, usual, registry).unwrap_or_default(),
            problem: problem(at),
        })
        .collect()
}

/// The same at once, from what was known before: a plugin that is new has no parameters until it has been looked into.
pub(super) fn refreshed(
    before: &[StageView],
    chain: &ChainSpec,
    usual: &ChainSpec,
    registry: &Registry,
) -> Vec<StageView> {
    let stages = chain.ids().into_iter().zip(&chain.stages);
    stages
        .map(|(id, stage)| {
            let known = before
                .iter()
                .find(|known| known.id == id && known.kind == stage.kind);
            let mut view = known.cloned().unwrap_or_else(|| StageView {
                params: params(&stage.kind, &stage.settings, usual, registry).unwrap_or_default(),
                id,
                kind: stage.kind.clone(),
                enabled: true,
                problem: None,
            });
            view.enabled = stage.enabled;
            for param in &mut view.params {
                let written = stage.settings.get(&param.name);
                param.value = written.and_then(number).unwrap_or(param.value);
            }
            view
        })
        .collect()
}

/// A number as it stands in a chain's file.
pub(super) fn number(value: &toml::Value) -> Option<f32> {
    let whole = || value.as_integer().map(|whole| whole as f64);
    value.as_float().or_else(whole).map(|number| number as f32)
}

fn params(
    kind: &str,
    settings: &toml::Table,
    usual: &ChainSpec,
    registry: &Registry,
) -> Result<Vec<ParamView>, NodeError> {
    let node = registry.read(kind, settings.clone())?;
    let info = node.info();
    let same = usual.stages.iter().find(|stage| stage.kind == kind);
    let mut plain = same.map_or_else(toml::Table::new, |stage| stage.settings.clone());
    if let Some(file) = settings.get("file") {
        plain.insert("file".to_owned(), file.clone());
    }
    let plain = registry.read(kind, plain)?;
    let values = node.values().into_iter().zip(plain.values());
    let params = info.params.iter().zip(values);
    Ok(params
        .map(|(param, (value, usual))| ParamView {
            name: param.name.clone().into_owned(),
            unit: param.unit.clone().into_owned(),
            min: param.min,
            max: param.max,
            step: param.step,
            value,
            usual,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_bounds_and_what_the_preset_has_is_usual() {
        let voice = ChainSpec::voice().unwrap();
        let mut chain = voice.clone();
        chain.set("gate", "automatic", 0.0);
        let registry = Registry::standard();
        let stages = described(&chain, &voice, &registry);
        assert_eq!(stages.len(), 8);
        let gate = stages.iter().find(|stage| stage.id == "gate").unwrap();
        let automatic = gate.param("automatic").unwrap();
        assert!(automatic.value < 0.5 && automatic.usual > 0.5 && automatic.step > 0.5);
        let threshold = gate.param("threshold_dbfs").unwrap();
        assert_eq!((threshold.unit.as_str(), threshold.max), ("dBFS", 0.0));
        chain.set("gate", "hold_ms", 120.0);
        chain.stages[5].enabled = false;
        let again = refreshed(&stages, &chain, &voice, &registry);
        assert_eq!(again, described(&chain, &voice, &registry));
        assert_eq!(again, refreshed(&[], &chain, &voice, &registry));
    }

    #[test]
    fn a_stage_that_is_not_known_says_so_and_the_others_stay() {
        let text = "name = 'Mine'\n[[stage]]\ntype = 'reverb'\n[[stage]]\ntype = 'gain'";
        let chain = ChainSpec::from_toml(text).unwrap();
        let stages = described(&chain, &ChainSpec::bare(), &Registry::standard());
        assert!(stages[0].problem.as_ref().unwrap().contains("reverb"));
        assert!(stages[0].enabled, "it was not switched off");
        assert_eq!(
            (stages[1].problem.as_ref(), stages[1].params.len()),
            (None, 1)
        );
    }
}
