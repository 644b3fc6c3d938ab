//! The server of a story: a process of its own in a folder of its own, stopped when dropped.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

const START: Duration = Duration::from_secs(30);

/// A running server.
pub(crate) struct Server {
    child: Child,
    program: PathBuf,
    folder: PathBuf,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What opens a new community on it.
    pub(crate) founding_link: String,
}

impl Server {
    /// Starts it on a free port of this machine and waits for its founding link.
    pub(crate) fn start(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (child, address, link) = launch(program, folder, anywhere)?;
        Ok(Self {
            child,
            program: program.to_owned(),
            folder: folder.to_owned(),
            address,
            founding_link: link.context("the server printed no founding link")?,
        })
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Stops it as a crash does.
    pub(crate) fn stop(&mut self) {
        // Of one that has ended already nothing is left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again, where it was.
    pub(crate) fn start_again(&mut self) -> anyhow::Result<()> {
        (self.child, ..) = launch(&self.program, &self.folder, self.address)?;
        Ok(())
    }
}

/// The process, where it listens, and the founding link if it printed one.
fn launch(
    program: &Path,
    folder: &Path,
    listen: SocketAddr,
) -> anyhow::Result<(Child, SocketAddr, Option<String>)> {
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join("server.log"))?;
    let mut child = Command::new(program)
        .args(["--listen", &listen.to_string(), "--data-dir"])
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
    let until = Instant::now() + START;
    let (mut address, mut founding) = (None, None);
    // The first time the link comes after the address.
    while address.is_none() || (founding.is_none() && listen.port() == 0) {
        super::stop::check()?;
        let line = match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => line,
            Err(mpsc::RecvTimeoutError::Timeout) if Instant::now() < until => continue,
            Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                anyhow::bail!("the server does not say that it listens");
            }
        };
        if let Some(at) = line.strip_prefix("Listening at ") {
            let at = at.trim().parse();
            address = Some(at.context("the server does not say where it listens")?);
        }
        if line.starts_with("dialtone://") {
            founding = Some(line);
        }
    }
    let address = address.context("the server does not say where it listens")?;
    Ok((child, address, founding))
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
