//! Why an object cannot be written or read.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// Why an object cannot be written or read.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum ShelfError {
    /// The object is not there, or is not whole.
    #[error("the file is not where it was put, or not whole")]
    Missing,
    /// There is no space.
    #[error("there is no space left ({0})")]
    Full(String),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl From<io::Error> for ShelfError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// Why the server does not start: the place for files cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenShelfError {
    /// The folder.
    #[error(
        "the folder for files cannot be used: {error}; check the data folder's owner and space ({path})"
    )]
    Folder {
        /// What the system said.
        error: io::Error,
        /// Which folder.
        path: PathBuf,
    },
    /// The bucket does not take the keys.
    #[error(
        "the bucket {bucket} refuses the keys: {detail}; check DIALTONE_S3_ACCESS_KEY_ID and DIALTONE_S3_SECRET_ACCESS_KEY, and that they \
         may write and delete there"
    )]
    Keys {
        /// Its name.
        bucket: String,
        /// What it said.
        detail: String,
    },
    /// There is no such bucket.
    #[error(
        "there is no bucket {bucket}: {detail}; make it, or check DIALTONE_BLOB_BUCKET and DIALTONE_BLOB_ENDPOINT"
    )]
    NoBucket {
        /// Its name.
        bucket: String,
        /// What was said.
        detail: String,
    },
    /// The bucket cannot be reached, or something else is there.
    #[error(
        "the bucket {bucket} cannot be used: {detail}; check DIALTONE_BLOB_ENDPOINT and DIALTONE_BLOB_REGION"
    )]
    Bucket {
        /// Its name.
        bucket: String,
        /// What happened.
        detail: String,
    },
}
