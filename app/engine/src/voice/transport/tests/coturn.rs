//! A real TURN server for a test: coturn, on loopback, on ports of its own, with a certificate by an authority of its own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use dialtone_protocol::turn::TurnServers;
use dialtone_server::Turn;
use dialtone_server::config::{GivenSecret, TurnSettings};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::net::TcpStream;

/// What it shares with the server.
pub(super) const SECRET: &str = "the north wind and the sun";
/// Far longer than it takes to start.
const START: Duration = Duration::from_secs(20);

/// How a client reaches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Udp,
    Tcp,
    Tls,
}

/// Stops with its test.
pub(super) struct Coturn {
    child: Child,
    folder: TempDir,
    port: u16,
    tls_port: u16,
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody has, neither TCP nor UDP.
fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// Writes the authority, and a certificate by it for 127.0.0.1 with its key.
fn certify(folder: &TempDir) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let name = &mut authority.distinguished_name;
    name.push(DnType::CommonName, "Harbour");
    let key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&key).unwrap();
    let issuer = Issuer::new(authority, key);
    let params = CertificateParams::new(vec!["127.0.0.1".into()]).unwrap();
    let own = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&own, &issuer).unwrap();
    let write = |name: &str, pem: String| std::fs::write(folder.path().join(name), pem).unwrap();
    write("authority.pem", root.pem());
    write("certificate.pem", certificate.pem());
    write("key.pem", own.serialize_pem());
}

impl Coturn {
    pub(super) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        certify(&folder);
        // Somebody may take a port between our letting go of it and its opening it.
        for _ in 0..5 {
            let (port, tls_port) = (free_port(), free_port());
            let mut child = launch(&folder, port, tls_port);
            if is_up(&mut child, [port, tls_port]).await {
                return Self {
                    child,
                    folder,
                    port,
                    tls_port,
                };
            }
        }
        panic!("turnserver did not start");
    }

    /// Its authority.
    pub(super) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    pub(super) fn url(&self, by: By) -> String {
        let (port, tls_port) = (self.port, self.tls_port);
        match by {
            By::Udp => format!("turn:127.0.0.1:{port}"),
            By::Tcp => format!("turn:127.0.0.1:{port}?transport=tcp"),
            By::Tls => format!("turns:127.0.0.1:{tls_port}"),
        }
    }

    /// What a Dialtone server that shares its secret hands out, `ago` before now.
    pub(super) fn handed_out(&self, by: By, ago: Duration) -> TurnServers {
        let turn = Turn::new(&TurnSettings {
            urls: vec![self.url(by).parse().unwrap()],
            secret: Some(GivenSecret::new(SECRET)),
        });
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        turn.servers(now.unwrap().saturating_sub(ago).as_secs())
    }
}

fn launch(folder: &TempDir, port: u16, tls_port: u16) -> Child {
    let here = folder.path().display();
    let config = format!(
        "listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nlistening-port={port}\ntls-listening-port={tls_port}\n\
         use-auth-secret\nstatic-auth-secret={SECRET}\nrealm=dialtone.test\ncert={here}/certificate.pem\n\
         pkey={here}/key.pem\nno-cli\nno-dtls\nallow-loopback-peers\nlog-file=stdout\npidfile={here}/pid\n\
         userdb={here}/users\n"
    );
    let file = folder.path().join("turnserver.conf");
    std::fs::write(&file, config).unwrap();
    Command::new("turnserver")
        .arg("-c")
        .arg(&file)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("these tests need coturn: install it, or use ./dev test, which does")
}

/// It listens there after it does over TCP.
async fn answers_over_udp(port: u16) -> bool {
    const BINDING: [u8; 20] = [
        0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ];
    let ask = async {
        let socket = tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        socket.connect((Ipv4Addr::LOCALHOST, port)).await?;
        socket.send(&BINDING).await?;
        socket.recv(&mut [0; 512]).await
    };
    let answer = tokio::time::timeout(Duration::from_millis(500), ask).await;
    matches!(answer, Ok(Ok(_)))
}

/// Whether it answers at both ports. It says so nowhere else.
async fn is_up(child: &mut Child, ports: [u16; 2]) -> bool {
    let begun = tokio::time::Instant::now();
    let mut look = tokio::time::interval(Duration::from_millis(20));
    while begun.elapsed() < START && child.try_wait().unwrap().is_none() {
        look.tick().await;
        let mut up = true;
        for port in ports {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            up &= TcpStream::connect(address).await.is_ok();
        }
        if up && answers_over_udp(ports[0]).await {
            return true;
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}
