//! Why a group or a commit is not taken.

use dialtone_protocol::group_rules::CommitError;
use dialtone_protocol::http::ErrorCode;
use dialtone_store::StoreError;

use crate::error::ApiError;
use crate::transaction::FromStore;

/// Why a group or a commit is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GroupError {
    /// No such group, or none that one may see.
    #[error("there is no such group that you may see")]
    Unknown,
    /// Nobody put the device in, or it is in already.
    #[error("no welcome waits for this device")]
    NoWelcome,
    /// One may not make this group.
    #[error("{0}")]
    NotAllowed(&'static str),
    /// It is there already.
    #[error("this group exists already: join it")]
    Exists,
    /// The bytes are not what they should be.
    #[error("the {0} cannot be read")]
    Malformed(&'static str),
    /// The commit was made in another epoch.
    #[error("the group is in another epoch: take its commits in, then commit anew")]
    Stale(u64),
    /// The commit or the group breaks the rules of MLS.
    #[error("it is not valid MLS (RFC 9420): {0}")]
    Mls(String),
    /// The commit breaks the public rules.
    #[error("it breaks the rules of groups: {0}")]
    Rules(#[from] CommitError),
    /// `GroupInfo` does not belong to the commit.
    #[error("the group info does not belong to the epoch that the commit makes")]
    GroupInfo,
    /// What is stored of the group cannot be read.
    #[error("what is stored of the group cannot be read: {0}")]
    Stored(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FromStore for GroupError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<GroupError> for ApiError {
    fn from(error: GroupError) -> Self {
        let message = error.to_string();
        match error {
            GroupError::Unknown | GroupError::NoWelcome => Self::new(ErrorCode::NotFound, message),
            GroupError::NotAllowed(_) => Self::new(ErrorCode::NotAllowed, message),
            GroupError::Exists => Self::new(ErrorCode::Exists, message),
            GroupError::Malformed(_) => Self::new(ErrorCode::Malformed, message),
            GroupError::Stale(epoch) => Self::new(ErrorCode::StaleEpoch, message).at_epoch(epoch),
            GroupError::Mls(_) | GroupError::Rules(_) | GroupError::GroupInfo => {
                Self::new(ErrorCode::CommitInvalid, message)
            }
            GroupError::Stored(_) => {
                tracing::error!(%message, "a group cannot be used");
                Self::new(ErrorCode::Internal, "a fault of the server: tell its admin")
            }
            GroupError::Store(error) => error.into(),
        }
    }
}
