//! Recovery: the two files that a recovery key opens, and a device that comes in by the account's own key.

use serde::{Deserialize, Serialize};

use super::Bytes;

/// The longest account file, in bytes.
pub const ACCOUNT_FILE_LIMIT: usize = 4 * 1024;
/// The longest history file, in bytes.
pub const HISTORY_FILE_LIMIT: usize = 4 * 1024 * 1024;

/// The length of a recovery key that is sealed under the password, in bytes: nonce, key, tag.
pub const PASSWORD_COPY_BYTES: usize = 24 + 16 + 16;

/// `PUT /recovery/history`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct HistoryPut {
    /// Greater than that of the file before.
    pub counter: u64,
    /// Sealed; at most [`HISTORY_FILE_LIMIT`].
    pub file: Bytes,
}

/// Answer of `GET /recovery`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct RecoveryFiles {
    /// Sealed under the recovery key.
    pub account: Bytes,
    /// Sealed to the recovery key; none before a device has sent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Bytes>,
    /// The recovery key, sealed under the password; none unless its owner wanted that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_copy: Option<Bytes>,
}

/// `POST /devices`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct DeviceEnrol {
    /// A `DeviceAdded` of the account whose password was proved.
    pub entry: Bytes,
}
