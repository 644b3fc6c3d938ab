//! What a direct call tells its owner.

use std::time::Duration;

use dialtone_protocol::DeviceId;

use super::error::TransportError;
use super::found::WayFound;
use super::turn::TurnError;
use dialtone_protocol::direct::Signal;

/// How it stands with one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeerState {
    /// A connection is being made.
    Connecting,
    /// Media can flow.
    Connected,
    /// Nothing has come for some seconds; a restart is under way.
    Disconnected,
    /// The connection is lost; another will be tried after a pause.
    Failed,
    /// The peer said goodbye. It comes back only with a new stay.
    Left,
}

/// Counts since the connection was made.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PeerStats {
    /// There and back, by the last connectivity check.
    pub round_trip: Option<Duration>,
    /// Which way ICE has found; none before it has, and where there is none to find.
    pub way: Option<WayFound>,
    /// Packets that arrived.
    pub received: u64,
    /// Packets that should have arrived and did not.
    pub lost: u64,
    /// Packets that arrived but found no room in the downlink's queue.
    pub refused: u64,
    /// Packets that were not sent because this peer's queue ran over.
    pub unsent: u64,
}

/// What a direct call tells its owner.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TransportEvent {
    /// Seal this and bring it to `to`.
    Signal {
        /// The device it is for.
        to: DeviceId,
        /// What to bring.
        signal: Signal,
    },
    /// A peer's connection changed.
    State {
        /// Whose.
        peer: DeviceId,
        /// To what.
        state: PeerState,
    },
    /// Counts, about once a second while connected.
    Stats {
        /// Whose.
        peer: DeviceId,
        /// The counts.
        stats: PeerStats,
    },
    /// Something went wrong with one peer; the others are not touched.
    Problem {
        /// With whom.
        peer: DeviceId,
        /// What.
        error: TransportError,
    },
    /// No TURN server relays, and this is why one does not. Told once for each set of servers; direct ways are not touched.
    Turn {
        /// Why.
        error: TurnError,
    },
}
