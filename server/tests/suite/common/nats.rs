//! A NATS server of a test's own.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Far above what its start takes, so that a test that fails ends.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Nats {
    port: u16,
    child: Child,
}

/// A port that nobody listens at now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Runs it, and waits until it takes connections.
fn run(port: u16) -> Child {
    let program = std::env::var("DIALTONE_NATS_SERVER").unwrap_or("nats-server".to_owned());
    let child = Command::new(&program)
        .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; ./dev test installs it"));
    let until = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < until, "{program} does not listen");
        std::thread::yield_now();
    }
    child
}

impl Nats {
    pub(crate) fn start() -> Self {
        let port = free_port();
        let child = run(port);
        Self { port, child }
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
    pub(crate) fn start_again(&mut self) {
        self.child = run(self.port);
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        // It may be gone already.
        let _: std::io::Result<()> = self.child.kill();
        let _: std::io::Result<_> = self.child.wait();
    }
}
