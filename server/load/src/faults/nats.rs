//! A NATS server of the measurement's own, which can be taken away.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::error::LoadError;

/// How long it is gone, in milliseconds.
const GONE_MS: std::ops::RangeInclusive<u64> = 200..=4_000;
const START: Duration = Duration::from_secs(20);
const AGAIN: Duration = Duration::from_millis(10);

pub(super) struct Nats {
    port: u16,
    child: Child,
}

impl Nats {
    /// Starts one on a free port of this machine.
    ///
    /// # Errors
    /// When the program `nats-server` is not there, or does not listen.
    pub(super) async fn start() -> Result<Self, LoadError> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(|error| LoadError::system("a port", error))?;
        let port = port.port();
        let child = run(port).await?;
        Ok(Self { port, child })
    }

    pub(super) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// It is killed, and back after a while.
    ///
    /// # Errors
    /// As [`Nats::start`].
    pub(super) async fn strike(&mut self, chance: &mut StdRng) -> Result<(), LoadError> {
        let killed = self.child.kill().await;
        killed.map_err(|error| LoadError::system("killing NATS", error))?;
        sleep(Duration::from_millis(chance.random_range(GONE_MS))).await;
        self.child = run(self.port).await?;
        Ok(())
    }
}

async fn run(port: u16) -> Result<Child, LoadError> {
    let child = Command::new("nats-server")
        .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| LoadError::system("nats-server", error))?;
    let listens = async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            sleep(AGAIN).await;
        }
    };
    timeout(START, listens)
        .await
        .map_err(|_| LoadError::network("starting NATS", "it does not listen"))?;
    Ok(child)
}
