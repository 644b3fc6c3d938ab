//! Why an entry is not taken.

use dialtone_protocol::http::ErrorCode;
use dialtone_protocol::roster::{EntryError, RosterPosition};
use dialtone_store::StoreError;

use crate::auth::RegisterError;
use crate::error::ApiError;
use crate::transaction::FromStore;

/// Why an entry is not taken, or the log cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RosterError {
    /// Another entry came first.
    #[error("the member list has moved on: fetch what is new, then try again")]
    Moved(RosterPosition),
    /// The entry is not valid.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// This kind of entry comes in with something else.
    #[error("{0}")]
    WrongWay(&'static str),
    /// There is no room for more of it.
    #[error("{0}")]
    Full(&'static str),
    /// There is no community yet.
    #[error("nobody founded a community on this server yet")]
    NotFounded,
    /// What came with the entry was refused.
    #[error(transparent)]
    Registration(#[from] RegisterError),
    /// An invite with this id or token is there.
    #[error("there is an invite with this id or this token already")]
    InviteExists,
    /// The stored log is not valid.
    #[error(
        "the stored member list is broken at entry {at}: restore the database from a backup ({reason})"
    )]
    StoredLog {
        /// Entries before the broken one.
        at: u64,
        /// What is wrong there.
        reason: EntryError,
    },
    /// The data folder belongs to another server.
    #[error(
        "the identity key in the data folder is not the one that this community was founded on: restore `identity-key` from a backup"
    )]
    OtherIdentity,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FromStore for RosterError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Registration(error) => error.store_error(),
            _ => None,
        }
    }
}

impl From<RosterError> for ApiError {
    fn from(error: RosterError) -> Self {
        let message = error.to_string();
        match error {
            RosterError::Moved(position) => {
                Self::new(ErrorCode::RosterMoved, message).at_position(position)
            }
            RosterError::Entry(EntryError::InviteVoid) => Self::new(ErrorCode::InviteUsed, message),
            RosterError::Entry(
                EntryError::Banned | EntryError::NotAllowed | EntryError::NotActive,
            ) => Self::new(ErrorCode::NotAllowed, message),
            RosterError::Entry(EntryError::Format(_)) => Self::new(ErrorCode::Malformed, message),
            RosterError::Entry(_) | RosterError::WrongWay(_) => {
                Self::new(ErrorCode::EntryInvalid, message)
            }
            RosterError::Full(_) => Self::new(ErrorCode::TooMany, message),
            RosterError::NotFounded => Self::new(ErrorCode::NotFound, message),
            RosterError::InviteExists => Self::new(ErrorCode::Exists, message),
            RosterError::Registration(error) => error.into(),
            RosterError::Store(error) => error.into(),
            RosterError::StoredLog { .. } | RosterError::OtherIdentity => {
                tracing::error!(%message, "the member list cannot be used");
                Self::new(ErrorCode::Internal, "a fault of the server: tell its admin")
            }
        }
    }
}
