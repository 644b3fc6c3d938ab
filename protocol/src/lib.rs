//! Every byte of Dialtone that crosses the network: ids, frames, bodies, sealed containers, the roster and its
//! verification. No I/O and no secrets.
//!
//! ```text
//! ids, strict, signing          what everything is made of
//! roster                        who belongs, who may do what: a signed log, verified
//! group_rules                   which MLS commits are valid against the roster
//! sealed, content               what people say, sealed; and what is inside
//! identity, link, username, opaque   coming in
//! approval                      another device of an account that is in
//! crowd                         many who come in at the same moment
//! http, frame                   requests and bodies; the WebSocket
//! relay, datagram               media packets of relayed calls; what else comes to the relay's port
//! resend                        which of them are asked for, and sent again
//! digest                        signed digests of voice frames
//! direct                        how two devices agree on a direct connection
//! turn                          STUN and TURN servers of direct calls
//! ```
#![forbid(unsafe_code)]

pub mod approval;
pub mod content;
pub mod crowd;
pub mod datagram;
#[cfg(feature = "described")]
mod described;
pub mod digest;
pub mod direct;
pub mod frame;
pub mod group_rules;
pub mod http;
pub mod identity;
mod ids;
pub mod link;
pub mod opaque;
pub mod relay;
pub mod resend;
pub mod revision;
pub mod roster;
pub mod sealed;
pub mod signing;
pub mod strict;
#[cfg(test)]
mod testing;
pub mod turn;
pub mod username;

pub use ids::{
    AccountId, ApprovalId, BlobId, CallId, ChannelId, ClientEventId, CommunityId, DeviceId,
    GroupId, Hash, InviteId, KeyId, ParseIdError, PublicKey, Signature, StreamId,
};
