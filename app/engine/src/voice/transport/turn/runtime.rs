//! What the engine runs on: tokio, with sockets that also lead to TURN servers over streams.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime,
    TokioRuntime,
};

use super::connect::StreamServer;
use super::socket::TurnSocket;
use super::standin::StandIn;
use super::streams::Streams;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How long the engine sleeps at most while it connects: its steps follow each other by rounds, and between two it would sleep until its
/// next timer.
const NAP: Duration = Duration::from_millis(5);
/// Whoever is not connected by then is not in a hurry any more.
const HURRY: Duration = Duration::from_secs(10);

/// Has the engine go through one more round. In each it lets out what its TURN client has, and only then gives that what was
/// to be sent: without another round a packet would wait for the next one.
#[derive(Clone, Debug)]
pub(in super::super) struct Nudge(Arc<Round>);

#[derive(Debug)]
struct Round {
    has_turn: bool,
    wanted: Notify,
    /// Until then, if it does not stand before.
    hurries_until: Instant,
    stands: AtomicBool,
}

impl Nudge {
    /// For a connection that begins. Without a TURN server packets need none.
    pub(in super::super) fn new(has_turn: bool) -> Self {
        Self(Arc::new(Round {
            has_turn,
            wanted: Notify::new(),
            hurries_until: Instant::now() + HURRY,
            stands: AtomicBool::new(false),
        }))
    }

    /// After each packet that may be relayed.
    pub(in super::super) fn give(&self) {
        if self.0.has_turn {
            self.0.wanted.notify_one();
        }
    }

    /// It stands: from now on every packet brings its own round.
    pub(in super::super) fn connected(&self) {
        self.0.stands.store(true, Ordering::Relaxed);
    }

    fn hurries(&self) -> bool {
        !self.0.stands.load(Ordering::Relaxed) && Instant::now() < self.0.hurries_until
    }
}

/// The runtime of one connection.
#[derive(Debug)]
pub(in super::super) struct TurnRuntime {
    inner: TokioRuntime,
    streams: Arc<Streams>,
    nudge: Nudge,
}

impl TurnRuntime {
    /// With the servers over streams, what stands for each, and what ends the engine's sleep.
    pub(in super::super) fn new(servers: Vec<(StandIn, StreamServer)>, nudge: Nudge) -> Self {
        Self {
            inner: TokioRuntime,
            streams: Arc::new(Streams::new(servers)),
            nudge,
        }
    }
}

impl Runtime for TurnRuntime {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        self.inner.spawn(future)
    }

    fn spawn_reactor(&self, size: usize, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        self.inner.spawn_reactor(size, future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let udp = self.inner.wrap_udp_socket(socket)?;
        if self.streams.is_empty() {
            return Ok(udp);
        }
        let owner = self.streams.next_owner();
        Ok(Arc::new(TurnSocket::new(
            udp,
            Arc::clone(&self.streams),
            owner,
        )))
    }

    fn wrap_tcp_listener(
        &self,
        listener: std::net::TcpListener,
    ) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.inner.wrap_tcp_listener(listener)
    }

    fn connect_tcp(&self, address: SocketAddr) -> Boxed<'_, io::Result<Arc<dyn AsyncTcpStream>>> {
        self.inner.connect_tcp(address)
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        self.inner.resolve_host(host)
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }

    fn sleep(&self, duration: Duration) -> Boxed<'static, ()> {
        let duration = if self.nudge.hurries() {
            duration.min(NAP)
        } else {
            duration
        };
        let sleep = self.inner.sleep(duration);
        if !self.nudge.0.has_turn {
            return sleep;
        }
        let round = Arc::clone(&self.nudge.0);
        Box::pin(async move {
            tokio::select! {
                () = sleep => {}
                () = round.wanted.notified() => {}
            }
        })
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.inner.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.inner.block_on(future);
    }

    fn yield_now(&self) -> Boxed<'static, ()> {
        self.inner.yield_now()
    }

    fn name(&self) -> &'static str {
        self.inner.name()
    }
}
