//! The thread that relays: it owns the socket and the engine, and nobody waits for it but who offers.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use dialtone_protocol::roster::Standings;
use dialtone_protocol::{CallId, DeviceId};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use super::connection::OfferError;
use super::counters::Counters;
use super::engine::{Engine, Place, Roll, TunnelKey};
use super::socket::{self, Inbox};

/// How often what is due is looked after, while anybody is relayed.
const TICK: Duration = Duration::from_millis(10);
/// Batches of datagrams between two looks at wishes.
const BATCHES: usize = 8;
/// With so many datagrams waiting they go out before more are taken.
const FLUSH: usize = 256;

/// What is asked of the relay.
pub(super) enum Wish {
    /// Answer an offer.
    Offer(Place, String, oneshot::Sender<Result<String, OfferError>>),
    /// Take packets over TLS.
    OpenTunnel(
        Place,
        mpsc::Sender<Bytes>,
        oneshot::Sender<Result<TunnelKey, OfferError>>,
    ),
    /// A packet over TLS.
    Packet(TunnelKey, Bytes),
    /// The connection over TLS is over.
    CloseTunnel(TunnelKey),
    /// A device is relayed no more in a call.
    Leave(CallId, DeviceId),
    /// A device is in no call but these.
    OnlyIn(DeviceId, Vec<CallId>),
    /// A device wants to hear these in any case.
    Pin(CallId, DeviceId, Vec<DeviceId>),
    /// These are heard otherwise than everybody.
    Standings(Standings),
    /// Who is relayed?
    Places(oneshot::Sender<Vec<Place>>),
}

/// The relay's own.
pub(super) struct Relaying {
    pub(super) engine: Engine,
    pub(super) socket: Option<std::net::UdpSocket>,
    pub(super) wishes: mpsc::Receiver<Wish>,
    pub(super) rolls: mpsc::Sender<Roll>,
    pub(super) counters: Arc<Counters>,
}

impl Relaying {
    /// Relays until nobody can wish for anything any more.
    pub(super) fn run(self) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(self.relay())
    }

    async fn relay(mut self) -> io::Result<()> {
        let socket = self.socket.take().map(UdpSocket::from_std).transpose()?;
        let mut inbox = Inbox::new();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let busy = self.engine.is_busy();
            tokio::select! {
                wish = self.wishes.recv() => match wish {
                    Some(wish) => self.grant(wish),
                    None => return Ok(()),
                },
                _ = tick.tick(), if busy => self.engine.tick(Instant::now()),
                ready = readable(socket.as_ref()) => ready?,
            }
            if let Some(socket) = &socket {
                self.take(socket, &mut inbox);
                self.flush(socket);
            }
            self.tell();
        }
    }

    /// Takes what has come.
    fn take(&mut self, socket: &UdpSocket, inbox: &mut Inbox) {
        for _ in 0..BATCHES {
            match socket::receive(socket, inbox) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    // An ICMP message about somebody who is gone comes as an error of the whole socket.
                    tracing::debug!(%error, "the relay's socket told of an error");
                    continue;
                }
            }
            let now = Instant::now();
            for (source, bytes) in inbox.datagrams() {
                self.engine.datagram(now, source, bytes);
            }
            if self.engine.out.len() >= FLUSH {
                self.flush(socket);
            }
        }
    }

    fn flush(&mut self, socket: &UdpSocket) {
        if self.engine.out.len() > 0 {
            let unsent = socket::send(socket, &mut self.engine.out);
            self.counters.unsent.add(unsent);
        }
    }

    fn tell(&mut self) {
        for roll in self.engine.take_rolls() {
            let call = roll.call;
            if self.rolls.try_send(roll).is_err() {
                self.engine.tell_again(call);
            }
        }
    }

    fn grant(&mut self, wish: Wish) {
        let now = Instant::now();
        let engine = &mut self.engine;
        // Whoever does not wait for an answer any more gets none.
        match wish {
            Wish::Offer(place, offer, answer) => {
                let _ = answer.send(engine.offer(now, place, &offer));
            }
            Wish::OpenTunnel(place, out, answer) => {
                let _ = answer.send(engine.open_tunnel(now, place, out));
            }
            Wish::Packet(key, packet) => engine.tunnel_packet(now, key, &packet),
            Wish::CloseTunnel(key) => engine.close_tunnel(key),
            Wish::Leave(call, device) => engine.leave(call, device),
            Wish::OnlyIn(device, calls) => engine.only_in(device, &calls),
            Wish::Pin(call, device, pins) => engine.pin(call, device, pins),
            Wish::Standings(standings) => engine.set_standings(standings),
            Wish::Places(answer) => {
                let _ = answer.send(engine.places());
            }
        }
    }
}

async fn readable(socket: Option<&UdpSocket>) -> io::Result<()> {
    match socket {
        Some(socket) => socket.readable().await,
        None => std::future::pending().await,
    }
}
