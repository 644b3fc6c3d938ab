//! Changes of a chain's stages, as pure functions of the chain.

use std::collections::HashSet;

use dialtone_audio::chain::MAX_STAGES;
use dialtone_audio::{ChainSpec, StageId, StageSpec};

use crate::command::ChainEdit;
use crate::snapshot::StageView;
use dialtone_words::say;

/// The chain after `edit`. `stages` is what is known of its stages, in their order.
///
/// # Errors
/// In a sentence: there is no such stage or parameter, or the chain is full.
pub(super) fn edited(
    chain: &ChainSpec,
    stages: &[StageView],
    edit: &ChainEdit,
) -> Result<ChainSpec, String> {
    let comes = match edit {
        ChainEdit::Add { kind, .. } => Some(kind.as_str()),
        _ => None,
    };
    let mut chain = with_ids(chain, comes);
    match edit {
        ChainEdit::Add { kind, file, at } => {
            if chain.stages.len() >= MAX_STAGES {
                return Err(say!("chain-most-stages", most = MAX_STAGES));
            }
            let mut settings = toml::Table::new();
            if let Some(file) = file {
                let file = file.to_string_lossy().into_owned();
                settings.insert("file".to_owned(), file.into());
            }
            let stage = StageSpec {
                id: free_id(&chain, kind),
                kind: kind.clone(),
                enabled: true,
                settings,
            };
            chain.stages.insert((*at).min(chain.stages.len()), stage);
        }
        ChainEdit::Remove(stage) => {
            let at = place(&chain, stage)?;
            chain.stages.remove(at);
        }
        ChainEdit::Move { stage, to } => {
            let at = place(&chain, stage)?;
            let moved = chain.stages.remove(at);
            chain.stages.insert((*to).min(chain.stages.len()), moved);
        }
        ChainEdit::Enable { stage, on } => {
            let at = place(&chain, stage)?;
            chain.stages[at].enabled = *on;
        }
        ChainEdit::Set {
            stage,
            param,
            value,
        } => {
            let known = stages.iter().find(|view| view.id == *stage);
            let known = known.and_then(|view| view.param(param));
            let known = known
                .filter(|_| value.is_finite())
                .ok_or_else(|| say!("chain-no-setting", stage = stage, param = param))?;
            chain.set(stage, param, value.clamp(known.min, known.max));
        }
        ChainEdit::Reset(stage) => {
            place(&chain, stage)?;
            let known = stages.iter().find(|view| view.id == *stage);
            let params = known.into_iter().flat_map(|view| &view.params);
            // What is usual already stays as it is written.
            for param in params.filter(|param| (param.value - param.usual).abs() > f32::EPSILON) {
                chain.set(stage, &param.name, param.usual);
            }
        }
    }
    Ok(chain)
}

fn place(chain: &ChainSpec, stage: &str) -> Result<usize, String> {
    let mut ids = chain.ids().into_iter();
    ids.position(|id| id == stage)
        .ok_or_else(|| say!("chain-no-stage", stage = stage))
}

/// The same chain, in which stages of a kind that comes more than once have their ids written down: else a stage would be called
/// otherwise when another one goes, or one of the kind that `comes` stands before it.
fn with_ids(chain: &ChainSpec, comes: Option<&str>) -> ChainSpec {
    let ids = chain.ids();
    let mut named = chain.clone();
    for (at, id) in ids.into_iter().enumerate() {
        let kind = &chain.stages[at].kind;
        let same = chain.stages.iter().filter(|other| other.kind == *kind);
        if same.count() > 1 || comes == Some(kind) {
            named.stages[at].id = Some(id);
        }
    }
    named
}

/// What a new stage of this kind is called; none where its kind will do.
fn free_id(chain: &ChainSpec, kind: &str) -> Option<String> {
    let taken: HashSet<String> = chain.ids().into_iter().collect();
    let fits = StageId::new(kind).is_some();
    if fits && !taken.contains(kind) {
        return None;
    }
    let short: String = kind.chars().take(24).collect();
    // One of more than there can be stages is free.
    (2..=MAX_STAGES + 2)
        .map(|number| format!("{short}#{number}"))
        .find(|id| !taken.contains(id))
}

#[cfg(test)]
mod tests {
    use dialtone_audio::Registry;

    use super::super::describe::described;
    use super::*;

    fn voice() -> ChainSpec {
        ChainSpec::voice().unwrap()
    }

    fn after(chain: &ChainSpec, edit: &ChainEdit) -> ChainSpec {
        let stages = described(chain, &voice(), &Registry::standard());
        let new = edited(chain, &stages, edit).unwrap();
        new.compile(&Registry::standard()).unwrap();
        new
    }

    fn add(kind: &str, at: usize) -> ChainEdit {
        ChainEdit::Add {
            kind: kind.to_owned(),
            file: None,
            at,
        }
    }

    #[test]
    fn stages_come_go_move_and_are_switched_off() {
        let chain = after(&voice(), &add("denoise-strong", 3));
        assert_eq!(chain.ids()[2..4], ["denoise", "denoise-strong"]);
        let chain = after(&chain, &ChainEdit::Remove("denoise".to_owned()));
        assert_eq!(chain.ids()[2], "denoise-strong");
        let stage = "limiter".to_owned();
        let chain = after(&chain, &ChainEdit::Move { stage, to: 0 });
        assert_eq!(chain.ids()[0], "limiter");
        let stage = "gate".to_owned();
        let chain = after(&chain, &ChainEdit::Enable { stage, on: false });
        let built = chain.compile(&Registry::standard()).unwrap();
        assert!(built.stages().all(|(id, _)| id != "gate"));
        assert_eq!(chain.stages.len(), 8, "it stays in the chain");
    }

    #[test]
    fn stages_of_one_kind_keep_their_names_whatever_goes() {
        let mut chain = voice();
        for _ in 0..2 {
            chain = after(&chain, &add("gain", 99));
        }
        assert_eq!(chain.ids()[8..], ["gain#2", "gain#3"]);
        let chain = after(&chain, &ChainEdit::Remove("gain".to_owned()));
        assert_eq!(chain.ids()[7..], ["gain#2", "gain#3"]);
        let chain = after(&chain, &add("gain", 0));
        assert_eq!(chain.ids()[0], "gain");
    }

    #[test]
    fn a_stage_that_comes_before_one_of_its_kind_does_not_take_its_name() {
        let chain = after(&voice(), &add("gain", 0));
        assert_eq!((&*chain.ids()[0], &*chain.ids()[5]), ("gain#2", "gain"));
        let chain = after(&chain, &ChainEdit::Remove("gain#2".to_owned()));
        assert_eq!(chain.ids(), voice().ids());
    }

    #[test]
    fn values_stay_within_their_bounds_and_come_back() {
        let set = |value| ChainEdit::Set {
            stage: "limiter".to_owned(),
            param: "ceiling_dbfs".to_owned(),
            value,
        };
        let chain = after(&voice(), &set(-900.0));
        let ceiling = |chain: &ChainSpec| chain.stages[7].settings["ceiling_dbfs"].as_float();
        assert_eq!(ceiling(&chain), Some(-24.0));
        let chain = after(&chain, &ChainEdit::Reset("limiter".to_owned()));
        assert_eq!(ceiling(&chain), Some(-1.0));
        let stages = described(&chain, &voice(), &Registry::standard());
        assert!(edited(&chain, &stages, &set(f32::NAN)).is_err());
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let stages = described(&voice(), &voice(), &Registry::standard());
        let gone = ChainEdit::Remove("reverb".to_owned());
        let words = edited(&voice(), &stages, &gone).unwrap_err();
        assert!(words.contains("reverb"), "{words}");
        let mut full = voice();
        full.stages = vec![full.stages[4].clone(); MAX_STAGES];
        let words = edited(&full, &[], &add("gain", 0)).unwrap_err();
        assert!(words.contains("at most 32"), "{words}");
    }
}
