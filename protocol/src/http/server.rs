//! The server itself: health, identity, its own invites.

use serde::{Deserialize, Serialize};

use super::Bytes;
use crate::{CommunityId, Hash};

/// `GET /health`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct Health {
    /// `ok`
    pub status: String,
    /// The program's version; empty from servers that do not say it.
    #[serde(default)]
    pub version: String,
    /// The UDP port that calls are relayed by, where a STUN binding request is answered; none without UDP.
    #[serde(default)]
    pub relay_port: Option<u16>,
}

/// `GET /ready`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct Ready {
    /// `ready`
    pub status: String,
}

/// `GET /identity?nonce=`: the nonce is 32 bytes of the client's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "described", into_params(parameter_in = Query))]
pub struct IdentityQuery {
    /// Comes back in the statement.
    pub nonce: Hash,
}

/// Answer of `GET /identity`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct IdentityBody {
    /// [`SignedIdentity`](crate::identity::SignedIdentity).
    pub statement: Bytes,
    /// Once it was founded. Said by the server; clients know better from their link.
    pub community: Option<CommunityId>,
}

/// `POST /server/invites`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ServerInvite {
    /// How many may knock by it; 1 if absent.
    pub uses: Option<u32>,
    /// Seconds; a week if absent.
    pub valid_for_s: Option<u64>,
}

/// Answer of `POST /server/invites`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ServerInviteMade {
    /// A founding link while nobody founded, else a knock link.
    pub link: String,
}
