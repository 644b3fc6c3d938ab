//! MLS groups: public state for joiners, and the log of commits, ordered by compare-and-swap on the epoch.

use async_trait::async_trait;
use dialtone_protocol::GroupId;

use crate::{StoreError, UnixMillis};

/// A group to create.
#[derive(Debug, Clone)]
pub struct NewGroup {
    /// Its id. Unique.
    pub group: GroupId,
    /// The epoch that it is in.
    pub epoch: u64,
    /// The signed `GroupInfo` (RFC 9420, 12.4.3) of that epoch.
    pub group_info: Vec<u8>,
    /// The server's public view of the group, opaque here.
    pub public_state: Vec<u8>,
    /// The ratchet tree of that epoch.
    pub tree: Vec<u8>,
    /// What a private group is, opaque here.
    pub nature: Option<Vec<u8>>,
}

/// A stored group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub group: GroupId,
    /// The epoch that it is in.
    pub epoch: u64,
    /// The signed `GroupInfo` of that epoch.
    pub group_info: Vec<u8>,
    /// The server's public view of the group, opaque here.
    pub public_state: Vec<u8>,
    /// The ratchet tree of that epoch.
    pub tree: Vec<u8>,
    /// What a private group is, opaque here.
    pub nature: Option<Vec<u8>>,
    /// When it was last changed.
    pub changed: UnixMillis,
}

/// A commit that leads a group from `expected_epoch` to the next one.
#[derive(Debug, Clone)]
pub struct NewCommit {
    /// The group.
    pub group: GroupId,
    /// The epoch that the commit was made in.
    pub expected_epoch: u64,
    /// The commit, as it came.
    pub commit: Vec<u8>,
    /// `GroupInfo` of the next epoch.
    pub group_info: Vec<u8>,
    /// The server's public view in the next epoch.
    pub public_state: Vec<u8>,
    /// The ratchet tree of the next epoch.
    pub tree: Vec<u8>,
    /// What a private group is in the next epoch.
    pub nature: Option<Vec<u8>>,
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitOutcome {
    /// The group is in `epoch` now.
    Committed {
        /// The epoch after the commit.
        epoch: u64,
    },
    /// The group is in another epoch than the commit was made in.
    Stale {
        /// The epoch that the group is in.
        epoch: u64,
    },
    /// There is no such group.
    UnknownGroup,
}

/// A commit of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCommit {
    /// The epoch that the commit was made in; it leads to the next one.
    pub epoch: u64,
    /// The commit, as it came.
    pub commit: Vec<u8>,
    /// When it was accepted.
    pub accepted: UnixMillis,
}

/// Groups by id.
#[async_trait]
pub trait GroupStore: Send {
    /// Creates a group; `false` when there is one with this id.
    async fn create(&mut self, new: &NewGroup, now: UnixMillis) -> Result<bool, StoreError>;

    /// The group with its public state.
    async fn find(&mut self, group: &GroupId) -> Result<Option<Group>, StoreError>;

    /// The epoch that the group is in.
    async fn epoch(&mut self, group: &GroupId) -> Result<Option<u64>, StoreError>;

    /// The epoch that every group is in, in the order of ids.
    async fn epochs(&mut self) -> Result<Vec<(GroupId, u64)>, StoreError>;

    /// The epoch that the group is in, which stays so until this transaction ends: for deciding what may be sealed in it
    /// and storing that together. Only in a transaction that may write.
    async fn lock_epoch(&mut self, group: &GroupId) -> Result<Option<u64>, StoreError>;

    /// Appends a commit and replaces the public state, if the group is in the epoch that the commit was made in.
    async fn commit(
        &mut self,
        new: &NewCommit,
        now: UnixMillis,
    ) -> Result<CommitOutcome, StoreError>;

    /// Commits that were made in epoch `from` or later, in order, at most `limit` and
    /// [`MAX_PAGE_BYTES`](crate::MAX_PAGE_BYTES).
    async fn commits(
        &mut self,
        group: &GroupId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredCommit>, StoreError>;

    /// Ids of the groups after `after` in the order of ids, at most `limit`.
    async fn list(
        &mut self,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<GroupId>, StoreError>;

    /// What every private group is.
    async fn natures(&mut self) -> Result<Vec<(GroupId, Vec<u8>)>, StoreError>;
}
