//! The network over real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use dialtone_faults::{Conditions, Dependence, NatRules, Network};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::runtime::Handle;
use tokio::time::timeout;

const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const PATIENCE: Duration = Duration::from_secs(30);
/// What has not come within so long over loopback does not come.
const NEVER: Duration = Duration::from_millis(300);

fn network(filtering: Dependence) -> Network {
    let mapping = Dependence::Independent;
    Network::new(Handle::current(), 1, NatRules { mapping, filtering })
}

async fn socket() -> UdpSocket {
    UdpSocket::bind(HERE).await.unwrap()
}

/// What comes next, and from where.
async fn next(socket: &UdpSocket, within: Duration) -> Option<(Vec<u8>, SocketAddr)> {
    let mut buffer = [0; 100];
    let came = timeout(within, socket.recv_from(&mut buffer)).await.ok()?;
    let (length, from) = came.unwrap();
    Some((buffer[..length].to_vec(), from))
}

#[tokio::test]
async fn datagrams_go_and_answers_come_back_from_where_they_were_sent_to() {
    let (client, server) = (socket().await, socket().await);
    let network = network(Dependence::AddressAndPort);
    let front = network.udp(HERE, server.local_addr().unwrap());
    let front = front.unwrap();
    client.send_to(b"there", front).await.unwrap();
    let (bytes, seen) = next(&server, PATIENCE).await.unwrap();
    assert_eq!(bytes, b"there");
    assert_ne!(seen, client.local_addr().unwrap());
    server.send_to(b"and back", seen).await.unwrap();
    let (bytes, from) = next(&client, PATIENCE).await.unwrap();
    assert_eq!((&bytes[..], from), (&b"and back"[..], front));
    // Whoever was not spoken to is not let in.
    let stranger = socket().await;
    stranger.send_to(b"hello", seen).await.unwrap();
    assert_eq!(next(&client, NEVER).await, None);
    // In another network the same socket leaves by another port.
    network.change();
    client.send_to(b"again", front).await.unwrap();
    let (_, moved) = next(&server, PATIENCE).await.unwrap();
    assert_ne!(moved, seen);
    server.send_to(b"too late", seen).await.unwrap();
    assert_eq!(next(&client, NEVER).await, None);
}

#[tokio::test]
async fn a_stranger_is_let_in_where_filtering_does_not_depend_on_it_and_can_be_answered() {
    let (client, server, stranger) = (socket().await, socket().await, socket().await);
    let network = network(Dependence::Independent);
    let inside = client.local_addr().unwrap();
    let outside = network.seen_from(inside, server.local_addr().unwrap());
    let outside = outside.unwrap();
    stranger.send_to(b"hello", outside).await.unwrap();
    let (bytes, front) = next(&client, PATIENCE).await.unwrap();
    assert_eq!(bytes, b"hello");
    client.send_to(b"who is it", front).await.unwrap();
    let (bytes, from) = next(&stranger, PATIENCE).await.unwrap();
    assert_eq!((&bytes[..], from), (&b"who is it"[..], outside));
}

#[tokio::test]
async fn nothing_gets_through_a_cut_and_everything_after_it() {
    let (client, server) = (socket().await, socket().await);
    let network = network(Dependence::Independent);
    let front = network.udp(HERE, server.local_addr().unwrap());
    let front = front.unwrap();
    let blocked = Conditions {
        udp_blocked: true,
        ..Conditions::default()
    };
    let cut = Conditions {
        cut: true,
        ..Conditions::default()
    };
    for conditions in [blocked, cut] {
        network.set(conditions);
        client.send_to(b"lost", front).await.unwrap();
        assert_eq!(next(&server, NEVER).await, None);
        network.set(Conditions::default());
        client.send_to(b"there", front).await.unwrap();
        assert_eq!(next(&server, PATIENCE).await.unwrap().0, b"there");
    }
}

#[tokio::test]
async fn a_delayed_datagram_comes_when_it_is_due() {
    let (client, server) = (socket().await, socket().await);
    let network = network(Dependence::Independent);
    let delay = Duration::from_millis(80);
    network.adjust(|conditions| conditions.delay = delay);
    let front = network.udp(HERE, server.local_addr().unwrap());
    let sent = Instant::now();
    client.send_to(b"late", front.unwrap()).await.unwrap();
    next(&server, PATIENCE).await.unwrap();
    assert!(sent.elapsed() >= delay);
}

/// A server that says everything once more.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind(HERE).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    address
}

async fn echoes(stream: &mut TcpStream, within: Duration) -> bool {
    stream.write_all(b"x").await.unwrap();
    let mut byte = [0];
    timeout(within, stream.read_exact(&mut byte)).await.is_ok()
}

#[tokio::test]
async fn a_connection_is_held_by_a_cut_and_goes_on_late_and_nobody_connects_meanwhile() {
    let network = network(Dependence::Independent);
    let address = network.tcp(HERE, echo().await).unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert!(echoes(&mut stream, PATIENCE).await);
    network.adjust(|conditions| conditions.cut = true);
    let cut = Instant::now();
    assert!(!echoes(&mut stream, NEVER).await);
    let connected = timeout(NEVER, TcpStream::connect(address)).await;
    assert!(connected.is_err(), "{connected:?}");
    network.adjust(|conditions| conditions.cut = false);
    let lasted = cut.elapsed();
    let mut new = TcpStream::connect(address).await.unwrap();
    assert!(echoes(&mut new, PATIENCE).await);
    let mut byte = [0];
    let back = timeout(PATIENCE, stream.read_exact(&mut byte)).await;
    assert!(back.is_ok() && cut.elapsed() >= lasted + NEVER);
}

#[tokio::test]
async fn a_connection_does_not_survive_a_change_of_network() {
    let network = network(Dependence::Independent);
    let address = network.tcp(HERE, echo().await).unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert!(echoes(&mut stream, PATIENCE).await);
    network.change();
    assert!(!echoes(&mut stream, NEVER).await);
    let mut new = TcpStream::connect(address).await.unwrap();
    assert!(echoes(&mut new, PATIENCE).await);
}
