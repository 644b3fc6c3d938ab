//! Clients and a relay, without the rest of the server.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use dialtone_protocol::relay::{RelayTalker, UpHeader};
use dialtone_protocol::roster::{Standings, VoiceStanding};
use dialtone_protocol::{CallId, ChannelId, DeviceId};
use tokio::sync::mpsc;
use tokio::task::block_in_place;

use super::engine::TunnelKey;
use super::select::MOST;
use super::service::{Relay, RelayStart};
use super::{Place, RelayClient};

const PATIENCE: Duration = Duration::from_secs(30);

fn place(number: u8) -> Place {
    Place {
        call: CallId([1; 16]),
        channel: ChannelId([1; 16]),
        device: DeviceId([number; 32]),
    }
}

fn start() -> RelayStart {
    Relay::start(Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).unwrap()
}

async fn connect(relay: &Relay, number: u8) -> RelayClient {
    let (mut client, offer) = RelayClient::new().unwrap();
    let answer = relay.answer(place(number), offer).await.unwrap();
    let port = relay.port().unwrap();
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    client.accept(&answer, at).unwrap();
    let connected = block_in_place(|| client.run_until(PATIENCE, |client| client.is_connected()));
    assert!(connected.unwrap());
    client
}

async fn roll(start: &mut RelayStart, size: usize) -> Vec<RelayTalker> {
    loop {
        let roll = tokio::time::timeout(PATIENCE, start.rolls.recv()).await;
        let talkers = roll.expect("in time").unwrap().talkers;
        if talkers.len() == size {
            return talkers;
        }
    }
}

/// Offers with bytes changed, lines left out, said twice or in another order: each is answered or refused, and the relay goes on.
#[tokio::test(flavor = "multi_thread")]
async fn broken_offers_end_nothing() {
    let mut start = start();
    let (_client, offer) = RelayClient::new().unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut refused = 0;
    for _ in 0..300 {
        let mut lines: Vec<String> = offer.split_inclusive('\n').map(str::to_owned).collect();
        for _ in 0..=next(3) {
            let at = next(lines.len());
            match next(4) {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[at].clone()),
                2 => {
                    let other = next(lines.len());
                    lines.swap(at, other);
                }
                _ => {
                    let mut bytes = lines[at].clone().into_bytes();
                    let place = next(bytes.len());
                    bytes[place] = next(128) as u8;
                    lines[at] = String::from_utf8_lossy(&bytes).into_owned();
                }
            }
        }
        let place = place(next(5) as u8 + 10);
        let answer = start.relay.answer(place, lines.concat()).await;
        refused += u32::from(answer.is_err());
    }
    assert!(refused > 20, "{refused}");
    let _anna = connect(&start.relay, 1).await;
    assert_eq!(roll(&mut start, 1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_hear_each_other() {
    let mut start = start();
    let mut anna = connect(&start.relay, 1).await;
    let mut bernd = connect(&start.relay, 2).await;
    let talkers = roll(&mut start, 2).await;
    assert_eq!(talkers.len(), 2);
    let header = UpHeader {
        level: 30,
        sequence: 1,
        timestamp: 960,
        marker: true,
    };
    anna.send(header, b"sealed").unwrap();
    let mut heard = Vec::new();
    let came = block_in_place(|| {
        bernd.run_until(PATIENCE, |bernd| {
            heard.extend(bernd.take_heard());
            !heard.is_empty()
        })
    });
    assert!(came.unwrap(), "{:?}", start.relay.counts());
    assert_eq!(heard[0].1, b"sealed");
    assert_eq!(heard[0].0.talker, talkers[0].number);
}

async fn open(relay: &Relay, number: u8) -> (TunnelKey, mpsc::Receiver<Bytes>) {
    let (out, heard) = mpsc::channel(10_000);
    (relay.open_tunnel(place(number), out).await.unwrap(), heard)
}

async fn say(relay: &Relay, key: TunnelKey, level: u8, sealed: &[u8]) {
    let header = UpHeader {
        level,
        sequence: 1,
        timestamp: 960,
        marker: false,
    };
    let packet = [&header.bytes()[..], sealed].concat();
    relay.tunnel_packet(key, packet.into()).await;
}

/// Eight are louder: whoever has priority is heard beside them, whoever is muted not even alone, and both from the first packet on.
#[tokio::test(flavor = "multi_thread")]
async fn the_roster_says_who_is_heard_before_the_loudest_and_who_by_nobody() {
    let start = start();
    let relay = &start.relay;
    let standing = |number: usize, standing| (place(number as u8).device, standing);
    let (priority, quiet, muted) = (MOST, MOST + 1, MOST + 2);
    let standings = Standings::from_iter([
        standing(priority, VoiceStanding::Priority),
        standing(muted, VoiceStanding::Muted),
    ]);
    relay.set_standings(standings).await;
    let (_, mut heard) = open(relay, 100).await;
    let mut keys = Vec::new();
    let mut ends = Vec::new();
    for number in 0..=muted {
        let (key, end) = open(relay, number as u8).await;
        keys.push(key);
        ends.push(end);
    }
    say(relay, keys[muted], 0, b"muted").await;
    for key in &keys[..MOST] {
        say(relay, *key, 20, b"loud").await;
    }
    say(relay, keys[quiet], 100, b"quiet").await;
    say(relay, keys[priority], 100, b"first").await;
    let mut got = Vec::new();
    for _ in 0..=MOST {
        let packet = tokio::time::timeout(PATIENCE, heard.recv()).await.unwrap();
        let packet = packet.unwrap();
        let (_, sealed) = dialtone_protocol::relay::DownHeader::read(&packet).unwrap();
        got.push(sealed.to_vec());
    }
    assert_eq!(got.pop().unwrap(), b"first");
    assert!(got.iter().all(|sealed| sealed == b"loud"), "{got:?}");
    let counts = relay.counts();
    assert_eq!((counts.muted, counts.not_selected), (1, 1));
}
