//! Why somebody does not come in.

use dialtone_protocol::http::ErrorCode;
use dialtone_protocol::username::UsernameError;
use dialtone_store::StoreError;

use crate::error::ApiError;
use crate::invites::InviteError;
use crate::transaction::FromStore;

/// Why a registration is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The invite.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// The name cannot be used.
    #[error(transparent)]
    Name(#[from] UsernameError),
    /// The name is taken.
    #[error("this name is taken: choose another one")]
    NameTaken,
    /// The account or the device is known.
    #[error("this account or this device is registered already: sign in instead")]
    Known,
    /// Not what was agreed.
    #[error("the registration cannot be read: {0}")]
    Malformed(String),
}

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        Self::Invite(InviteError::Store(error))
    }
}

impl FromStore for RegisterError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Invite(InviteError::Store(error)) => Some(error),
            _ => None,
        }
    }
}

impl From<RegisterError> for ApiError {
    fn from(error: RegisterError) -> Self {
        let message = error.to_string();
        match error {
            RegisterError::Invite(error) => error.into(),
            RegisterError::Name(_) => Self::new(ErrorCode::UsernameInvalid, message),
            RegisterError::NameTaken => Self::new(ErrorCode::UsernameTaken, message),
            RegisterError::Known => Self::new(ErrorCode::Exists, message),
            RegisterError::Malformed(_) => Self::new(ErrorCode::Malformed, message),
        }
    }
}

/// Why a sign-in is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SignInError {
    /// Name, password, device or signature: which of them is not told.
    #[error("name or password is wrong, or this device is not known here")]
    Wrong,
    /// Not what was agreed.
    #[error("the request cannot be read: {0}")]
    Malformed(&'static str),
    /// The proof speaks of another server or connection.
    #[error("the proof was made for another server or another connection: connect again")]
    OtherServer,
    /// The device is out of the community.
    #[error("this device is not in the community any more: it was removed, or its member was")]
    Removed,
    /// Too often.
    #[error("too many tries: wait a little, then try again")]
    TooMany,
    /// The client knows too little.
    #[error("this app is too old for this server: update it, then connect again")]
    TooOld,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        let message = error.to_string();
        match error {
            SignInError::Wrong => Self::new(ErrorCode::WrongCredentials, message),
            SignInError::Malformed(_) => Self::new(ErrorCode::Malformed, message),
            SignInError::Removed | SignInError::OtherServer => {
                Self::new(ErrorCode::NotAllowed, message)
            }
            SignInError::TooMany => Self::new(ErrorCode::TooMany, message),
            SignInError::TooOld => Self::new(ErrorCode::TooOld, message),
            SignInError::Store(error) => error.into(),
        }
    }
}
