//! The certificate must be the one that the sealed signal names.

use super::mesh::Mesh;
use crate::voice::transport::{PeerState, Signal, SignalBody, TransportEvent};

/// Another first byte in every fingerprint, as if someone had put another certificate in the middle.
fn with_another_fingerprint(mut signal: Signal) -> Signal {
    if let SignalBody::Offer { sdp } | SignalBody::Answer { sdp } = &mut signal.body {
        let marker = "a=fingerprint:sha-256 ";
        let at = sdp.find(marker).unwrap() + marker.len();
        let other = if &sdp[at..at + 2] == "00" { "01" } else { "00" };
        sdp.replace_range(at..at + 2, other);
    }
    signal
}

/// The victim gives up and tries again, but media never flows.
async fn never_connects(tampered_at: u8) {
    let victim = 3 - tampered_at;
    let mut mesh = Mesh::introduced(&[1, 2]).with_courier(move |from, _, signal| {
        Some(if from == tampered_at {
            with_another_fingerprint(signal)
        } else {
            signal
        })
    });
    let began = std::time::Instant::now();
    mesh.until_state(victim, tampered_at, PeerState::Failed)
        .await;
    println!("refused after {:?}", began.elapsed());
    mesh.until_state(victim, tampered_at, PeerState::Connecting)
        .await;
    let connected = mesh.log.iter().any(|(who, event)| {
        *who == victim
            && matches!(
                event,
                TransportEvent::State {
                    state: PeerState::Connected,
                    ..
                }
            )
    });
    assert!(!connected, "{:#?}", mesh.log);
}

#[tokio::test]
async fn an_offer_with_a_wrong_fingerprint_never_connects() {
    never_connects(1).await;
}

#[tokio::test]
async fn an_answer_with_a_wrong_fingerprint_never_connects() {
    never_connects(2).await;
}
