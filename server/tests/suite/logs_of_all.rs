//! What the log never says where more is at work: a relayed call, TLS, Postgres, and NATS between two instances.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::relay::{MAX_RELAYED, UpHeader};
use dialtone_protocol::{BlobId, CallId, ChannelId};
use dialtone_server::{RelayClient, SECRET_FILES};
use futures_util::SinkExt as _;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::block_in_place;
use tokio_tungstenite::tungstenite::Message;

use crate::blobs::{content, path, put};
use crate::common::{Api, Bucket, Database, Nats, Person, Process, Socket, until};
use crate::logs::{Secrets, live, logging};
use crate::tls::connect;

/// Much longer than anything takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// What somebody may send who wants it to be found in the log.
const MARK: &str = "albatross";
/// Where clients are told to find an instance.
const INSTANCE: &str = "harbour.example:7440";

/// A server of which all is written down.
struct Written {
    folder: TempDir,
    process: Process,
}

impl Written {
    fn start(database: &str, set: impl FnOnce(&mut Command, &Path)) -> Self {
        let folder = TempDir::new().unwrap();
        let (data, log) = (folder.path().join("data"), folder.path().join("log"));
        let mut command = logging(&data, database, &log, "text");
        set(&mut command, &data);
        let process = Process::run(command);
        Self { folder, process }
    }

    fn without_tls(database: &str) -> Self {
        Self::start(database, |command, _| {
            command.args(["--tls", "none"]);
        })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What was written until it ended.
    fn end(mut self) -> String {
        self.process.terminate();
        assert!(self.process.wait().success());
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

/// What a description of a connection holds of secrets and addresses.
fn described(secrets: &mut Secrets, sdp: &str) {
    for (start, what) in [
        ("a=ice-ufrag:", "name of ICE"),
        ("a=ice-pwd:", "password of ICE"),
        ("a=fingerprint:sha-256 ", "fingerprint"),
    ] {
        let values = sdp.lines().filter_map(|line| line.strip_prefix(start));
        values.for_each(|value| secrets.add(what, value));
    }
}

struct Caller {
    socket: Socket,
    call: CallId,
    client: RelayClient,
}

async fn relayed(secrets: &mut Secrets, api: &Api, channel: ChannelId) -> Caller {
    let (mut socket, _) = Socket::connect(api).await;
    let joined = socket.ask(&ClientFrame::JoinCall { channel }).await;
    let ServerFrame::Joined(state) = joined else {
        panic!("not joined: {joined:?}")
    };
    let call = state.call;
    let (mut client, sdp) = RelayClient::new().unwrap();
    described(secrets, &sdp);
    // Refused, each at another place.
    for worse in [
        format!("{MARK}\r\n"),
        sdp.replace("a=mid:", &format!("a=mid:{MARK}"))
            .replace("a=sendrecv", "a=x"),
        sdp.replace("a=setup:actpass", &format!("a=setup:{MARK}")),
        sdp.replace("a=fingerprint:sha-256 ", &format!("a=fingerprint:{MARK} ")),
        sdp.replace("a=ice-pwd:", &format!("a={MARK}:")),
    ] {
        assert_ne!(worse, sdp);
        let offer = ClientFrame::RelayOffer { call, sdp: worse };
        if let ServerFrame::Refused { code, .. } = socket.ask(&offer).await {
            assert_eq!(code, RefusalCode::Malformed);
        }
    }
    let answer = socket.ask(&ClientFrame::RelayOffer { call, sdp }).await;
    let ServerFrame::RelayAnswer { sdp, port, .. } = answer else {
        panic!("no answer: {answer:?}")
    };
    described(secrets, &sdp);
    let relay = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    client.accept(&sdp, relay).unwrap();
    let connected = block_in_place(|| client.run_until(PATIENCE, |client| client.is_connected()));
    assert!(connected.unwrap());
    Caller {
        socket,
        call,
        client,
    }
}

fn up(sequence: u16) -> UpHeader {
    UpHeader {
        level: 30,
        sequence,
        timestamp: u32::from(sequence) * 960,
        marker: sequence == 0,
    }
}

/// Lets a client run until it has heard so much.
fn hear(client: &mut RelayClient, packets: usize) {
    let mut heard = 0;
    let enough = block_in_place(|| {
        client.run_until(PATIENCE, |client| {
            heard += client.take_heard().len();
            heard >= packets
        })
    });
    assert!(enough.unwrap(), "only {heard} came");
}

/// What comes to the relay from nobody in a call.
fn strange_datagrams(relay: SocketAddr) {
    let stranger = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut check = vec![0, 1, 0, 20, 0x21, 0x12, 0xa4, 0x42];
    check.extend([7; 12]);
    check.extend([0, 6, 0, 14]);
    check.extend(format!("{MARK}:def\0\0\0").as_bytes());
    let rtp = [&[0x80, 111][..], &[0; 60]].concat();
    let hello = [&[22, 254, 253][..], MARK.as_bytes(), &[0; 100]].concat();
    for datagram in [&check, &rtp, &hello, &MARK.as_bytes().to_vec()] {
        stranger.send_to(datagram, relay).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relayed_call_leaves_nobody_in_the_log() {
    let server = Written::without_tls("");
    let api = server.process.api.clone();
    let link = server.process.founding.clone().unwrap();
    let mut secrets = Secrets::default();
    secrets.link(&link);
    secrets.add("address", "127.0.0.1");
    secrets.add("what was sent to be found", MARK);
    let mut anna = Person::found_by(api.clone(), &link, "annamaria").await;
    let channel = anna.create_channel().await;
    secrets.id("channel", &channel.0, channel);
    let (bernd, link) = anna.bring_by(&api, "berndward").await;
    secrets.link(&link);
    for (person, name) in [(&anna, "annamaria"), (&bernd, "berndward")] {
        secrets.person(person);
        secrets.add("name", name);
    }
    let mut a = Box::pin(relayed(&mut secrets, &anna.api, channel)).await;
    let mut b = Box::pin(relayed(&mut secrets, &bernd.api, channel)).await;
    secrets.id("call", &a.call.0, a.call);
    for sequence in 0..10 {
        a.client.send(up(sequence), b"sealed").unwrap();
    }
    hear(&mut b.client, 10);
    strange_datagrams(SocketAddr::from((Ipv4Addr::LOCALHOST, api.address.port())));
    // Over TCP as well, until one sends what is too long.
    let path = format!("/relay?call={}", b.call);
    let mut tunnel = bernd.api.websocket(&path).await.unwrap();
    let packet = [&up(0).bytes()[..], b"sealed"].concat();
    tunnel.send(Message::Binary(packet.into())).await.unwrap();
    hear(&mut a.client, 1);
    let long = vec![0; MAX_RELAYED + 100];
    tunnel.send(Message::Binary(long.into())).await.unwrap();
    // Of no call, and with what is no call's name.
    for call in [CallId([9; 16]).to_string(), MARK.to_owned()] {
        let path = format!("/relay?call={call}");
        assert!(bernd.api.websocket(&path).await.is_none());
    }
    let leave = ClientFrame::LeaveCall { call: b.call };
    assert_eq!(b.socket.ask(&leave).await, ServerFrame::Done);
    drop((a, b, tunnel));
    secrets.assert_not_in(&server.end());
}

/// Leads to the server through TLS, for a client that speaks none.
async fn through_tls(server: SocketAddr) -> Api {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_, tls_key) = connect(server, "localhost").await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut plain, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut sealed, _) = connect(server, "localhost").await.unwrap();
                let _: std::io::Result<_> =
                    tokio::io::copy_bidirectional(&mut plain, &mut sealed).await;
            });
        }
    });
    Api {
        address,
        token: None,
        tls_key: Some(tls_key),
    }
}

/// The server's own secrets, as they lie in its folder.
fn own(secrets: &mut Secrets, data: &Path) {
    for name in SECRET_FILES.into_iter().chain(["tls-key.pem"]) {
        // Without TLS there is no key of it.
        let Ok(bytes) = std::fs::read(data.join(name)) else {
            continue;
        };
        match String::from_utf8(bytes) {
            Ok(text) => {
                // Of a key in PEM, what is between its first line and its last.
                let lines = text.lines().filter(|line| !line.starts_with("-----"));
                lines.for_each(|line| secrets.add(name, line));
            }
            Err(error) => {
                let bytes = error.into_bytes();
                secrets.id(name, &bytes, hex::encode(&bytes));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_leaves_nobody_in_the_log_nor_does_what_is_no_handshake() {
    let server = Written::start("", |_, _| {});
    let address = server.process.api.address;
    let link = server.process.founding.clone().unwrap();
    let api = through_tls(address).await;
    let mut secrets = Box::pin(live(&api, &link, &server.data())).await;
    own(&mut secrets, &server.data());
    secrets.add("what was sent to be found", MARK);
    let key = api.tls_key.unwrap();
    secrets.id("key of TLS", &key.0, key);
    for words in [
        format!("GET /{MARK} HTTP/1.1\r\nHost: {MARK}\r\n\r\n"),
        MARK.to_owned(),
        String::new(),
        format!("\u{16}\u{3}\u{1}\0\u{40}{MARK}{}", "\0".repeat(80)),
    ] {
        let mut plain = TcpStream::connect(address).await.unwrap();
        plain.write_all(words.as_bytes()).await.unwrap();
        plain.shutdown().await.unwrap();
        drop(plain);
    }
    // A name that the server does not have; then somebody goes in the middle of a request, and somebody sends what is none.
    for words in ["", &format!("GET /{MARK} HT"), &format!("{MARK}\r\n\r\n")] {
        let (mut sealed, _) = connect(address, &format!("{MARK}.example")).await.unwrap();
        sealed.write_all(words.as_bytes()).await.unwrap();
        sealed.flush().await.unwrap();
    }
    // All of them were seen to their end.
    let log = server.folder.path().join("log");
    until(async || {
        let log = std::fs::read_to_string(&log).unwrap();
        log.matches("a TLS handshake failed").count() >= 3
    })
    .await;
    secrets.assert_not_in(&server.end());
}

/// With a password, which a server that lets everybody in does not look at.
fn with_password(url: &str, user: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let place = rest.split_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{user}:{MARK}@{place}")
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_leaves_nobody_in_the_log_nor_does_its_end() {
    let Some(database) = Database::create().await else {
        return;
    };
    let server = Written::without_tls(&with_password(&database.url(), "postgres"));
    let api = server.process.api.clone();
    let link = server.process.founding.clone().unwrap();
    let mut secrets = Box::pin(live(&api, &link, &server.data())).await;
    own(&mut secrets, &server.data());
    secrets.add("the database's password", MARK);
    database.reachable(false).await;
    until(async || api.get("/health").await.status == 503).await;
    let token = std::fs::read_to_string(server.data().join("admin-token")).unwrap();
    let header = format!("X-Admin-Token: {token}\r\n");
    for (method, path) in [("GET", "/server/members"), ("POST", "/server/invites")] {
        let answer = api.send(method, path, &header, &[]).await;
        assert_eq!(answer.status, 503);
    }
    database.reachable(true).await;
    until(async || api.get("/health").await.status == 200).await;
    let log = server.end();
    assert!(log.contains("the database cannot be used"), "{log}");
    // Nothing is left out, either.
    for route in [
        "/auth/register/finish",
        "/groups/{id}",
        "/channels/{id}/events",
        "/blobs/{id}",
        "/auth/session",
    ] {
        let mut requests = log
            .lines()
            .filter(|line| line.contains(": request status=2"));
        let route = format!("route={route} ");
        assert!(requests.any(|line| line.contains(&route)), "{route} {log}");
    }
    secrets.assert_not_in(&log);
    database.drop().await;
}

/// Two instances of one server with a database, a bus and a bucket, all with passwords.
fn two(database: &Database, nats: &Nats, bucket: &Bucket) -> [Written; 2] {
    let url = with_password(&database.url(), "postgres");
    let bus = with_password(&nats.url(), "instance");
    let setting = bucket.setting();
    let common = |command: &mut Command| {
        command
            .args(["--tls", "none", "--blob-bucket", "s3://files/of/dialtone"])
            .arg("--blob-endpoint")
            .arg(setting.endpoint.as_ref().unwrap())
            .env("DIALTONE_BUS", &bus)
            .env("DIALTONE_INSTANCE_ADDR", INSTANCE)
            .env("DIALTONE_S3_ACCESS_KEY_ID", Bucket::KEY_ID)
            .env("DIALTONE_S3_SECRET_ACCESS_KEY", Bucket::SECRET_KEY);
    };
    block_in_place(|| {
        let first = Written::start(&url, |command, _| common(command));
        let second = Written::start(&url, |command, data| {
            common(command);
            std::fs::create_dir(data).unwrap();
            for name in SECRET_FILES {
                std::fs::copy(first.data().join(name), data.join(name)).unwrap();
            }
        });
        [first, second]
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_leave_nobody_in_the_log_nor_does_what_goes_away_between_them() {
    let Some(database) = Database::create().await else {
        return;
    };
    let (mut nats, bucket) = (Nats::start(), Bucket::start().await);
    let [first, second] = two(&database, &nats, &bucket);
    let link = first.process.founding.clone().unwrap();
    let mut secrets = Secrets::default();
    own(&mut secrets, &first.data());
    secrets.link(&link);
    for (what, secret) in [
        ("address", "127.0.0.1"),
        ("address of an instance", INSTANCE),
        ("a password", MARK),
        ("name of the bucket's key", Bucket::KEY_ID),
        ("the bucket's key", Bucket::SECRET_KEY),
    ] {
        secrets.add(what, secret);
    }
    let mut anna = Person::found_by(first.process.api.clone(), &link, "annamaria").await;
    let channel = anna.create_channel().await;
    secrets.id("channel", &channel.0, channel);
    let (bernd, link) = anna.bring_by(&second.process.api, "berndward").await;
    secrets.link(&link);
    for (person, name) in [(&anna, "annamaria"), (&bernd, "berndward")] {
        secrets.person(person);
        secrets.add("name", name);
    }
    let mut a = Box::pin(relayed(&mut secrets, &anna.api, channel)).await;
    secrets.id("call", &a.call.0, a.call);
    let (mut b, _) = Socket::connect(&bernd.api).await;
    b.send(&bernd.resume(&[(channel, 0)])).await;
    // The call is at the other one.
    let join = ClientFrame::JoinCall { channel };
    until(async || matches!(b.ask(&join).await, ServerFrame::Refused { at: Some(_), .. })).await;
    anna.fetch_commits().await;
    for (number, around) in ["with it", "without it", "with it again"]
        .iter()
        .enumerate()
    {
        match number {
            1 => nats.kill(),
            2 => nats.start_again(),
            _ => {}
        }
        let frame = anna.send_frame(channel, around);
        let answer = a.socket.ask(&frame).await;
        assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
        let of_it = |frame: &ServerFrame| match frame {
            ServerFrame::Event { channel: of, .. } if *of == channel => Some(()),
            _ => None,
        };
        b.wait_for(of_it).await;
    }
    let blob = BlobId([1; 16]);
    secrets.id("file", &blob.0, blob);
    assert_eq!(put(&anna.api, 1, &content(5000)).await.status, 204);
    let _gone = bucket.stop();
    assert_eq!(anna.api.get(&path(1)).await.status, 503);
    assert_ne!(put(&bernd.api, 2, &content(5000)).await.status, 204);
    secrets.id("file", &[2; 16], BlobId([2; 16]));
    drop((a, b));
    let logs = [second.end(), first.end()];
    assert!(logs[0].contains("NATS is gone"), "{}", logs[0]);
    for log in &logs {
        secrets.assert_not_in(log);
    }
    database.drop().await;
}
