//! One client's way to the rest of the world, with faults that can be set while it is used.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::tcp;
use super::udp::Udp;
use super::{Conditions, NatRules};

/// What a stream is held or let through by.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct State {
    pub(crate) conditions: Conditions,
    /// Counts the networks that were changed to.
    pub(crate) epoch: u64,
    cut_since: Option<Instant>,
    /// When the last cut ended, and how long it had lasted.
    pub(crate) healed: Option<(Instant, std::time::Duration)>,
}

/// One client's way to the rest of the world. All of it ends when this is dropped.
pub struct Network {
    state: watch::Sender<State>,
    udp: Arc<Udp>,
    seed: u64,
    runtime: Handle,
    stop: CancellationToken,
    _guard: DropGuard,
}

impl Network {
    /// A good network behind a translator, whose tasks run on `runtime`.
    pub fn new(runtime: Handle, seed: u64, rules: NatRules) -> Self {
        let (state, watched) = watch::channel(State::default());
        let stop = CancellationToken::new();
        let udp = Udp::new(runtime.clone(), seed, rules, watched, stop.clone());
        Self {
            state,
            udp,
            seed,
            runtime,
            _guard: stop.clone().drop_guard(),
            stop,
        }
    }

    /// It is like that from now on.
    pub fn set(&self, conditions: Conditions) {
        self.state.send_modify(|state| {
            let now = Instant::now();
            match (state.cut_since, conditions.cut) {
                (None, true) => state.cut_since = Some(now),
                (Some(since), false) => {
                    state.cut_since = None;
                    state.healed = Some((now, now.saturating_duration_since(since)));
                }
                _ => {}
            }
            state.conditions = conditions;
        });
    }

    /// Changes some of it.
    pub fn adjust(&self, change: impl FnOnce(&mut Conditions)) {
        let mut conditions = self.state.borrow().conditions;
        change(&mut conditions);
        self.set(conditions);
    }

    /// The client is in another network now: it leaves by other ports, and nothing gets through the connections that stood.
    pub fn change(&self) {
        self.udp.forget();
        self.state.send_modify(|state| state.epoch += 1);
    }

    /// Takes connections at `listen` (port 0: any) and carries them to `server`. Gives its address.
    ///
    /// # Errors
    /// The address is not free.
    pub fn tcp(&self, listen: SocketAddr, server: SocketAddr) -> io::Result<SocketAddr> {
        let _there = self.runtime.enter();
        let port = tcp::Port::open(listen, server, self.seed, self.state.subscribe())?;
        let address = port.address;
        let stop = self.stop.clone();
        self.runtime.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = port.run() => {}
            }
        });
        Ok(address)
    }

    /// Takes datagrams for `target` at `listen` (port 0: any). Gives its address, from which the target's answers come too.
    ///
    /// # Errors
    /// The address is not free.
    pub fn udp(&self, listen: SocketAddr, target: SocketAddr) -> io::Result<SocketAddr> {
        self.udp.front(listen, target)
    }

    /// Where the client's socket `inside` is seen from outside by `target`, as a server for STUN (RFC 8489) would tell it.
    ///
    /// # Errors
    /// The system gives no port.
    pub fn seen_from(&self, inside: SocketAddr, target: SocketAddr) -> io::Result<SocketAddr> {
        self.udp.seen_from(inside, target)
    }
}
