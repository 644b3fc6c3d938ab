//! Why a TURN server does not relay, and what to do about it.

use dialtone_words::say;

/// A TURN server does not relay. `server` is its address as [`IceUrl`](dialtone_protocol::turn::IceUrl) writes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TurnError {
    /// Its name is not known.
    #[error("{}", say!("reach-turn-not-found", server = server))]
    NotFound {
        /// Which.
        server: String,
    },
    /// No connection to it.
    #[error("{}", say!("reach-turn-unreachable", server = server, reason = reason))]
    Unreachable {
        /// Which.
        server: String,
        /// What the system said.
        reason: String,
    },
    /// It says nothing.
    #[error("{}", say!("reach-turn-silent", server = server))]
    NoAnswer {
        /// Which.
        server: String,
    },
    /// Its certificate does not hold.
    #[error("{}", say!("reach-turn-certificate", server = server, reason = reason))]
    Certificate {
        /// Which.
        server: String,
        /// What does not hold.
        reason: String,
    },
    /// It knows neither the user name nor the password, or no longer.
    #[error("{}", say!("reach-turn-login", server = server))]
    Credentials {
        /// Which.
        server: String,
    },
    /// It does not want to.
    #[error("{}", say!("reach-turn-refuses", server = server, reason = reason, code = *code))]
    Refused {
        /// Which.
        server: String,
        /// RFC 8656 section 17.
        code: u16,
        /// In its own words, shortened.
        reason: String,
    },
    /// It speaks something else.
    #[error("{}", say!("reach-turn-is-none", server = server))]
    NotTurn {
        /// Which.
        server: String,
    },
    /// It was connected, and is no longer.
    #[error("{}", say!("reach-turn-ended", server = server))]
    Ended {
        /// Which.
        server: String,
    },
    /// The file with further authorities cannot be used.
    #[error("{}", say!("reach-turn-authorities", reason = reason, path = path))]
    Authorities {
        /// Which file.
        path: String,
        /// What is wrong.
        reason: String,
    },
}
