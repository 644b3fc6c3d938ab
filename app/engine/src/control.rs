//! The control socket: lets `dialtone invite`, `dialtone ptt`, `dialtone doctor` and the like ask the client that has the profile open.
//!
//! One JSON object a line each way, one a connection. The socket lies in the profile's folder, which only its owner can enter; it has mode
//! 0600, and whoever connects as another user is not answered.
//!
//! ```text
//! {"do":"ptt","action":"press"}        or release, toggle, status
//! {"key":{"held":true,"words":"...","remarks":[]}}        or {"error":"..."}
//! {"do":"mute","muted":true}          or false, or null: the other way round
//! {"muted":true}
//! ```

use std::path::Path;

use dialtone_protocol::turn::TurnServers;
use dialtone_protocol::{CommunityId, PublicKey};
use serde::{Deserialize, Serialize};

use crate::ptt::PushToTalk;
#[cfg(unix)]
use crate::ptt::Source;

/// What another process asks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum ControlRequest {
    /// Make an invite link in the community that was joined first.
    Invite {
        /// How many people may use it.
        uses: u32,
        /// Seconds.
        valid_for_s: u64,
    },
    /// The key of push-to-talk or push-to-mute.
    Ptt {
        /// What happens to it.
        action: KeyAction,
    },
    /// Mute the microphone in the call that one is in, or not.
    Mute {
        /// Muted, or not; none: the other way round.
        muted: Option<bool>,
    },
    /// Show the window, and look at a link if there is one: the program was started once more.
    Show {
        /// A `dialtone://` link.
        link: Option<String>,
    },
    /// Which servers the profile knows, and by which keys.
    Servers,
    /// Which STUN and TURN servers a community's server names now.
    TurnServers {
        /// Which community.
        community: CommunityId,
    },
}

/// What happens to the key of push-to-talk or push-to-mute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyAction {
    /// It goes down.
    Press,
    /// It goes up.
    Release,
    /// Down if it was up, and the other way round.
    Toggle,
    /// Nothing; what hears it is told.
    Status,
}

/// How the key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAnswer {
    /// It counts as held.
    pub held: bool,
    /// What hears it beside the socket, in a sentence.
    pub words: String,
    /// What else is to be said about that.
    pub remarks: Vec<String>,
}

/// A server that the profile knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownServer {
    /// Its community.
    pub community: CommunityId,
    /// `host:port`
    pub address: String,
    /// The key that it was pinned by.
    pub key: PublicKey,
}

/// What it is answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlAnswer {
    /// The link.
    Link(String),
    /// The key of push-to-talk or push-to-mute.
    Key(KeyAnswer),
    /// The window is being shown.
    Shown,
    /// One is muted from now on, or not.
    Muted(bool),
    /// The servers that the profile knows.
    Servers(Vec<KnownServer>),
    /// The STUN and TURN servers of a community.
    TurnServers(TurnServers),
    /// Why not.
    Error(String),
}

/// A link opens the community for whoever reads it, and a password the TURN servers: they are not printed.
impl std::fmt::Debug for ControlAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Link(_) => f.write_str("Link(…)"),
            Self::Key(answer) => f.debug_tuple("Key").field(answer).finish(),
            Self::Shown => f.write_str("Shown"),
            Self::Muted(muted) => f.debug_tuple("Muted").field(muted).finish(),
            Self::Servers(servers) => f.debug_tuple("Servers").field(servers).finish(),
            Self::TurnServers(_) => f.write_str("TurnServers(…)"),
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

/// The longest line, in bytes.
#[cfg(unix)]
const LINE_LIMIT: u64 = 64 * 1024;
/// How many may ask at a time; others wait.
#[cfg(unix)]
const ASKING_AT_ONCE: usize = 32;
/// How long whoever connects may take to ask.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// The key, told by the socket. It does not pass through the engine's own task, which may be busy.
#[cfg(unix)]
fn key(push: &PushToTalk, action: KeyAction) -> ControlAnswer {
    if action != KeyAction::Status && !push.is_wanted() {
        let words = "no key decides when you are heard; choose push-to-talk or push-to-mute in the settings under Talking, or start \
                     Dialtone with --voice-ptt";
        return ControlAnswer::Error(words.to_owned());
    }
    match action {
        KeyAction::Press => push.set(Source::Socket, true),
        KeyAction::Release => push.set(Source::Socket, false),
        KeyAction::Toggle => push.toggle(Source::Socket),
        KeyAction::Status => {}
    }
    let view = push.view();
    ControlAnswer::Key(KeyAnswer {
        held: view.held,
        words: view.words(),
        remarks: view.remarks().map(str::to_owned).collect(),
    })
}

#[cfg(unix)]
mod socket {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::net::UnixStream;
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::UnixListener;
    use tokio::sync::{Semaphore, mpsc, oneshot};
    use tokio::time::timeout;

    use super::{
        ASKING_AT_ONCE, ControlAnswer, ControlError, ControlRequest, LINE_LIMIT, PATIENCE, Path,
        PushToTalk, key,
    };

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

    /// Listens; every request goes to `requests`, and what is about the key to `push`.
    pub(crate) fn listen(
        path: PathBuf,
        requests: mpsc::Sender<Asked>,
        push: PushToTalk,
    ) -> std::io::Result<ControlSocket> {
        // The profile's lock is held, so a socket that is there was left by a client that died.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        let owner = std::fs::metadata(&path)?.uid();
        let at_once = Arc::new(Semaphore::new(ASKING_AT_ONCE));
        let task = tokio::spawn(async move {
            while let Ok(free) = Arc::clone(&at_once).acquire_owned().await {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                if stream.peer_cred().map(|peer| peer.uid()).ok() != Some(owner) {
                    continue;
                }
                let (requests, push) = (requests.clone(), push.clone());
                tokio::spawn(async move {
                    serve(stream, requests, push).await;
                    drop(free);
                });
            }
        });
        Ok(ControlSocket { path, task })
    }

    async fn serve(
        stream: tokio::net::UnixStream,
        requests: mpsc::Sender<Asked>,
        push: PushToTalk,
    ) {
        let (reader, mut writer) = stream.into_split();
        let mut line = String::new();
        let mut reader = tokio::io::BufReader::new(reader).take(LINE_LIMIT);
        let Ok(Ok(_)) = timeout(PATIENCE, reader.read_line(&mut line)).await else {
            return;
        };
        let answer = match serde_json::from_str(&line) {
            Err(error) => ControlAnswer::Error(format!("not a request: {error}")),
            Ok(ControlRequest::Ptt { action }) => key(&push, action),
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
            let _ = timeout(PATIENCE, writer.write_all(text.as_bytes())).await;
        }
    }
}

#[cfg(not(unix))]
mod socket {
    use std::path::PathBuf;

    use tokio::sync::{mpsc, oneshot};

    use super::{ControlAnswer, ControlError, ControlRequest, Path, PushToTalk};

    /// Named pipes are not built yet: the window makes invites itself, and the key is heard anywhere without.
    ///
    /// # Errors
    /// Always [`ControlError::NotRunning`].
    pub fn ask(_folder: &Path, _request: &ControlRequest) -> Result<ControlAnswer, ControlError> {
        let missing = "on this system, other programs cannot ask it yet: make invites in the window, and hold the key";
        Err(ControlError::NotRunning(std::io::Error::other(missing)))
    }

    pub(crate) type Asked = (ControlRequest, oneshot::Sender<ControlAnswer>);
    pub(crate) struct ControlSocket;

    pub(crate) fn listen(
        _path: PathBuf,
        _requests: mpsc::Sender<Asked>,
        _push: PushToTalk,
    ) -> std::io::Result<ControlSocket> {
        Ok(ControlSocket)
    }
}

pub use socket::ask;
pub(crate) use socket::{Asked, listen};
