//! Signals that make no sense: a typed error, and nothing else happens.

use super::mesh::{Mesh, device, last_state};
use crate::voice::transport::{
    Attempt, PeerState, Signal, SignalBody, SignalError, TransportError, TransportEvent,
};

fn garbled(mesh: &mut Mesh, generation: u32, body: SignalBody) -> Signal {
    let (from, to) = (mesh.node(1).stream, mesh.node(2).stream);
    let attempt = Attempt {
        generation,
        round: 0,
    };
    Signal::new(from, to, attempt, body)
}

#[tokio::test]
async fn malformed_descriptions_are_refused_and_the_call_goes_on() {
    let mut mesh = Mesh::introduced(&[1, 2, 3]);
    mesh.until_connected().await;
    mesh.log.clear();
    for sdp in [
        "",
        "v=0",
        "not sdp at all",
        "v=0\r\nm=audio x y z\r\n",
        "\0\0\0",
    ] {
        let sdp = sdp.to_owned();
        for body in [
            SignalBody::Offer { sdp: sdp.clone() },
            SignalBody::Answer { sdp: sdp.clone() },
        ] {
            let signal = garbled(&mut mesh, 1, body);
            let taken = mesh.node(2).transport.handle_signal(device(1), signal);
            // Some pass as a description that says nothing; the attempt makes them stale.
            assert!(
                matches!(
                    taken,
                    Ok(()) | Err(TransportError::Signal(SignalError::Description(_)))
                ),
                "{taken:?}"
            );
        }
    }
    let over = garbled(
        &mut mesh,
        1,
        SignalBody::Offer {
            sdp: "v".repeat(20_000),
        },
    );
    assert_eq!(
        mesh.node(2).transport.handle_signal(device(1), over),
        Err(SignalError::DescriptionTooLong(20_000).into())
    );
    assert_eq!(mesh.talk(1, 10).await.len(), 2);
    assert_eq!(mesh.talk(3, 10).await.len(), 2);
    assert_eq!(last_state(&mesh.log, 2, 1), None);
}

#[tokio::test]
async fn a_newer_offer_that_says_nothing_costs_only_its_sender_its_connection() {
    let mut mesh = Mesh::introduced(&[1, 2, 3]);
    mesh.until_connected().await;
    mesh.log.clear();
    let empty = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n".to_owned();
    let signal = garbled(&mut mesh, 2, SignalBody::Offer { sdp: empty });
    mesh.node(2)
        .transport
        .handle_signal(device(1), signal)
        .unwrap();
    // It is made anew, and nobody else has noticed.
    mesh.until(|log| {
        log.iter().any(|(who, event)| {
            matches!(event, TransportEvent::Problem { peer, .. } if *who == 2 && *peer == device(1))
        })
    })
    .await;
    mesh.until_state(2, 1, PeerState::Connected).await;
    mesh.until_state(1, 2, PeerState::Connected).await;
    for (at, peer) in [(2, 3), (3, 2), (1, 3), (3, 1)] {
        assert_eq!(last_state(&mesh.log, at, peer), None);
    }
    assert_eq!(mesh.talk(1, 10).await.len(), 2);
}

#[tokio::test]
async fn candidates_are_counted_and_bad_ones_are_told() {
    let mut mesh = Mesh::introduced(&[1, 2]);
    mesh.until_connected().await;
    mesh.log.clear();
    // Host candidates for documentation addresses (RFC 5737), a few at a time so that the inbox keeps up.
    for burst in 0..4u16 {
        for each in 0..20u16 {
            let port = 1_000 + burst * 20 + each;
            let candidate = format!("candidate:{port} 1 udp 1 192.0.2.1 {port} typ host");
            let signal = garbled(&mut mesh, 1, SignalBody::Candidate { candidate });
            let taken = mesh.node(2).transport.handle_signal(device(1), signal);
            assert!(matches!(taken, Ok(()) | Err(TransportError::Busy(_))));
        }
        assert_eq!(mesh.talk(1, 2).await[&2].len(), 2);
    }
    let limit = TransportError::Signal(SignalError::TooManyCandidates(64));
    mesh.until(|log| {
        log.iter().any(
            |(_, event)| matches!(event, TransportEvent::Problem { error, .. } if *error == limit),
        )
    })
    .await;
    assert_eq!(mesh.talk(2, 10).await[&1].len(), 10);
    assert_eq!(last_state(&mesh.log, 2, 1), None);
}
