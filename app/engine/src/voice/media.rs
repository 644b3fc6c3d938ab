//! The sound of a call, and the connections of one stay in it.

use std::time::Instant;

use dialtone_audio::PacketInput;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::bridge::Openers;
use super::outgoing::{Road, VoiceKeys};
use super::transport::{DirectTransport, MediaIn, PeerStats, RelayState, RelayTransport};

/// The sound of a call: goes on through all its stays.
pub struct Sound {
    /// The key of one's own voice.
    pub keys: VoiceKeys,
    /// Where one's voice goes.
    pub road: Road,
    /// Where others' voices go.
    pub input: PacketInput,
}

/// The connections of one stay.
pub struct Media {
    /// Direct connections.
    pub transport: DirectTransport,
    /// The connection to the relay, if there is to be one.
    pub relay: Option<Relay>,
    /// Packets that came go here, whichever way.
    pub arrivals: mpsc::Sender<MediaIn>,
    /// Keys of those one hears.
    pub openers: Openers,
    /// The task that opens packets.
    pub opening: JoinHandle<()>,
    /// The task that forwards what the transport says.
    pub forwarding: JoinHandle<()>,
}

/// The connection to the relay.
pub struct Relay {
    /// Tells it from those before it.
    pub number: u64,
    /// It.
    pub transport: RelayTransport,
    /// How it stands.
    pub state: RelayState,
    /// Counts of it.
    pub stats: PeerStats,
    /// The task that forwards what it says.
    pub forwarding: JoinHandle<()>,
    /// Since when nobody needs it any more.
    pub spare_since: Option<Instant>,
}

impl Relay {
    /// Whether media flows over it.
    pub fn is_connected(&self) -> bool {
        matches!(self.state, RelayState::Connected { .. })
    }

    /// Waits until it is closed.
    pub async fn close(self) {
        self.transport.close().await;
        self.forwarding.abort();
    }
}

impl Media {
    /// Says goodbye to all and waits until everything is closed.
    pub async fn close(self) {
        if let Some(relay) = self.relay {
            relay.close().await;
        }
        self.transport.close().await;
        self.forwarding.abort();
        self.opening.abort();
    }
}
