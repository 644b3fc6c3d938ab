//! TURN servers over TCP and TLS, which the WebRTC engine does not speak, and why one does not relay.
//!
//! ```text
//! engine ── Runtime ── TurnSocket ──┬── UDP socket ══ peers, STUN and TURN over UDP
//!                (a stand-in        └── Carrier ══ TCP, or TLS ══ TURN server
//!                 address each)
//! trial   one allocation, outside of any call
//! ```
//!
//! To the engine every TURN server is one over UDP. For one over a stream it is given a stand-in: an address for documentation
//! (RFC 5737, RFC 3849) that no packet can reach. What the engine sends there, the socket gives to the stream; what the stream
//! brings, it passes on as from there. A stream that ends takes its allocation with it; the next ICE restart makes both anew.

mod carrier;
mod connect;
mod error;
mod inbox;
mod runtime;
mod socket;
mod standin;
mod streams;
mod trial;
mod trust;

pub use error::TurnError;
pub use trial::{TurnAllocation, TurnTrial};

pub(super) use connect::StreamServer;
pub(super) use runtime::{Nudge, TurnRuntime};
pub(super) use standin::StandIn;
pub(super) use trial::{Login, allocate};
pub(super) use trust::Trust;
