//! The relay as the rest of the server sees it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use bytes::Bytes;
use dialtone_protocol::frame::{MAX_RELAY_SDP, MOST_PINS, RefusalCode, ServerFrame};
use dialtone_protocol::roster::Standings;
use dialtone_protocol::{CallId, DeviceId};
use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc, oneshot};

use super::connection::{Ground, OfferError};
use super::counters::{Counters, RelayCounts};
use super::crypto;
use super::engine::{Engine, Place, Roll, TunnelKey};
use super::socket;
use super::thread::{Relaying, Wish};
use crate::auth::Session;
use crate::live::Refusal;
use crate::state::AppState;

/// Wishes that may wait; packets over TLS are among them.
const WISHES: usize = 1_024;
/// News that may wait.
const ROLLS: usize = 64;

/// Why there is no relay.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// The port.
    #[error("the UDP port cannot be opened")]
    Port(#[source] std::io::Error),
    /// The thread.
    #[error("the relay's thread cannot be started")]
    Thread(#[source] std::io::Error),
    /// The certificate.
    #[error("the relay's certificate cannot be made")]
    Certificate,
}

/// A relay that runs, with the news that it will tell.
pub struct RelayStart {
    /// It.
    pub relay: Relay,
    /// Whom it reaches, whenever that changes. Whoever runs it without a server takes them from here.
    pub rolls: mpsc::Receiver<Roll>,
}

/// A relay that runs.
pub struct Relay {
    wishes: Mutex<Option<mpsc::Sender<Wish>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    counters: Arc<Counters>,
    port: Option<u16>,
    /// Anybody has been relayed; before that there is nothing to look after.
    used: AtomicBool,
    /// Somebody is about to be relayed.
    begun: Arc<Notify>,
}

impl Relay {
    /// Opens the UDP port and starts to relay. Without an address only over TLS.
    ///
    /// # Errors
    /// [`RelayError`]
    pub fn start(address: Option<SocketAddr>) -> Result<RelayStart, RelayError> {
        let socket = address.map(socket::open).transpose();
        let socket = socket.map_err(RelayError::Port)?;
        let local = socket.as_ref().map(std::net::UdpSocket::local_addr);
        let local = local.transpose().map_err(RelayError::Port)?;
        let provider = crypto::provider();
        let certificate = provider.dtls_provider.generate_certificate();
        let certificate = certificate.ok_or(RelayError::Certificate)?;
        let ground = local.map(|local| Ground {
            crypto: Arc::new(provider),
            certificate,
            local: named(local),
        });
        let counters = Arc::<Counters>::default();
        let (wishes, to_grant) = mpsc::channel(WISHES);
        let (news, rolls) = mpsc::channel(ROLLS);
        let relaying = Relaying {
            engine: Engine::new(ground, Arc::clone(&counters)),
            socket,
            wishes: to_grant,
            rolls: news,
            counters: Arc::clone(&counters),
        };
        let run = move || {
            if let Err(error) = relaying.run() {
                tracing::error!(%error, "the relay has stopped: calls go on directly, or not at all");
            }
        };
        let thread = std::thread::Builder::new().name("dialtone-relay".to_owned());
        let thread = thread.spawn(run).map_err(RelayError::Thread)?;
        let relay = Self {
            wishes: Mutex::new(Some(wishes)),
            thread: Mutex::new(Some(thread)),
            counters,
            port: local.map(|local| local.port()),
            used: AtomicBool::new(false),
            begun: Arc::default(),
        };
        Ok(RelayStart { relay, rolls })
    }

    /// What it has done so far.
    pub fn counts(&self) -> RelayCounts {
        self.counters.read()
    }

    /// Its UDP port.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Ends all connections, and closes the port.
    pub(crate) async fn stop(&self) {
        self.wishes.lock().take();
        let thread = self.thread.lock().take();
        if let Some(thread) = thread {
            // Its panic is told by itself.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    /// Tells when somebody is about to be relayed.
    pub(super) fn begun(&self) -> Arc<Notify> {
        Arc::clone(&self.begun)
    }

    async fn wish(&self, wish: Wish) {
        if !self.used.load(Ordering::Relaxed) {
            return;
        }
        self.send(wish).await;
    }

    async fn send(&self, wish: Wish) {
        let wishes = self.wishes.lock().clone();
        if let Some(wishes) = wishes {
            // A relay that has stopped grants nothing.
            let _ = wishes.send(wish).await;
        }
    }

    async fn ask<T>(&self, wish: impl FnOnce(oneshot::Sender<T>) -> Wish) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.wish(wish(answer)).await;
        answered.await.ok()
    }

    /// Answers an offer (RFC 8866) of whoever was found to be `place`'s device, and in its call. Candidates are left out: the relay
    /// is at [`Self::port`].
    ///
    /// # Errors
    /// [`OfferError`]
    pub async fn answer(&self, place: Place, offer: String) -> Result<String, OfferError> {
        self.used.store(true, Ordering::Relaxed);
        self.begun.notify_one();
        let answer = self.ask(|answer| Wish::Offer(place, offer, answer)).await;
        answer.unwrap_or(Err(OfferError::Stopped))
    }

    pub(super) async fn open_tunnel(
        &self,
        place: Place,
        out: mpsc::Sender<Bytes>,
    ) -> Result<TunnelKey, OfferError> {
        self.used.store(true, Ordering::Relaxed);
        self.begun.notify_one();
        let opened = self
            .ask(|answer| Wish::OpenTunnel(place, out, answer))
            .await;
        opened.unwrap_or(Err(OfferError::Stopped))
    }

    pub(super) async fn tunnel_packet(&self, key: TunnelKey, packet: Bytes) {
        self.wish(Wish::Packet(key, packet)).await;
    }

    pub(super) async fn close_tunnel(&self, key: TunnelKey) {
        self.wish(Wish::CloseTunnel(key)).await;
    }

    pub(crate) async fn places(&self) -> Vec<Place> {
        self.ask(Wish::Places).await.unwrap_or_default()
    }

    /// Who is not forwarded from now on, and who always, in every call; everybody else is as everybody. It counts for those who come
    /// later as well: nobody is heard by coming anew.
    pub(super) async fn set_standings(&self, standings: Standings) {
        self.send(Wish::Standings(standings)).await;
    }

    /// Relays a device in a call no more.
    pub async fn remove(&self, place: Place) {
        self.wish(Wish::Leave(place.call, place.device)).await;
    }
}

/// The address that stands for the port within ICE: it must name a machine. Nobody else is told it.
fn named(local: SocketAddr) -> SocketAddr {
    let ip = match local.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, local.port())
}

/// Answers an offer of who is in the call.
pub(crate) async fn offer(
    state: &AppState,
    session: &Session,
    call: CallId,
    sdp: String,
) -> Result<ServerFrame, Refusal> {
    let place = place(state, session, call)?;
    let Some(port) = state.relay.port() else {
        let words = "this server relays over TLS only";
        return Err(Refusal::new(RefusalCode::Unavailable, words));
    };
    if sdp.len() > MAX_RELAY_SDP {
        let words = OfferError::TooLong.to_string();
        return Err(Refusal::new(RefusalCode::Malformed, words));
    }
    let sdp = state.relay.answer(place, sdp).await.map_err(|error| {
        let code = match &error {
            OfferError::TooLong | OfferError::Unusable(_) => RefusalCode::Malformed,
            OfferError::Full => RefusalCode::TooMany,
            OfferError::Stopped => RefusalCode::Unavailable,
        };
        Refusal::new(code, error.to_string())
    })?;
    Ok(ServerFrame::RelayAnswer { call, sdp, port })
}

/// Where a device is, if it is in the call and may be.
pub(super) fn place(state: &AppState, session: &Session, call: CallId) -> Result<Place, Refusal> {
    let channel = state.calls.channel_of(call, session.device);
    let place = channel.map(|channel| Place {
        call,
        channel,
        device: session.device,
    });
    place
        .filter(|place| super::watch::may_be(state, place))
        .ok_or_else(|| Refusal::new(RefusalCode::NotAllowed, "not in this call"))
}

/// Whom a device wants to hear in any case.
pub(crate) async fn pin(
    state: &AppState,
    session: &Session,
    call: CallId,
    devices: Vec<DeviceId>,
) -> Result<ServerFrame, Refusal> {
    if devices.len() > MOST_PINS {
        return Err(Refusal::new(RefusalCode::TooMany, "too many pins"));
    }
    let wish = Wish::Pin(call, session.device, devices);
    state.relay.wish(wish).await;
    Ok(ServerFrame::Done)
}

/// A device is relayed no more in a call.
pub(crate) async fn leave(state: &AppState, device: DeviceId, call: CallId) -> ServerFrame {
    state.relay.wish(Wish::Leave(call, device)).await;
    ServerFrame::Done
}

/// A device is in these calls now, and in no other.
pub(crate) async fn joined(state: &AppState, device: DeviceId, calls: Vec<CallId>) {
    state.relay.wish(Wish::OnlyIn(device, calls)).await;
}
