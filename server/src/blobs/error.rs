//! Why a file is not taken, given or deleted.

use dialtone_protocol::http::ErrorCode;
use dialtone_store::StoreError;

use super::incoming::IncomingError;
use super::limits::in_words;
use super::shelf::ShelfError;
use crate::error::ApiError;
use crate::transaction::FromStore;

/// Why a file is not taken, given or deleted.
#[derive(Debug, thiserror::Error)]
pub(super) enum BlobError {
    /// It is no sealed file.
    #[error("this is no sealed file: it is too short for one")]
    TooShort,
    /// Longer than files may be.
    #[error("the file is larger than this server takes: at most {}", in_words(*.0))]
    TooLarge(u64),
    /// Beyond the account's quota.
    #[error(
        "your files take {} of {}, and there is no room for this one ({}): delete some, or ask whoever runs the server for more room",
        in_words(*.used), in_words(*.quota), in_words(*.size)
    )]
    Full {
        /// What the account's files take.
        used: u64,
        /// What they may take.
        quota: u64,
        /// What this one would.
        size: u64,
    },
    /// Beyond what the server keeps of everybody's.
    #[error(
        "the server keeps {} of files, and {} are taken: there is no room for this one ({}); tell whoever runs the server",
        in_words(*.total), in_words(*.used), in_words(*.size)
    )]
    ServerFull {
        /// What everybody's files take.
        used: u64,
        /// What they may take.
        total: u64,
        /// What this one would.
        size: u64,
    },
    /// The id is another file's.
    #[error("there is another file with this id: draw another one")]
    Taken,
    /// Deleted, or sent anew, while it came.
    #[error("the file was deleted, or begun anew, while it came")]
    Overtaken,
    /// Too many at a time.
    #[error("you are sending {0} files already: wait until one is done")]
    TooMany(usize),
    /// Neither theirs nor are they an admin.
    #[error("only who sent a file, or an admin, may delete it")]
    NotTheirs,
    /// No such file.
    #[error("there is no such file: it was deleted, or never came")]
    NotFound,
    /// The account was removed in this moment.
    #[error("the account was removed")]
    NoAccount,
    /// It did not come as announced.
    #[error(transparent)]
    Incoming(#[from] IncomingError),
    /// Where the bytes are.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FromStore for BlobError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        let message = error.to_string();
        match error {
            BlobError::TooShort => Self::new(ErrorCode::Malformed, message),
            BlobError::TooLarge(_) => Self::new(ErrorCode::TooLarge, message),
            BlobError::Full { .. } | BlobError::ServerFull { .. } => {
                Self::new(ErrorCode::NoRoom, message)
            }
            BlobError::Taken | BlobError::Overtaken => Self::new(ErrorCode::Exists, message),
            BlobError::TooMany(_) => Self::new(ErrorCode::TooMany, message),
            BlobError::NotTheirs => Self::new(ErrorCode::NotAllowed, message),
            BlobError::NotFound => Self::new(ErrorCode::NotFound, message),
            BlobError::NoAccount => Self::not_signed_in(),
            BlobError::Incoming(error) => error.into(),
            BlobError::Shelf(error) => error.into(),
            BlobError::Store(error) => error.into(),
        }
    }
}

impl From<IncomingError> for ApiError {
    fn from(error: IncomingError) -> Self {
        let code = match error {
            IncomingError::Short | IncomingError::Long => ErrorCode::Malformed,
            IncomingError::Stalled | IncomingError::Broken | IncomingError::Stopping => {
                ErrorCode::Unavailable
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<ShelfError> for ApiError {
    fn from(error: ShelfError) -> Self {
        tracing::error!(%error, "the place where files are kept cannot be used");
        let (code, words) = match error {
            ShelfError::Full(_) => (
                ErrorCode::NoRoom,
                "the server has no room for another file: tell whoever runs it",
            ),
            ShelfError::Missing => (
                ErrorCode::NotFound,
                "the server has lost this file: tell whoever runs it",
            ),
            ShelfError::Failed(_) => (
                ErrorCode::Unavailable,
                "the place where the server keeps files cannot be used now: try again shortly",
            ),
        };
        Self::new(code, words)
    }
}
