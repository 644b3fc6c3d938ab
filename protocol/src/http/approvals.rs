//! A new device and the account's others: messages that the server passes on.

use serde::{Deserialize, Serialize};

use super::Bytes;

/// `POST /approvals`: the next message of the new device; the first begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ApprovalPost {
    /// [`ApprovalMessage`](crate::approval::ApprovalMessage).
    pub message: Bytes,
}

/// Answer of `POST /approvals` and `GET /approvals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ApprovalState {
    /// A device of the account is connected.
    pub online: bool,
    /// The last [`ApprovalMessage`](crate::approval::ApprovalMessage) for the new device, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Bytes>,
}
