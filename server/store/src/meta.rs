//! Values of the whole server, and which community it serves.

use async_trait::async_trait;
use dialtone_protocol::CommunityId;

use crate::StoreError;

/// What became of naming the community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommunitySet {
    /// It is named now, or was named so before.
    Set,
    /// The server already serves another one; nothing was changed.
    Other(CommunityId),
}

/// Server-wide values by name. Names are constants of the server, at most 64 bytes.
#[async_trait]
pub trait MetaStore: Send {
    /// The value under `key`.
    async fn get(&mut self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Sets the value under `key`, whatever was there.
    async fn put(&mut self, key: &str, value: &[u8]) -> Result<(), StoreError>;

    /// Sets the value under `key` unless there is one, and answers with the one that is there now: how several servers on
    /// one database agree on a secret that each of them drew.
    async fn put_if_absent(&mut self, key: &str, value: &[u8]) -> Result<Vec<u8>, StoreError>;

    /// Sets the value under `key` to `new`, or takes it away, if it is `expected` now (`None`: there is none). `false`: it is another one, and
    /// nothing was changed. Those of concurrent transactions wait for each other here until commit.
    async fn swap(
        &mut self,
        key: &str,
        expected: Option<&[u8]>,
        new: Option<&[u8]>,
    ) -> Result<bool, StoreError>;

    /// The community that this server serves, once it is founded.
    async fn community(&mut self) -> Result<Option<CommunityId>, StoreError>;

    /// Names the community, once for ever.
    async fn set_community(&mut self, community: CommunityId) -> Result<CommunitySet, StoreError>;

    /// Number of the newest migration that the database has.
    async fn schema_version(&mut self) -> Result<i64, StoreError>;
}
