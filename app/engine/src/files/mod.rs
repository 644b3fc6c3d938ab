//! Files that people send: sealed on this computer before they go, kept sealed when they come, opened into memory or where the user wants them.
//!
//! ```text
//! take     a file of the user's, or pixels  -> sealed in the cache, and its attachment
//! cache    sealed files, by the hash of what is sealed
//! metadata what a camera wrote into a picture, taken out
//! give     a sealed file                    -> a file of the user's, or bytes in memory
//! picture  bytes                            -> pixels, as many as are shown
//! ```
//!
//! All of it blocks; call from a blocking thread.

mod cache;
mod give;
mod metadata;
mod picture;
mod take;

pub(crate) use cache::FileCache;
pub(crate) use give::{GiveError, content, free_name, save};
pub(crate) use picture::{PictureError, portrait, scaled};
pub(crate) use take::{Room, TakeError, take};
