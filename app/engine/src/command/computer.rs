//! What concerns this computer: moving away from it, and looking for a mistake on it.

use std::path::PathBuf;

use super::Secret;

/// How the profile goes to another computer, or comes from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoveCommand {
    /// Close it, and write all of it into a file; it does not open here afterwards.
    Export {
        /// Where; none: into the folder for downloads, under a name that is free.
        to: Option<PathBuf>,
        /// What opens the file.
        passphrase: Secret,
        /// Sealed files of messages go along.
        with_files: bool,
    },
    /// Bring it from a file; only where there is none.
    Import {
        /// The file.
        from: PathBuf,
        /// What opens it.
        passphrase: Secret,
    },
    /// Stop that.
    Stop,
    /// How it ended was read.
    Dismiss,
    /// The file was not used: the profile is to open here again.
    UseHere,
}

/// What is to become of the bundle for whoever looks for a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiagnosticsCommand {
    /// Put it together; the checks take a while.
    Make,
    /// Write it into this folder, or, without one, into that for downloads.
    Save(Option<PathBuf>),
    /// It was looked at.
    Forget,
}
