//! The control socket: lets `dialtone invite` and the like ask the client that has the profile open.
//!
//! One JSON object a line each way. The socket lies in the profile's folder, which only its owner can enter.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// What another process asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum ControlRequest {
    /// Make an invite link in the community that was joined first.
    Invite {
        /// How many people may use it.
        uses: u32,
        /// Seconds.
        valid_for_s: u64,
    },
}

/// What it is answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlAnswer {
    /// The link.
    Link(String),
    /// Why not.
    Error(String),
}

/// A link opens the community for whoever reads it, so it is not printed.
impl std::fmt::Debug for ControlAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Link(_) => f.write_str("Link(…)"),
            Self::Error(words) => f.debug_tuple("Error").field(words).finish(),
        }
    }
}

/// Asking failed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No client has the profile open.
    #[error("no Dialtone window has this profile open; start it first ({0})")]
    NotRunning(std::io::Error),
    /// The answer cannot be read.
    #[error("the client's answer cannot be read: {0}")]
    Answer(String),
}

/// The longest line.
const LINE_LIMIT: u64 = 64 * 1024;

#[cfg(unix)]
mod socket {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::os::unix::net::UnixStream;
    use std::path::PathBuf;
    use std::time::Duration;

    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::UnixListener;
    use tokio::sync::{mpsc, oneshot};

    use super::{ControlAnswer, ControlError, ControlRequest, LINE_LIMIT, Path};

    /// Asks the client that has the profile in `folder` open. Blocks until it answers, at most a minute.
    ///
    /// # Errors
    /// [`ControlError`]
    pub fn ask(folder: &Path, request: &ControlRequest) -> Result<ControlAnswer, ControlError> {
        let path = crate::profile::control_path(folder);
        let stream = UnixStream::connect(path).map_err(ControlError::NotRunning)?;
        let exchange = || -> std::io::Result<String> {
            stream.set_read_timeout(Some(Duration::from_mins(1)))?;
            let mut line = serde_json::to_string(request)?;
            line.push('\n');
            (&stream).write_all(line.as_bytes())?;
            let mut answer = String::new();
            BufReader::new(&stream)
                .take(LINE_LIMIT)
                .read_line(&mut answer)?;
            Ok(answer)
        };
        let answer = exchange().map_err(|error| ControlError::Answer(error.to_string()))?;
        serde_json::from_str(&answer).map_err(|error| ControlError::Answer(error.to_string()))
    }

    /// A request with where its answer goes.
    pub(crate) type Asked = (ControlRequest, oneshot::Sender<ControlAnswer>);

    /// Removes the socket when the client ends.
    pub(crate) struct ControlSocket {
        path: PathBuf,
        task: tokio::task::JoinHandle<()>,
    }

    impl Drop for ControlSocket {
        fn drop(&mut self) {
            self.task.abort();
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// Listens; every request goes to `requests`.
    pub(crate) fn listen(
        path: PathBuf,
        requests: mpsc::Sender<Asked>,
    ) -> std::io::Result<ControlSocket> {
        // The profile's lock is held, so a socket that is there was left by a client that died.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, requests.clone()));
            }
        });
        Ok(ControlSocket { path, task })
    }

    async fn serve(stream: tokio::net::UnixStream, requests: mpsc::Sender<Asked>) {
        let (reader, mut writer) = stream.into_split();
        let mut line = String::new();
        let mut reader = tokio::io::BufReader::new(reader).take(LINE_LIMIT);
        if reader.read_line(&mut line).await.is_err() {
            return;
        }
        let answer = match serde_json::from_str(&line) {
            Err(error) => ControlAnswer::Error(format!("not a request: {error}")),
            Ok(request) => {
                let (sender, receiver) = oneshot::channel();
                let stopped = || ControlAnswer::Error("the client is stopping".into());
                match requests.send((request, sender)).await {
                    Ok(()) => receiver.await.unwrap_or_else(|_| stopped()),
                    Err(_) => stopped(),
                }
            }
        };
        if let Ok(mut text) = serde_json::to_string(&answer) {
            text.push('\n');
            let _ = writer.write_all(text.as_bytes()).await;
        }
    }
}

#[cfg(not(unix))]
mod socket {
    use std::path::PathBuf;

    use tokio::sync::{mpsc, oneshot};

    use super::{ControlAnswer, ControlError, ControlRequest, Path};

    /// Named pipes are not built yet: the window makes invites itself.
    ///
    /// # Errors
    /// Always [`ControlError::NotRunning`].
    pub fn ask(_folder: &Path, _request: &ControlRequest) -> Result<ControlAnswer, ControlError> {
        let missing = "on this system, make the invite in the window";
        Err(ControlError::NotRunning(std::io::Error::other(missing)))
    }

    pub(crate) type Asked = (ControlRequest, oneshot::Sender<ControlAnswer>);
    pub(crate) struct ControlSocket;

    pub(crate) fn listen(
        _path: PathBuf,
        _requests: mpsc::Sender<Asked>,
    ) -> std::io::Result<ControlSocket> {
        Ok(ControlSocket)
    }
}

pub use socket::ask;
pub(crate) use socket::{Asked, listen};
