//! The server in one file, and back.
//!
//! ```text
//! store (one snapshot) -> rows/TABLE/N        CBOR, page by page, the same for either database
//! data folder          -> folder/NAME         keys, pepper, settings: small files beside the database
//! shelf (a folder)     -> files/OBJECT        the sealed files that the rows name
//!                      -> manifest.json       last: what there is, how much of it, and its hashes
//! ```
//!
//! The file is a tar archive, so that anybody can look into it. It has its name once it is whole and on the disk. A restore believes
//! nothing of it before every hash was compared, and goes into what is empty only.

mod archive;
mod error;
mod folder;
mod manifest;
mod restore;
mod rows;
mod take;

pub use error::BackupError;
pub use restore::{Restored, restore};
pub use take::{Taken, Wanted, take};

pub(crate) use restore::refuse_half_restored;

/// Told how far it is, as often as it likes.
pub type Report<'a> = &'a (dyn Fn(&str) + Send + Sync);
