//! `--voice-…`: settings of the voice for one run. They are not kept.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use dialtone_engine::Secret;
use dialtone_engine::overrides::Overrides;
use dialtone_engine::ptt::Hotkey;
use dialtone_engine::settings::{BackendChoice, TalkMode};

/// Has the password at the TURN servers.
const TURN_PASS: &str = "DIALTONE_VOICE_TURN_PASS";

#[derive(Args, Clone)]
#[command(next_help_heading = "Voice, for this run")]
pub(crate) struct VoiceFlags {
    /// Be heard while a key is held: the one in the settings, or KEY, such as `F8`, `Mouse8`, `Ctrl+Space` or `LeftCtrl`.
    #[arg(long = "voice-ptt", global = true, value_name = "KEY", num_args = 0..=1, require_equals = true, default_missing_value = "",
          value_parser = key, conflicts_with_all = ["ptm", "vad"])]
    ptt: Option<String>,
    /// Be heard when you speak, but not while a key is held (push-to-mute).
    #[arg(long = "voice-ptm", global = true, value_name = "KEY", num_args = 0..=1, require_equals = true, default_missing_value = "",
          value_parser = key, conflicts_with = "vad")]
    ptm: Option<String>,
    /// What hears the key while other programs have the keyboard; hotkey is xinput or else device-query.
    #[arg(long = "voice-ptt-backend", global = true, value_name = "BACKEND", value_parser = backend())]
    ptt_backend: Option<BackendChoice>,
    /// Be heard when you speak; above DBFS (-100 to 0), or above the line of the settings.
    #[arg(long = "voice-vad", global = true, value_name = "DBFS", num_args = 0..=1, require_equals = true, default_missing_value = "",
          value_parser = threshold)]
    vad: Option<Threshold>,
    /// Write the microphone's level to standard error once a second.
    #[arg(long = "voice-meter", global = true)]
    meter: bool,
    /// Write what the voice engine counts, and where the delay is, to standard error once a second.
    #[arg(long = "voice-debug", global = true)]
    debug: bool,
    /// A STUN server for direct calls, instead of those of the settings; may be given more than once.
    #[arg(long = "voice-stun", global = true, value_name = "stun:HOST:PORT")]
    stun: Vec<String>,
    /// A TURN server for direct calls, instead of those of the settings; may be given more than once.
    #[arg(long = "voice-turn", global = true, value_name = "turn:HOST:PORT")]
    turn: Vec<String>,
    /// The user name at the TURN servers.
    #[arg(long = "voice-turn-user", global = true, value_name = "NAME")]
    turn_user: Option<String>,
    /// A file whose first line is the password at the TURN servers. Other users see the arguments of programs, so the password itself
    /// is no argument; the variable `DIALTONE_VOICE_TURN_PASS` has it, too.
    #[arg(long = "voice-turn-pass", global = true, value_name = "FILE")]
    turn_pass: Option<PathBuf>,
    /// A file (PEM) with authorities whose certificates are taken for TURN over TLS, besides those that this system trusts.
    #[arg(long = "voice-turn-ca", global = true, value_name = "FILE")]
    turn_ca: Option<PathBuf>,
}

/// Where voice activity is to have its line; none leaves it where it is.
type Threshold = Option<f32>;

fn key(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let hotkey: Result<Hotkey, _> = text.parse();
    hotkey
        .map(|hotkey| hotkey.to_string())
        .map_err(|error| error.to_string())
}

fn threshold(text: &str) -> Result<Threshold, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let dbfs: Option<f32> = text.parse().ok();
    let bounded = dbfs.filter(|dbfs| (-100.0..=0.0).contains(dbfs));
    bounded
        .map(Some)
        .ok_or_else(|| "it is a level from -100 to 0, such as -45".to_owned())
}

fn backend() -> impl clap::builder::TypedValueParser<Value = BackendChoice> {
    let names = BackendChoice::ALL.map(BackendChoice::name);
    PossibleValuesParser::new(names).map(|name| {
        let mut all = BackendChoice::ALL.into_iter();
        all.find(|choice| choice.name() == name).unwrap_or_default()
    })
}

impl VoiceFlags {
    /// What they change.
    ///
    /// # Errors
    /// The file with the password cannot be read.
    pub(crate) fn overrides(&self) -> anyhow::Result<Overrides> {
        self.with_variable(std::env::var(TURN_PASS).ok())
    }

    /// `variable` is what the environment has of the password.
    fn with_variable(&self, variable: Option<String>) -> anyhow::Result<Overrides> {
        let key = self.ptt.as_ref().or(self.ptm.as_ref());
        let modes = [
            (self.ptt.is_some(), TalkMode::PushToTalk),
            (self.ptm.is_some(), TalkMode::PushToMute),
            (self.vad.is_some(), TalkMode::VoiceActivity),
        ];
        let chosen = modes.into_iter().find(|(given, _)| *given);
        let several = |urls: &[String]| (!urls.is_empty()).then(|| urls.to_vec());
        Ok(Overrides {
            talk_mode: chosen.map(|(_, mode)| mode),
            push_to_talk_key: key.filter(|key| !key.is_empty()).cloned(),
            push_to_talk_backend: self.ptt_backend,
            threshold_dbfs: self.vad.flatten(),
            stun: several(&self.stun),
            turn: several(&self.turn),
            turn_user: self.turn_user.clone(),
            turn_pass: self.password(variable)?,
            turn_ca: self.turn_ca.clone(),
            voice_meter: self.meter.then_some(true),
            voice_debug: self.debug.then_some(true),
        })
    }

    fn password(&self, variable: Option<String>) -> anyhow::Result<Option<Secret>> {
        let Some(file) = &self.turn_pass else {
            return Ok(variable.filter(|pass| !pass.is_empty()).map(Secret::new));
        };
        let text = std::fs::read_to_string(file).with_context(|| {
            format!(
                "--voice-turn-pass takes the file that has the password, and {} cannot be read",
                file.display()
            )
        })?;
        let line = text.lines().next().unwrap_or_default();
        Ok(Some(Secret::new(line)))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::Arguments;

    fn overrides(line: &[&str]) -> anyhow::Result<Overrides> {
        let line = ["dialtone"].iter().chain(line);
        Arguments::try_parse_from(line)?.common.voice.overrides()
    }

    #[test]
    fn flags_become_settings_for_one_run() {
        let given = overrides(&["--voice-ptt=mouse8", "--voice-ptt-backend", "xinput"]).unwrap();
        assert_eq!(given.talk_mode, Some(TalkMode::PushToTalk));
        assert_eq!(given.push_to_talk_key.as_deref(), Some("Mouse8"));
        assert_eq!(given.push_to_talk_backend, Some(BackendChoice::Xinput));
        let given = overrides(&["--voice-ptm", "dialtone://a:1/#x"]).unwrap();
        assert_eq!(given.talk_mode, Some(TalkMode::PushToMute));
        assert_eq!(given.push_to_talk_key, None, "the link is no key");
        let given = overrides(&["bot", "--voice-vad=-40", "--voice-meter"]).unwrap();
        assert_eq!(given.threshold_dbfs, Some(-40.0));
        assert_eq!((given.voice_meter, given.voice_debug), (Some(true), None));
        let servers = ["--voice-stun", "stun:a:1", "--voice-turn", "turn:b:2"];
        let authorities = ["--voice-turn-ca", "/ca.pem"];
        let given = overrides(&[&servers[..], &authorities].concat()).unwrap();
        assert_eq!(given.turn_ca, Some(PathBuf::from("/ca.pem")));
        assert_eq!(given.stun, Some(vec!["stun:a:1".to_owned()]));
        assert_eq!(given.turn, Some(vec!["turn:b:2".to_owned()]));
        let nothing = overrides(&[]).unwrap();
        assert_eq!((nothing.talk_mode, nothing.stun), (None, None));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for line in [
            &["--voice-ptt=nonsense"][..],
            &["--voice-ptt", "--voice-vad"],
            &["--voice-ptt", "--voice-ptm"],
            &["--voice-vad=loud"],
            &["--voice-vad=3"],
            &["--voice-ptt-backend", "guess"],
            &["--voice-turn-pass", "/no/such/file"],
        ] {
            assert!(overrides(line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn the_password_comes_from_a_file_or_from_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pass");
        std::fs::write(&file, "secret\n").unwrap();
        let of = |line: &[&str], variable: Option<&str>| {
            let line = ["dialtone"].iter().chain(line);
            let flags = Arguments::try_parse_from(line).unwrap().common.voice;
            let given = flags.with_variable(variable.map(str::to_owned)).unwrap();
            given.turn_pass
        };
        let flag = ["--voice-turn-pass", file.to_str().unwrap()];
        let secret = Some(Secret::new("secret"));
        assert_eq!(of(&flag, Some("another")), secret, "the flag is stronger");
        assert_eq!(of(&[], Some("secret")), secret);
        assert_eq!((of(&[], None), of(&[], Some(""))), (None, None));
    }
}
