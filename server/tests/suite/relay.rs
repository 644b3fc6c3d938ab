//! Relayed calls: packets through the one UDP port and through TLS, and those that do not get through.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use dialtone_crypto::entries;
use dialtone_protocol::frame::{ClientFrame, MAX_RELAY_SDP, MOST_PINS, RefusalCode, ServerFrame};
use dialtone_protocol::relay::{DownHeader, MAX_RELAYED, RelayTalker, UpHeader};
use dialtone_protocol::roster::VoiceStanding;
use dialtone_protocol::{CallId, ChannelId, DeviceId};
use dialtone_server::{RelayClient, RelayCounts};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::task::block_in_place;
use tokio_tungstenite::tungstenite::Message;

use crate::common::{Person, Socket, TestServer, until};

/// Much longer than anything takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody in a call.
struct Caller {
    person: Person,
    socket: Socket,
    call: CallId,
    client: Box<RelayClient>,
}

impl Caller {
    fn device(&self) -> DeviceId {
        self.person.device.id()
    }

    /// Joins the channel's call, and is relayed in it.
    async fn join(server: &TestServer, person: Person, channel: ChannelId) -> Self {
        let (mut socket, _) = Socket::connect(&person.api).await;
        let joined = socket.ask(&ClientFrame::JoinCall { channel }).await;
        let ServerFrame::Joined(state) = joined else {
            panic!("not joined: {joined:?}")
        };
        let call = state.call;
        let client = Box::new(connect(server, &mut socket, call).await);
        Self {
            person,
            socket,
            call,
            client,
        }
    }

    /// Says by an entry how another's voice is to be heard.
    async fn change_voice(&mut self, whose: &Self, standing: VoiceStanding) {
        self.person.fetch_roster().await;
        let Person { device, roster, .. } = &self.person;
        let account = whose.person.account_id();
        let entry = entries::change_voice_standing(device, roster, account, standing).unwrap();
        assert_eq!(self.person.publish(entry).await.status, 200);
    }

    fn say(&mut self, sequence: u16, sealed: &[u8]) {
        let header = UpHeader {
            level: 30,
            sequence,
            timestamp: u32::from(sequence) * 960,
            marker: sequence == 0,
        };
        self.client.send(header, sealed).unwrap();
    }
}

async fn connect(server: &TestServer, socket: &mut Socket, call: CallId) -> RelayClient {
    let (mut client, sdp) = RelayClient::new().unwrap();
    let answer = socket.ask(&ClientFrame::RelayOffer { call, sdp }).await;
    let ServerFrame::RelayAnswer { sdp, port, .. } = answer else {
        panic!("no answer: {answer:?}")
    };
    assert_eq!(server.state.relay().port(), Some(port));
    assert!(!sdp.contains("a=candidate"), "{sdp}");
    client.accept(&sdp, relay_at(port)).unwrap();
    let connected = block_in_place(|| client.run_until(PATIENCE, |client| client.is_connected()));
    assert!(connected.unwrap());
    client
}

fn relay_at(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Three people who are relayed in one call.
async fn three(server: &TestServer) -> [Caller; 3] {
    let mut anna = Person::found(server, "anna").await;
    let channel = anna.create_channel().await;
    let bernd = anna.bring(server, "bernd").await;
    let carla = anna.bring(server, "carla").await;
    [
        Caller::join(server, anna, channel).await,
        Caller::join(server, bernd, channel).await,
        Caller::join(server, carla, channel).await,
    ]
}

/// The numbers of those who are reached, once they are so many.
async fn roll(socket: &mut Socket, size: usize) -> Vec<RelayTalker> {
    let pick = |frame: &ServerFrame| match frame {
        ServerFrame::RelayRoll { talkers, .. } if talkers.len() == size => Some(talkers.clone()),
        _ => None,
    };
    socket.wait_for(pick).await
}

/// Lets a client run until it has heard so much.
fn hear(client: &mut RelayClient, packets: usize) -> Vec<(DownHeader, Vec<u8>)> {
    let mut heard = Vec::new();
    let enough = block_in_place(|| {
        client.run_until(PATIENCE, |client| {
            heard.extend(client.take_heard());
            heard.len() >= packets
        })
    });
    assert!(enough.unwrap(), "only {} came", heard.len());
    heard
}

fn counts(server: &TestServer) -> RelayCounts {
    server.state.relay().counts()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_hears_exactly_what_the_others_sealed() {
    let server = TestServer::start().await;
    let mut callers = Box::pin(three(&server)).await;
    let talkers = roll(&mut callers[0].socket, 3).await;
    for speaker in 0..3 {
        let number = talkers
            .iter()
            .find(|one| one.device == callers[speaker].device());
        let number = number.unwrap().number;
        let sealed = |sequence: u16| vec![speaker as u8; 20 + usize::from(sequence) * 3];
        for sequence in 0..40 {
            callers[speaker].say(sequence, &sealed(sequence));
        }
        for listener in (0..3).filter(|listener| *listener != speaker) {
            let heard = hear(&mut callers[listener].client, 40);
            assert_eq!(heard.len(), 40);
            for (sequence, (header, payload)) in (0..).zip(&heard) {
                assert_eq!((header.talker, header.sequence), (number, sequence));
                assert_eq!(header.timestamp, u32::from(sequence) * 960);
                assert_eq!((header.marker, header.resumed), (sequence == 0, false));
                assert_eq!(*payload, sealed(sequence));
            }
        }
        assert!(callers[speaker].client.take_heard().is_empty());
    }
    let counts = counts(&server);
    assert_eq!((counts.received, counts.forwarded), (120, 240));
    assert_eq!((counts.over_limit, counts.refused), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_is_not_heard_any_more_and_hears_nothing() {
    let server = TestServer::start().await;
    let [mut anna, mut bernd, mut carla] = Box::pin(three(&server)).await;
    roll(&mut anna.socket, 3).await;
    let leave = ClientFrame::LeaveCall { call: bernd.call };
    assert_eq!(bernd.socket.ask(&leave).await, ServerFrame::Done);
    let left = roll(&mut anna.socket, 2).await;
    assert!(left.iter().all(|talker| talker.device != bernd.device()));
    bernd.say(0, b"too late");
    anna.say(0, b"here");
    assert_eq!(hear(&mut carla.client, 1)[0].1, b"here");
    let ended = block_in_place(|| bernd.client.run_until(PATIENCE, |client| client.is_over()));
    assert!(ended.unwrap());
    assert!(bernd.client.take_heard().is_empty());
    assert_eq!(counts(&server).received, 1);
    let offer = ClientFrame::RelayOffer {
        call: bernd.call,
        sdp: RelayClient::new().unwrap().1,
    };
    assert_eq!(bernd.socket.refusal(&offer).await, RefusalCode::NotAllowed);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_in_a_call_changes_nothing_in_it() {
    let server = TestServer::start().await;
    let [mut anna, mut bernd, mut carla] = Box::pin(three(&server)).await;
    roll(&mut anna.socket, 3).await;
    anna.person.fetch_roster().await;
    let dora = anna.person.bring(&server, "dora").await;
    let (mut socket, _) = Socket::connect(&dora.api).await;
    let call = anna.call;
    let leave = ClientFrame::LeaveCall { call };
    assert_eq!(socket.refusal(&leave).await, RefusalCode::Unknown);
    // These two are about oneself, who is not there: nothing is to be done.
    let leave = ClientFrame::RelayLeave { call };
    assert_eq!(socket.ask(&leave).await, ServerFrame::Done);
    let pins = ClientFrame::RelayPins {
        call,
        devices: vec![bernd.device()],
    };
    assert_eq!(socket.ask(&pins).await, ServerFrame::Done);
    let (_client, sdp) = RelayClient::new().unwrap();
    let offer = ClientFrame::RelayOffer { call, sdp };
    assert_eq!(socket.refusal(&offer).await, RefusalCode::NotAllowed);
    let path = format!("/relay?call={call}");
    assert!(dora.api.websocket(&path).await.is_none());
    anna.say(0, b"still here");
    for other in [&mut bernd, &mut carla] {
        assert_eq!(hear(&mut other.client, 1)[0].1, b"still here");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_removed_from_the_community_is_cut_off_within_a_second() {
    let server = TestServer::start().await;
    let [mut anna, mut bernd, _carla] = Box::pin(three(&server)).await;
    roll(&mut anna.socket, 3).await;
    anna.person.fetch_roster().await;
    let account = bernd.person.account_id();
    let person = &anna.person;
    let entry = entries::remove_member(&person.device, &person.roster, account, false).unwrap();
    assert_eq!(anna.person.publish(entry).await.status, 200);
    let removed = Instant::now();
    let left = roll(&mut anna.socket, 2).await;
    assert!(
        removed.elapsed() < Duration::from_secs(1),
        "{:?}",
        removed.elapsed()
    );
    assert!(left.iter().all(|talker| talker.device != bernd.device()));
    let ended = block_in_place(|| bernd.client.run_until(PATIENCE, |client| client.is_over()));
    assert!(ended.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn packets_travel_through_tls_as_well() {
    let server = TestServer::start().await;
    let [mut anna, bernd, _carla] = Box::pin(three(&server)).await;
    let talkers = roll(&mut anna.socket, 3).await;
    let path = format!("/relay?call={}", bernd.call);
    let mut tunnel = bernd.person.api.websocket(&path).await.unwrap();
    let up = |sequence: u16| UpHeader {
        level: 30,
        sequence,
        timestamp: 960,
        marker: false,
    };
    let number = talkers.iter().find(|one| one.device == bernd.device());
    let number = number.unwrap().number;
    for sequence in 0..20 {
        let packet = [&up(sequence).bytes()[..], b"through TLS"].concat();
        tunnel.send(Message::Binary(packet.into())).await.unwrap();
    }
    for (sequence, (header, sealed)) in (0..).zip(hear(&mut anna.client, 20)) {
        assert_eq!((header.talker, header.sequence), (number, sequence));
        assert_eq!(sealed, b"through TLS");
    }
    anna.say(7, b"to TLS");
    let packet = tunnel.next().await.unwrap().unwrap().into_data();
    let (header, sealed) = DownHeader::read(&packet).unwrap();
    assert_eq!((header.sequence, sealed), (7, &b"to TLS"[..]));
    // What is no packet is counted, and what is too long ends it.
    tunnel
        .send(Message::Binary(vec![255; 30].into()))
        .await
        .unwrap();
    until(async || counts(&server).refused == 1).await;
    let long = vec![0; MAX_RELAYED + 100];
    tunnel.send(Message::Binary(long.into())).await.unwrap();
    while let Some(Ok(message)) = tunnel.next().await {
        assert!(message.is_close());
    }
    // Of a call that one is not in there is none.
    let path = format!("/relay?call={}", CallId([9; 16]));
    assert!(bernd.person.api.websocket(&path).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_from_nowhere_known_is_counted_and_not_answered() {
    let server = TestServer::start().await;
    let [mut anna, mut bernd, _carla] = Box::pin(three(&server)).await;
    let port = server.state.relay().port().unwrap();
    let stranger = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    stranger.connect(relay_at(port)).unwrap();
    let mut check = vec![0, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42];
    check.extend([7; 12]);
    check.extend([0, 6, 0, 7]);
    check.extend(b"abc:def\0");
    let client_hello = [&[22, 254, 253][..], &[0; 100]].concat();
    let mut rtp = vec![0x80, 111];
    rtp.extend([0; 60]);
    for datagram in [
        &check,
        &client_hello,
        &rtp,
        &vec![0; 1_400],
        &vec![99],
        &vec![],
    ] {
        for _ in 0..50 {
            stranger.send(datagram).unwrap();
        }
    }
    until(async || {
        let counts = counts(&server);
        counts.unknown == 150 && counts.malformed >= 100
    })
    .await;
    stranger
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    assert!(stranger.recv(&mut [0; 2_000]).is_err(), "it was answered");
    // From an address that is known, but not made with its keys.
    let own = anna.client.socket().try_clone().unwrap();
    own.send_to(&rtp, relay_at(port)).unwrap();
    anna.say(0, b"sealed");
    assert_eq!(hear(&mut bernd.client, 1).len(), 1);
    assert_eq!(counts(&server).received, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_held_to_what_a_voice_needs() {
    let server = TestServer::start().await;
    let [mut anna, _bernd, _carla] = Box::pin(three(&server)).await;
    for sequence in 0..2_000 {
        anna.say(sequence, &[7; 60]);
    }
    until(async || {
        let counts = counts(&server);
        counts.received + counts.unsent >= 1_900
    })
    .await;
    let counts = counts(&server);
    assert!(counts.over_limit > 1_000, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_that_cannot_be_used_are_refused() {
    let server = TestServer::start().await;
    let [mut anna, _bernd, _carla] = Box::pin(three(&server)).await;
    let call = anna.call;
    let (_client, sdp) = RelayClient::new().unwrap();
    let two = format!("{sdp}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n");
    for sdp in [
        String::new(),
        "v=0\r\n".to_owned(),
        "\0".repeat(100),
        sdp.replace("m=audio", "m=video"),
        sdp.replace("a=fingerprint", "a=nothing"),
        two,
        "x".repeat(MAX_RELAY_SDP + 1),
    ] {
        let offer = ClientFrame::RelayOffer { call, sdp };
        assert_eq!(anna.socket.refusal(&offer).await, RefusalCode::Malformed);
    }
    let elsewhere = ClientFrame::RelayOffer {
        call: CallId([9; 16]),
        sdp,
    };
    assert_eq!(
        anna.socket.refusal(&elsewhere).await,
        RefusalCode::NotAllowed
    );
    let pins = ClientFrame::RelayPins {
        call,
        devices: vec![DeviceId([1; 32]); MOST_PINS + 1],
    };
    assert_eq!(anna.socket.refusal(&pins).await, RefusalCode::TooMany);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_connection_takes_over_without_a_gap() {
    let server = TestServer::start().await;
    let [mut anna, mut bernd, _carla] = Box::pin(three(&server)).await;
    bernd.say(0, b"first");
    assert_eq!(hear(&mut anna.client, 1).len(), 1);
    let mut next = connect(&server, &mut bernd.socket, bernd.call).await;
    // Both carry for a while.
    bernd.say(1, b"second");
    let header = UpHeader {
        level: 30,
        sequence: 2,
        timestamp: 1_920,
        marker: false,
    };
    next.send(header, b"third").unwrap();
    let heard = hear(&mut anna.client, 2);
    let sequences: Vec<u16> = heard.iter().map(|(header, _)| header.sequence).collect();
    assert_eq!(sequences, [1, 2]);
    assert_eq!(heard[0].0.talker, heard[1].0.talker);
    anna.say(0, b"to the next one");
    assert_eq!(hear(&mut next, 1)[0].1, b"to the next one");
    let ended = block_in_place(|| bernd.client.run_until(PATIENCE, |client| client.is_over()));
    assert!(ended.unwrap());
    assert!(next.is_connected());
}

/// What is heard of one, and of another who speaks after it: once the second is here, the first was dropped or is here as well.
fn heard_until(client: &mut RelayClient, last: &[u8]) -> Vec<Vec<u8>> {
    let mut heard: Vec<Vec<u8>> = Vec::new();
    while heard.last().map(Vec::as_slice) != Some(last) {
        heard.extend(hear(client, 1).into_iter().map(|(_, sealed)| sealed));
    }
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_muted_by_an_admin_is_not_forwarded_within_a_second_nor_by_coming_anew() {
    let server = TestServer::start().await;
    let [mut anna, mut bernd, mut carla] = Box::pin(three(&server)).await;
    roll(&mut anna.socket, 3).await;
    bernd.say(0, b"heard");
    assert_eq!(hear(&mut carla.client, 1)[0].1, b"heard");
    anna.change_voice(&bernd, VoiceStanding::Muted).await;
    let muted = Instant::now();
    let mut sequence = 0;
    // Its stream goes on all the while: as from a client that does not mind.
    until(async || {
        sequence += 1;
        bernd.say(sequence, b"still there");
        counts(&server).muted > 0
    })
    .await;
    let took = muted.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
    let before = counts(&server);
    let mut again = connect(&server, &mut bernd.socket, bernd.call).await;
    let header = UpHeader {
        level: 0,
        sequence: 500,
        timestamp: 480_000,
        marker: true,
    };
    again.send(header, b"muted").unwrap();
    until(async || counts(&server).muted > before.muted).await;
    anna.say(0, b"of anna");
    let heard = heard_until(&mut carla.client, b"of anna");
    assert!(!heard.contains(&b"muted".to_vec()), "{heard:?}");

    anna.change_voice(&bernd, VoiceStanding::Ordinary).await;
    until(async || {
        sequence += 1;
        bernd.say(sequence, b"again");
        let heard = block_in_place(|| {
            let soon = Duration::from_millis(20);
            let _ = carla.client.run_until(soon, |_| false);
            carla.client.take_heard()
        });
        heard.iter().any(|(_, sealed)| sealed == b"again")
    })
    .await;
}
