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
//! then the packets travel through TLS.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use dialtone_protocol::DeviceId;
use dialtone_protocol::relay::{RelayTalker, UpHeader};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::{CancellationToken, DropGuard};
use webrtc::peer_connection::{RTCCertificate, RTCPeerConnectionState as EngineState};

use super::config::TransportConfig;
use super::connection::{Link, LinkEvent, OtherEnd};
use super::direct::new_certificate;
use super::error::TransportError;
use super::event::PeerStats;
use super::ice::{IceServers, Resolved};
use super::media::{MediaIn, MediaOut, MediaSender};
use super::talkers::Talkers;

/// How long an offer waits for its answer.
const ANSWER: Duration = Duration::from_secs(10);
/// How long connectivity checks and DTLS may take: a server that can be reached answers at once.
const CHECK: Duration = Duration::from_secs(4);
/// Between two tries, the first time and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// Between two readings of the counts.
const STATS: Duration = Duration::from_secs(1);
/// How long opening a connection over TLS may take.
const OPEN: Duration = Duration::from_secs(10);
/// What the owner says, at once.
const INBOX: usize = 16;
/// Addresses of one server that are tried.
const MOST_ADDRESSES: usize = 8;

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
        let task = RelayTask {
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
        };
        let stopped = stop.clone();
        let task = runtime.spawn(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                () = task.run() => {}
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

/// How one try ended.
enum Try {
    /// There was no way.
    NoWay,
    /// The way that stood is lost.
    Lost,
}

struct RelayTask {
    config: TransportConfig,
    certificate: RTCCertificate,
    ring: MediaSender,
    talkers: Talkers,
    server: Arc<dyn RelayServer>,
    outputs: RelayOutputs,
    inputs: mpsc::Receiver<Input>,
}

impl RelayTask {
    async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            self.tell(RelayEvent::State(RelayState::Connecting)).await;
            let ended = match self.by_udp().await {
                Ok(Try::NoWay) => self.by_tls().await,
                Ok(Try::Lost) => Try::Lost,
                Err(error) => {
                    self.tell(RelayEvent::Problem(error)).await;
                    self.by_tls().await
                }
            };
            if matches!(ended, Try::Lost) {
                // It stood: it is looked for anew at once.
                pause = FIRST_PAUSE;
                continue;
            }
            self.tell(RelayEvent::State(RelayState::Failed)).await;
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = self.inputs.recv() => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    // ---- over UDP -------------------------------------------------------------------------------------------------

    async fn by_udp(&mut self) -> Result<Try, TransportError> {
        let other_end = OtherEnd::Relay(self.talkers.clone());
        let servers = Resolved::default();
        let mut link = Link::open(&self.config, &self.certificate, servers, other_end).await?;
        let ended = self.over(&mut link).await;
        link.close().await;
        ended
    }

    async fn over(&mut self, link: &mut Link) -> Result<Try, TransportError> {
        link.offer(false, &IceServers::default()).await?;
        // Answers to earlier offers are of no use.
        while self.inputs.try_recv().is_ok() {}
        let offer = link.description().await?;
        self.tell(RelayEvent::Offer(offer)).await;
        let Ok(Some(answer)) = tokio::time::timeout(ANSWER, self.answered()).await else {
            return Ok(Try::NoWay);
        };
        link.accept(answer.sdp).await?;
        let addresses = tokio::time::timeout(ANSWER, self.server.addresses()).await;
        let addresses = addresses.unwrap_or_default().into_iter();
        for address in addresses.take(MOST_ADDRESSES) {
            link.add_candidate(candidate(address, answer.port)).await?;
        }
        let connected = tokio::time::timeout(CHECK, self.connected(link)).await;
        if !matches!(connected, Ok(true)) {
            return Ok(Try::NoWay);
        }
        link.begin_sending(self.ring.subscribe()).await?;
        let over_tls = false;
        self.tell(RelayEvent::State(RelayState::Connected { over_tls }))
            .await;
        self.stay(link).await;
        Ok(Try::Lost)
    }

    async fn answered(&mut self) -> Option<RelayAnswer> {
        match self.inputs.recv().await? {
            Input::Answer(answer) => Some(answer),
            Input::Refused | Input::Refresh => None,
        }
    }

    /// Waits until media can flow; `false` when it never will.
    async fn connected(&self, link: &mut Link) -> bool {
        loop {
            if link.is_connected() {
                return true;
            }
            match link.next().await {
                LinkEvent::Track(track) => link.receive(track, self.outputs.media.clone()),
                LinkEvent::State(EngineState::Failed | EngineState::Closed) | LinkEvent::Broken => {
                    return false;
                }
                LinkEvent::State(_) | LinkEvent::Candidate(_) | LinkEvent::Gathered => {}
            }
        }
    }

    /// Until the way is lost.
    async fn stay(&mut self, link: &mut Link) {
        let mut stats = tokio::time::interval(STATS);
        stats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = link.next() => match event {
                    LinkEvent::Track(track) => link.receive(track, self.outputs.media.clone()),
                    LinkEvent::State(
                        EngineState::Disconnected | EngineState::Failed | EngineState::Closed,
                    )
                    | LinkEvent::Broken => return,
                    LinkEvent::State(_) | LinkEvent::Candidate(_) | LinkEvent::Gathered => {}
                },
                input = self.inputs.recv() => match input {
                    None | Some(Input::Refresh) => return,
                    Some(Input::Answer(_) | Input::Refused) => {}
                },
                _ = stats.tick() => {
                    let stats = link.stats().await;
                    // Counts are worth nothing later: without room they are dropped.
                    let _ = self.outputs.events.try_send(RelayEvent::Stats(stats));
                }
            }
        }
    }

    // ---- through TLS ----------------------------------------------------------------------------------------------

    async fn by_tls(&mut self) -> Try {
        let opened = tokio::time::timeout(OPEN, self.server.open_tunnel()).await;
        let Ok(Some(ends)) = opened else {
            return Try::NoWay;
        };
        let over_tls = true;
        self.tell(RelayEvent::State(RelayState::Connected { over_tls }))
            .await;
        self.through(ends).await;
        Try::Lost
    }

    async fn through(&mut self, mut ends: TunnelEnds) {
        let mut ring = self.ring.subscribe();
        let mut counts = TunnelCounts::default();
        let mut stats = tokio::time::interval(STATS);
        stats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                packet = ring.recv() => {
                    if !counts.send(packet, &ends.out) {
                        return;
                    }
                }
                packet = ends.back.recv() => match packet {
                    Some(packet) => self.take(&packet, &mut counts),
                    None => return,
                },
                input = self.inputs.recv() => match input {
                    None | Some(Input::Refresh) => return,
                    Some(Input::Answer(_) | Input::Refused) => {}
                },
                _ = stats.tick() => {
                    let _ = self.outputs.events.try_send(RelayEvent::Stats(counts.read()));
                }
            }
        }
    }

    fn take(&self, packet: &Bytes, counts: &mut TunnelCounts) {
        let Some(packet) = self.talkers.read(packet, Instant::now()) else {
            return;
        };
        counts.received += 1;
        if self.outputs.media.try_send(packet).is_err() {
            counts.refused += 1;
        }
    }

    async fn tell(&self, event: RelayEvent) {
        // Its owner is gone, and this task soon.
        let _ = self.outputs.events.send(event).await;
    }
}

/// TLS loses nothing; what finds no room is not sent.
#[derive(Default)]
struct TunnelCounts {
    received: u64,
    refused: u64,
    unsent: u64,
}

impl TunnelCounts {
    /// Gives one packet to the tunnel; `false` when either end is gone.
    fn send(
        &mut self,
        packet: Result<Arc<MediaOut>, RecvError>,
        out: &mpsc::Sender<Bytes>,
    ) -> bool {
        let packet = match packet {
            Ok(packet) => packet,
            Err(RecvError::Lagged(missed)) => {
                self.unsent += missed;
                return true;
            }
            Err(RecvError::Closed) => return false,
        };
        let header = UpHeader {
            level: packet.level,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            marker: packet.marker,
        };
        let bytes = Bytes::from([&header.bytes(), &*packet.payload].concat());
        match out.try_send(bytes) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.unsent += 1;
                true
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }

    fn read(&self) -> PeerStats {
        PeerStats {
            round_trip: None,
            way: None,
            received: self.received,
            lost: 0,
            refused: self.refused,
            unsent: self.unsent,
        }
    }
}

/// The candidate attribute (RFC 8839 section 5.1) of the relay at this address.
fn candidate(address: IpAddr, port: u16) -> String {
    format!("candidate:1 1 udp 2130706431 {address} {port} typ host")
}
