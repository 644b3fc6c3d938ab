//! Relayed calls: sealed voice through the server's one UDP port, or through TLS where a network has no UDP.
//!
//! ```text
//!  WebSocket ── service ── Wish ──►┐                                     ┌──► Roll ── watch ── WebSockets
//!  /relay (TLS) ── tunnel ── Wish ►│ thread: engine ─── room: who, whom  │
//!  UDP port ══ socket ══ Inbox ═══►│   │   └─ select, limit              │
//!            ══ socket ══ Outbox ◄═╡   └─ connection (ICE, DTLS: str0m) ─┘
//!                                  └── srtp: one copy for each receiver
//! ```
//!
//! The relay knows devices, calls, levels, and whom the roster mutes or puts before others. What it forwards is sealed from member to member (SFrame): it neither opens nor changes
//! it. Each connection is bound to a device by the WebSocket over which it was offered, and its packets by its DTLS handshake.
//! Whatever comes from anybody else is looked at once, counted and dropped: nothing is answered that does not prove a password.

mod client;
mod connection;
mod counters;
mod crypto;
mod engine;
mod limit;
mod outbox;
mod resend;
mod room;
mod select;
mod service;
mod socket;
mod srtp;
mod standings;
mod thread;
mod tunnel;
mod watch;

#[cfg(test)]
mod tests;

pub use client::RelayClient;
pub use connection::OfferError;
pub use counters::RelayCounts;
pub use engine::{Place, Roll};
pub use service::{Relay, RelayError, RelayStart};
pub use srtp::SrtpReader;

pub(crate) use service::{joined, leave, offer, pin};
pub(crate) use tunnel::router;
pub(crate) use watch::watch;
