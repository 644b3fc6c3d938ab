//! Why an invite cannot be used.

use dialtone_protocol::http::ErrorCode;
use dialtone_store::StoreError;

use crate::error::ApiError;

/// Why an invite cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InviteError {
    /// Never issued, or revoked.
    #[error("this invite does not exist or was revoked: ask for a new one")]
    Unknown,
    /// Its time is over.
    #[error("this invite has run out: ask for a new one")]
    Expired,
    /// All its uses are taken.
    #[error("this invite was used as often as it may be: ask for a new one")]
    Used,
    /// It is for another way in.
    #[error("this invite does not open this way in: use the link as it was given")]
    OtherKind,
    /// Too often.
    #[error("too many tries: wait a little, then try again")]
    TooMany,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<InviteError> for ApiError {
    fn from(error: InviteError) -> Self {
        let message = error.to_string();
        match error {
            InviteError::Unknown => Self::new(ErrorCode::InviteUnknown, message),
            InviteError::Expired => Self::new(ErrorCode::InviteExpired, message),
            InviteError::Used => Self::new(ErrorCode::InviteUsed, message),
            InviteError::OtherKind => Self::new(ErrorCode::NotAllowed, message),
            InviteError::TooMany => Self::new(ErrorCode::TooMany, message),
            InviteError::Store(error) => error.into(),
        }
    }
}
