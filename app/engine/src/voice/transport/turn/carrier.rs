//! The task that carries datagrams to a TURN server and back over one stream.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use dialtone_protocol::turn::{FrameReader, put_frame};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::connect::StreamServer;
use super::error::TurnError;
use super::inbox::Inbox;

/// Datagrams that wait to be sent, about a second of voice: what waits longer is better lost.
const ROOM: usize = 64;
/// Bytes that go into the stream at once, except for the last datagram of them.
const WRITE: usize = 8 * 1024;
/// How long the stream may take none of them.
const STUCK: Duration = Duration::from_secs(5);
/// Bytes that are read at once.
const READ: usize = 8 * 1024;

/// One stream. Ends with its owner.
#[derive(Debug)]
pub(super) struct Carrier {
    out: mpsc::Sender<Vec<u8>>,
    ended: Arc<OnceLock<TurnError>>,
    task: JoinHandle<()>,
}

impl Carrier {
    /// Connects, and brings what comes to `inbox` as from `stand_in`. Within a tokio runtime.
    pub(super) fn start(server: StreamServer, stand_in: SocketAddr, inbox: Arc<Inbox>) -> Self {
        let (out, to_send) = mpsc::channel(ROOM);
        let ended = Arc::new(OnceLock::new());
        let end = Arc::clone(&ended);
        let task = tokio::spawn(async move {
            let error = carry(&server, stand_in, &inbox, to_send).await;
            tracing::debug!("{error}");
            // Nobody else sets it.
            let _ = end.set(error);
        });
        Self { out, ended, task }
    }

    /// Sends a datagram when the stream takes it; without room it is lost, as any datagram may be.
    ///
    /// # Errors
    /// Why the stream has ended. It does not come back.
    pub(super) fn send(&self, datagram: &[u8]) -> Result<(), TurnError> {
        if let Some(error) = self.ended.get() {
            return Err(error.clone());
        }
        let _ = self.out.try_send(datagram.to_vec());
        Ok(())
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Carries until the stream ends, and says why it did.
async fn carry(
    server: &StreamServer,
    stand_in: SocketAddr,
    inbox: &Inbox,
    to_send: mpsc::Receiver<Vec<u8>>,
) -> TurnError {
    let stream = match server.connect().await {
        Ok(stream) => stream,
        Err(error) => return error,
    };
    let (reader, writer) = tokio::io::split(stream);
    let named = server.url.to_string();
    tokio::select! {
        error = receive(reader, stand_in, inbox, &named) => error,
        error = send(writer, to_send, &named) => error,
    }
}

async fn receive(
    mut stream: impl AsyncRead + Unpin,
    stand_in: SocketAddr,
    inbox: &Inbox,
    named: &str,
) -> TurnError {
    let server = || named.to_owned();
    let mut reader = FrameReader::new();
    let mut bytes = vec![0; READ];
    loop {
        match stream.read(&mut bytes).await {
            Ok(0) => return TurnError::Ended { server: server() },
            Ok(count) => {
                let each = |datagram: &[u8]| inbox.put(stand_in, datagram);
                if reader.push(&bytes[..count], each).is_err() {
                    return TurnError::NotTurn { server: server() };
                }
            }
            Err(error) => {
                let reason = error.to_string();
                return TurnError::Unreachable {
                    server: server(),
                    reason,
                };
            }
        }
    }
}

async fn send(
    mut stream: impl AsyncWrite + Unpin,
    mut to_send: mpsc::Receiver<Vec<u8>>,
    named: &str,
) -> TurnError {
    let server = || named.to_owned();
    let mut bytes = Vec::with_capacity(WRITE);
    while let Some(datagram) = to_send.recv().await {
        bytes.clear();
        put(&datagram, &mut bytes);
        while bytes.len() < WRITE
            && let Ok(datagram) = to_send.try_recv()
        {
            put(&datagram, &mut bytes);
        }
        let write = async {
            stream.write_all(&bytes).await?;
            stream.flush().await
        };
        match timeout(STUCK, write).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let reason = error.to_string();
                return TurnError::Unreachable {
                    server: server(),
                    reason,
                };
            }
            Err(_) => return TurnError::NoAnswer { server: server() },
        }
    }
    TurnError::Ended { server: server() }
}

/// What is not for a TURN server is not sent to one: a peer that guessed the stand-in gets nothing through.
fn put(datagram: &[u8], bytes: &mut Vec<u8>) {
    if let Err(error) = put_frame(datagram, bytes) {
        tracing::debug!(%error, "not sent to the TURN server");
    }
}
