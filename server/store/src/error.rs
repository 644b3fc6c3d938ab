//! What can go wrong with the database itself.

/// The store could not do what was asked. Whatever the transaction did is undone when it is dropped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database is gone, full or too slow. The store reconnects by itself: try again later.
    #[error("the database cannot be reached or cannot write; try again shortly ({detail})")]
    Unavailable {
        /// What the database or the connection said.
        detail: String,
    },
    /// The database's answer to a commit got lost: what was to be written is there, or it is not.
    #[error(
        "the database went away before it said whether it wrote; look whether it did ({detail})"
    )]
    Uncertain {
        /// What the database or the connection said.
        detail: String,
    },
    /// Two transactions met and this one lost: run it again from its start (see [`crate::transact`]).
    #[error("two changes met in the database; run this one again ({detail})")]
    Conflict {
        /// What the database said.
        detail: String,
    },
    /// What is stored cannot be read as what it should be. Trying again does not help.
    #[error(
        "the database is damaged or is not a Dialtone database; restore it from a backup ({detail})"
    )]
    Corrupt {
        /// What was found, and where.
        detail: String,
    },
    /// The database was written by a newer server.
    #[error(
        "the database has schema {found}, and this server knows schemas up to {known}; run a newer server"
    )]
    NewerSchema {
        /// Schema of the database.
        found: i64,
        /// Newest schema that this server knows.
        known: i64,
    },
    /// Another server process uses the database file.
    #[error("the database is in use by another server; stop that one first ({path})")]
    InUse {
        /// The database file.
        path: String,
    },
    /// The settings that name the database are wrong.
    #[error("the database settings are wrong: {detail}")]
    Settings {
        /// What is wrong, without the password.
        detail: String,
    },
    /// A mistake of ours: a bad statement, a value out of its range, a write in a read.
    #[error("the store was used wrongly; this is a bug of Dialtone, please report it ({detail})")]
    Internal {
        /// What the database said.
        detail: String,
    },
}

impl StoreError {
    /// Whether running the whole transaction again at once can succeed.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// Whether the same may succeed later, when the database is back.
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Uncertain { .. })
    }

    /// Whether it was written all the same, for all that is known.
    pub const fn is_uncertain(&self) -> bool {
        matches!(self, Self::Uncertain { .. })
    }

    /// The same error when the commit itself met it: a database that goes away then may have written.
    #[must_use]
    pub fn at_commit(self) -> Self {
        match self {
            Self::Unavailable { detail } => Self::Uncertain { detail },
            other => other,
        }
    }

    /// There is no room for what was to be written: whoever keeps the server has something to do.
    pub fn full(what: &str) -> Self {
        Self::Unavailable {
            detail: format!("its disk is full: make room there, and it goes on by itself; {what}"),
        }
    }

    /// A stored `what` that cannot be read back.
    pub fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt {
            detail: what.into(),
        }
    }

    /// A mistake of ours.
    pub fn internal(what: impl Into<String>) -> Self {
        Self::Internal {
            detail: what.into(),
        }
    }
}
