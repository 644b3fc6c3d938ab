//! Datagrams: fronts, where the client sends to; and mapped ports, where they leave and answers come.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Weak};
use std::time::Instant;

use parking_lot::Mutex;
use tokio::net::UdpSocket;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::line::{Parcel, line};
use super::network::State;
use super::{Decider, MappingId, Nat, NatRules};

/// The longest datagram.
const LONGEST: usize = 65_536;
/// Fronts at once: whoever is spoken to, and whoever speaks.
const MOST_FRONTS: usize = 1_024;
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// All datagrams of one network.
pub(crate) struct Udp {
    me: Weak<Self>,
    runtime: Handle,
    state: watch::Receiver<State>,
    stop: CancellationToken,
    line: mpsc::Sender<Parcel>,
    table: Mutex<Table>,
}

struct Table {
    nat: Nat,
    /// What leaves, and what comes.
    out: Decider,
    back: Decider,
    /// By whom they stand for.
    fronts: BTreeMap<SocketAddr, Arc<UdpSocket>>,
    mapped: BTreeMap<MappingId, (Arc<UdpSocket>, CancellationToken)>,
}

impl Udp {
    pub(crate) fn new(
        runtime: Handle,
        seed: u64,
        rules: NatRules,
        state: watch::Receiver<State>,
        stop: CancellationToken,
    ) -> Arc<Self> {
        let (line, delivering) = line();
        runtime.spawn(delivering);
        Arc::new_cyclic(|me| Self {
            me: me.clone(),
            runtime,
            state,
            stop,
            line,
            table: Mutex::new(Table {
                nat: Nat::new(rules),
                out: Decider::new(seed),
                back: Decider::new(seed.wrapping_add(1)),
                fronts: BTreeMap::new(),
                mapped: BTreeMap::new(),
            }),
        })
    }

    /// Forgets all mappings; their ports are closed.
    pub(crate) fn forget(&self) {
        let mut table = self.table.lock();
        table.nat.clear();
        table.close_unmapped();
    }

    /// Opens a front that stands for `target`, if there is none.
    pub(crate) fn front(&self, listen: SocketAddr, target: SocketAddr) -> io::Result<SocketAddr> {
        self.front_of(&mut self.table.lock(), listen, target)?
            .local_addr()
    }

    fn front_of(
        &self,
        table: &mut Table,
        listen: SocketAddr,
        target: SocketAddr,
    ) -> io::Result<Arc<UdpSocket>> {
        if let Some(known) = table.fronts.get(&target) {
            return Ok(known.clone());
        }
        if table.fronts.len() >= MOST_FRONTS {
            return Err(io::Error::other("too many fronts"));
        }
        let socket = self.bind(listen)?;
        table.fronts.insert(target, socket.clone());
        self.receive(
            socket.clone(),
            self.stop.clone(),
            move |me, inside, bytes| {
                me.leave(inside, target, bytes);
            },
        );
        Ok(socket)
    }

    /// A socket of this network's runtime, whoever asks for it.
    fn bind(&self, address: SocketAddr) -> io::Result<Arc<UdpSocket>> {
        let _there = self.runtime.enter();
        let socket = std::net::UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        Ok(Arc::new(UdpSocket::from_std(socket)?))
    }

    /// Takes in what comes to a socket, until it is stopped or the network is gone.
    fn receive(
        &self,
        socket: Arc<UdpSocket>,
        stop: CancellationToken,
        take: impl Fn(&Self, SocketAddr, &[u8]) + Send + 'static,
    ) {
        let me = self.me.clone();
        let receiving = async move {
            let mut buffer = vec![0; LONGEST];
            loop {
                // An error tells of an earlier datagram that found nobody.
                let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
                    continue;
                };
                let Some(me) = me.upgrade() else { return };
                take(&me, from, &buffer[..length]);
            }
        };
        self.runtime.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = receiving => {}
            }
        });
    }

    /// The address by which what `inside` sends to `target` leaves.
    pub(crate) fn seen_from(
        &self,
        inside: SocketAddr,
        target: SocketAddr,
    ) -> io::Result<SocketAddr> {
        self.mapped(inside, target)?.local_addr()
    }

    fn mapped(&self, inside: SocketAddr, target: SocketAddr) -> io::Result<Arc<UdpSocket>> {
        let mut table = self.table.lock();
        let id = table.nat.outbound(Instant::now(), inside, target);
        table.close_unmapped();
        if let Some((socket, _)) = table.mapped.get(&id) {
            return Ok(socket.clone());
        }
        let socket = self.bind(ANY_PORT)?;
        let stop = self.stop.child_token();
        table.mapped.insert(id, (socket.clone(), stop.clone()));
        self.receive(socket.clone(), stop, move |me, from, bytes| {
            me.come(id, from, bytes);
        });
        Ok(socket)
    }

    fn leave(&self, inside: SocketAddr, target: SocketAddr, bytes: &[u8]) {
        if let Ok(socket) = self.mapped(inside, target) {
            let fate = |table: &mut Table, state: &State| {
                table.out.datagram(Instant::now(), &state.conditions)
            };
            self.send(fate, &socket, target, bytes);
        }
    }

    fn come(&self, id: MappingId, from: SocketAddr, bytes: &[u8]) {
        let (inside, front) = {
            let mut table = self.table.lock();
            let inside = table.nat.inbound(Instant::now(), id, from);
            let Some(inside) = inside else { return };
            (inside, self.front_of(&mut table, ANY_PORT, from))
        };
        if let Ok(front) = front {
            let fate = |table: &mut Table, state: &State| {
                table.back.datagram(Instant::now(), &state.conditions)
            };
            self.send(fate, &front, inside, bytes);
        }
    }

    fn send(
        &self,
        fate: impl Fn(&mut Table, &State) -> super::Fate,
        by: &Arc<UdpSocket>,
        to: SocketAddr,
        bytes: &[u8],
    ) {
        let fate = fate(&mut self.table.lock(), &self.state.borrow());
        for due in [fate.first, fate.second].into_iter().flatten() {
            let parcel = Parcel {
                due: due.into(),
                by: by.clone(),
                to,
                bytes: bytes.to_vec(),
            };
            // Without room it is lost.
            let _ = self.line.try_send(parcel);
        }
    }
}

impl Table {
    fn close_unmapped(&mut self) {
        let nat = &self.nat;
        self.mapped.retain(|id, (_, stop)| {
            let stands = nat.has(*id);
            if !stands {
                stop.cancel();
            }
            stands
        });
    }
}
