//! Sealed files. Their bytes travel as they are (`application/octet-stream`), not as JSON:
//!
//! - `PUT /blobs/{id}` with `Content-Length`: stores a file under an id that the client drew. Nothing is kept of one that breaks off. The
//!   same id again by the same account, of the same length: answered as if it had been stored now.
//!   With `X-Keep-Seconds`: for how long the message stays that it is for; a day after that the server deletes it by itself.
//! - `GET /blobs/{id}`: the file; with `Range: bytes=N-` (RFC 9110, section 14) the rest from there on.
//! - `DELETE /blobs/{id}`: by who stored it, or an admin. One that is not there is no error.

use serde::{Deserialize, Serialize};

/// The header that says for how many seconds a file is needed.
pub const KEEP_HEADER: &str = "X-Keep-Seconds";

/// Answer of `GET /blobs`: what one may still store, in bytes of sealed files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct BlobRoom {
    /// What the account's files take.
    pub used: u64,
    /// What they may take.
    pub quota: u64,
    /// The longest that one may be.
    pub largest: u64,
}
