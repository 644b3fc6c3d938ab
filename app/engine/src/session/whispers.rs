//! Whispers: one's voice for some of a call alone.
//!
//! ```text
//! SetWhisper -> a key of its own -> sealed to each listening device -> the voice thread seals under it
//! Whisper of another -> its key opens with this device's box key -> Openers
//! ```
//!
//! Whoever joins, leaves or comes back is looked at again: [`Session::mind_whisper`].

use std::collections::BTreeSet;

use dialtone_crypto::{OsRng, WhisperKey, WhisperScope};
use dialtone_protocol::content::{SealedWhisper, SignalContent};
use dialtone_protocol::{AccountId, CallId, DeviceId, StreamId};

use super::run::Session;
use dialtone_words::say;

impl Session {
    /// Whispers to these alone from now on, or speaks aloud again.
    pub(super) fn set_whisper(&mut self, accounts: Vec<AccountId>) {
        let own = self.state.me.account;
        let Some(call) = &mut self.state.call else {
            return;
        };
        let there = call.accounts_there();
        let to: BTreeSet<AccountId> = accounts.into_iter().filter(|one| *one != own).collect();
        if let Some(missing) = to.iter().find(|one| !there.contains(*one)) {
            let name = self.state.directory.person(missing);
            self.later(say!("call-not-in-your-call", name = name));
            return;
        }
        call.whisper.set(to);
        if !call.whisper.is_on()
            && let Some(sound) = &call.sound
        {
            sound.keys.speak_aloud();
        }
        self.mind_whisper();
        self.state.dirty = true;
    }

    /// Sees that exactly those know the key of one's whisper who are to.
    pub(super) fn mind_whisper(&mut self) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        let (Some(id), Some(sound)) = (call.id, &call.sound) else {
            return;
        };
        let listeners = call.listeners_among(call.whisper.to());
        let Some(due) = call.whisper.settle(&listeners, &mut OsRng) else {
            return;
        };
        if due.is_new
            && let Err(error) = sound.keys.whisper(&due.key)
        {
            tracing::warn!("a whisper did not get a key: {error}");
            call.whisper.set(BTreeSet::new());
            // Better nothing than aloud.
            self.set_muted(true);
            self.later(say!("call-whisper-failed").to_owned());
            return;
        }
        let stream = call.stream;
        for listener in due.tell {
            if let Some(key) = self.seal_whisper(&due.key, id, stream, listener) {
                self.send_signal(Some(listener), &SignalContent::Whisper { key });
            }
        }
    }

    fn seal_whisper(
        &self,
        key: &WhisperKey,
        call: CallId,
        stream: StreamId,
        listener: DeviceId,
    ) -> Option<SealedWhisper> {
        let device = self.state.roster.as_ref()?.view().device(&listener)?;
        let scope = WhisperScope {
            community: self.state.me.community,
            call,
            talker: self.state.me.device.id(),
            stream,
            listener,
        };
        let sealed = key.seal_to(&scope, &device.keys.box_key);
        sealed
            .inspect_err(|error| {
                tracing::warn!("the key of a whisper could not be sealed: {error}");
            })
            .ok()
    }

    /// Another one whispers to oneself from now on.
    pub(super) fn whispered_to(
        &mut self,
        from: DeviceId,
        stream: StreamId,
        sealed: &SealedWhisper,
    ) {
        let Some(call) = &self.state.call else {
            return;
        };
        let of_stay = call.others.get(&from).and_then(|other| other.stream) == Some(stream);
        let (Some(id), Some(media)) = (call.id.filter(|_| of_stay), &call.media) else {
            return;
        };
        let scope = WhisperScope {
            community: self.state.me.community,
            call: id,
            talker: from,
            stream,
            listener: self.state.me.device.id(),
        };
        let added = WhisperKey::open(sealed, &scope, &self.state.me.device)
            .map_err(|error| error.to_string())
            .and_then(|key| {
                let added = media.openers.add_whisper(&from, &key, call.elapsed());
                added.map_err(|error| error.to_string())
            });
        if let Err(error) = added {
            tracing::warn!("a whisper was refused: {error}");
        }
    }
}
