//! The answer to who joins a group: megabytes for a large one, so it is made and compressed once for each epoch.

use std::io::Write as _;

use axum::body::Bytes;
use dialtone_protocol::http::GroupState;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::GroupError;

/// A group's state as JSON, compressed (RFC 1952). Keys do not compress; their base64 does, by a quarter.
///
/// # Errors
/// Never in practice: it is written to memory.
pub(super) fn compress(state: &GroupState) -> Result<Bytes, GroupError> {
    let failed = |error: String| GroupError::Stored(error);
    let json = serde_json::to_vec(state).map_err(|error| failed(error.to_string()))?;
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len()), Compression::fast());
    encoder
        .write_all(&json)
        .and_then(|()| encoder.finish())
        .map(Bytes::from)
        .map_err(|error| failed(error.to_string()))
}
