//! Choices for one run, as the command line gives them: they hold while the program runs, and are not kept.

use std::path::PathBuf;

use crate::command::Secret;
use crate::settings::{AudioSettings, BackendChoice, Settings, TalkMode};

/// Choices for one run; none leaves the setting as it is.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// When one is heard.
    pub talk_mode: Option<TalkMode>,
    /// The key to hold.
    pub push_to_talk_key: Option<String>,
    /// What hears it. Naming the portal also says that the desktop may ask.
    pub push_to_talk_backend: Option<BackendChoice>,
    /// The threshold of voice activity in dBFS, which then does not follow the room.
    pub threshold_dbfs: Option<f32>,
    /// `stun:host:port` URLs.
    pub stun: Option<Vec<String>>,
    /// `turn:host:port`, `turn:host:port?transport=tcp` and `turns:host:port` URLs.
    pub turn: Option<Vec<String>>,
    /// User name at the TURN servers.
    pub turn_user: Option<String>,
    /// Password at the TURN servers.
    pub turn_pass: Option<Secret>,
    /// A PEM file with further authorities for TURN over TLS.
    pub turn_ca: Option<PathBuf>,
    /// Write the meter to standard error.
    pub voice_meter: Option<bool>,
    /// Write what the voice engine counts to standard error.
    pub voice_debug: Option<bool>,
}

/// Copies one field of the settings that can be overridden.
type Field = fn(&mut Settings, &Settings);

impl Overrides {
    /// The settings for this run.
    pub fn apply(&self, settings: &Settings) -> Settings {
        let mut new = settings.clone();
        let audio = &mut new.audio;
        put(&mut audio.talk_mode, self.talk_mode);
        put(&mut audio.push_to_talk_key, self.push_to_talk_key.clone());
        put(&mut audio.push_to_talk_backend, self.push_to_talk_backend);
        audio.push_to_talk_portal |= self.push_to_talk_backend == Some(BackendChoice::Portal);
        put(&mut audio.threshold_dbfs, self.threshold_dbfs);
        audio.auto_threshold &= self.threshold_dbfs.is_none();
        let ice = &mut new.ice;
        put(&mut ice.stun, self.stun.clone());
        put(&mut ice.turn, self.turn.clone());
        put(&mut ice.turn_user, self.turn_user.clone());
        let pass = self.turn_pass.as_ref();
        put(
            &mut ice.turn_pass,
            pass.map(|pass| pass.expose().to_owned()),
        );
        put(&mut ice.turn_ca, self.turn_ca.clone().map(Some));
        put(&mut new.debug.voice_meter, self.voice_meter);
        put(&mut new.debug.voice_debug, self.voice_debug);
        new
    }

    /// What is kept of `now`, the settings of this run after a change: what is still as it was overridden stays as it was kept.
    pub fn keep(&self, now: &Settings, kept: &Settings) -> Settings {
        let began = self.apply(kept);
        let mut new = now.clone();
        for copy in FIELDS {
            // One field of three settings: as the run began, as it is now, as it was kept.
            let mut as_began = now.clone();
            copy(&mut as_began, &began);
            if as_began == *now {
                copy(&mut new, kept);
            }
        }
        new
    }
}

const FIELDS: [Field; 13] = [
    |to, from| to.audio.talk_mode = from.audio.talk_mode,
    |to, from| copy_key(&mut to.audio, &from.audio),
    |to, from| to.audio.push_to_talk_backend = from.audio.push_to_talk_backend,
    |to, from| to.audio.push_to_talk_portal = from.audio.push_to_talk_portal,
    |to, from| to.audio.threshold_dbfs = from.audio.threshold_dbfs,
    |to, from| to.audio.auto_threshold = from.audio.auto_threshold,
    |to, from| to.ice.stun.clone_from(&from.ice.stun),
    |to, from| to.ice.turn.clone_from(&from.ice.turn),
    |to, from| to.ice.turn_user.clone_from(&from.ice.turn_user),
    |to, from| to.ice.turn_pass.clone_from(&from.ice.turn_pass),
    |to, from| to.ice.turn_ca.clone_from(&from.ice.turn_ca),
    |to, from| to.debug.voice_meter = from.debug.voice_meter,
    |to, from| to.debug.voice_debug = from.debug.voice_debug,
];

fn copy_key(to: &mut AudioSettings, from: &AudioSettings) {
    to.push_to_talk_key.clone_from(&from.push_to_talk_key);
}

fn put<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overrides() -> Overrides {
        Overrides {
            talk_mode: Some(TalkMode::PushToTalk),
            push_to_talk_key: Some("Mouse8".to_owned()),
            threshold_dbfs: Some(-30.0),
            turn_pass: Some(Secret::new("SECRET")),
            ..Overrides::default()
        }
    }

    #[test]
    fn what_is_overridden_holds_and_is_not_kept() {
        let kept = Settings::default();
        let mut now = overrides().apply(&kept);
        assert_eq!(now.audio.talk_mode, TalkMode::PushToTalk);
        assert!(!now.audio.auto_threshold);
        assert_eq!(now.ice.turn_pass, "SECRET");
        // Something else is changed in the window, and kept.
        now.audio.denoise = false;
        let mut expected = Settings::default();
        expected.audio.denoise = false;
        assert_eq!(overrides().keep(&now, &kept), expected);
    }

    #[test]
    fn what_the_user_changes_is_kept_even_if_it_was_overridden() {
        let kept = Settings::default();
        let mut now = overrides().apply(&kept);
        now.audio.push_to_talk_key = "F9".to_owned();
        let mut expected = Settings::default();
        expected.audio.push_to_talk_key = "F9".to_owned();
        assert_eq!(overrides().keep(&now, &kept), expected);
    }

    #[test]
    fn naming_the_portal_lets_it_ask() {
        let portal = Overrides {
            push_to_talk_backend: Some(BackendChoice::Portal),
            ..Overrides::default()
        };
        assert!(portal.apply(&Settings::default()).audio.push_to_talk_portal);
    }

    #[test]
    fn passwords_are_not_printed() {
        let now = overrides().apply(&Settings::default());
        assert!(!format!("{:?} {now:?}", overrides()).contains("SECRET"));
    }
}
