//! Direct calls whose every packet crosses a network with faults.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use dialtone_faults::{Conditions, Dependence, NatRules, Network};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::mesh::{Mesh, last_state};
use crate::voice::transport::{PeerState, Signal, SignalBody};

/// The call goes on so long after the network is back, at most.
const BACK: Duration = Duration::from_secs(3);

fn any() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// The same description or candidate, with fronts of the network in the candidates' places.
fn through(network: &Network, text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let mut words: Vec<String> = line.split(' ').map(ToOwned::to_owned).collect();
        if line.contains("candidate:") && words.len() > 5 {
            let target = format!("{}:{}", words[4], words[5]).parse().unwrap();
            let front = network.udp(any(), target).unwrap();
            words[4] = front.ip().to_string();
            words[5] = front.port().to_string();
        }
        words.join(" ")
    });
    lines.collect()
}

fn rewritten(network: &Network, mut signal: Signal) -> Signal {
    match &mut signal.body {
        SignalBody::Offer { sdp } | SignalBody::Answer { sdp } => *sdp = through(network, sdp),
        SignalBody::Candidate { candidate } => *candidate = through(network, candidate),
        _ => {}
    }
    signal
}

/// Two devices that are connected through a network.
async fn connected(rules: NatRules, conditions: Conditions) -> (Mesh, Arc<Network>) {
    let network = Arc::new(Network::new(Handle::current(), 11, rules));
    network.set(conditions);
    let between = Arc::clone(&network);
    let mut mesh = Mesh::introduced(&[1, 2])
        .with_courier(move |_, _, signal| Some(rewritten(&between, signal)));
    mesh.until_connected().await;
    (mesh, network)
}

/// Talks until something said after now is heard in both directions; how long that took.
async fn until_heard(mesh: &mut Mesh) -> Duration {
    let began = Instant::now();
    let first: Vec<u16> = [1, 2].map(|number| mesh.send(number)).to_vec();
    let mut heard = [false; 2];
    while heard != [true; 2] {
        assert!(began.elapsed() < Duration::from_mins(1), "{:#?}", mesh.log);
        mesh.run(Instant::now() + Duration::from_millis(20)).await;
        for (at, listener) in [2, 1].into_iter().enumerate() {
            while let Ok(packet) = mesh.node(listener).media.try_recv() {
                heard[at] |= packet.sequence >= first[at];
            }
        }
        mesh.send(1);
        mesh.send(2);
    }
    began.elapsed()
}

#[tokio::test]
async fn a_call_through_loss_jitter_and_a_strict_translator_is_heard() {
    let rules = NatRules {
        mapping: Dependence::AddressAndPort,
        filtering: Dependence::AddressAndPort,
    };
    let conditions = Conditions {
        delay: Duration::from_millis(30),
        jitter: Duration::from_millis(20),
        loss: 0.05,
        duplicate: 0.02,
        reorder: 0.02,
        ..Conditions::default()
    };
    let (mut mesh, _network) = connected(rules, conditions).await;
    until_heard(&mut mesh).await;
}

#[tokio::test]
async fn after_seconds_without_network_a_direct_call_goes_on_within_three_seconds() {
    let (mut mesh, network) = connected(NatRules::default(), Conditions::default()).await;
    until_heard(&mut mesh).await;
    network.adjust(|conditions| conditions.cut = true);
    mesh.log.clear();
    // Whoever notices first tells, and may have begun anew before the other has noticed.
    mesh.until(|log| {
        let lost =
            |at, peer| last_state(log, at, peer).is_some_and(|state| state != PeerState::Connected);
        lost(1, 2) || lost(2, 1)
    })
    .await;
    mesh.run(Instant::now() + Duration::from_secs(4)).await;
    network.adjust(|conditions| conditions.cut = false);
    let took = until_heard(&mut mesh).await;
    println!("heard again {took:?} after the network was back");
    assert!(
        took < BACK + Duration::from_secs(2),
        "{took:?}: {:#?}",
        mesh.log
    );
}

#[tokio::test]
async fn in_another_network_a_direct_call_goes_on_within_three_seconds() {
    let (mut mesh, network) = connected(NatRules::default(), Conditions::default()).await;
    until_heard(&mut mesh).await;
    network.change();
    let took = until_heard(&mut mesh).await;
    println!("heard again {took:?} after the network was another");
    assert!(took < BACK, "{took:?}: {:#?}", mesh.log);
}

#[tokio::test]
async fn what_is_lost_between_two_clients_is_sent_again() {
    const PACKETS: u16 = 300;
    let (mut mesh, network) = connected(NatRules::default(), Conditions::default()).await;
    network.adjust(|conditions| {
        conditions.loss = 0.1;
        conditions.delay = Duration::from_millis(5);
    });
    let mut heard = [Vec::new(), Vec::new()];
    let first = mesh.send(1) + 1;
    assert_eq!(mesh.send(2) + 1, first);
    for place in 0..PACKETS + 40 {
        // The last are there so that those before are missed.
        if place < PACKETS + 10 {
            mesh.send(1);
            mesh.send(2);
        }
        mesh.run(Instant::now() + Duration::from_millis(10)).await;
        for (at, listener) in [2, 1].into_iter().enumerate() {
            while let Ok(packet) = mesh.node(listener).media.try_recv() {
                heard[at].push((packet.sequence, packet.resent));
            }
        }
    }
    for heard in heard {
        let counted = first..first + PACKETS;
        let numbers: BTreeSet<u16> = heard.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers.len(), heard.len(), "one came twice");
        let came = counted.filter(|number| numbers.contains(number)).count();
        let resent = heard.iter().filter(|(_, resent)| *resent).count();
        println!("{came} of {PACKETS} came, {resent} of them sent again");
        assert!(came >= usize::from(PACKETS) * 985 / 1_000, "{came}");
        assert!((10..80).contains(&resent), "{resent}");
    }
}
