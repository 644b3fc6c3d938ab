//! A network with faults between a client and what it speaks to: sockets on this machine's loopback addresses, no privileges.
//!
//! ```text
//!             ┌──────────────────── Network ─────────────────────┐
//!   client ══ │ TCP port ── held, delayed ───────────── TCP      │ ══ server
//!          ══ │ UDP front ── Decider ── Nat ── mapped UDP port   │ ══ server, or another client
//!             └──────────────────────────────────────────────────┘
//! ```
//!
//! What is decided (how late a datagram comes, whether at all, by which port it leaves, who may answer) is decided by pure code that
//! is told time and is seeded: [`Decider`] and [`Nat`]. [`Network`] is the sockets around it.

mod conditions;
mod decider;
mod line;
mod nat;
mod network;
mod tcp;
mod udp;

pub use conditions::Conditions;
pub use decider::{Decider, Fate};
pub use nat::{Dependence, MappingId, Nat, NatRules};
pub use network::Network;
