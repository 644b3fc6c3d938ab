//! MLS groups: the server orders commits and serves the public tree.

use serde::{Deserialize, Serialize};

use super::Bytes;
use crate::DeviceId;

/// `PUT /groups/{id}`: a new group at epoch 0 with its creator as the only member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct GroupCreate {
    /// MLS `GroupInfo` message, without a tree.
    pub group_info: Bytes,
    /// MLS `ratchet_tree` extension's content.
    pub tree: Bytes,
}

/// `GET /groups/{id}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct CommitPublish {
    /// The epoch it was made in.
    pub epoch: u64,
    /// MLS `PublicMessage`.
    pub commit: Bytes,
    /// MLS `GroupInfo` message of the epoch that it makes, without a tree.
    pub group_info: Bytes,
    /// MLS `Welcome` message for the devices that it adds; there exactly if it adds any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<Bytes>,
}

/// Answer of `POST /groups/{id}/commits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct CommitAccepted {
    /// The new epoch.
    pub epoch: u64,
}

/// `GET /groups/{id}/commits?from=`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "described", into_params(parameter_in = Query))]
pub struct CommitQuery {
    /// The first epoch whose commit is wanted.
    pub from: u64,
}

/// Answer of `GET /groups/{id}/commits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct CommitPage {
    /// In order.
    pub commits: Vec<CommitInfo>,
}

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct CommitInfo {
    /// The epoch it was made in.
    pub epoch: u64,
    /// MLS `PublicMessage`.
    pub commit: Bytes,
}

/// `GET /groups/{id}/welcome`: what puts this device into the group, until it says by `DELETE` that it is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct WelcomeInfo {
    /// The epoch that it is for.
    pub epoch: u64,
    /// MLS `Welcome` message.
    pub welcome: Bytes,
    /// The tree of that epoch.
    pub tree: Bytes,
}

/// The longest key package, in bytes.
pub const PACKAGE_LIMIT: usize = 8 * 1024;

/// `PUT /packages`: this device's key package, in place of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct PackagePut {
    /// MLS `KeyPackage`, a last resort.
    pub package: Bytes,
}

/// `GET /packages/{account}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct PackageList {
    /// Of the account's active devices that have one.
    pub packages: Vec<PackageInfo>,
}

/// One device's key package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct PackageInfo {
    /// Whose.
    pub device: DeviceId,
    /// MLS `KeyPackage`.
    pub package: Bytes,
}
