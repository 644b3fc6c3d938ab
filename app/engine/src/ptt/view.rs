//! What hears the key, or why nothing does, in words.

use super::select::BackendKind;

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
            Listening::Off => "No key is needed: you talk by voice, or always.".to_owned(),
            Listening::Starting(BackendKind::Portal) => {
                "The desktop was asked for the key. If it shows a question, answer it.".to_owned()
            }
            Listening::Starting(backend) => format!("The key is about to be heard by {backend}."),
            Listening::AskFirst => {
                "The key is heard in this window only, until you let the desktop pass it on."
                    .to_owned()
            }
            Listening::Running {
                backend: BackendKind::Portal,
                trigger: Some(trigger),
                ..
            } => format!("The desktop passes the key on, wherever you are: {trigger}."),
            Listening::Running {
                backend: BackendKind::Portal,
                ..
            } => "The desktop passes the key on, wherever you are. Which one, its own settings say."
                .to_owned(),
            Listening::Running { backend, .. } => {
                format!("The key is heard wherever you are (by {backend}).")
            }
            Listening::Waiting => "What heard the key ended; it is tried again soon. Until then the key is heard in this window only."
                .to_owned(),
            Listening::Nothing => {
                "The key is heard in this window only, while it has the keyboard.".to_owned()
            }
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
