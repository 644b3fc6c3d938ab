//! What every refused request answers.

use serde::{Deserialize, Serialize};

use crate::roster::RosterPosition;

/// Why, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The request cannot be read.
    Malformed,
    /// Larger than allowed.
    TooLarge,
    /// No session, or it ended.
    NotSignedIn,
    /// One may not do this.
    NotAllowed,
    /// No such thing, or none that one may see.
    NotFound,
    /// The invite does not exist or was revoked.
    InviteUnknown,
    /// The invite has run out.
    InviteExpired,
    /// The invite was used as often as it may be.
    InviteUsed,
    /// The name is taken.
    UsernameTaken,
    /// The name cannot be used.
    UsernameInvalid,
    /// Name or password is wrong.
    WrongCredentials,
    /// The entry does not follow the last one; `position` tells where the log is.
    RosterMoved,
    /// The entry is not valid.
    EntryInvalid,
    /// The commit was made in an epoch that is over; `epoch` tells the current one.
    StaleEpoch,
    /// The commit breaks the public rules.
    CommitInvalid,
    /// Something is there already.
    Exists,
    /// The account, or the server, has no room for another file of this size.
    NoRoom,
    /// Too many requests; try again later.
    TooMany,
    /// The database cannot be used now; nothing was changed.
    Unavailable,
    /// The client is too old for this server: it must be updated.
    TooOld,
    /// A fault of the server.
    Internal,
    /// A code of a later version; the words beside it are for people.
    #[serde(other)]
    Unknown,
}

/// A refused request's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// For programs.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
    /// With [`ErrorCode::RosterMoved`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<RosterPosition>,
    /// With [`ErrorCode::StaleEpoch`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
}
