//! The server that is measured: a process of its own, its data in a temporary folder, on a free port of 127.0.0.1.
//!
//! It is killed when this is dropped, and the folder goes with it: on an error, a panic or a signal as at the end.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use dialtone_protocol::link::Link;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{Instant, timeout};

use crate::error::LoadError;

/// How long a start may take: the member list of a large community is verified then.
const START: Duration = Duration::from_mins(3);
const LISTENING: &str = "Listening at ";
const LOG: &str = "log";

/// How the server runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kind {
    /// It does no TLS, as behind a proxy that ends it.
    pub(crate) plain: bool,
    /// A Postgres of the measurement's own; none: `SQLite` in the folder.
    pub(crate) database: Option<String>,
    /// It is one of several instances.
    pub(crate) shared: Option<Shared>,
    /// Its clock can be set.
    pub(crate) clock: Option<SetClock>,
}

/// A clock that goes by a file.
#[derive(Debug, Clone)]
pub(crate) struct SetClock {
    /// libfaketime.
    pub(crate) library: PathBuf,
    /// Says by how many seconds it is ahead, with its sign.
    pub(crate) offset: PathBuf,
}

/// What several instances share beside the database.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    /// A NATS server.
    pub(crate) bus: String,
    /// Where a bucket is.
    pub(crate) bucket: SocketAddr,
}

impl Kind {
    /// On `SQLite`, with TLS or without.
    pub(crate) fn of(plain: bool) -> Self {
        Self {
            plain,
            ..Self::default()
        }
    }
}

/// Where its things are.
struct Folder {
    own: TempDir,
    /// Its data, where they are not there.
    elsewhere: Option<TempDir>,
}

impl Folder {
    fn log(&self) -> PathBuf {
        self.own.path().join(LOG)
    }

    fn data(&self) -> PathBuf {
        self.elsewhere
            .as_ref()
            .unwrap_or(&self.own)
            .path()
            .join("data")
    }
}

/// What instances of one server share beside the database.
const SECRETS: [&str; 4] = [
    "identity-key",
    "opaque-setup",
    "username-pepper",
    "admin-token",
];

/// A running server. The order matters: the process ends before its folder goes.
pub(crate) struct ServerProcess {
    child: Child,
    /// Kept open, so that the server can say what it likes.
    _output: Lines<BufReader<ChildStdout>>,
    pid: u32,
    address: SocketAddr,
    founding: Option<Link>,
    binary: PathBuf,
    folder: Folder,
    /// From its start until it said where it listens.
    pub(crate) started_in: Duration,
}

impl ServerProcess {
    /// Starts `binary` on an empty folder.
    ///
    /// # Errors
    /// [`LoadError::ServerStart`] with what it said.
    pub(crate) async fn start(binary: &Path, kind: &Kind) -> Result<Self, LoadError> {
        Self::start_at(binary, kind, None).await
    }

    /// The same with its data in a folder of `data`, and its log elsewhere.
    ///
    /// # Errors
    /// As [`ServerProcess::start`].
    pub(crate) async fn start_at(
        binary: &Path,
        kind: &Kind,
        data: Option<&Path>,
    ) -> Result<Self, LoadError> {
        let failed = |error| LoadError::system("a temporary folder", error);
        let mut named = tempfile::Builder::new();
        named.prefix("dialtone-load-");
        let folder = Folder {
            own: named.tempdir().map_err(failed)?,
            elsewhere: data
                .map(|data| named.tempdir_in(data))
                .transpose()
                .map_err(failed)?,
        };
        Self::start_in(binary.to_owned(), folder, kind, None).await
    }

    /// Starts another instance of the server `first`, with a folder of its own.
    ///
    /// # Errors
    /// [`LoadError::ServerStart`] with what it said.
    pub(crate) async fn start_beside(first: &Self, kind: &Kind) -> Result<Self, LoadError> {
        let failed = |error| LoadError::system("a temporary folder", error);
        let mut named = tempfile::Builder::new();
        let own = named.prefix("dialtone-load-").tempdir().map_err(failed)?;
        let folder = Folder {
            own,
            elsewhere: None,
        };
        std::fs::create_dir(folder.data()).map_err(failed)?;
        for secret in SECRETS {
            let (from, to) = (first.folder.data().join(secret), folder.data().join(secret));
            std::fs::copy(from, to).map_err(failed)?;
        }
        Self::start_in(first.binary.clone(), folder, kind, None).await
    }

    /// Ends it and starts another process on the same data: what the first used for setting up is not in its memory.
    ///
    /// # Errors
    /// [`LoadError::ServerStart`] with what it said.
    pub(crate) async fn again(self, kind: &Kind) -> Result<Self, LoadError> {
        self.pause().await.go_on(kind).await
    }

    /// Ends it; its data stay.
    pub(crate) async fn pause(mut self) -> Paused {
        // It may be gone already; what it acknowledged is on the disk.
        let _: std::io::Result<()> = self.child.kill().await;
        Paused {
            binary: self.binary,
            folder: self.folder,
            address: self.address,
        }
    }

    /// Ends it.
    pub(crate) async fn stop(self) {
        self.pause().await;
    }

    /// One of several instances is where it was before.
    async fn start_in(
        binary: PathBuf,
        folder: Folder,
        kind: &Kind,
        before: Option<SocketAddr>,
    ) -> Result<Self, LoadError> {
        let failed = |error: std::io::Error| {
            LoadError::ServerStart(format!("{error} ({})", binary.display()))
        };
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(folder.log())
            .map_err(failed)?;
        let began = Instant::now();
        let mut command = Command::new(&binary);
        command.env_clear();
        if let Some(database) = &kind.database {
            command.env("DIALTONE_DB_URL", database);
        }
        let mut listen = SocketAddr::from(([127, 0, 0, 1], 0));
        if let Some(Shared { bus, bucket }) = &kind.shared {
            // It has to be told before it listens where it will.
            let free = || TcpListener::bind(listen).and_then(|free| free.local_addr());
            listen = before.map_or_else(free, Ok).map_err(failed)?;
            command.env("DIALTONE_INSTANCE_ADDR", listen.to_string());
            command.env("DIALTONE_BUS", bus);
            command.env("DIALTONE_BLOB_ENDPOINT", format!("http://{bucket}"));
            command.envs([
                ("DIALTONE_BLOB_BUCKET", "s3://nowhere"),
                ("DIALTONE_S3_ACCESS_KEY_ID", "nobody-at-all-here"),
                ("DIALTONE_S3_SECRET_ACCESS_KEY", "nobody-at-all-here"),
            ]);
        }
        if kind.plain {
            command.env("DIALTONE_TLS", "none");
        }
        if let Some(SetClock { library, offset }) = &kind.clock {
            command.env("LD_PRELOAD", library);
            command.env("FAKETIME_TIMESTAMP_FILE", offset);
            // Each look at the clock is one at the file; what only measures how long something takes is as it is.
            command.envs([
                ("FAKETIME_NO_CACHE", "1"),
                ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ]);
        }
        let mut child = command
            .env("DIALTONE_LOG", "warn")
            // All clients are one address.
            .env("DIALTONE_RATE_PER_ADDR", "none")
            .arg("--data-dir")
            .arg(folder.data())
            .args(["--listen", &listen.to_string()])
            // More than come: what is measured is the server, not this bound.
            .args(["--max-connections", "60000"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let pid = child.id();
        let output = child.stdout.take();
        let (Some(pid), Some(output)) = (pid, output) else {
            return Err(LoadError::ServerStart("it ended at once".into()));
        };
        let mut output = BufReader::new(output).lines();
        let said = timeout(START, read_start(&mut output)).await;
        let (address, founding) = said.ok().flatten().ok_or_else(|| {
            let log = std::fs::read_to_string(folder.log()).unwrap_or_default();
            let last = log.lines().rev().find(|line| !line.trim().is_empty());
            LoadError::ServerStart(last.unwrap_or("it did not say where it listens").into())
        })?;
        Ok(Self {
            child,
            _output: output,
            pid,
            address,
            founding,
            binary,
            folder,
            started_in: began.elapsed(),
        })
    }

    /// What all its processes said on the way.
    pub(crate) fn log(&self) -> String {
        let log = std::fs::read(self.folder.log()).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The link that it printed, if nobody had founded.
    pub(crate) fn founding(&self) -> Option<&Link> {
        self.founding.as_ref()
    }
}

/// A server that does not run, and its data.
pub(crate) struct Paused {
    binary: PathBuf,
    folder: Folder,
    address: SocketAddr,
}

impl Paused {
    /// Its database, where that is `SQLite`.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.data().join("dialtone.db")
    }

    /// Starts it again.
    ///
    /// # Errors
    /// [`LoadError::ServerStart`] with what it said.
    pub(crate) async fn go_on(self, kind: &Kind) -> Result<ServerProcess, LoadError> {
        let before = Some(self.address);
        ServerProcess::start_in(self.binary, self.folder, kind, before).await
    }
}

/// Reads what a server prints as it starts; `None` when it ends before it listens.
async fn read_start(
    output: &mut Lines<BufReader<ChildStdout>>,
) -> Option<(SocketAddr, Option<Link>)> {
    let mut founding = None;
    loop {
        let line = output.next_line().await.ok()??;
        if let Ok(link) = line.parse::<Link>() {
            founding = Some(link);
        } else if let Some(address) = line.strip_prefix(LISTENING) {
            return Some((address.trim().parse().ok()?, founding));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind() -> Kind {
        Kind::default()
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_an_error_in_words() {
        let error = ServerProcess::start(Path::new("/nonexistent/dialtone-server"), &kind()).await;
        let error = error.err().map(|error| error.to_string()).unwrap();
        assert!(error.contains("did not start"), "{error}");
    }

    /// Stays after it said that it listens.
    #[cfg(target_os = "linux")]
    const LISTENS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/listens.sh");

    /// Neither running nor waiting to be taken note of as ended.
    #[cfg(target_os = "linux")]
    fn is_gone(pid: u32) -> bool {
        std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .map_or(true, |stat| stat.contains(") Z "))
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_stopped_server_is_gone_with_its_folder() {
        let server = ServerProcess::start(Path::new(LISTENS), &kind())
            .await
            .unwrap();
        let (pid, folder) = (server.pid(), server.folder.own.path().to_owned());
        assert!(!is_gone(pid) && folder.exists());
        assert_eq!(server.address().port(), 9);
        let again = server.again(&kind()).await.unwrap();
        assert!(is_gone(pid) && folder.exists(), "the data stay");
        let pid = again.pid();
        again.stop().await;
        assert!(is_gone(pid) && !folder.exists());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_panic_takes_the_server_with_it() {
        let server = ServerProcess::start(Path::new(LISTENS), &kind())
            .await
            .unwrap();
        let (pid, folder) = (server.pid(), server.folder.own.path().to_owned());
        let task = tokio::spawn(async move {
            let _server = server;
            panic!("as a bug would");
        });
        assert!(task.await.unwrap_err().is_panic());
        let gone = async {
            while !is_gone(pid) {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), gone).await.unwrap();
        assert!(!folder.exists());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_that_is_no_server_is_an_error_in_words() {
        let error = ServerProcess::start(Path::new("/bin/true"), &kind()).await;
        let error = error.err().map(|error| error.to_string()).unwrap();
        assert!(error.contains("did not start"), "{error}");
    }
}
