//! Whoever hides their address names it in no signal, also where nothing relays yet.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::mesh::{Mesh, PATIENCE, config, text_of};
use crate::settings::IceSettings;
use crate::voice::transport::description::{hide, parse_answer, parse_offer};
use crate::voice::transport::{SignalBody, TransportConfig};

/// What both say of the way, up to an offer and its answer.
async fn said(config: TransportConfig) -> Vec<SignalBody> {
    let (told, mut said) = mpsc::channel(64);
    let mut mesh = Mesh::configured(&[1, 2], config).with_courier(move |_, _, signal| {
        told.try_send(signal.body.clone()).unwrap();
        Some(signal)
    });
    mesh.introduce(1);
    mesh.introduce(2);
    let deadline = Instant::now() + PATIENCE;
    let mut bodies = Vec::new();
    let is_answer = |body: &SignalBody| matches!(body, SignalBody::Answer { .. });
    while !bodies.iter().any(is_answer) {
        assert!(Instant::now() < deadline, "no answer: {bodies:?}");
        mesh.run(Instant::now() + Duration::from_millis(50)).await;
        while let Ok(body) = said.try_recv() {
            bodies.push(body);
        }
    }
    bodies
}

#[tokio::test]
async fn who_hides_names_no_address_while_no_server_relays() {
    // It is there, and says nothing.
    let silent = UdpSocket::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .await
        .unwrap();
    let port = silent.local_addr().unwrap().port();
    let mut config = config();
    config.relay_only = true;
    config.ice = IceSettings {
        stun: vec![format!("stun:127.0.0.1:{port}")],
        turn: vec![format!("turn:127.0.0.1:{port}")],
        turn_user: "crew".into(),
        turn_pass: "the north wind".into(),
        ..IceSettings::default()
    };
    for body in said(config).await {
        let text = text_of(&body).unwrap_or_default();
        assert!(!text.contains(" typ "), "{text}");
        assert!(!text.contains("127."), "{text}");
    }
}

#[tokio::test]
async fn a_whole_description_that_is_hidden_names_no_address_and_can_be_read() {
    let mut named = 0;
    for body in said(config()).await {
        let text = text_of(&body).unwrap_or_default();
        named += text.matches("127.0.0.1").count();
        let hidden = hide(text);
        assert!(!hidden.contains("127."), "{hidden}");
        match body {
            SignalBody::Offer { .. } => drop(parse_offer(hidden).unwrap()),
            SignalBody::Answer { .. } => drop(parse_answer(hidden).unwrap()),
            _ => {}
        }
    }
    assert!(named >= 2, "each end names itself where nobody hides");
}
