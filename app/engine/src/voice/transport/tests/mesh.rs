//! Several transports in one process, and a stand-in for the server that brings their signals across.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use dialtone_protocol::{DeviceId, StreamId};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::voice::transport::{
    DirectTransport, MediaIn, PeerState, Signal, SignalBody, TransportConfig, TransportError,
    TransportEvent, TransportOutputs,
};

/// Much longer than anything takes, even on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// What may be done to a signal on its way `(from, to)`; `None` loses it.
type Courier = Box<dyn FnMut(u8, u8, Signal) -> Option<Signal> + Send>;

pub(super) struct Node {
    pub(super) transport: DirectTransport,
    pub(super) media: mpsc::Receiver<MediaIn>,
    pub(super) stream: StreamId,
    /// Of its next packet; a number is never used twice, as SRTP would take it for a replay.
    sequence: u16,
}

/// The devices of a test by number; the smaller one offers.
pub(super) struct Mesh {
    pub(super) nodes: BTreeMap<u8, Node>,
    told_in: mpsc::Sender<(u8, TransportEvent)>,
    told: mpsc::Receiver<(u8, TransportEvent)>,
    courier: Courier,
    config: TransportConfig,
    /// What was told so far, without signals.
    pub(super) log: Vec<(u8, TransportEvent)>,
    /// What `handle_signal` refused.
    pub(super) refused: Vec<TransportError>,
}

pub(super) fn device(number: u8) -> DeviceId {
    DeviceId([number; 32])
}

pub(super) fn stream(number: u8, stay: u8) -> StreamId {
    let mut id = [number; 16];
    id[0] = stay;
    StreamId(id)
}

/// Over this machine's loopback.
pub(super) fn config() -> TransportConfig {
    TransportConfig {
        include_loopback: true,
        bind: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))],
        ..TransportConfig::default()
    }
}

impl Mesh {
    /// The devices with these numbers, in their first stay, not yet connected.
    pub(super) fn new(numbers: &[u8]) -> Self {
        Self::configured(numbers, config())
    }

    /// The same, reaching the network in another way.
    pub(super) fn configured(numbers: &[u8], config: TransportConfig) -> Self {
        let (told_in, told) = mpsc::channel(256);
        let mut mesh = Self {
            nodes: BTreeMap::new(),
            told_in,
            told,
            courier: Box::new(|_, _, signal| Some(signal)),
            config,
            log: Vec::new(),
            refused: Vec::new(),
        };
        for number in numbers {
            mesh.join(*number, 1);
        }
        mesh
    }

    /// The same, with everyone told of everyone.
    pub(super) fn introduced(numbers: &[u8]) -> Self {
        let mut mesh = Self::new(numbers);
        for number in numbers {
            mesh.introduce(*number);
        }
        mesh
    }

    pub(super) fn with_courier(
        mut self,
        courier: impl FnMut(u8, u8, Signal) -> Option<Signal> + Send + 'static,
    ) -> Self {
        self.courier = Box::new(courier);
        self
    }

    /// A device begins a stay; nobody is told.
    pub(super) fn join(&mut self, number: u8, stay: u8) {
        let (events, mut told) = mpsc::channel(64);
        let (media_in, media) = mpsc::channel(256);
        let outputs = TransportOutputs {
            events,
            media: media_in,
        };
        let stream = stream(number, stay);
        let config = self.config.clone();
        let transport = DirectTransport::new(config, device(number), stream, outputs).unwrap();
        let all = self.told_in.clone();
        tokio::spawn(async move {
            while let Some(event) = told.recv().await {
                if all.send((number, event)).await.is_err() {
                    return;
                }
            }
        });
        let node = Node {
            transport,
            media,
            stream,
            sequence: 0,
        };
        self.nodes.insert(number, node);
    }

    /// Tells `number` of all others.
    pub(super) fn introduce(&mut self, number: u8) {
        let others: Vec<_> = self
            .nodes
            .iter()
            .filter(|(other, _)| **other != number)
            .map(|(other, node)| (device(*other), node.stream))
            .collect();
        for (other, stream) in others {
            self.node(number).transport.add_peer(other, stream).unwrap();
        }
    }

    pub(super) fn node(&mut self, number: u8) -> &mut Node {
        self.nodes.get_mut(&number).unwrap()
    }

    /// Brings one signal across, or notes what was told.
    pub(super) async fn step(&mut self, deadline: Instant) {
        let Ok(told) = timeout_at(deadline, self.told.recv()).await else {
            panic!("nothing more came: {:#?}", self.log);
        };
        self.deliver(told.unwrap());
    }

    fn deliver(&mut self, (from, event): (u8, TransportEvent)) {
        let TransportEvent::Signal { to, signal } = event else {
            self.log.push((from, event));
            return;
        };
        let to = to.0[0];
        let Some(signal) = (self.courier)(from, to, signal) else {
            return;
        };
        // A real signal travels as bytes.
        let signal = Signal::decode(&signal.encode().unwrap()).unwrap();
        if let Some(node) = self.nodes.get_mut(&to)
            && let Err(error) = node.transport.handle_signal(device(from), signal)
        {
            self.refused.push(error);
        }
    }

    /// Lets the call go on until `done` holds of what was told.
    pub(super) async fn until(&mut self, done: impl Fn(&[(u8, TransportEvent)]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(&self.log) {
            self.step(deadline).await;
        }
    }

    /// Lets the call go on until `at` has last told `state` of `peer`.
    pub(super) async fn until_state(&mut self, at: u8, peer: u8, state: PeerState) {
        self.until(|log| last_state(log, at, peer) == Some(state))
            .await;
    }

    /// Lets the call go on until everyone is connected to everyone.
    pub(super) async fn until_connected(&mut self) {
        let numbers: Vec<u8> = self.nodes.keys().copied().collect();
        self.until(|log| {
            pairs(&numbers).all(|(a, b)| last_state(log, a, b) == Some(PeerState::Connected))
        })
        .await;
    }

    /// Sends `count` payloads from `from`, each when all others have heard the one before, and returns what each
    /// heard from it. Signals go on meanwhile.
    pub(super) async fn talk(&mut self, from: u8, count: u16) -> BTreeMap<u8, Vec<MediaIn>> {
        let mut heard: BTreeMap<u8, Vec<MediaIn>> = BTreeMap::new();
        for _ in 0..count {
            self.send(from);
            let listeners: Vec<u8> = self.nodes.keys().copied().filter(|n| *n != from).collect();
            for listener in listeners {
                let packet = self.hear(listener).await;
                heard.entry(listener).or_default().push(packet);
            }
        }
        heard
    }

    /// Sends one packet from `from` and returns its sequence.
    pub(super) fn send(&mut self, from: u8) -> u16 {
        let node = self.node(from);
        let sequence = node.sequence;
        node.sequence += 1;
        let payload = payload(from, sequence);
        let timestamp = u32::from(sequence) * 960;
        let sender = node.transport.sender();
        sender
            .try_send(&payload, sequence, timestamp, sequence == 0, 0)
            .unwrap();
        sequence
    }

    /// Lets the call go on until `deadline`.
    pub(super) async fn run(&mut self, deadline: Instant) {
        while let Ok(told) = timeout_at(deadline, self.told.recv()).await {
            self.deliver(told.unwrap());
        }
    }

    /// The next packet that `number` hears. Signals go on meanwhile.
    pub(super) async fn hear(&mut self, number: u8) -> MediaIn {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(packet) = self.node(number).media.try_recv() {
                return packet;
            }
            let media = &mut self.nodes.get_mut(&number).unwrap().media;
            tokio::select! {
                packet = media.recv() => return packet.unwrap(),
                told = self.told.recv() => self.deliver(told.unwrap()),
                () = tokio::time::sleep_until(deadline) => panic!("nothing heard: {:#?}", self.log),
            }
        }
    }
}

pub(super) fn payload(from: u8, sequence: u16) -> Vec<u8> {
    let mut payload = vec![from; 120];
    payload[..2].copy_from_slice(&sequence.to_be_bytes());
    payload
}

/// What a signal says of the way.
pub(super) fn text_of(body: &SignalBody) -> Option<&str> {
    match body {
        SignalBody::Offer { sdp } | SignalBody::Answer { sdp } => Some(sdp),
        SignalBody::Candidate { candidate } => Some(candidate),
        SignalBody::Please { .. } | SignalBody::Bye => None,
    }
}

/// What `at` last told of `peer`.
pub(super) fn last_state(log: &[(u8, TransportEvent)], at: u8, peer: u8) -> Option<PeerState> {
    log.iter().rev().find_map(|(who, event)| match event {
        TransportEvent::State { peer: of, state } if *who == at && *of == device(peer) => {
            Some(*state)
        }
        _ => None,
    })
}

fn pairs(numbers: &[u8]) -> impl Iterator<Item = (u8, u8)> + '_ {
    numbers
        .iter()
        .flat_map(move |a| numbers.iter().map(move |b| (*a, *b)))
        .filter(|(a, b)| a != b)
}
