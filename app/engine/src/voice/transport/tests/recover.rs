//! Ways that break and are found again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::mesh::{Mesh, PATIENCE, last_state};
use crate::voice::transport::{PeerState, SignalBody};

#[tokio::test]
async fn a_restart_keeps_media_flowing() {
    // Either side may ask; the offerer does it.
    for asks in [1, 2] {
        let answers = Arc::new(AtomicU32::new(0));
        let seen = answers.clone();
        let mut mesh = Mesh::introduced(&[1, 2]).with_courier(move |_, _, signal| {
            if matches!(signal.body, SignalBody::Answer { .. }) {
                seen.fetch_max(signal.attempt.round + 1, Ordering::SeqCst);
            }
            Some(signal)
        });
        mesh.until_connected().await;
        mesh.log.clear();
        // A request is heard only some time after the last attempt.
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        mesh.node(asks).transport.refresh();
        // Talk until the restart has been answered, and a good while after.
        let (mut sent, mut heard, mut after) = (0, 0, 0);
        let begun = Instant::now();
        while after < 100 && begun.elapsed() < PATIENCE {
            mesh.send(1);
            sent += 1;
            mesh.run(Instant::now() + Duration::from_millis(10)).await;
            while mesh.node(2).media.try_recv().is_ok() {
                heard += 1;
            }
            if answers.load(Ordering::SeqCst) == 2 {
                after += 1;
            }
        }
        println!("{heard} of {sent} packets went across a restart");
        assert_eq!(after, 100, "no restart: {:#?}", mesh.log);
        // The sockets are replaced meanwhile, so one packet or another may be lost.
        assert!(sent - heard <= 5, "{heard} of {sent}");
        assert_eq!(mesh.talk(2, 10).await[&1].len(), 10);
        for (at, peer) in [(1, 2), (2, 1)] {
            let state = last_state(&mesh.log, at, peer);
            assert!(
                matches!(state, None | Some(PeerState::Connected)),
                "{:#?}",
                mesh.log
            );
        }
    }
}

#[tokio::test]
async fn a_lost_offer_is_made_again() {
    let lose = AtomicBool::new(true);
    let mut mesh = Mesh::introduced(&[1, 2]).with_courier(move |_, _, signal| {
        let first = matches!(signal.body, SignalBody::Offer { .. });
        (!first || !lose.swap(false, Ordering::SeqCst)).then_some(signal)
    });
    mesh.until_connected().await;
    assert_eq!(mesh.talk(1, 5).await[&2].len(), 5);
}

#[tokio::test]
async fn a_peer_that_fell_silent_is_reported_and_found_again_when_it_returns() {
    let mut mesh = Mesh::introduced(&[1, 2]);
    mesh.until_connected().await;
    mesh.log.clear();
    // It is gone without a goodbye, and its signals lead nowhere.
    let gone = mesh.nodes.remove(&2).unwrap();
    drop(gone);
    mesh.until_state(1, 2, PeerState::Disconnected).await;
    mesh.join(2, 2);
    mesh.introduce(2);
    mesh.introduce(1);
    mesh.until_connected().await;
    assert_eq!(mesh.talk(1, 5).await[&2].len(), 5);
}
