//! Connections: carried to a server, and held while the network is cut.
//!
//! A cut sends no error. Whoever connects meanwhile gets no answer, because the listening socket's queue is kept full, so that the
//! kernel drops what asks for a connection and the client's sends it again. A connection that stood goes on some time after the cut is
//! over, because TCP tries again at ever longer intervals (RFC 6298): after as long again as the cut lasted, the longest that may take.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until, timeout};

use super::Decider;
use super::network::State;

/// Connections at once.
const MOST: usize = 256;
/// Those that wait to be taken; the fewest there can be.
const QUEUE: u32 = 1;
/// Loopback answers within microseconds: whoever waits for so long is not answered.
const FULL: Duration = Duration::from_millis(40);
/// One read at most.
const PIECE: usize = 16 * 1024;

/// Where connections are taken.
pub(crate) struct Port {
    pub(crate) address: SocketAddr,
    listener: TcpListener,
    server: SocketAddr,
    seed: u64,
    state: watch::Receiver<State>,
}

impl Port {
    pub(crate) fn open(
        listen: SocketAddr,
        server: SocketAddr,
        seed: u64,
        state: watch::Receiver<State>,
    ) -> io::Result<Self> {
        let socket = if listen.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        socket.set_reuseaddr(true)?;
        socket.bind(listen)?;
        let listener = socket.listen(QUEUE)?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            server,
            seed,
            state,
        })
    }

    pub(crate) async fn run(mut self) {
        let mut carried = JoinSet::new();
        let mut number = self.seed;
        loop {
            let state = *self.state.borrow_and_update();
            if state.conditions.cut {
                self.refuse_silently().await;
                continue;
            }
            tokio::select! {
                accepted = self.listener.accept() => {
                    let Ok((near, _)) = accepted else { continue };
                    if carried.len() >= MOST {
                        continue;
                    }
                    number = number.wrapping_add(2);
                    let state = self.state.clone();
                    carried.spawn(carry(near, self.server, number, state));
                }
                _ = self.state.changed() => {}
                Some(_) = carried.join_next() => {}
            }
        }
    }

    /// Keeps the queue full until the cut is over.
    async fn refuse_silently(&mut self) {
        let mut own = Vec::new();
        while own.len() < QUEUE as usize + 3 {
            match timeout(FULL, TcpStream::connect(self.address)).await {
                Ok(Ok(stream)) => own.push(stream),
                _ => break,
            }
        }
        while self.state.borrow_and_update().conditions.cut {
            if self.state.changed().await.is_err() {
                return;
            }
        }
        // What fills the queue is taken out again; whoever came before it is sent away, as a reset does.
        drop(own);
        while let Ok(Ok(_)) = timeout(Duration::from_millis(1), self.listener.accept()).await {}
    }
}

async fn carry(near: TcpStream, server: SocketAddr, seed: u64, state: watch::Receiver<State>) {
    let Ok(far) = TcpStream::connect(server).await else {
        return;
    };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let epoch = state.borrow().epoch;
    let opened = Instant::now();
    let passage = |seed| Passage {
        state: state.clone(),
        epoch,
        opened,
        decider: Decider::new(seed),
    };
    let (out, back) = (passage(seed), passage(seed.wrapping_add(1)));
    tokio::join!(pump(near_in, far_out, out), pump(far_in, near_out, back));
}

/// What lets the pieces of one connection through, in one direction.
struct Passage {
    state: watch::Receiver<State>,
    epoch: u64,
    opened: Instant,
    decider: Decider,
}

impl Passage {
    /// Waits until a piece may go on; for ever, if the client is in another network by now.
    async fn pass(&mut self) {
        let delay = {
            let conditions = self.state.borrow().conditions;
            self.decider.piece(&conditions)
        };
        sleep(delay).await;
        loop {
            let state = *self.state.borrow_and_update();
            if state.epoch != self.epoch {
                return std::future::pending().await;
            }
            if state.conditions.cut {
                if self.state.changed().await.is_err() {
                    return;
                }
                continue;
            }
            let held = state.healed.filter(|(healed, _)| self.opened < *healed);
            let resumes = held.map(|(healed, lasted)| healed + lasted);
            match resumes.filter(|resumes| Instant::now() < *resumes) {
                Some(resumes) => tokio::select! {
                    () = sleep_until(resumes.into()) => {}
                    _ = self.state.changed() => {}
                },
                None => return,
            }
        }
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut passage: Passage) {
    let mut piece = vec![0; PIECE];
    loop {
        // The end is a piece too: nobody hears of it through a cut.
        let length = from.read(&mut piece).await.unwrap_or(0);
        passage.pass().await;
        if length == 0 {
            let _ = to.shutdown().await;
            return;
        }
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}
