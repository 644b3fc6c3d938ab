//! Payloads arrive as they were sent, at everyone, and are counted.

use std::time::Instant;

use super::mesh::{Mesh, device, payload};
use crate::voice::transport::{MAX_PAYLOAD, TransportEvent};

#[tokio::test]
async fn two_peers_hear_each_other() {
    let began = Instant::now();
    let mut mesh = Mesh::introduced(&[1, 2]);
    mesh.until_connected().await;
    println!("two peers connected in {:?}", began.elapsed());

    for (from, to) in [(1, 2), (2, 1)] {
        let heard = mesh.talk(from, 100).await.remove(&to).unwrap();
        for (sequence, packet) in heard.iter().enumerate() {
            let sequence = sequence as u16;
            assert_eq!(packet.from, device(from));
            assert_eq!(packet.sequence, sequence);
            assert_eq!(packet.timestamp, u32::from(sequence) * 960);
            assert_eq!(packet.marker, sequence == 0);
            assert_eq!(packet.payload, payload(from, sequence));
        }
    }

    mesh.log.clear();
    mesh.until(|log| {
        [1, 2].iter().all(|at| {
            log.iter().any(|(who, event)| {
                matches!(event, TransportEvent::Stats { stats, .. }
                    if who == at && stats.received == 100 && stats.lost == 0
                        && stats.refused == 0 && stats.round_trip.is_some())
            })
        })
    })
    .await;
}

#[tokio::test]
async fn the_longest_payload_passes() {
    let mut mesh = Mesh::introduced(&[1, 2]);
    mesh.until_connected().await;
    let longest = vec![7; MAX_PAYLOAD];
    let sender = mesh.node(1).transport.sender();
    assert_eq!(sender.try_send(&longest, 9, 0, false, 0), Some(1));
    assert_eq!(mesh.hear(2).await.payload, longest);
}

#[tokio::test]
async fn gaps_in_the_sequence_count_as_loss() {
    let mut mesh = Mesh::introduced(&[1, 2]);
    mesh.until_connected().await;
    let sender = mesh.node(1).transport.sender();
    for sequence in [65_533, 65_534, 3, 4] {
        sender.try_send(b"sealed", sequence, 0, false, 0).unwrap();
        assert_eq!(mesh.hear(2).await.sequence, sequence);
    }
    mesh.log.clear();
    mesh.until(|log| {
        log.iter().any(|(who, event)| {
            matches!(event, TransportEvent::Stats { stats, .. }
                if *who == 2 && stats.received == 4 && stats.lost == 4)
        })
    })
    .await;
}

#[tokio::test]
async fn three_hear_one_another() {
    let mut mesh = Mesh::introduced(&[1, 2, 3]);
    mesh.until_connected().await;
    for from in [1, 2, 3] {
        let heard = mesh.talk(from, 20).await;
        assert_eq!(heard.len(), 2);
        for packets in heard.values() {
            assert!(packets.iter().all(|packet| packet.from == device(from)));
            let payloads = packets.iter().map(|packet| packet.payload.to_vec());
            assert!(payloads.eq((0..20).map(|sequence| payload(from, sequence))));
        }
    }
}
