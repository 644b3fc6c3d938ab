//! What is asked for of files.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use dialtone_protocol::{ChannelId, Hash};

use crate::snapshot::{FileId, Picture};

/// What the user wants of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileCommand {
    /// Send files as one message.
    Send {
        /// Where.
        channel: ChannelId,
        /// One to ten.
        files: Vec<FileSource>,
        /// What is written with them; may be empty.
        text: String,
        /// The message that it answers.
        reply_to: Option<Hash>,
    },
    /// Fetch a file, so that it is on this device.
    Fetch(FileId),
    /// Stop fetching it; that it failed is forgotten, too.
    Stop(FileId),
    /// Write a file where the user wants it; it is fetched first where it must be. What is there already is written over.
    Save {
        /// Which.
        file: FileId,
        /// Where; none: into the folder for downloads, under a name that is free.
        to: Option<PathBuf>,
    },
    /// Delete a file from the server, so that nobody can fetch it any more (who sent it, or admins).
    Delete(FileId),
    /// Show a picture ([`Files::pictures`](crate::snapshot::Files)); it is fetched first where it must be, unless it is large.
    Show(FileId),
    /// Look at one picture by itself ([`Files::viewed`](crate::snapshot::Files)), or at none any more.
    View(Option<FileId>),
    /// Show others another picture of oneself, or none.
    SetPicture(Option<FileSource>),
}

/// A file that is to be sent.
#[derive(Clone, PartialEq, Eq)]
pub enum FileSource {
    /// One of the user's.
    Path(PathBuf),
    /// What is not a file yet.
    Bytes {
        /// What it is to be called.
        name: String,
        /// Its content.
        bytes: Arc<[u8]>,
    },
    /// A picture from the clipboard, to be sent as PNG.
    Pixels {
        /// What it is to be called.
        name: String,
        /// What is to be seen.
        picture: Arc<Picture>,
    },
}

/// What somebody sends is nobody else's business.
impl fmt::Debug for FileSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(_) => f.write_str("Path(…)"),
            Self::Bytes { bytes, .. } => write!(f, "Bytes({} B)", bytes.len()),
            Self::Pixels { picture, .. } => write!(f, "Pixels({picture:?})"),
        }
    }
}
