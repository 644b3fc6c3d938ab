//! The WebSocket: frames out, frames in, over TLS that is checked as that of the requests.

use std::sync::Arc;
use std::time::Duration;

use dialtone_protocol::Hash;
use dialtone_protocol::frame::{
    ClientFrame, FRAME_LIMIT, FrameError, Framed, ServerFrame, read_frame, write_frame,
};
use dialtone_protocol::revision::REVISION_HEADER;
use dialtone_words::say;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::liveness::{Liveness, Watch};
use super::{Api, NetError, by_name};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// What of it all the server's addresses have together.
const TCP_TIMEOUT: Duration = Duration::from_secs(6);

/// What a socket runs over.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

pub(super) type Stream = WebSocketStream<Box<dyn Wire>>;

/// A connected WebSocket.
pub(crate) struct Socket {
    stream: Stream,
    revision: Option<u32>,
}

/// Its reading half.
pub(crate) struct SocketReader {
    stream: SplitStream<Stream>,
    liveness: Liveness,
}

/// Its writing half.
pub(crate) struct SocketWriter {
    sink: SplitSink<Stream, Message>,
    next_request: u32,
}

impl Socket {
    /// Connects with the session of `api`.
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) async fn connect(api: &Api) -> Result<Self, NetError> {
        tokio::time::timeout(CONNECT_TIMEOUT, Self::dial(api))
            .await
            .map_err(|_| NetError::Timeout)?
    }

    async fn dial(api: &Api) -> Result<Self, NetError> {
        let wire = dial(api).await?;
        Self::over(wire, api.server(), api.session()).await
    }

    /// Opens the WebSocket over a connection to `server`.
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) async fn over(
        wire: Box<dyn Wire>,
        server: &str,
        session: Option<Hash>,
    ) -> Result<Self, NetError> {
        let (stream, answer) = upgrade(wire, server, "/ws", session, FRAME_LIMIT).await?;
        let revision = answer.headers().get(REVISION_HEADER);
        let revision = revision.and_then(|said| said.to_str().ok()?.parse().ok());
        Ok(Self { stream, revision })
    }

    /// The server's [`REVISION`](dialtone_protocol::revision::REVISION), if it says one.
    pub(crate) fn revision(&self) -> Option<u32> {
        self.revision
    }

    /// Both halves.
    pub(crate) fn split(self) -> (SocketReader, SocketWriter) {
        let (sink, stream) = self.stream.split();
        (
            SocketReader {
                stream,
                liveness: Liveness::new(Instant::now()),
            },
            SocketWriter {
                sink,
                next_request: 1,
            },
        )
    }
}

/// Connects to the server of `api` over TLS.
pub(super) async fn dial(api: &Api) -> Result<Box<dyn Wire>, NetError> {
    let server = api.server();
    let unreachable = |reason: String| NetError::Unreachable {
        server: server.to_owned(),
        reason,
    };
    let tcp = by_name::connect(server, TCP_TIMEOUT)
        .await
        .map_err(|e| unreachable(e.to_string()))?;
    tcp.set_nodelay(true)
        .map_err(|e| unreachable(e.to_string()))?;
    let host = server.rsplit_once(':').map_or(server, |(host, _)| host);
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|e| unreachable(e.to_string()))?;
    let connector = TlsConnector::from(Arc::clone(&api.tls_config()));
    let tls = connector
        .connect(name, tcp)
        .await
        .map_err(|e| unreachable(e.to_string()))?;
    Ok(Box::new(tls))
}

/// Opens a WebSocket at `path`, whose messages are `most` bytes at most, with a session; and what the server answered.
pub(super) async fn upgrade(
    wire: Box<dyn Wire>,
    server: &str,
    path: &str,
    session: Option<Hash>,
    most: usize,
) -> Result<(Stream, Response), NetError> {
    let request = format!("wss://{server}{path}").into_client_request();
    let mut request = request.map_err(|error| NetError::Unreachable {
        server: server.to_owned(),
        reason: error.to_string(),
    })?;
    if let Some(token) = session {
        let value = format!("Bearer {token}").parse();
        let value = value.map_err(|_| NetError::Malformed("session token".into()))?;
        request.headers_mut().insert("Authorization", value);
    }
    let config = WebSocketConfig::default()
        .max_message_size(Some(most))
        .max_frame_size(Some(most));
    client_async_with_config(request, wire, Some(config))
        .await
        .map_err(|error| refused(server, error))
}

fn refused(server: &str, error: tungstenite::Error) -> NetError {
    use dialtone_protocol::http::{ErrorBody, ErrorCode};
    match error {
        tungstenite::Error::Http(response) if response.status() == 401 => {
            NetError::Refused(ErrorBody {
                code: ErrorCode::NotSignedIn,
                message: say!("engine-session-ended").into(),
                position: None,
                epoch: None,
            })
        }
        other => NetError::Unreachable {
            server: server.to_owned(),
            reason: other.to_string(),
        },
    }
}

impl SocketWriter {
    /// Sends a frame and gives the number that its answer will carry.
    ///
    /// # Errors
    /// [`NetError::Closed`]
    pub(crate) async fn send(&mut self, frame: &ClientFrame) -> Result<u32, NetError> {
        let request = self.next_request;
        self.next_request = self.next_request.checked_add(1).unwrap_or(1);
        let bytes = write_frame(request, frame);
        let sent = tokio::time::timeout(
            CONNECT_TIMEOUT,
            self.sink.send(Message::Binary(bytes.into())),
        );
        match sent.await {
            Ok(Ok(())) => Ok(request),
            Ok(Err(_)) => Err(NetError::Closed),
            Err(_) => Err(NetError::Timeout),
        }
    }

    /// Asks the server for a sign of life.
    ///
    /// # Errors
    /// [`NetError::Closed`], [`NetError::Timeout`] when it cannot even be written
    pub(crate) async fn ping(&mut self) -> Result<(), NetError> {
        let sent = self.sink.send(Message::Ping(Vec::new().into()));
        match tokio::time::timeout(CONNECT_TIMEOUT, sent).await {
            Ok(sent) => sent.map_err(|_| NetError::Closed),
            Err(_) => Err(NetError::Timeout),
        }
    }

    /// Says goodbye.
    pub(crate) async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.sink.close()).await;
    }
}

/// What the reader found.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A frame.
    Frame(Framed<ServerFrame>),
    /// Silence for a while: send a ping.
    Quiet,
}

impl SocketReader {
    /// How closely it is looked after whether the server is still there.
    pub(crate) fn watch(&mut self, watch: Watch) {
        self.liveness.watch(Instant::now(), watch);
    }

    /// The next frame. Frames of unknown kinds are skipped. May be dropped and called again at any time: how long it has been
    /// silent is counted over all calls.
    ///
    /// # Errors
    /// [`NetError::Closed`], [`NetError::Timeout`] when pings are not answered either, or [`NetError::Malformed`] when the server does not speak the protocol.
    pub(crate) async fn next(&mut self) -> Result<Incoming, NetError> {
        loop {
            let due = self.liveness.due();
            let message = match tokio::time::timeout_at(due, self.stream.next()).await {
                Err(_) if self.liveness.ask(Instant::now()) => return Ok(Incoming::Quiet),
                Err(_) => return Err(NetError::Timeout),
                Ok(None | Some(Err(_))) => return Err(NetError::Closed),
                Ok(Some(Ok(message))) => message,
            };
            self.liveness.heard(Instant::now());
            match message {
                Message::Binary(bytes) => match read_frame(&bytes) {
                    Ok(frame) => return Ok(Incoming::Frame(frame)),
                    Err(FrameError::UnknownKind(_)) => {}
                    Err(error) => return Err(NetError::Malformed(error.to_string())),
                },
                Message::Close(_) => return Err(NetError::Closed),
                _ => {}
            }
        }
    }
}
