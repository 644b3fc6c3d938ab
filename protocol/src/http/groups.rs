//! MLS groups: the server orders commits and serves the public tree.

use serde::{Deserialize, Serialize};

use super::Bytes;

/// `PUT /groups/{id}`: a new group at epoch 0 with its creator as the only member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupCreate {
    /// MLS `GroupInfo` message, without a tree.
    pub group_info: Bytes,
    /// MLS `ratchet_tree` extension's content.
    pub tree: Bytes,
}

/// `GET /groups/{id}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupState {
    /// Current epoch.
    pub epoch: u64,
    /// MLS `GroupInfo` message of this epoch, without a tree.
    pub group_info: Bytes,
    /// The tree, from the server's own public copy.
    pub tree: Bytes,
}

/// `POST /groups/{id}/commits`: accepted only in the current epoch, and by the public rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitPublish {
    /// The epoch it was made in.
    pub epoch: u64,
    /// MLS `PublicMessage`.
    pub commit: Bytes,
    /// MLS `GroupInfo` message of the epoch that it makes, without a tree.
    pub group_info: Bytes,
}

/// Answer of `POST /groups/{id}/commits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitAccepted {
    /// The new epoch.
    pub epoch: u64,
}

/// `GET /groups/{id}/commits?from=`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitQuery {
    /// The first epoch whose commit is wanted.
    pub from: u64,
}

/// Answer of `GET /groups/{id}/commits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitPage {
    /// In order.
    pub commits: Vec<CommitInfo>,
}

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitInfo {
    /// The epoch it was made in.
    pub epoch: u64,
    /// MLS `PublicMessage`.
    pub commit: Bytes,
}
