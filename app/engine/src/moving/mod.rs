//! A profile goes to another computer: into one file under a passphrase, and out of it there.
//!
//! ```text
//! export   profile (nobody has it open) -> list -> entries -> parcel (crypto) -> FILE; then the profile is marked as moved
//! import   FILE -> parcel -> entries, each judged -> PROFILE/import.new; read to the end -> moved into place, the keystore last
//! ```
//!
//! One device cannot be in two places: both would go on from the same message number and the same place in each group's key
//! schedule, and others would take that for a forgery. So the file takes the device along instead of copying it: once the file
//! is whole, the profile it was made from is closed, and opens again only when its owner says that the file was not used. A
//! file that was used all the same is met by what meets an old backup (a device takes up its own later messages), as long as
//! the two do not run at the same time. A new device of the account would need somebody to let it in, and could not read what
//! only the old one had.

mod entries;
mod export;
mod import;

pub use dialtone_crypto::keystore::Work;
pub use export::{Exported, export};
pub use import::import;

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use dialtone_crypto::parcel::ParcelError;

use crate::profile::ProfileError;

/// The shortest passphrase of a file, in characters: whoever gets at the file can try in peace.
pub const SHORTEST_PASSPHRASE: usize = 8;

/// Is told how far it has come, in bytes, and of how many; and says whether to go on.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>;

/// Why a profile was not moved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MoveError {
    /// Another client has it open, or its folder cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The file.
    #[error(transparent)]
    Parcel(#[from] ParcelError),
    /// There is nothing to move.
    #[error("there are no keys in this profile")]
    Empty,
    /// It was moved already.
    #[error("this profile was moved to another computer already")]
    Moved,
    /// There is a profile, which would be lost.
    #[error("there are keys of another profile here, which would be lost")]
    Occupied,
    /// The passphrase is too short.
    #[error("a passphrase has at least {SHORTEST_PASSPHRASE} characters")]
    ShortPassphrase,
    /// The file has something in it that no profile has.
    #[error(
        "this file has something in it that belongs to no profile; it was not written by Dialtone"
    )]
    Strange,
    /// Somebody stopped it.
    #[error("it was stopped")]
    Stopped,
    /// The disk.
    #[error("{source} ({})", path.display())]
    Disk {
        /// What was read or written.
        path: PathBuf,
        /// Why it could not be.
        source: io::Error,
    },
}

/// An error of the disk, with its place.
fn disk(path: &Path) -> impl FnOnce(io::Error) -> MoveError {
    let path = path.to_owned();
    move |source| MoveError::Disk { path, source }
}

#[cfg(test)]
mod tests;
