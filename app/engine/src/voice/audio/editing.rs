//! The voice meter is opened and closed, and the chain edited.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::desk::Step;
use super::super::watching::Watch;
use super::{Audio, Inner, told};
use crate::command::ChainCommand;
use crate::plugins;
use crate::settings::AudioSettings;
use crate::snapshot::{PluginView, PluginsView};
use dialtone_words::say;

impl Audio {
    /// Keeps the user's own chains in this folder.
    pub fn keep_chains_in(&self, folder: PathBuf) {
        self.inner.lock().desk.keep_in(folder);
    }

    /// Opens the view of what happens to one's voice, or closes it. Outside a call packets are made as well while it is open, of
    /// which nothing leaves this computer.
    pub fn watch_voice(&self, on: bool) {
        let mut inner = self.inner.lock();
        if inner.watch.is_some() == on {
            return;
        }
        inner.watch = on.then(Watch::new);
        if on {
            inner.desk.open();
        }
        inner.send_for_looks();
    }

    /// Whether that view is open.
    pub fn is_watched(&self) -> bool {
        self.inner.lock().watch.is_some()
    }

    /// Does what the chain editor wants; the settings that follow, if others do.
    pub fn edit_chain(self: &Arc<Self>, wish: &ChainCommand) -> Option<AudioSettings> {
        if *wish == ChainCommand::FindPlugins {
            self.find_plugins();
            return None;
        }
        let mut inner = self.inner.lock();
        let settings = inner.settings.clone();
        let step = inner.desk.apply(wish, &settings)?;
        inner.turn(&step);
        // What is being read may be what was written before: it must not come back over this change.
        let reread = step.reread || inner.reads.is_under_way();
        if reread {
            inner.reads.begin();
        }
        drop(inner);
        if reread && step.settings.chain_file == settings.chain_file {
            self.read_own_chains();
        }
        (step.settings != settings).then_some(step.settings)
    }

    /// Looks for plugins on a thread of its own.
    fn find_plugins(self: &Arc<Self>) {
        self.inner.lock().desk.know_plugins(PluginsView::Looking);
        let audio = Arc::clone(self);
        let look = move || {
            let found = found_plugins();
            audio.inner.lock().desk.know_plugins(found);
        };
        let thread = std::thread::Builder::new().name("dialtone-plugin-list".to_owned());
        if let Err(error) = thread.spawn(look) {
            let mut inner = self.inner.lock();
            inner.desk.know_plugins(PluginsView::NotLooked);
            inner
                .desk
                .complain(say!("call-no-thread", error = error.to_string()));
        }
    }
}

impl Inner {
    /// A parameter of a chain of one's own is turned while it runs.
    fn turn(&mut self, step: &Step) {
        let Some((stage, param, value)) = &step.turned else {
            return;
        };
        let own = Arc::make_mut(&mut self.own);
        for spec in own.uplink.iter_mut().chain(&mut own.written) {
            spec.set(stage, param, *value);
        }
        if let Some(running) = &self.running {
            // A stage that is switched off is not there.
            let _ = running.engine.set_param(stage, param, *value);
        }
    }

    /// Packets are made outside a call only while somebody looks at what they cost.
    pub(super) fn send_for_looks(&self) {
        let outside = self.running.as_ref().filter(|running| !running.in_call);
        if let Some(running) = outside {
            told(running.engine.set_transmit(self.watch.is_some()));
        }
    }
}

fn found_plugins() -> PluginsView {
    let mut found = Vec::new();
    for scanned in plugins::list(&[]) {
        let file = scanned.file;
        if let Some(error) = &scanned.error {
            found.push(PluginView {
                kind: String::new(),
                name: file
                    .file_stem()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
                vendor: String::new(),
                problem: Some(format!("{error}.")),
                file: file.clone(),
            });
        }
        found.extend(scanned.plugins.into_iter().map(|plugin| PluginView {
            kind: format!("{}{}", dialtone_audio::clap::PREFIX, plugin.id),
            name: plugin.name,
            vendor: plugin.vendor,
            problem: plugin.problem.map(|problem| format!("{problem}.")),
            file: file.clone(),
        }));
    }
    PluginsView::Found(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::ChainEdit;
    use crate::voice::AudioChoice;

    /// A reading may end at any moment: also between a change and the reading that follows from it.
    #[test]
    fn no_reading_brings_back_what_was_changed_since() {
        let folder = tempfile::tempdir().unwrap();
        let audio = Arc::new(Audio::new(AudioChoice::Null, AudioSettings::default()));
        audio.keep_chains_in(folder.path().to_owned());
        let edit = |edit: ChainEdit| {
            if let Some(settings) = audio.edit_chain(&ChainCommand::Edit(edit)) {
                audio.apply(settings);
            }
        };
        let has = |stage: &str| {
            let mut inner = audio.inner.lock();
            let settings = inner.settings.clone();
            let chain = inner.desk.view(&settings);
            chain.stages.iter().any(|one| one.id == stage)
        };
        edit(ChainEdit::Remove("limiter".to_owned()));
        for turn in 0..100 {
            edit(ChainEdit::Add {
                kind: "gain".to_owned(),
                file: None,
                at: turn % 8,
            });
            assert!(has("gain#2"), "the {turn}th is there");
            edit(ChainEdit::Remove("gain#2".to_owned()));
            assert!(!has("gain#2"), "the {turn}th is gone");
            assert!(!has("limiter"));
        }
    }
}
