//! The transport against a real relay, and beside the direct one: each end proves the other.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dialtone_faults::{NatRules, Network};
use dialtone_protocol::relay::RelayTalker;
use dialtone_protocol::{CallId, ChannelId, DeviceId};
use dialtone_server::{Place, Relay, RelayStart};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::close::{own_runtime, until_tasks_are};
use super::mesh::{Mesh, PATIENCE, device, payload};
use crate::voice::transport::relay::{
    RelayAnswer, RelayEvent, RelayOutputs, RelayServer, RelayState, RelayTransport, TunnelEnds,
};
use crate::voice::transport::{MediaIn, MediaSender, TransportConfig};

/// A server without TLS.
struct Here;

#[async_trait]
impl RelayServer for Here {
    async fn addresses(&self) -> Vec<IpAddr> {
        vec![Ipv4Addr::LOCALHOST.into()]
    }

    async fn open_tunnel(&self) -> Option<TunnelEnds> {
        None
    }
}

fn config() -> TransportConfig {
    TransportConfig {
        include_loopback: true,
        bind: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))],
        ..TransportConfig::default()
    }
}

fn place(device: DeviceId) -> Place {
    Place {
        call: CallId([1; 16]),
        channel: ChannelId([1; 16]),
        device,
    }
}

struct Node {
    device: DeviceId,
    sender: MediaSender,
    transport: RelayTransport,
    events: mpsc::Receiver<RelayEvent>,
    media: mpsc::Receiver<MediaIn>,
}

impl Node {
    fn new(number: u8, server: Arc<dyn RelayServer>) -> Self {
        Self::beside(number, server, MediaSender::new())
    }

    /// Beside another transport that sends the same packets.
    fn beside(number: u8, server: Arc<dyn RelayServer>, sender: MediaSender) -> Self {
        let (events_in, events) = mpsc::channel(64);
        let (media_in, media) = mpsc::channel(512);
        let outputs = RelayOutputs {
            events: events_in,
            media: media_in,
        };
        let transport = RelayTransport::new(config(), &sender, server, outputs).unwrap();
        Self {
            device: device(number),
            sender,
            transport,
            events,
            media,
        }
    }

    async fn event(&mut self) -> RelayEvent {
        let event = timeout(PATIENCE, self.events.recv()).await;
        event.expect("an event in time").unwrap()
    }

    async fn until(&mut self, relay: &Relay, state: RelayState) {
        self.until_by(relay, relay.port().unwrap(), state).await;
    }

    /// The relay is reached by this port.
    async fn until_by(&mut self, relay: &Relay, port: u16, state: RelayState) {
        loop {
            match self.event().await {
                RelayEvent::Offer(sdp) => {
                    let sdp = relay.answer(place(self.device), sdp).await.unwrap();
                    self.transport.answer(RelayAnswer { sdp, port });
                }
                RelayEvent::State(now) if now == state => return,
                RelayEvent::Problem(error) => panic!("{error}"),
                _ => {}
            }
        }
    }

    async fn hear(&mut self) -> MediaIn {
        let packet = timeout(PATIENCE, self.media.recv()).await;
        packet.expect("a packet in time").unwrap()
    }
}

const UDP: RelayState = RelayState::Connected { over_tls: false };
const TLS: RelayState = RelayState::Connected { over_tls: true };

fn relay() -> RelayStart {
    Relay::start(Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).unwrap()
}

async fn roll(start: &mut RelayStart, size: usize) -> Vec<RelayTalker> {
    loop {
        let roll = timeout(PATIENCE, start.rolls.recv()).await;
        let talkers = roll.expect("a roll in time").unwrap().talkers;
        if talkers.len() == size {
            return talkers;
        }
    }
}

#[tokio::test]
async fn clients_hear_each_other_over_the_relay_under_the_talkers_own_numbers() {
    let mut start = relay();
    let mut nodes: Vec<Node> = (1..=3)
        .map(|number| Node::new(number, Arc::new(Here)))
        .collect();
    for node in &mut nodes {
        node.until(&start.relay, UDP).await;
    }
    let talkers = roll(&mut start, 3).await;
    for node in &nodes {
        node.transport.set_roll(&talkers);
        assert!((1..=3).all(|number| node.transport.reaches(&device(number))));
    }
    for from in 1..=3_u8 {
        for sequence in 0..50_u16 {
            let (time, first) = (u32::from(sequence) * 960, sequence == 0);
            let speaker = &nodes[usize::from(from) - 1];
            let sent = speaker
                .sender
                .try_send(&payload(from, sequence), sequence, time, first, 30);
            assert_eq!(sent, Some(1));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        for to in (1..=3).filter(|to| *to != from) {
            for sequence in 0..50_u16 {
                let heard = nodes[usize::from(to) - 1].hear().await;
                assert_eq!((heard.from, heard.sequence), (device(from), sequence));
                assert_eq!(heard.timestamp, u32::from(sequence) * 960);
                assert_eq!((heard.marker, heard.resumed), (sequence == 0, false));
                assert_eq!(heard.payload, payload(from, sequence));
            }
        }
    }
    let stats = loop {
        if let RelayEvent::Stats(stats) = nodes[0].event().await
            && stats.received == 100
        {
            break stats;
        }
    };
    assert_eq!((stats.lost, stats.refused, stats.unsent), (0, 0, 0));
    assert_eq!(start.relay.counts().forwarded, 300);
}

#[tokio::test]
async fn whoever_the_relay_does_not_relay_any_more_looks_for_a_way_again() {
    let mut start = relay();
    let mut node = Node::new(1, Arc::new(Here));
    node.until(&start.relay, UDP).await;
    roll(&mut start, 1).await;
    start.relay.remove(place(node.device)).await;
    node.until(&start.relay, RelayState::Connecting).await;
    node.until(&start.relay, UDP).await;
    node.transport.close().await;
    assert!(node.media.recv().await.is_none());
}

#[test]
fn closing_or_dropping_it_ends_every_task() {
    own_runtime().block_on(async {
        let start = relay();
        let kept = tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks();
        for closes in [true, false] {
            let mut node = Node::new(1, Arc::new(Here));
            node.until(&start.relay, UDP).await;
            if closes {
                node.transport.close().await;
            } else {
                drop(node);
            }
            until_tasks_are(kept).await;
        }
    });
}

/// A server whose network has no UDP: what goes into its tunnel comes out of it.
struct Echo(mpsc::Sender<bytes::Bytes>);

#[async_trait]
impl RelayServer for Echo {
    async fn addresses(&self) -> Vec<IpAddr> {
        Vec::new()
    }

    async fn open_tunnel(&self) -> Option<TunnelEnds> {
        let (out, mut sent) = mpsc::channel(64);
        let (came, back) = mpsc::channel(64);
        let seen = self.0.clone();
        tokio::spawn(async move {
            while let Some(packet) = sent.recv().await {
                let _ = seen.send(packet).await;
            }
            drop(came);
        });
        Some(TunnelEnds { out, back })
    }
}

#[tokio::test]
async fn where_udp_does_not_get_through_it_goes_through_tls() {
    use dialtone_protocol::relay::UpHeader;
    let start = relay();
    let (seen_in, mut seen) = mpsc::channel(64);
    let mut node = Node::new(1, Arc::new(Echo(seen_in)));
    node.until(&start.relay, TLS).await;
    assert_eq!(node.sender.try_send(b"sealed", 7, 960, true, 18), Some(1));
    let packet = timeout(PATIENCE, seen.recv()).await.unwrap().unwrap();
    let (header, sealed) = UpHeader::read(&packet).unwrap();
    assert_eq!(
        (header.level, header.sequence, header.timestamp),
        (18, 7, 960)
    );
    assert_eq!((header.marker, sealed), (true, &b"sealed"[..]));
}

#[tokio::test]
async fn a_peer_that_was_left_for_the_relay_is_connected_to_again_in_the_same_stay() {
    let mut mesh = Mesh::introduced(&[1, 2]);
    mesh.until_connected().await;
    // Both leave the direct way at the same time, and say so to each other.
    for (from, to) in [(1, 2), (2, 1)] {
        mesh.node(from).transport.remove_peer(&device(to));
    }
    mesh.log.clear();
    mesh.run(Instant::now() + Duration::from_millis(300)).await;
    mesh.introduce(1);
    mesh.introduce(2);
    mesh.until_connected().await;
    let heard = mesh.talk(1, 10).await.remove(&2).unwrap();
    assert_eq!(heard.len(), 10);
}

/// Two devices that talk all the while, over both ways or one: what each heard of the other, by either.
struct Talk {
    mesh: Mesh,
    relayed: Vec<Node>,
    heard: BTreeMap<u8, BTreeSet<u16>>,
    next: u16,
}

impl Talk {
    /// Talks on for so many packets of 5 ms.
    async fn on(&mut self, packets: u16) {
        for _ in 0..packets {
            for number in [1, 2] {
                self.mesh.send(number);
            }
            self.next += 1;
            self.mesh
                .run(Instant::now() + Duration::from_millis(5))
                .await;
            self.listen();
        }
    }

    fn listen(&mut self) {
        for number in [1, 2] {
            let heard = self.heard.entry(number).or_default();
            while let Ok(packet) = self.mesh.node(number).media.try_recv() {
                heard.insert(packet.sequence);
            }
            for node in &mut self.relayed {
                while node.device == device(number)
                    && let Ok(packet) = node.media.try_recv()
                {
                    heard.insert(packet.sequence);
                }
            }
        }
    }

    fn remove_direct(&mut self) {
        for (from, to) in [(1, 2), (2, 1)] {
            self.mesh.node(from).transport.remove_peer(&device(to));
        }
    }
}

#[tokio::test]
async fn no_packet_is_lost_when_a_call_becomes_relayed_and_direct_again() {
    let mut start = relay();
    let mut mesh = Mesh::introduced(&[1, 2]);
    mesh.until_connected().await;
    let mut talk = Talk {
        mesh,
        relayed: Vec::new(),
        heard: BTreeMap::new(),
        next: 0,
    };
    talk.on(40).await;
    for number in [1, 2] {
        let sender = talk.mesh.node(number).transport.sender();
        let mut node = Node::beside(number, Arc::new(Here), sender);
        node.until(&start.relay, UDP).await;
        talk.relayed.push(node);
    }
    let talkers = roll(&mut start, 2).await;
    for node in &talk.relayed {
        node.transport.set_roll(&talkers);
    }
    // Both ways stand, then the relay alone.
    talk.on(40).await;
    talk.remove_direct();
    talk.on(80).await;
    let by_relay = start.relay.counts().forwarded;
    assert!(by_relay > 150, "{by_relay}");
    // Both again, then the direct way alone.
    talk.mesh.log.clear();
    talk.mesh.introduce(1);
    talk.mesh.introduce(2);
    talk.mesh.until_connected().await;
    talk.on(40).await;
    for node in talk.relayed.drain(..) {
        node.transport.close().await;
    }
    talk.on(40).await;
    talk.mesh
        .run(Instant::now() + Duration::from_millis(300))
        .await;
    talk.listen();
    for number in [1, 2] {
        let heard = &talk.heard[&number];
        let missing: Vec<u16> = (0..talk.next).filter(|n| !heard.contains(n)).collect();
        assert!(missing.is_empty(), "{number} has not heard {missing:?}");
    }
}

#[tokio::test]
async fn what_is_lost_on_either_side_of_the_relay_is_sent_again() {
    const PACKETS: u16 = 300;
    let mut start = relay();
    let port = start.relay.port().unwrap();
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut networks = Vec::new();
    let mut nodes = Vec::new();
    for number in 1..=2 {
        let network = Network::new(Handle::current(), u64::from(number), NatRules::default());
        let front = network.udp(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), at);
        let mut node = Node::new(number, Arc::new(Here));
        node.until_by(&start.relay, front.unwrap().port(), UDP)
            .await;
        networks.push(network);
        nodes.push(node);
    }
    let talkers = roll(&mut start, 2).await;
    for (node, network) in nodes.iter().zip(&networks) {
        node.transport.set_roll(&talkers);
        network.adjust(|conditions| {
            conditions.loss = 0.1;
            conditions.delay = Duration::from_millis(5);
        });
    }
    let mut heard = Vec::new();
    // The last are there so that those before are missed.
    for sequence in 0..PACKETS + 10 {
        let time = u32::from(sequence) * 960;
        nodes[0]
            .sender
            .try_send(&payload(1, sequence), sequence, time, false, 30);
        tokio::time::sleep(Duration::from_millis(10)).await;
        while let Ok(packet) = nodes[1].media.try_recv() {
            assert_eq!(packet.payload, payload(1, packet.sequence));
            heard.push((packet.sequence, packet.resent));
        }
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    while let Ok(packet) = nodes[1].media.try_recv() {
        heard.push((packet.sequence, packet.resent));
    }
    let numbers: BTreeSet<u16> = heard.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers.len(), heard.len(), "one came twice");
    let came = (0..PACKETS).filter(|number| numbers.contains(number));
    let (came, counts) = (came.count(), start.relay.counts());
    let resent = heard.iter().filter(|(_, resent)| *resent).count();
    println!("{came} of {PACKETS} came, {resent} of them sent again, {counts:?}");
    assert!(came >= usize::from(PACKETS) * 97 / 100, "{came}");
    // About 60 were lost, half of them before the relay.
    assert!((30..130).contains(&resent), "{resent}");
    assert!(counts.again > 10, "{counts:?}");
}
