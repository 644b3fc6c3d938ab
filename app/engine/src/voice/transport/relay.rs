//! Relayed calls: one connection to the server, for all whom it relays.
//!
//! ```text
//!  owner ── answer, roll, refresh ──► RelayTransport ── task ── Link ══ UDP ══╗
//!    ▲                                                  └─ tunnel ══ TLS ══ relay ══ the others
//!    └── RelayEvent: Offer, State, Stats                                  MediaIn ──► voice thread
//! ```
//!
//! It takes the same sealed packets as [`super::DirectTransport`], from the same ring, with the same numbers: while both stand,
//! whoever gets a packet over both ways opens it once. A network without UDP is noticed by connectivity checks that nobody answers;
//! then the packets travel through TLS, and UDP is tried again all the while ([`udp`], [`tunnel`]; [`ways`] is what they know of each
//! other).

mod tunnel;
mod udp;
mod ways;

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use dialtone_protocol::DeviceId;
use dialtone_protocol::relay::RelayTalker;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use self::tunnel::ByTunnel;
use self::udp::ByUdp;
use self::ways::{Standing, Ways, tell_state};
use super::config::TransportConfig;
use super::direct::new_certificate;
use super::error::TransportError;
use super::event::PeerStats;
use super::media::{MediaIn, MediaSender};
use super::talkers::Talkers;

/// What the owner says, at once.
const INBOX: usize = 16;

/// The server that relays.
#[async_trait]
pub trait RelayServer: Send + Sync {
    /// Where it is.
    async fn addresses(&self) -> Vec<IpAddr>;

    /// Opens a connection to its relay through TLS; `None` when that cannot be.
    async fn open_tunnel(&self) -> Option<TunnelEnds>;
}

/// Packets through TLS, one a message. It is over when either end is.
pub struct TunnelEnds {
    /// Towards the relay.
    pub out: mpsc::Sender<Bytes>,
    /// From the relay.
    pub back: mpsc::Receiver<Bytes>,
}

/// What the server answered to an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayAnswer {
    /// Session description (RFC 8866).
    pub sdp: String,
    /// The relay's UDP port.
    pub port: u16,
}

/// How it stands with the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayState {
    /// A way is being looked for.
    Connecting,
    /// Media flows.
    Connected {
        /// Through TLS, for want of UDP.
        over_tls: bool,
    },
    /// No way was found; it is tried again after a pause.
    Failed,
}

/// What the relayed transport tells its owner.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RelayEvent {
    /// Bring this session description to the server, and its answer back.
    Offer(String),
    /// It stands otherwise now.
    State(RelayState),
    /// Counts of the way to the relay and back, about once a second.
    Stats(PeerStats),
    /// Something went wrong.
    Problem(TransportError),
}

/// Where results go.
#[derive(Debug, Clone)]
pub struct RelayOutputs {
    /// Drained while the call lasts.
    pub events: mpsc::Sender<RelayEvent>,
    /// Sealed packets that arrived. Without room they are dropped and counted.
    pub media: mpsc::Sender<MediaIn>,
}

#[derive(Debug)]
enum Input {
    Answer(RelayAnswer),
    Refused,
    Refresh,
}

/// One device's way over the relay of its server. Dropping it closes everything in the background; [`Self::close`] waits for that.
pub struct RelayTransport {
    inbox: mpsc::Sender<Input>,
    talkers: Talkers,
    stop: DropGuard,
    task: JoinHandle<()>,
}

impl RelayTransport {
    /// Begins to look for a way. What is given to `sender` goes to the relay too, once there is one.
    ///
    /// # Errors
    /// [`TransportError`]
    pub fn new(
        config: TransportConfig,
        sender: &MediaSender,
        server: Arc<dyn RelayServer>,
        outputs: RelayOutputs,
    ) -> Result<Self, TransportError> {
        let runtime =
            tokio::runtime::Handle::try_current().map_err(|_| TransportError::NoRuntime)?;
        let (inbox, inputs) = mpsc::channel(INBOX);
        let talkers = Talkers::default();
        let stop = CancellationToken::new();
        let (ways, _) = watch::channel(Ways::default());
        let tunnel = ByTunnel {
            ring: sender.clone(),
            talkers: talkers.clone(),
            server: Arc::clone(&server),
            outputs: outputs.clone(),
            standing: Standing::tunnel(ways.clone()),
        };
        let telling = tell_state(ways.subscribe(), outputs.events.clone());
        let udp = ByUdp {
            // Only the server is told where this device is, and it knows that.
            config: TransportConfig {
                relay_only: false,
                ..config
            },
            certificate: new_certificate()?,
            ring: sender.clone(),
            talkers: talkers.clone(),
            server,
            outputs,
            inputs,
            standing: Standing::udp(ways),
            stop: stop.clone(),
        };
        let beside = async move {
            tokio::join!(tunnel.run(), telling);
            std::future::pending::<()>().await;
        };
        // The end of the one over UDP is the end of all: it closes its connection, which nothing else does.
        let task = runtime.spawn(async move {
            tokio::select! {
                () = udp.run() => {}
                () = beside => {}
            }
        });
        Ok(Self {
            inbox,
            talkers,
            stop: stop.drop_guard(),
            task,
        })
    }

    /// The server's answer to the last offer.
    pub fn answer(&self, answer: RelayAnswer) {
        let _ = self.inbox.try_send(Input::Answer(answer));
    }

    /// The server does not answer the last offer.
    pub fn refused(&self) {
        let _ = self.inbox.try_send(Input::Refused);
    }

    /// Whom the relay reaches.
    pub fn set_roll(&self, roll: &[RelayTalker]) {
        self.talkers.set(roll);
    }

    /// Whether the relay reaches a device.
    pub fn reaches(&self, device: &DeviceId) -> bool {
        self.talkers.has(device)
    }

    /// Finds the way anew: for when this machine's network has changed.
    pub fn refresh(&self) {
        let _ = self.inbox.try_send(Input::Refresh);
    }

    /// Waits until every socket and task is gone.
    pub async fn close(self) {
        drop(self.stop);
        // A panic in the engine was told already.
        let _ = self.task.await;
    }
}
