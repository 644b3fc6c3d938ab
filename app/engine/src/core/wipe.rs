//! Wiping the profile: keys first, for without them nothing else can be read; then the rest, once its files are closed.

use std::sync::Arc;

use super::Core;
use super::at_once::KeyringPart;
use super::invitation::JobDone;
use crate::command::{confirms_wipe, wipe_confirmation};
use crate::settings::Settings;
use crate::snapshot::{ProfileState, Severity};
use dialtone_words::say;

impl Core {
    /// Deletes everything that is kept here, when `typed` says so.
    pub(super) fn wipe(&mut self, typed: &str) {
        if !confirms_wipe(typed) {
            let text = say!("engine-wipe-other-word", word = wipe_confirmation());
            return self.notices.add(Severity::Warning, text);
        }
        let busy = self.is_coming_in() || self.moving.is_working();
        if busy || self.state == ProfileState::Unlocking {
            let text = say!("engine-wipe-busy");
            return self.notices.add(Severity::Warning, text.into());
        }
        let tag = self.keyring_tag();
        let (list, keys) = (self.profile.contents(), self.profile.remove_keystore());
        if let Err(error) = keys {
            let text = say!("engine-wipe-keys-stay", error = error.to_string());
            return self.notices.add(Severity::Error, text);
        }
        self.use_password();
        self.keyring = KeyringPart::default();
        self.forget_in_keyring(tag);
        self.close_all();
        self.keystore = None;
        self.invitation = None;
        self.state = ProfileState::Empty;
        self.kept = Settings::default();
        self.settings = self.overrides.apply(&self.kept);
        self.audio.apply(self.settings.audio.clone());
        self.configure_push();
        // Nothing opens the same files again: the keys to them are gone, and whoever comes in anew has files of other names.
        let closing = std::mem::take(&mut self.closing).into_values();
        let closed = futures_util::future::join_all(closing);
        let (profile, inputs) = (Arc::clone(&self.profile), self.inputs.clone());
        tokio::spawn(async move {
            closed.await;
            let work = tokio::task::spawn_blocking(move || profile.wipe(&list)).await;
            let result = work.map_err(|error| error.to_string());
            let result = result.and_then(|done| done.map_err(|error| error.to_string()));
            let done = Box::new(JobDone::Wiped(result));
            let _ = inputs.send(super::CoreInput::Done(done)).await;
        });
    }

    pub(super) fn wiped(&mut self, result: Result<(), String>) {
        let (severity, text) = match result {
            Ok(()) => (Severity::Info, say!("engine-wiped").to_owned()),
            Err(error) => (Severity::Error, say!("engine-wiped-part", error = error)),
        };
        self.notices.add(severity, text);
    }
}
