//! What can go wrong with a sound device; the kind says what to do about it.

use thiserror::Error;

/// What to do about a failed device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BackendErrorKind {
    /// The device is not there (any more): use another, or wait for it.
    NotThere,
    /// Another program has it: try again later.
    Busy,
    /// The system does not let us: ask the person to allow it.
    NotAllowed,
    /// The stream must be built again.
    Rebuild,
    /// The sound system itself does not answer: try again later.
    SystemDown,
    /// The device does not answer.
    Silent,
    /// The device cannot do what was asked.
    Unsupported,
    /// Anything else; trying again may help.
    Other,
}

/// A sound device failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{}", self.advice(), self.details())]
pub struct BackendError {
    /// What to do.
    pub kind: BackendErrorKind,
    /// What the sound system said.
    pub message: String,
}

impl BackendError {
    /// An error of this kind.
    #[must_use]
    pub fn new(kind: BackendErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// What the sound system said, where the advice leaves open what happened.
    fn details(&self) -> String {
        match self.kind {
            BackendErrorKind::NotThere | BackendErrorKind::Busy | BackendErrorKind::NotAllowed => {
                String::new()
            }
            _ => format!(": {}", self.message.trim_end_matches('.')),
        }
    }

    /// What happened and what to do, in words.
    pub fn advice(&self) -> &'static str {
        match self.kind {
            BackendErrorKind::NotThere => {
                "the sound device is not there; plug it in or choose another"
            }
            BackendErrorKind::Busy => {
                "another program uses the sound device; close it there or choose another"
            }
            BackendErrorKind::NotAllowed => {
                "the system does not allow the use of the sound device; allow it in its settings"
            }
            BackendErrorKind::Rebuild => {
                "the sound device was interrupted; it is being opened again"
            }
            BackendErrorKind::SystemDown => {
                "the sound system does not answer; it is being tried again"
            }
            BackendErrorKind::Silent => {
                "the sound device does not answer; plug it in anew or choose another"
            }
            BackendErrorKind::Unsupported => "the sound device cannot do this; choose another",
            BackendErrorKind::Other => "the sound device failed; it is being tried again",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_words_are_there_where_ours_do_not_say_it_all() {
        let says = |kind| BackendError::new(kind, "The device is gone.").to_string();
        assert_eq!(
            says(BackendErrorKind::NotThere),
            "the sound device is not there; plug it in or choose another"
        );
        assert_eq!(
            says(BackendErrorKind::Other),
            "the sound device failed; it is being tried again: The device is gone"
        );
    }
}
