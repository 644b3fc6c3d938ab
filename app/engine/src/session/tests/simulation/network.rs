//! The network between devices and server: pipes in memory, each in order, with the delays and breaks that the seed says.
//!
//! ```text
//! session -> Line -> Wired::ask    -> HTTP/1.1 over a pipe  -> the server's router
//!                    Wired::socket -> WebSocket over a pipe -> the server's router
//! ```

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::Request as ServerRequest;
use dialtone_protocol::http::{ErrorBody, ErrorCode};
use dialtone_protocol::{Hash, PublicKey};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use parking_lot::Mutex;
use tokio::io::{
    AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf, duplex, split,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::chance::mix;
use super::story::HAND;
use super::time::Time;
use super::trace::{Trace, note};
use crate::net::{
    Endpoint, Method, NetError, Network, Request, Shipment, Socket, Transfer, TransferError,
};

/// What fits into a pipe.
const PIPE: usize = 1 << 20;
/// Pieces that may be under way in one direction; then the sender waits.
const UNDER_WAY: usize = 4096;
/// Bytes of one device and kind arrive at a moment of their own in each so many ms, so that no two arrivals meet.
const TURN_MS: u64 = 64;
/// How long a client waits for an answer.
const CLIENT_PATIENCE: Duration = Duration::from_secs(20);
/// How long the server holds a connection whose other end is gone without a word.
const HALF_OPEN: Duration = Duration::from_mins(1);

/// How bad the network is, in so many of a thousand requests.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weather {
    /// The request never arrives.
    pub(super) lost: u64,
    /// It arrives; the answer does not.
    pub(super) unanswered: u64,
    /// It arrives twice.
    pub(super) doubled: u64,
    /// It arrives long after the client gave up.
    pub(super) late: u64,
    /// The device crashes before it reads the answer.
    pub(super) fatal: u64,
    /// The longest delay of a packet, in ms.
    pub(super) delay_ms: u64,
}

/// One device's side.
#[derive(Default)]
struct Plug {
    cut: CancellationToken,
    /// Cut ends are noticed by the server only later.
    half_open: CancellationToken,
    swallows: bool,
    requests: u64,
    wires: u64,
}

pub(super) struct Net {
    time: Time,
    trace: Trace,
    seed: u64,
    state: Mutex<NetState>,
    /// Devices that must crash now.
    pub(super) crashes: mpsc::Sender<usize>,
}

struct NetState {
    weather: Weather,
    router: Option<(Router, CancellationToken)>,
    plugs: HashMap<usize, Plug>,
}

impl Net {
    pub(super) fn new(
        time: Time,
        trace: Trace,
        seed: u64,
        crashes: mpsc::Sender<usize>,
    ) -> Arc<Self> {
        Arc::new(Self {
            time,
            trace,
            seed,
            state: Mutex::new(NetState {
                weather: Weather::default(),
                router: None,
                plugs: HashMap::new(),
            }),
            crashes,
        })
    }

    pub(super) fn set_weather(&self, weather: Weather) {
        self.state.lock().weather = weather;
    }

    /// The server listens, or does not any more: then all its connections end.
    pub(super) fn serve(&self, router: Option<Router>) {
        let served = router.map(|router| (router, CancellationToken::new()));
        let before = std::mem::replace(&mut self.state.lock().router, served);
        if let Some((_, ended)) = before {
            ended.cancel();
        }
    }

    /// Breaks a device's connections. `half`: the server does not notice.
    pub(super) fn cut(&self, device: usize, half: bool) {
        let mut state = self.state.lock();
        let plug = state.plugs.entry(device).or_default();
        if half {
            std::mem::take(&mut plug.half_open).cancel();
        }
        std::mem::take(&mut plug.cut).cancel();
    }

    /// From now on nothing that a device sends arrives, nor is it told; or all is well again, for new connections.
    pub(super) fn swallow(&self, device: usize, swallows: bool) {
        self.state.lock().plugs.entry(device).or_default().swallows = swallows;
    }

    /// The way of one device.
    pub(super) fn of(self: &Arc<Self>, device: usize) -> Arc<dyn Network> {
        Arc::new(Wired {
            net: Arc::clone(self),
            device,
        })
    }

    fn swallows(&self, device: usize) -> bool {
        let mut state = self.state.lock();
        state.plugs.entry(device).or_default().swallows
    }

    /// A pipe to the server; `None` while nobody listens.
    fn wire(self: &Arc<Self>, device: usize, kind: u64) -> Option<DuplexStream> {
        let (router, ended, cut, half_open) = {
            let mut state = self.state.lock();
            let (router, ended) = state.router.clone()?;
            let plug = state.plugs.entry(device).or_default();
            plug.wires += 1;
            (router, ended, plug.cut.clone(), plug.half_open.clone())
        };
        let (client, client_end) = duplex(PIPE);
        let (server, server_end) = duplex(PIPE);
        let pump = |kind| Pump {
            net: Arc::clone(self),
            device,
            slot: (device as u64 * 4 + kind) % TURN_MS,
        };
        let (up, down) = (pump(kind * 2), pump(kind * 2 + 1));
        tokio::spawn(async move {
            let (mut from_client, mut to_client) = split(client_end);
            let (mut from_server, mut to_server) = split(server_end);
            let carried = async {
                tokio::join!(
                    up.carry(&mut from_client, &mut to_server),
                    down.carry(&mut from_server, &mut to_client)
                )
            };
            let half = tokio::select! {
                biased;
                () = ended.cancelled() => false,
                () = half_open.cancelled() => true,
                () = cut.cancelled() => false,
                _ = carried => false,
            };
            drop((from_client, to_client));
            if half {
                let _ = tokio::time::timeout(HALF_OPEN, ended.cancelled()).await;
            }
        });
        tokio::spawn(serve(router, server));
        Some(client)
    }
}

async fn serve(router: Router, stream: DuplexStream) {
    let service = service_fn(move |request: ServerRequest<Incoming>| {
        let router = router.clone();
        async move {
            let answer = router.oneshot(request.map(Body::new)).await;
            Ok::<_, Infallible>(match answer {
                Ok(answer) => answer,
                Err(never) => match never {},
            })
        }
    });
    let builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    // A connection that breaks is nothing to talk about here.
    let _ = connection.await;
}

/// One direction of a pipe.
struct Pump {
    net: Arc<Net>,
    device: usize,
    slot: u64,
}

impl Pump {
    /// Carries bytes until the sender closes or the receiver is gone. When they arrive depends on when they were sent alone.
    async fn carry(&self, from: &mut ReadHalf<DuplexStream>, to: &mut WriteHalf<DuplexStream>) {
        let (sent, mut under_way) = mpsc::channel::<(u64, Vec<u8>)>(UNDER_WAY);
        let take = async {
            let mut buffer = vec![0; 1 << 16];
            let mut before = 0;
            loop {
                let read = from.read(&mut buffer).await.unwrap_or(0);
                before = self.due().max(before);
                let more = sent.send((before, buffer[..read].to_vec())).await.is_ok();
                if read == 0 || !more {
                    return std::future::pending::<()>().await;
                }
            }
        };
        let give = async {
            while let Some((due, bytes)) = under_way.recv().await {
                let now = self.net.time.elapsed_ms();
                sleep(Duration::from_millis(due.saturating_sub(now))).await;
                if self.net.swallows(self.device) {
                    std::future::pending::<()>().await;
                }
                if bytes.is_empty() {
                    let _ = to.shutdown().await;
                    return;
                }
                if to.write_all(&bytes).await.is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            biased;
            () = take => {}
            () = give => {}
        }
    }

    /// When what is sent now arrives.
    fn due(&self) -> u64 {
        let now = self.net.time.elapsed_ms();
        let most = self.net.state.lock().weather.delay_ms.max(1);
        let due = now + 1 + mix(&[self.net.seed, self.slot, now]) % most;
        due + (self.slot + TURN_MS - due % TURN_MS) % TURN_MS
    }
}

struct Wired {
    net: Arc<Net>,
    device: usize,
}

#[async_trait]
impl Network for Wired {
    async fn meet(
        &self,
        _address: &str,
        _pin: PublicKey,
        _nonce: Hash,
        _now_s: u64,
    ) -> Result<Arc<dyn Endpoint>, NetError> {
        Ok(Arc::new(Self {
            net: Arc::clone(&self.net),
            device: self.device,
        }))
    }
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Well,
    Lost,
    Unanswered,
    Doubled,
    Late,
    Fatal,
}

impl Wired {
    fn fate(&self) -> (Fate, u64) {
        if self.device == HAND {
            return (Fate::Well, 0);
        }
        let mut state = self.net.state.lock();
        let weather = state.weather;
        let plug = state.plugs.entry(self.device).or_default();
        plug.requests += 1;
        let drawn = mix(&[self.net.seed, 7, self.device as u64, plug.requests]);
        let mut place = drawn % 1000;
        for (share, fate) in [
            (weather.lost, Fate::Lost),
            (weather.unanswered, Fate::Unanswered),
            (weather.doubled, Fate::Doubled),
            (weather.late, Fate::Late),
            (weather.fatal, Fate::Fatal),
        ] {
            if place < share {
                return (fate, drawn / 1000);
            }
            place -= share;
        }
        (Fate::Well, drawn / 1000)
    }

    async fn exchange(net: Arc<Net>, device: usize, bytes: Vec<u8>) -> Result<Answer, NetError> {
        let unreachable = || NetError::Unreachable {
            server: "simulation".into(),
            reason: "nobody listens".into(),
        };
        let mut pipe = net.wire(device, 1).ok_or_else(unreachable)?;
        let exchange = async {
            pipe.write_all(&bytes).await.map_err(|_| NetError::Closed)?;
            let mut answer = Vec::new();
            pipe.read_to_end(&mut answer)
                .await
                .map_err(|_| NetError::Closed)?;
            Answer::read(&answer).ok_or(NetError::Closed)
        };
        tokio::time::timeout(CLIENT_PATIENCE, exchange)
            .await
            .map_err(|_| NetError::Timeout)?
    }
}

/// What came back.
struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?.to_lowercase();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = bytes[end + 4..].to_vec();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let whole = length.is_none_or(|length| length.trim().parse() == Ok(body.len()));
        whole.then_some(Self { status, body })
    }
}

#[async_trait]
impl Endpoint for Wired {
    fn tls_key(&self) -> Option<Hash> {
        None
    }

    /// Nobody sends files in these stories.
    async fn carry(
        &self,
        _session: Option<Hash>,
        _shipment: Shipment,
        _transfer: Transfer,
    ) -> Result<(), TransferError> {
        Err(NetError::Closed.into())
    }

    async fn ask(&self, session: Option<Hash>, request: Request) -> Result<Vec<u8>, NetError> {
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        };
        let session = session.map_or_else(String::new, |token| {
            format!("Authorization: Bearer {token}\r\n")
        });
        let head = format!(
            "{method} {} HTTP/1.1\r\nHost: simulation\r\nConnection: close\r\nX-Forwarded-For: 10.0.0.{}\r\n{session}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            request.path,
            self.device + 1,
            request.body.len()
        );
        let bytes = [head.into_bytes(), request.body].concat();
        let (fate, drawn) = self.fate();
        let path = request.path.split('/').filter(|part| part.len() < 20);
        let path = path.collect::<Vec<_>>().join("/");
        let (net, device) = (Arc::clone(&self.net), self.device);
        let asked = |delay_ms: u64| {
            let (net, bytes) = (Arc::clone(&net), bytes.clone());
            async move {
                sleep(Duration::from_millis(delay_ms)).await;
                Self::exchange(net, device, bytes).await
            }
        };
        let answer = match fate {
            Fate::Well => asked(0).await,
            Fate::Lost => {
                sleep(Duration::from_millis(drawn % 5_000)).await;
                Err(NetError::Closed)
            }
            Fate::Unanswered => {
                let _ = asked(0).await;
                Err(NetError::Closed)
            }
            Fate::Doubled => {
                tokio::spawn(asked(drawn % 4_000));
                asked(0).await
            }
            Fate::Late => {
                tokio::spawn(asked(drawn % 30_000));
                sleep(Duration::from_millis(drawn / 30_000 % 20_000)).await;
                Err(NetError::Timeout)
            }
            Fate::Fatal => {
                let _ = asked(0).await;
                note!(
                    net.trace,
                    "d{device} {method} {path}: crashes before it reads the answer"
                );
                let _ = net.crashes.send(device).await;
                std::future::pending().await
            }
        };
        let said = match &answer {
            Ok(answer) => answer.status.to_string(),
            Err(error) => format!("{error:?}"),
        };
        note!(net.trace, "d{device} {method} {path}: {fate:?} {said}");
        let answer = answer?;
        if (200..300).contains(&answer.status) {
            return Ok(answer.body);
        }
        Err(NetError::Refused(
            serde_json::from_slice(&answer.body).unwrap_or_else(|_| ErrorBody {
                code: ErrorCode::Internal,
                message: format!("the server answered {}", answer.status),
                position: None,
                epoch: None,
            }),
        ))
    }

    async fn socket(&self, session: Option<Hash>) -> Result<Socket, NetError> {
        let unreachable = || NetError::Unreachable {
            server: "simulation".into(),
            reason: "nobody listens".into(),
        };
        let wire = self.net.wire(self.device, 0).ok_or_else(unreachable)?;
        let until = Instant::now() + CLIENT_PATIENCE;
        let opened = tokio::select! {
            biased;
            opened = Socket::over(Box::new(wire), "simulation:1", session) => opened,
            () = sleep_until(until) => Err(NetError::Timeout),
        };
        let said = opened
            .as_ref()
            .err()
            .map_or_else(|| "open".into(), |error| format!("{error:?}"));
        note!(self.net.trace, "d{} socket: {said}", self.device);
        opened
    }
}
