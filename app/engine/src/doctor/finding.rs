//! What a check says.

use serde::Serialize;

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The server's name.
    Name,
    /// A TCP connection to it.
    Tcp,
    /// TLS on it.
    Tls,
    /// Whether it is the server that the link pins, and the one that the profile has stored.
    Pin,
    /// What it says of itself.
    Server,
    /// Its UDP port for calls.
    Udp,
    /// TURN servers of the settings, or those that the server names.
    Turn,
    /// The microphone.
    Microphone,
    /// The loudspeaker.
    Speaker,
    /// What hears the key of push-to-talk.
    PushToTalk,
}

impl Subject {
    /// As it stands at the head of a line.
    pub fn words(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Pin => "Pin",
            Self::Server => "Server",
            Self::Udp => "UDP",
            Self::Turn => "TURN",
            Self::Microphone => "Microphone",
            Self::Speaker => "Speaker",
            Self::PushToTalk => "Push-to-talk",
        }
    }
}

/// How it came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It works.
    Good,
    /// It does not.
    Bad,
    /// There was nothing to check.
    Skipped,
}

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub subject: Subject,
    /// How it came out.
    pub outcome: Outcome,
    /// What was found, in sentences.
    pub words: String,
    /// What to do about it.
    pub advice: Option<String>,
}

impl Finding {
    pub(super) fn good(subject: Subject, words: impl Into<String>) -> Self {
        Self {
            subject,
            outcome: Outcome::Good,
            words: words.into(),
            advice: None,
        }
    }

    pub(super) fn bad(
        subject: Subject,
        words: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            subject,
            outcome: Outcome::Bad,
            words: words.into(),
            advice: Some(advice.into()),
        }
    }

    pub(super) fn skipped(subject: Subject, words: impl Into<String>) -> Self {
        Self {
            subject,
            outcome: Outcome::Skipped,
            words: words.into(),
            advice: None,
        }
    }
}
