//! What hears the key, or why nothing does, in words.

use super::select::BackendKind;
use dialtone_words::say;

/// What hears the key anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Listening {
    /// No key is wanted: one talks by voice, or always.
    #[default]
    Off,
    /// It is being started; the desktop may be asking the user now.
    Starting(BackendKind),
    /// The desktop would ask the user, who is to be told before
    /// ([`AudioSettings::push_to_talk_portal`](crate::settings::AudioSettings)).
    AskFirst,
    /// It works.
    Running {
        /// What.
        backend: BackendKind,
        /// The key in the desktop's words, where the desktop decides about it.
        trigger: Option<String>,
        /// Where it does not hear the key.
        caveat: Option<&'static str>,
    },
    /// It ended; it is tried again soon.
    Waiting,
    /// Nothing does.
    Nothing,
}

/// The key of push-to-talk or push-to-mute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushState {
    /// What hears it anywhere.
    pub listening: Listening,
    /// Why others that were tried before do not, in sentences.
    pub passed_over: Vec<String>,
    /// It counts as held.
    pub held: bool,
}

impl PushState {
    /// What hears the key, in a sentence.
    pub fn words(&self) -> String {
        match &self.listening {
            Listening::Off => say!("call-key-off").to_owned(),
            Listening::Starting(BackendKind::Portal) => say!("call-key-asked").to_owned(),
            Listening::Starting(backend) => {
                say!("call-key-starting", backend = backend.to_string())
            }
            Listening::AskFirst => say!("call-key-unasked").to_owned(),
            Listening::Running {
                backend: BackendKind::Portal,
                trigger: Some(trigger),
                ..
            } => say!("call-key-portal", trigger = trigger),
            Listening::Running {
                backend: BackendKind::Portal,
                ..
            } => say!("call-key-portal-unnamed").to_owned(),
            Listening::Running { backend, .. } => {
                say!("call-key-heard", backend = backend.to_string())
            }
            Listening::Waiting => say!("call-key-waiting").to_owned(),
            Listening::Nothing => say!("call-key-window").to_owned(),
        }
    }

    /// The key to hold, in the desktop's words where it decides about it.
    pub fn key<'a>(&'a self, chosen: &'a str) -> &'a str {
        match &self.listening {
            Listening::Running {
                trigger: Some(trigger),
                ..
            } => trigger,
            _ => chosen,
        }
    }

    /// Everything else that is to be said, in sentences.
    pub fn remarks(&self) -> impl Iterator<Item = &str> {
        let caveat = match &self.listening {
            Listening::Running { caveat, .. } => *caveat,
            _ => None,
        };
        caveat
            .into_iter()
            .chain(self.passed_over.iter().map(String::as_str))
    }
}
