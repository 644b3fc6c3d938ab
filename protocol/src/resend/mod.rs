//! Voice packets that were lost are asked for and sent again, where the way is short enough for them to be of use. No clock: time is
//! told.
//!
//! ```text
//! who receives    packets ──► Gaps: what is missing ── asks ──────────►┐
//! who sends       packets ──► Kept: the last of them ◄─────────────────┘ ──► the same packet again, to the bit
//! ```
//!
//! Each of the two ends of a connection does both, for one stream of packets a direction: between two clients, and between a client and a
//! relay. What is lost of one part of the way is asked for on that part alone.
//!
//! Clients ask each other by generic NACKs (RFC 4585 section 6.2.1), a client asks a relay by [`feedback`], both in SRTCP. A relay asks by
//! a packet of its stream whose talker is [`ASKS`] and whose payload is [`asks()`] (`docs/PROTOCOL.md`).

mod asked;
mod gaps;
mod kept;

pub use asked::{asks, feedback, read_asks, read_feedback};
pub use gaps::{Came, Gaps};
pub use kept::Kept;

use std::time::Duration;

/// The number of no talker: in a packet from a relay it says that the payload names packets that the relay asks for.
pub const ASKS: u16 = 0;
/// Packets that are asked for at a time, at most.
pub const MOST_ASKED: usize = 32;
/// So long after it should have come a packet is of no use any more: voices are not made to wait for longer.
pub const LONGEST: Duration = Duration::from_millis(140);
