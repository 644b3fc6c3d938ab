//! A NATS server of a test's own.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use tokio::net::TcpStream;

use super::until;

pub(crate) struct Nats {
    port: u16,
    child: Child,
}

/// A port that nobody listens at now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn run(port: u16) -> Child {
    let program = std::env::var("DIALTONE_NATS_SERVER").unwrap_or("nats-server".to_owned());
    Command::new(&program)
        .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; ./dev test installs it"))
}

impl Nats {
    pub(crate) async fn start() -> Self {
        let port = free_port();
        let nats = Self {
            port,
            child: run(port),
        };
        nats.is_there().await;
        nats
    }

    async fn is_there(&self) {
        until(async || TcpStream::connect(("127.0.0.1", self.port)).await.is_ok()).await;
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// It is gone from one moment to the next.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// It is back where it was.
    pub(crate) async fn start_again(&mut self) {
        self.child = run(self.port);
        self.is_there().await;
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        // It may be gone already.
        let _: std::io::Result<()> = self.child.kill();
        let _: std::io::Result<_> = self.child.wait();
    }
}
