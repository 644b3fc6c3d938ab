//! The server of a story: a process of its own in a folder of its own, stopped when dropped.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

const START: Duration = Duration::from_secs(30);

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// What opens a new community on it.
    pub(crate) founding_link: String,
}

impl Server {
    /// Starts it on a free port of this machine and waits for its founding link.
    pub(crate) fn start(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let log = std::fs::File::create(folder.join("server.log"))?;
        let mut child = Command::new(program)
            .args(["--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.join("data"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("the server {} cannot be started", program.display()))?;
        let out = child
            .stdout
            .take()
            .context("the server's output cannot be read")?;
        let (sender, lines) = mpsc::sync_channel(64);
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut server = Self {
            child,
            founding_link: String::new(),
        };
        let until = Instant::now() + START;
        loop {
            super::stop::check()?;
            let line = match lines.recv_timeout(Duration::from_millis(200)) {
                Ok(line) => line,
                Err(mpsc::RecvTimeoutError::Timeout) if Instant::now() < until => continue,
                Err(_) => anyhow::bail!("the server printed no founding link"),
            };
            if line.starts_with("Listening") && !server.founding_link.is_empty() {
                return Ok(server);
            }
            if line.starts_with("dialtone://") {
                server.founding_link = line;
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
