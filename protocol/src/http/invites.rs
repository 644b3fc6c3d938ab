//! Invites and knocks.

use serde::{Deserialize, Serialize};

use super::Bytes;
use crate::roster::RosterPosition;
use crate::{AccountId, CommunityId, Hash};

/// `POST /invites/lookup`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct InviteLookup {
    /// The link's token.
    pub token: Hash,
}

/// Answer of `POST /invites/lookup`: the link can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct InviteFound {
    /// Once it was founded.
    pub community: Option<CommunityId>,
    /// Where the roster is.
    pub position: RosterPosition,
    /// [`SealedPack`](crate::sealed::SealedPack), if the issuer made one.
    pub pack: Option<Bytes>,
    /// Seconds since 1970.
    pub expires_s: u64,
}

/// `POST /invites`: an `InviteIssued` entry, appended together with what the server needs to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct InvitePublish {
    /// The signed entry.
    pub entry: Bytes,
    /// `SHA-256(token)`
    pub token_hash: Hash,
    /// [`SealedPack`](crate::sealed::SealedPack).
    pub pack: Option<Bytes>,
}

/// `GET /knocks`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct KnockList {
    /// Who waits.
    pub knocks: Vec<KnockInfo>,
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct KnockInfo {
    /// Who would become this account.
    pub account: AccountId,
    /// [`SignedKnock`](crate::roster::SignedKnock).
    pub knock: Bytes,
}
