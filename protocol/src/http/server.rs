//! The server itself: health, identity, its own invites.

use serde::{Deserialize, Serialize};

use super::Bytes;
use crate::{CommunityId, Hash};

/// `GET /health`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// `GET /identity?nonce=`: the nonce is 32 bytes of the client's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityQuery {
    /// Comes back in the statement.
    pub nonce: Hash,
}

/// Answer of `GET /identity`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityBody {
    /// [`SignedIdentity`](crate::identity::SignedIdentity).
    pub statement: Bytes,
    /// Once it was founded. Said by the server; clients know better from their link.
    pub community: Option<CommunityId>,
}

/// `POST /server/invites`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerInvite {
    /// How many may knock by it; 1 if absent.
    pub uses: Option<u32>,
    /// Seconds; a week if absent.
    pub valid_for_s: Option<u64>,
}

/// Answer of `POST /server/invites`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerInviteMade {
    /// A founding link while nobody founded, else a knock link.
    pub link: String,
}
