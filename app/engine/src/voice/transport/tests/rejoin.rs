//! Who leaves and comes back, and news that cross.

use super::mesh::{Mesh, device, last_state, stream};
use crate::voice::transport::{PeerState, Signal, TransportError};

#[tokio::test]
async fn a_peer_that_comes_back_with_another_stay_replaces_the_old_connection() {
    let mut mesh = Mesh::introduced(&[1, 2]);
    mesh.until_connected().await;
    // Each role comes back once, without a goodbye.
    for (back, other) in [(2, 1), (1, 2)] {
        mesh.nodes.remove(&back);
        mesh.log.clear();
        mesh.join(back, 2);
        mesh.introduce(back);
        mesh.introduce(other);
        mesh.until_connected().await;
        let heard = mesh.talk(other, 10).await;
        assert_eq!(heard[&back].len(), 10);
        let heard = mesh.talk(back, 10).await;
        assert_eq!(heard[&other].len(), 10);
    }
}

#[tokio::test]
async fn the_same_stay_again_changes_nothing() {
    let mut mesh = Mesh::introduced(&[1, 2]);
    mesh.until_connected().await;
    mesh.log.clear();
    mesh.introduce(1);
    mesh.introduce(2);
    assert_eq!(mesh.talk(1, 5).await[&2].len(), 5);
    assert_eq!(last_state(&mesh.log, 1, 2), None);
}

#[tokio::test]
async fn an_offer_may_come_before_the_news_that_its_sender_joined() {
    let mut mesh = Mesh::new(&[1, 2]);
    mesh.introduce(1);
    let deadline = tokio::time::Instant::now() + super::mesh::PATIENCE;
    // "Connecting", then the offer, which device 2 cannot place yet.
    mesh.step(deadline).await;
    mesh.step(deadline).await;
    mesh.introduce(2);
    mesh.until_connected().await;
    assert!(mesh.refused.is_empty());
}

#[tokio::test]
async fn a_goodbye_is_noticed_at_once() {
    for leaver in [1, 2] {
        let other = 3 - leaver;
        let mut mesh = Mesh::introduced(&[1, 2]);
        mesh.until_connected().await;
        let left = mesh.nodes.remove(&leaver).unwrap();
        let said = std::time::Instant::now();
        left.transport.close().await;
        mesh.until_state(other, leaver, PeerState::Left).await;
        // By silence it would take five seconds.
        assert!(said.elapsed().as_secs() < 4, "{:?}", said.elapsed());
    }
}

#[tokio::test]
async fn signals_of_an_older_stay_are_dropped() {
    let mut old: Option<Signal> = None;
    let (kept_in, kept) = std::sync::mpsc::channel();
    let mut mesh = Mesh::introduced(&[1, 2]).with_courier(move |from, _, signal| {
        if from == 1 && old.is_none() {
            old = Some(signal.clone());
            kept_in.send(signal.clone()).unwrap();
        }
        Some(signal)
    });
    mesh.until_connected().await;
    let offer = kept.recv().unwrap();
    mesh.nodes.remove(&1);
    mesh.log.clear();
    mesh.join(1, 2);
    mesh.introduce(1);
    mesh.introduce(2);
    mesh.until_connected().await;
    mesh.log.clear();
    // The old stay's offer, and the same of the right stay but for this device's older one.
    let mut misled = offer.clone();
    misled.from = stream(1, 2);
    misled.to = stream(2, 9);
    for signal in [offer, misled] {
        let node = mesh.node(2);
        node.transport.handle_signal(device(1), signal).unwrap();
    }
    assert_eq!(mesh.talk(1, 20).await[&2].len(), 20);
    assert_eq!(last_state(&mesh.log, 2, 1), None);
}

#[tokio::test]
async fn a_call_has_room_for_so_many_and_not_for_oneself() {
    let mut mesh = Mesh::new(&[200]);
    let node = mesh.node(200);
    for number in 0..25 {
        let added = node.transport.add_peer(device(number), stream(number, 1));
        added.unwrap();
    }
    assert_eq!(
        node.transport.add_peer(device(30), stream(30, 1)),
        Err(TransportError::Full(25))
    );
    assert_eq!(
        node.transport.add_peer(device(200), stream(200, 1)),
        Err(TransportError::OwnDevice(device(200)))
    );
    node.transport.remove_peer(&device(3));
    node.transport.add_peer(device(30), stream(30, 1)).unwrap();
}
