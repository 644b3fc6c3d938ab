//! Calls: sealed media between this device and each of the others over WebRTC, directly or by a relay ([`RelayTransport`]).
//!
//! ```text
//!                     add_peer / remove_peer / handle_signal / refresh
//!  owner ───────────────────────────────► DirectTransport
//!    ▲                                          │ one task a peer
//!    │ TransportEvent: Signal, State,           ▼
//!    └──────────────────────────────────── PeerTask ── Link ── WebRTC ── network
//!                                           ▲             │
//!  voice thread ── MediaSender ── ring ─────┘             └── MediaIn ──► voice thread
//! ```
//!
//! The transport knows neither chat nor keys nor sound. Payloads are opaque and already sealed; signals leave as plain
//! data, and their owner seals them and sends them through the server. Since the DTLS fingerprints travel inside those
//! sealed signals, the server can neither read a call nor stand in the middle of one.
//!
//! How two devices meet, without glare:
//!
//! 1. The device with the smaller id makes every offer ([`Role`]). Its host candidates are inside the offer and the
//!    answer, which saves a round of connectivity checks; reflexive and relayed ones follow as they are found.
//! 2. A connection that goes silent gets an ICE restart: the same generation, the next round. Media keeps flowing.
//! 3. One that fails is made anew with the next generation, after a pause that grows to 30 s.
//! 4. Every signal names both stream ids, the generation and the round; what is not current is dropped.
//!
//! Ends are told by [`SignalBody::Bye`], because WebRTC itself notices a closed connection only after its timeout.

mod attempt;
mod config;
mod connection;
mod description;
mod direct;
mod early;
mod error;
mod event;
mod fingerprint;
mod flow;
mod found;
mod ice;
mod loss;
mod media;
mod peer;
mod relay;
mod resend;
mod talkers;
mod turn;

#[cfg(test)]
mod tests;

pub use attempt::{Attempt, Role};
pub use config::TransportConfig;
pub use dialtone_protocol::direct::{
    MAX_CANDIDATE, MAX_SDP, MAX_SIGNAL, Signal, SignalBody, SignalError,
};
pub use direct::{DirectTransport, MAX_PEERS, TransportOutputs};
pub use error::TransportError;
pub use event::{PeerState, PeerStats, TransportEvent};
pub use found::WayFound;
pub use ice::try_turn;
pub use loss::LossCounter;
pub use media::{MAX_PAYLOAD, MediaIn, MediaSender};
pub use relay::{
    RelayAnswer, RelayEvent, RelayOutputs, RelayServer, RelayState, RelayTransport, TunnelEnds,
};
pub use turn::{TurnAllocation, TurnError, TurnTrial};
