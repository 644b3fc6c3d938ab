//! Why there is no backup, or no restored server.

use std::path::PathBuf;

use dialtone_store::StoreError;

use crate::blobs::OpenShelfError;
use crate::secrets::SecretsError;

/// Why a backup was not taken, or not put back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data folder.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The place for files.
    #[error(transparent)]
    Shelf(#[from] OpenShelfError),
    /// Reading or writing failed.
    #[error("{doing}: {error} ({path})")]
    File {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        error: std::io::Error,
        /// Which file.
        path: PathBuf,
    },
    /// A sealed file could not be read or written.
    #[error("a file of a member cannot be copied: {0}")]
    Object(String),
    /// There is a file of that name.
    #[error("there is a file of this name already; choose another one ({path})")]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// It is no backup.
    #[error("this is no backup of a Dialtone server: {0}")]
    Foreign(String),
    /// A newer server took it.
    #[error(
        "a newer server took this backup (format {found}; this one knows {known}): use that version"
    )]
    Newer {
        /// Its format.
        found: u32,
        /// The newest known one.
        known: u32,
    },
    /// Its end is missing.
    #[error("the backup is cut short: its manifest is missing; use another one")]
    CutShort,
    /// Something in it is not as it was written.
    #[error("the backup is damaged: {part} is not as it was written; use another one")]
    Damaged {
        /// Which part.
        part: String,
    },
    /// It is put back into what is empty only.
    #[error("a backup is put back into an empty data folder and an empty database only: {what}")]
    NotEmpty {
        /// What is there.
        what: String,
    },
    /// The files are elsewhere.
    #[error(
        "the files of this server are in the bucket {bucket}, not in the backup: set DIALTONE_BLOB_BUCKET to it, or to a copy of it"
    )]
    OtherShelf {
        /// Which bucket.
        bucket: String,
    },
    /// A restore did not come to its end here.
    #[error(
        "a restore did not come to its end in this data folder: empty the folder and the database, and restore again ({path})"
    )]
    HalfRestored {
        /// What shows it.
        path: PathBuf,
    },
}

impl BackupError {
    /// For `map_err` of what was done with `path`.
    pub(super) fn file(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |error| Self::File { doing, error, path }
    }
}
