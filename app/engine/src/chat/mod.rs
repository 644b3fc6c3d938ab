//! What people write: from the composer to the server, and from the server to the timeline.
//!
//! ```text
//! Submit -> slash | compose -> Outbox (sealed at rest) -> seal when sent -> socket
//! socket -> inbox: check the stream, open -> StoredEvent (sealed at rest) -> directory | timeline
//! ```

pub(crate) mod acts;
pub(crate) mod attachments;
pub(crate) mod directory;
pub(crate) mod excerpt;
pub(crate) mod fold;
pub(crate) mod hidden;
pub(crate) mod mentions;
pub(crate) mod records;
pub(crate) mod search;
pub(crate) mod slash;
pub(crate) mod timeline;
