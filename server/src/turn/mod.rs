//! TURN servers for direct calls: which there are, and a credential for each who asks.
//!
//! ```text
//! AskTurn ── service: a member? ── credential (secret, clock, a random name) ── TurnServers
//! ```

mod credential;
mod service;

pub use service::Turn;

pub(crate) use service::hand_out;
