//! Which file a path names, to notice that it names another one, or none, later.

use std::io;
use std::path::Path;

/// A file's device and number in it.
#[cfg(unix)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileIdentity {
    device: u64,
    number: u64,
}

#[cfg(unix)]
impl FileIdentity {
    /// The file at `path` now.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = std::fs::metadata(path)?;
        Ok(Self {
            device: metadata.dev(),
            number: metadata.ino(),
        })
    }
}

/// Elsewhere an open file cannot be deleted or replaced: that it is there is enough.
#[cfg(not(unix))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileIdentity;

#[cfg(not(unix))]
impl FileIdentity {
    /// The file at `path` now.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        std::fs::metadata(path).map(|_| Self)
    }
}
