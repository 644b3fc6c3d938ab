//! Why there is nothing to report.

use std::fmt::Display;

/// A measurement came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// An argument is out of bounds.
    #[error("{0}")]
    Arguments(String),
    /// No server, so no measurement.
    #[error("the server did not start: {0}")]
    ServerStart(String),
    /// The way to the server.
    #[error("{what} failed: {reason}")]
    Network {
        /// What was tried.
        what: &'static str,
        /// From the library or the system.
        reason: String,
    },
    /// The server said no.
    #[error("the server refused {what}: {reason}")]
    Refused {
        /// What was asked.
        what: String,
        /// In its words.
        reason: String,
    },
    /// Somebody else's entry came first.
    #[error("the member list moved on meanwhile")]
    Moved,
    /// It did not do as it should.
    #[error("the server is not sound: {0}")]
    Unsound(String),
    /// Keys, entries or events could not be made.
    #[error("the client's part failed: {0}")]
    Client(String),
    /// The operating system does not say what is to be reported.
    #[error(
        "the system does not give {what}: {reason} (Linux's /proc and loopback network are needed)"
    )]
    System {
        /// What was asked for.
        what: &'static str,
        /// What it said.
        reason: String,
    },
    /// More sockets than the system lets a process open.
    #[error("{clients} clients need more open files than {limit}: raise the limit (ulimit -n)")]
    OpenFiles {
        /// Asked for.
        clients: usize,
        /// The soft limit.
        limit: u64,
    },
    /// A task of ours broke.
    #[error("a client's task broke: this is a bug of dialtone-load ({0})")]
    Broken(String),
    /// By a signal.
    #[error("stopped by a signal before it was done")]
    Interrupted,
    /// Something hangs.
    #[error("not done after {0} s")]
    TooLong(u64),
}

impl LoadError {
    pub(crate) fn network(what: &'static str, reason: impl Display) -> Self {
        Self::Network {
            what,
            reason: reason.to_string(),
        }
    }

    pub(crate) fn client(reason: impl Display) -> Self {
        Self::Client(reason.to_string())
    }

    pub(crate) fn system(what: &'static str, reason: impl Display) -> Self {
        Self::System {
            what,
            reason: reason.to_string(),
        }
    }
}

impl From<tokio::task::JoinError> for LoadError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Broken(error.to_string())
    }
}
