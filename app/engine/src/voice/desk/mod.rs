//! The desk of the chain editor: which chain is in use, what was changed, what can be taken back.
//!
//! ```text
//! ChainCommand -> what settings can say -> settings
//!              -> anything else         -> a chain of one's own, in a file (folder) -> read as any own chain is
//! ```
//!
//! It changes files and settings; whoever calls it lets the sound follow ([`Step`]).

mod describe;
mod edits;
mod folder;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dialtone_audio::{ChainSpec, Registry};

use self::describe::{number, refreshed};
use self::edits::edited;
use super::translate::preset_chain;
use crate::command::{ChainCommand, ChainEdit};
use crate::settings::{AudioSettings, TalkMode};
use crate::snapshot::{ChainSource, ChainView, OwnChain, PluginsView, StageView};
use dialtone_words::say;

pub(super) use self::describe::described;

/// So many changes can be taken back.
const MOST_UNDO: usize = 50;

/// What follows from a wish.
pub(super) struct Step {
    /// The settings from now on.
    pub(super) settings: AudioSettings,
    /// A parameter of the running chain is turned: stage, parameter, value.
    pub(super) turned: Option<(String, String, f32)>,
    /// The chain's file is another one now, or holds something else.
    pub(super) reread: bool,
}

/// How it was before a change.
struct Past {
    settings: AudioSettings,
    /// The file that was in use, and what stood in it.
    file: Option<(PathBuf, String)>,
    /// The file that the change has made.
    made: Option<PathBuf>,
    /// The parameter that was turned: turning it further is the same change.
    turned: Option<(String, String)>,
}

/// The editor's state.
pub(super) struct Desk {
    /// Where one's own chains are kept; without, nothing can be kept.
    folder: Option<PathBuf>,
    own: Vec<OwnChain>,
    /// The chain of one's own that is in use, as it is written; none while it is a preset's, or cannot be read.
    spec: Option<ChainSpec>,
    stages: Vec<StageView>,
    registry: Registry,
    plugins: PluginsView,
    problem: Option<String>,
    undo: Vec<Past>,
    shown: Option<Arc<ChainView>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            folder: None,
            own: Vec::new(),
            spec: None,
            stages: Vec::new(),
            registry: Registry::standard(),
            plugins: PluginsView::default(),
            problem: None,
            undo: Vec::new(),
            shown: None,
        }
    }
}

impl Desk {
    /// Keeps one's own chains in this folder.
    pub(super) fn keep_in(&mut self, folder: PathBuf) {
        self.folder = Some(folder);
    }

    /// Looks anew which chains are there, as when the view opens.
    pub(super) fn open(&mut self) {
        self.problem = None;
        self.list();
    }

    fn list(&mut self) {
        let folder = self.folder.as_deref();
        self.own = folder.map(folder::list).unwrap_or_default();
    }

    /// What was read of the own chain in use; none if it cannot be read.
    pub(super) fn know(&mut self, spec: Option<ChainSpec>, stages: Vec<StageView>) {
        if spec.is_some() {
            self.stages = stages;
        }
        self.spec = spec;
    }

    /// What is known of plugins.
    pub(super) fn know_plugins(&mut self, plugins: PluginsView) {
        self.plugins = plugins;
    }

    /// Says in the view what was wrong.
    pub(super) fn complain(&mut self, words: String) {
        self.problem = Some(words);
    }

    /// Which kind of stage an id of the chain stands for.
    pub(super) fn kind(&self, id: &str) -> Option<String> {
        let mut stages = self.stages.iter();
        stages
            .find(|stage| stage.id == id)
            .map(|stage| stage.kind.clone())
    }

    /// Does what is wanted of files and of this desk; what follows, if something does. What cannot be done is said in the view.
    pub(super) fn apply(
        &mut self,
        command: &ChainCommand,
        settings: &AudioSettings,
    ) -> Option<Step> {
        self.problem = None;
        self.refresh(settings);
        let done = match command {
            ChainCommand::Choose(source) => self.choose(source, settings).map(Some),
            ChainCommand::Edit(edit) => self.edit(edit, settings),
            ChainCommand::Undo => self.take_back(settings),
            ChainCommand::SaveAs(name) => self.save_as(name, settings).map(Some),
            ChainCommand::Rename(name) => self.rename(name, settings).map(Some),
            ChainCommand::Delete => self.delete(settings).map(Some),
            ChainCommand::Import(path) => self.import(path, settings).map(Some),
            ChainCommand::Export(path) => {
                folder::write(path, &self.current(settings)).map(|()| None)
            }
            ChainCommand::FindPlugins => Ok(None),
        };
        done.unwrap_or_else(|words| {
            self.problem = Some(words);
            None
        })
    }

    /// The chain as it is written, or as settings and preset make it.
    fn current(&self, settings: &AudioSettings) -> ChainSpec {
        let own = self.spec.as_ref().filter(|_| settings.chain_file.is_some());
        own.cloned().unwrap_or_else(|| plain(settings))
    }

    fn refresh(&mut self, settings: &AudioSettings) {
        let (chain, usual) = (self.current(settings), usual(settings));
        self.stages = refreshed(&self.stages, &chain, &usual, &self.registry);
    }

    /// The own chain in use, if it is one of the folder's and can be read.
    fn own_file(&self, settings: &AudioSettings) -> Option<PathBuf> {
        let (path, folder) = (settings.chain_file.as_ref()?, self.folder.as_ref()?);
        self.spec.as_ref()?;
        folder::file_of(folder, path).map(|_| path.clone())
    }

    fn folder(&self) -> Result<&Path, String> {
        let folder = self.folder.as_deref();
        folder.ok_or_else(|| say!("chain-no-folder").to_owned())
    }

    fn remember(&mut self, settings: &AudioSettings, made: Option<PathBuf>) {
        let spec = self.spec.as_ref().and_then(|spec| spec.to_toml().ok());
        let past = Past {
            settings: settings.clone(),
            file: self.own_file(settings).zip(spec),
            made,
            turned: None,
        };
        if self.undo.len() == MOST_UNDO {
            self.undo.remove(0);
        }
        self.undo.push(past);
    }

    /// Another chain of one's own is in use from now on.
    fn use_own(&mut self, path: PathBuf, spec: ChainSpec, settings: &AudioSettings) -> Step {
        self.spec = Some(spec);
        self.stages.clear();
        self.list();
        Step {
            settings: AudioSettings {
                chain_file: Some(path),
                ..settings.clone()
            },
            turned: None,
            reread: true,
        }
    }

    fn choose(&mut self, source: &ChainSource, settings: &AudioSettings) -> Result<Step, String> {
        let path = match source {
            ChainSource::Preset(preset) => {
                self.remember(settings, None);
                self.spec = None;
                self.stages.clear();
                let settings = AudioSettings {
                    preset: *preset,
                    chain_file: None,
                    ..settings.clone()
                };
                return Ok(Step {
                    settings,
                    turned: None,
                    reread: true,
                });
            }
            ChainSource::Own(file) => folder::path(self.folder()?, file),
            ChainSource::File(path) => path.clone(),
        };
        let spec = folder::read(&path)?;
        self.remember(settings, None);
        Ok(self.use_own(path, spec, settings))
    }

    fn edit(&mut self, edit: &ChainEdit, settings: &AudioSettings) -> Result<Option<Step>, String> {
        let chain = self.current(settings);
        let new = edited(&chain, &self.stages, edit)?;
        if new == chain {
            return Ok(None);
        }
        let turned = match edit {
            ChainEdit::Set { stage, param, .. } => Some((stage.clone(), param.clone())),
            _ => None,
        };
        let goes_on = turned.is_some()
            && (self.undo.last()).is_some_and(|past| past.turned == turned && past.made.is_none());
        if let Some(path) = self.own_file(settings) {
            if !goes_on {
                self.remember(settings, None);
            }
            folder::write(&path, &new)?;
            let value = turned
                .as_ref()
                .and_then(|(id, param)| value_of(&new, id, param));
            let step = Step {
                settings: settings.clone(),
                reread: turned.is_none(),
                turned: (turned.clone().zip(value)).map(|((id, param), value)| (id, param, value)),
            };
            self.spec = Some(new);
            self.note_turned(turned);
            return Ok(Some(step));
        }
        if settings.chain_file.is_none()
            && let Some(settings_now) = as_settings(&new, settings)
        {
            if !goes_on {
                self.remember(settings, None);
            }
            self.note_turned(turned);
            return Ok(Some(Step {
                settings: settings_now,
                turned: None,
                reread: false,
            }));
        }
        let name = folder::free_name(&say!("chain-changed", name = chain.name), &self.own);
        self.keep_new(name, new, settings).map(Some)
    }

    fn note_turned(&mut self, turned: Option<(String, String)>) {
        if let Some(past) = self.undo.last_mut() {
            past.turned = turned;
        }
    }

    /// Keeps a chain in a file of its own, and uses it.
    fn keep_new(
        &mut self,
        name: String,
        spec: ChainSpec,
        settings: &AudioSettings,
    ) -> Result<Step, String> {
        let file = folder::free_file(self.folder()?, &name)?;
        let path = folder::path(self.folder()?, &file);
        let spec = ChainSpec { name, ..spec };
        folder::write(&path, &spec)?;
        self.remember(settings, Some(path.clone()));
        Ok(self.use_own(path, spec, settings))
    }

    fn take_back(&mut self, settings: &AudioSettings) -> Result<Option<Step>, String> {
        let Some(past) = self.undo.pop() else {
            return Ok(None);
        };
        if let Some((path, text)) = &past.file {
            folder::write_text(path, text)?;
        }
        if let Some(made) = &past.made
            && let Err(error) = std::fs::remove_file(made)
        {
            tracing::warn!("the file of a chain that was taken back stays: {error}");
        }
        let text = past.file.as_ref().map(|(_, text)| text);
        self.spec = text.and_then(|text| ChainSpec::from_toml(text).ok());
        self.stages.clear();
        self.list();
        let was = past.settings;
        Ok(Some(Step {
            // What else was set since stays.
            settings: AudioSettings {
                preset: was.preset,
                chain_file: was.chain_file,
                threshold_dbfs: was.threshold_dbfs,
                auto_threshold: was.auto_threshold,
                input_gain_db: was.input_gain_db,
                ..settings.clone()
            },
            turned: None,
            reread: true,
        }))
    }

    fn save_as(&mut self, name: &str, settings: &AudioSettings) -> Result<Step, String> {
        let name = folder::named(name, &self.own, None)?;
        self.keep_new(name, self.current(settings), settings)
    }

    fn in_use(&self, settings: &AudioSettings) -> Result<PathBuf, String> {
        let path = self.own_file(settings);
        path.ok_or_else(|| say!("chain-not-own").to_owned())
    }

    fn rename(&mut self, name: &str, settings: &AudioSettings) -> Result<Step, String> {
        let path = self.in_use(settings)?;
        let file = folder::file_of(self.folder()?, &path);
        let name = folder::named(name, &self.own, file.as_deref())?;
        let spec = ChainSpec {
            name,
            ..self.current(settings)
        };
        folder::write(&path, &spec)?;
        self.remember(settings, None);
        Ok(self.use_own(path, spec, settings))
    }

    fn delete(&mut self, settings: &AudioSettings) -> Result<Step, String> {
        let path = self.in_use(settings)?;
        std::fs::remove_file(&path).map_err(|error| {
            let place = path.display().to_string();
            say!(
                "chain-not-deleted",
                place = place,
                error = error.to_string()
            )
        })?;
        self.remember(settings, None);
        self.spec = None;
        self.list();
        Ok(Step {
            settings: AudioSettings {
                chain_file: None,
                ..settings.clone()
            },
            turned: None,
            reread: true,
        })
    }

    fn import(&mut self, path: &Path, settings: &AudioSettings) -> Result<Step, String> {
        let spec = folder::read(path)?;
        let name = folder::free_name(&spec.name, &self.own);
        self.keep_new(name, spec, settings)
    }

    /// What an editor shows.
    pub(super) fn view(&mut self, settings: &AudioSettings) -> Arc<ChainView> {
        self.refresh(settings);
        let chain = self.current(settings);
        let own = settings.chain_file.as_ref().map(|path| {
            let folder = self.folder.as_deref();
            let file = folder.and_then(|folder| folder::file_of(folder, path));
            file.map_or_else(|| ChainSource::File(path.clone()), ChainSource::Own)
        });
        let view = ChainView {
            name: chain.name,
            source: own.unwrap_or(ChainSource::Preset(settings.preset)),
            stages: self.stages.clone(),
            own: self.own.clone(),
            plugins: self.plugins.clone(),
            problem: self.problem.clone(),
            can_undo: !self.undo.is_empty(),
            folder: self.folder.clone(),
        };
        match &self.shown {
            Some(shown) if **shown == view => Arc::clone(shown),
            _ => Arc::clone(self.shown.insert(Arc::new(view))),
        }
    }
}

/// The preset's chain as it is chosen, with the threshold that is set even where the microphone is always open.
fn plain(settings: &AudioSettings) -> ChainSpec {
    let settings = AudioSettings {
        talk_mode: match settings.talk_mode {
            TalkMode::Open => TalkMode::VoiceActivity,
            mode => mode,
        },
        ..settings.clone()
    };
    // The presets are sound: their tests say so.
    preset_chain(&settings).unwrap_or_else(|_| ChainSpec::bare())
}

/// The preset's chain as it comes.
pub(super) fn usual(settings: &AudioSettings) -> ChainSpec {
    settings
        .preset
        .uplink()
        .unwrap_or_else(|_| ChainSpec::bare())
}

fn value_of(chain: &ChainSpec, id: &str, param: &str) -> Option<f32> {
    let at = chain.ids().into_iter().position(|known| known == id)?;
    number(chain.stages[at].settings.get(param)?)
}

/// The settings under which the preset's chain is this one, if there are such.
fn as_settings(chain: &ChainSpec, settings: &AudioSettings) -> Option<AudioSettings> {
    let mut new = settings.clone();
    let value = |id, param| value_of(chain, id, param);
    new.threshold_dbfs = value("gate", "threshold_dbfs").unwrap_or(new.threshold_dbfs);
    new.auto_threshold = value("gate", "automatic").map_or(new.auto_threshold, |value| value > 0.5);
    new.input_gain_db = value("gain", "gain_db").unwrap_or(new.input_gain_db);
    (plain(&new) == *chain).then_some(new)
}

#[cfg(test)]
mod tests;
