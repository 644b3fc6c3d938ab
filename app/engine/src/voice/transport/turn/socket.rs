//! A UDP socket that gives to streams what is for a stand-in, and the rest to the network.

use std::collections::HashMap;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use dialtone_words::say;
use parking_lot::Mutex;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::carrier::Carrier;
use super::inbox::Inbox;
use super::streams::{Owner, Streams};

/// One socket of the engine's.
#[derive(Debug)]
pub(super) struct TurnSocket {
    udp: Arc<dyn AsyncUdpSocket>,
    streams: Arc<Streams>,
    owner: Owner,
    carriers: Mutex<HashMap<usize, Carrier>>,
    inbox: Arc<Inbox>,
}

impl TurnSocket {
    /// In front of `udp`.
    pub(super) fn new(udp: Arc<dyn AsyncUdpSocket>, streams: Arc<Streams>, owner: Owner) -> Self {
        Self {
            udp,
            streams,
            owner,
            carriers: Mutex::default(),
            inbox: Arc::default(),
        }
    }

    fn send_to_stream(&self, index: usize, transmit: &Transmit<'_>) -> io::Result<usize> {
        if !self.streams.claim(index, self.owner) {
            let words = say!("reach-turn-other-socket");
            return Err(io::Error::new(io::ErrorKind::AddrInUse, words));
        }
        let mut carriers = self.carriers.lock();
        let carrier = carriers.entry(index).or_insert_with(|| {
            let server = self.streams.server(index).clone();
            Carrier::start(server, transmit.destination, Arc::clone(&self.inbox))
        });
        let whole = transmit.contents.len().max(1);
        let length = transmit.segment_size.unwrap_or(whole).max(1);
        for datagram in transmit.contents.chunks(length) {
            carrier.send(datagram).map_err(io::Error::other)?;
        }
        Ok(transmit.contents.len())
    }
}

impl AsyncUdpSocket for TurnSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.udp.local_addr()
    }

    /// Never waits for a stream: the engine waits here.
    fn poll_send(
        &self,
        context: &mut Context<'_>,
        transmit: &Transmit<'_>,
    ) -> Poll<io::Result<usize>> {
        match self.streams.index_of(transmit.destination) {
            Some(index) => Poll::Ready(self.send_to_stream(index, transmit)),
            None => self.udp.poll_send(context, transmit),
        }
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        about: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        match self.inbox.poll_take(context, buffers, about) {
            Poll::Ready(taken) => Poll::Ready(Ok(taken)),
            Poll::Pending => self.udp.poll_recv(context, buffers, about),
        }
    }

    fn max_gso_segments(&self) -> usize {
        self.udp.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.udp.max_gro_segments()
    }
}
