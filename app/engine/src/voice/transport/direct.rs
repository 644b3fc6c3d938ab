//! The owner's handle on a direct call.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use dialtone_protocol::turn::TurnServers;
use dialtone_protocol::{DeviceId, StreamId};
use dialtone_words::say;
use futures_util::FutureExt as _;
use rtc::crypto::SignatureScheme;
use rtc::peer_connection::certificate::CertificateParams;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use webrtc::peer_connection::RTCCertificate;

use super::attempt::{Attempt, Role};
use super::config::TransportConfig;
use super::description::{parse_answer, parse_offer};
use super::early::EarlySignals;
use super::error::TransportError;
use super::event::{PeerState, TransportEvent};
use super::media::{MediaIn, MediaSender};
use super::peer::{PeerInput, PeerTask, Shared};
use dialtone_protocol::direct::{Signal, SignalBody};

/// Others in one direct call.
pub const MAX_PEERS: usize = 25;
/// Signals of one peer that wait for its task.
const INBOX: usize = 64;
/// How long closing may take, all peers together.
const CLOSE: Duration = Duration::from_secs(3);

/// Where a call's results go. Both queues are bounded by their owner.
#[derive(Debug, Clone)]
pub struct TransportOutputs {
    /// Signals, states and counts. Peers wait for room here; it must be drained while the call lasts.
    pub events: mpsc::Sender<TransportEvent>,
    /// Sealed packets that arrived. Without room they are dropped and counted.
    pub media: mpsc::Sender<MediaIn>,
}

/// One direct call: this device's stay in it and a connection to each of the others.
///
/// No method waits for the network. Dropping it closes everything in the background; [`Self::close`] waits for that.
pub struct DirectTransport {
    shared: Arc<Shared>,
    device: DeviceId,
    stream: StreamId,
    runtime: Handle,
    peers: HashMap<DeviceId, Peer>,
    early: EarlySignals,
    tasks: Vec<JoinHandle<()>>,
}

struct Peer {
    stream: StreamId,
    inbox: mpsc::Sender<PeerInput>,
    /// Ends the task when the peer is forgotten.
    _stop: DropGuard,
}

impl DirectTransport {
    /// A call without peers, for this `device` in its stay `stream`.
    ///
    /// # Errors
    /// When the servers in `config` cannot be used, or outside a tokio runtime.
    pub fn new(
        config: TransportConfig,
        device: DeviceId,
        stream: StreamId,
        outputs: TransportOutputs,
    ) -> Result<Self, TransportError> {
        let runtime = Handle::try_current().map_err(|_| TransportError::NoRuntime)?;
        let certificate = new_certificate()?;
        let shared = Shared::new(config, certificate, outputs.events, outputs.media)?;
        Ok(Self {
            shared: Arc::new(shared),
            device,
            stream,
            runtime,
            peers: HashMap::new(),
            early: EarlySignals::default(),
            tasks: Vec::new(),
        })
    }

    /// Connects to `peer` in its stay `stream`. The same stay again changes nothing; another one replaces the old
    /// connection.
    ///
    /// # Errors
    /// When the call is full, or `peer` is this device.
    pub fn add_peer(&mut self, peer: DeviceId, stream: StreamId) -> Result<(), TransportError> {
        if peer == self.device {
            return Err(TransportError::OwnDevice(peer));
        }
        match self.peers.get(&peer) {
            Some(known) if known.stream == stream => return Ok(()),
            None if self.peers.len() >= MAX_PEERS => return Err(TransportError::Full(MAX_PEERS)),
            _ => {}
        }
        let (inbox, inputs) = mpsc::channel(INBOX);
        for signal in self.early.take(&peer, &stream) {
            // The inbox is empty and larger than what is kept early.
            let _ = inbox.try_send(PeerInput::Signal(signal));
        }
        let stop = CancellationToken::new();
        let task = PeerTask::new(
            self.shared.clone(),
            peer,
            (self.stream, stream),
            Role::of(&self.device, &peer),
            inputs,
            stop.clone(),
        );
        self.tasks.retain(|task| !task.is_finished());
        let events = self.shared.events.clone();
        self.tasks
            .push(self.runtime.spawn(supervised(task, peer, events)));
        let added = Peer {
            stream,
            inbox,
            _stop: stop.drop_guard(),
        };
        self.peers.insert(peer, added);
        Ok(())
    }

    /// Says goodbye to `peer` and closes its connection.
    pub fn remove_peer(&mut self, peer: &DeviceId) {
        self.early.forget(peer);
        if let Some(known) = self.peers.remove(peer) {
            self.farewell(*peer, known.stream);
        }
    }

    /// Closes the connection of a `peer` that has said goodbye; it may be added again in the same stay.
    pub fn forget_peer(&mut self, peer: &DeviceId) {
        self.peers.remove(peer);
    }

    /// Whether `peer` was added, and not removed.
    pub fn has_peer(&self, peer: &DeviceId) -> bool {
        self.peers.contains_key(peer)
    }

    /// Takes what `from` said; the owner has opened it and knows that it is from there. Stale signals are ignored, and
    /// those of a device that is not yet a peer are kept until [`Self::add_peer`].
    ///
    /// # Errors
    /// When it is malformed, or `from` says more than can be handled. Nothing else is touched.
    pub fn handle_signal(&mut self, from: DeviceId, signal: Signal) -> Result<(), TransportError> {
        signal.check()?;
        match &signal.body {
            SignalBody::Offer { sdp } => drop(parse_offer(sdp.clone())?),
            SignalBody::Answer { sdp } => drop(parse_answer(sdp.clone())?),
            _ => {}
        }
        if signal.to != self.stream || from == self.device {
            return Ok(());
        }
        let Some(peer) = self
            .peers
            .get(&from)
            .filter(|peer| peer.stream == signal.from)
        else {
            // Perhaps the next stay of a peer, whose news are still on their way. A goodbye ends what was said before it.
            if signal.body == SignalBody::Bye {
                self.early.forget(&from);
            } else {
                self.early.keep(from, signal);
            }
            return Ok(());
        };
        match peer.inbox.try_send(PeerInput::Signal(signal)) {
            Err(mpsc::error::TrySendError::Full(_)) => Err(TransportError::Busy(from)),
            // A peer that left needs no more signals.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
        }
    }

    /// Finds the way to every peer anew: for when this machine's network has changed.
    pub fn refresh(&self) {
        for peer in self.peers.values() {
            // A peer that is too busy is at it already.
            let _ = peer.inbox.try_send(PeerInput::Refresh);
        }
    }

    /// Takes what the community's server names now, with a password that holds for longer. What begins from now on uses it, and so does
    /// an ICE restart; what stands is not touched.
    ///
    /// # Errors
    /// [`TransportError::NoRelay`]; the servers before it are used further.
    pub fn hand_out(&self, servers: TurnServers) -> Result<(), TransportError> {
        self.shared.hand_out(servers)
    }

    /// Sends to all connected peers; for the voice thread.
    pub fn sender(&self) -> MediaSender {
        self.shared.ring.clone()
    }

    /// The peers that were added and not removed.
    pub fn peers(&self) -> impl Iterator<Item = DeviceId> + '_ {
        self.peers.keys().copied()
    }

    /// Says goodbye to all and waits, a few seconds at most, until every socket and task is gone.
    pub async fn close(mut self) {
        for (peer, known) in std::mem::take(&mut self.peers) {
            self.farewell(peer, known.stream);
        }
        let tasks = std::mem::take(&mut self.tasks);
        let ended = futures_util::future::join_all(tasks);
        if tokio::time::timeout(CLOSE, ended).await.is_err() {
            tracing::warn!("a direct call did not close in time");
        }
    }

    /// Without room it is not said: the peer then notices by silence.
    fn farewell(&self, to: DeviceId, stream: StreamId) {
        let signal = Signal::new(self.stream, stream, Attempt::default(), SignalBody::Bye);
        let _ = self
            .shared
            .events
            .try_send(TransportEvent::Signal { to, signal });
    }
}

/// Runs a peer's task. A panic in the engine ends one peer, and is told.
async fn supervised(task: PeerTask, peer: DeviceId, events: mpsc::Sender<TransportEvent>) {
    if AssertUnwindSafe(task.run()).catch_unwind().await.is_err() {
        let state = PeerState::Failed;
        let _ = events.try_send(TransportEvent::State { peer, state });
    }
}

/// A certificate for this call alone, so that calls cannot be linked by it.
pub(super) fn new_certificate() -> Result<RTCCertificate, TransportError> {
    let engine = |reason: String| TransportError::Engine {
        doing: say!("reach-doing-certificate"),
        reason,
    };
    let provider = rtc::crypto::default_provider().map_err(|error| engine(error.to_string()))?;
    let parameters = CertificateParams::new(vec!["dialtone".to_owned()])
        .map_err(|error| engine(error.to_string()))?;
    RTCCertificate::generate(
        provider.crypto(),
        SignatureScheme::EcdsaP256Sha256,
        parameters,
    )
    .map_err(|error| engine(error.to_string()))
}
