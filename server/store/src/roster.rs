//! The roster log as the server keeps it: signed entries in order, appended by compare-and-swap on length and head.

use async_trait::async_trait;
use dialtone_protocol::Hash;

use crate::{StoreError, UnixMillis};

/// Most entries that one [`RosterStore::range`] answers with.
pub const MAX_ROSTER_RANGE: u32 = 1000;

/// Length of the log and hash of its last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RosterHead {
    /// How many entries there are.
    pub length: u64,
    /// Hash of the last one; [`Hash::ZERO`] when there is none.
    pub head: Hash,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// Its place: the first entry has position 0.
    pub position: u64,
    /// The signed bytes, as they came.
    pub bytes: Vec<u8>,
    /// Its hash, the head once it was appended.
    pub hash: Hash,
}

/// What became of appending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RosterAppended {
    /// The entry stands at `position`.
    Appended {
        /// Its place: the first entry has position 0.
        position: u64,
    },
    /// The log is no longer where the appender thought; it is here.
    Conflict(RosterHead),
}

/// The roster log.
#[async_trait]
pub trait RosterStore: Send {
    /// Length and head.
    async fn head(&mut self) -> Result<RosterHead, StoreError>;

    /// Appends `bytes`, whose hash is `hash`, if the log is exactly at `expected`. Entries of concurrent transactions
    /// wait for each other here until commit.
    async fn append(
        &mut self,
        expected: RosterHead,
        bytes: &[u8],
        hash: Hash,
        now: UnixMillis,
    ) -> Result<RosterAppended, StoreError>;

    /// Entries from position `from` on, in order, at most `limit` and [`MAX_ROSTER_RANGE`].
    async fn range(&mut self, from: u64, limit: u32) -> Result<Vec<RosterEntry>, StoreError>;
}
