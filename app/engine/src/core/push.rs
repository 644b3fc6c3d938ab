//! Push-to-talk: what the settings want of it, and the voice engine that it tells.

use std::sync::Arc;

use super::Core;
use crate::ptt::{self, Desktop, PushToTalk, Wish};
use crate::voice::Audio;

/// Push-to-talk on this desktop. It tells the voice engine on the thread that hears the key.
pub(super) fn start(desktop: Desktop, audio: &Arc<Audio>) -> PushToTalk {
    let audio = Arc::clone(audio);
    let apply = move |held| audio.push_to_talk(held);
    PushToTalk::new(desktop, Box::new(ptt::backends), Box::new(apply))
}

impl Core {
    /// To press the key without waiting for this task.
    pub(crate) fn push_to_talk(&self) -> PushToTalk {
        self.push.clone()
    }

    pub(super) fn configure_push(&self) {
        let audio = &self.settings.audio;
        self.push.configure(Wish {
            active: audio.talk_mode.by_key(),
            hotkey: audio.push_to_talk_key.clone(),
            backend: audio.push_to_talk_backend,
            release_ms: audio.push_to_talk_release_ms,
            portal_allowed: audio.push_to_talk_portal,
        });
    }
}
