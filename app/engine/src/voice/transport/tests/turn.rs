//! Calls over a real TURN server alone, on each transport; and why one does not relay.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

use super::coturn::{By, Coturn};
use super::mesh::{Mesh, config, payload, text_of};
use crate::settings::IceSettings;
use crate::voice::transport::{
    SignalBody, TransportConfig, TransportEvent, TurnError, TurnTrial, try_turn,
};

const NOW: Duration = Duration::ZERO;
/// Longer than a password holds.
const LONG_AGO: Duration = Duration::from_hours(2);

/// The address of who hides it; another than the server's.
const HIDDEN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

fn relay_only(coturn: &Coturn, by: By, ago: Duration) -> TransportConfig {
    let mut config = config();
    config.relay_only = true;
    config.bind = vec![SocketAddr::from((HIDDEN, 0))];
    config.handed_out = Some(coturn.handed_out(by, ago));
    config.ice.turn_ca = Some(coturn.authority());
    config
}

/// Candidates that a signal names, and those of them that are relayed and do not say from where.
fn candidates(body: &SignalBody) -> (usize, usize) {
    let Some(text) = text_of(body) else {
        return (0, 0);
    };
    let named = text.matches(" typ ").count();
    (
        named,
        text.matches(" typ relay raddr 0.0.0.0 rport 0").count(),
    )
}

async fn two_hear_each_other_over(by: By) {
    let coturn = Coturn::start().await;
    let (named, relayed) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let counts = (named.clone(), relayed.clone());
    let mut mesh = Mesh::configured(&[1, 2], relay_only(&coturn, by, NOW)).with_courier(
        move |_, _, signal| {
            let text = text_of(&signal.body).unwrap_or_default();
            assert!(!text.contains(&HIDDEN.to_string()), "{text}");
            let (named, relayed) = candidates(&signal.body);
            counts.0.fetch_add(named as u32, Ordering::Relaxed);
            counts.1.fetch_add(relayed as u32, Ordering::Relaxed);
            Some(signal)
        },
    );
    mesh.introduce(1);
    mesh.introduce(2);
    let begun = tokio::time::Instant::now();
    mesh.until_connected().await;
    println!("connected over {by:?} after {:?}", begun.elapsed());
    for (from, to) in [(1, 2), (2, 1)] {
        let heard = spoken(&mut mesh, from, to, 100).await;
        assert!(heard >= 95, "{heard} of 100 over {by:?}");
    }
    // One that nothing follows is heard, too: it does not wait for the next one.
    for _ in 0..20 {
        let sequence = mesh.send(1);
        while mesh.hear(2).await.sequence != sequence {}
    }
    let relayed = relayed.load(Ordering::Relaxed);
    assert!(relayed >= 2);
    assert_eq!(
        named.load(Ordering::Relaxed),
        relayed,
        "no other way was named"
    );
    // A restart makes the way to the TURN server anew.
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    mesh.node(1).transport.refresh();
    spoken(&mut mesh, 1, 2, 300).await;
    for (from, to) in [(1, 2), (2, 1)] {
        let heard = spoken(&mut mesh, from, to, 100).await;
        assert!(heard >= 95, "{heard} of 100 over {by:?} after a restart");
    }
}

/// Says so many packets in the rhythm of a voice, and returns how many of them were heard, each as it was said.
async fn spoken(mesh: &mut Mesh, from: u8, to: u8, count: u16) -> usize {
    let mut heard = 0;
    for _ in 0..count {
        let latest = mesh.send(from);
        mesh.run(tokio::time::Instant::now() + Duration::from_millis(20))
            .await;
        while let Ok(packet) = mesh.node(to).media.try_recv() {
            assert!(packet.sequence <= latest);
            assert_eq!(packet.payload, payload(from, packet.sequence));
            heard += 1;
        }
    }
    heard
}

#[tokio::test]
async fn two_hear_each_other_over_turn_by_udp() {
    two_hear_each_other_over(By::Udp).await;
}

#[tokio::test]
async fn two_hear_each_other_over_turn_by_tcp() {
    two_hear_each_other_over(By::Tcp).await;
}

#[tokio::test]
async fn two_hear_each_other_over_turn_by_tls() {
    two_hear_each_other_over(By::Tls).await;
}

fn told(mesh: &Mesh, at: u8) -> Vec<TurnError> {
    let log = mesh.log.iter();
    log.filter_map(|(who, event)| match event {
        TransportEvent::Turn { error } if *who == at => Some(error.clone()),
        _ => None,
    })
    .collect()
}

/// Introduces both, and waits until each was told why no server relays.
async fn until_told(mesh: &mut Mesh) {
    mesh.introduce(1);
    mesh.introduce(2);
    let is_told = |log: &[(u8, TransportEvent)], at| {
        let mut log = log.iter();
        log.any(|(who, event)| *who == at && matches!(event, TransportEvent::Turn { .. }))
    };
    mesh.until(|log| is_told(log, 1) && is_told(log, 2)).await;
}

#[tokio::test]
async fn a_certificate_by_nobody_known_is_refused() {
    let coturn = Coturn::start().await;
    let mut config = relay_only(&coturn, By::Tls, NOW);
    config.ice.turn_ca = None;
    let mut mesh = Mesh::configured(&[1, 2], config);
    until_told(&mut mesh).await;
    for at in [1, 2] {
        let told = told(&mesh, at);
        assert!(
            matches!(told[..], [TurnError::Certificate { .. }]),
            "{told:?}"
        );
        let words = told[0].to_string();
        assert!(
            words.contains("no authority that this computer trusts"),
            "{words}"
        );
    }
}

#[tokio::test]
async fn a_password_that_has_run_out_is_refused_and_a_fresh_one_connects() {
    let coturn = Coturn::start().await;
    let mut mesh = Mesh::configured(&[1, 2], relay_only(&coturn, By::Tcp, LONG_AGO));
    until_told(&mut mesh).await;
    for at in [1, 2] {
        let told = told(&mesh, at);
        assert!(
            matches!(told[..], [TurnError::Credentials { .. }]),
            "{told:?}"
        );
        let fresh = coturn.handed_out(By::Tcp, NOW);
        mesh.node(at).transport.hand_out(fresh).unwrap();
    }
    mesh.until_connected().await;
    let heard = spoken(&mut mesh, 1, 2, 50).await;
    assert!(heard >= 45, "{heard} of 50");
}

fn own(url: &str, coturn: Option<&Coturn>) -> IceSettings {
    IceSettings {
        turn: vec![url.to_owned()],
        turn_user: "4000000000:crew".into(),
        turn_pass: "not the password".into(),
        turn_ca: coturn.map(Coturn::authority),
        ..IceSettings::default()
    }
}

async fn tried(settings: &IceSettings) -> TurnTrial {
    let config = TransportConfig {
        ice: settings.clone(),
        ..TransportConfig::default()
    };
    let mut trials = try_turn(&config).await.unwrap();
    assert_eq!(trials.len(), 1);
    trials.remove(0)
}

#[tokio::test]
async fn a_trial_tells_whether_a_server_relays() {
    let coturn = Coturn::start().await;
    for by in [By::Udp, By::Tcp, By::Tls] {
        let mut settings = own(&coturn.url(by), Some(&coturn));
        let trial = tried(&settings).await;
        let server = trial.server.clone();
        assert_eq!(trial.outcome, Err(TurnError::Credentials { server }));
        let login = coturn.handed_out(by, NOW);
        (settings.turn_user, settings.turn_pass) = (login.user, login.password);
        let allocation = tried(&settings).await.outcome.unwrap();
        assert!(allocation.relayed.ip().is_loopback());
        println!("allocated over {by:?} in {:?}", allocation.took);
    }
}

#[tokio::test]
async fn a_server_for_another_name_is_refused() {
    let coturn = Coturn::start().await;
    let url = coturn.url(By::Tls).replace("127.0.0.1", "localhost");
    let trial = tried(&own(&url, Some(&coturn))).await;
    let Err(TurnError::Certificate { reason, .. }) = trial.outcome else {
        panic!("{trial:?}");
    };
    assert!(reason.contains("another address"), "{reason}");
}

#[tokio::test]
async fn what_is_no_turn_server_is_told() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 20];
            let _ = stream.read_exact(&mut request).await;
            let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            let _ = stream.write_all(answer).await;
        }
    });
    for url in [
        format!("turn:{address}?transport=tcp"),
        format!("turns:{address}"),
    ] {
        let trial = tried(&own(&url, None)).await;
        let server = trial.server.clone();
        assert_eq!(trial.outcome, Err(TurnError::NotTurn { server }));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let trial = tried(&own(&format!("turn:{address}?transport=tcp"), None)).await;
    assert!(
        matches!(trial.outcome, Err(TurnError::Unreachable { .. })),
        "{trial:?}"
    );
    // It is there, and says nothing.
    let silent = UdpSocket::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .await
        .unwrap();
    let address = silent.local_addr().unwrap();
    let trial = tried(&own(&format!("turn:{address}"), None)).await;
    let server = trial.server.clone();
    assert_eq!(trial.outcome, Err(TurnError::NoAnswer { server }));
}
