//! A client's WebSocket, resumed to the live end of one channel.

use std::time::Duration;

use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::{
    ClientFrame, Cursor, FRAME_LIMIT, Framed, ServerFrame, read_frame, write_frame,
};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, HeaderValue};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::Endpoint;
use super::endpoint::Connection;
use crate::community::Client;
use crate::error::LoadError;

const PATIENCE: Duration = Duration::from_secs(30);

type Stream = WebSocketStream<Connection>;

/// What comes.
pub(crate) struct Reader(SplitStream<Stream>);

/// What goes.
pub(crate) struct Writer(SplitSink<Stream, Message>);

/// Where a client stands when it connects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stand {
    pub(crate) roster_length: u64,
    pub(crate) channel: ChannelId,
    /// The last sequence of the channel that it has.
    pub(crate) after: u64,
}

/// Connects a client and waits until it has everything; how many events it missed, and the last one's sequence.
///
/// # Errors
/// When the server refuses, takes too long, or leaves out an event.
pub(crate) async fn connect(
    endpoint: &Endpoint,
    client: &Client,
    stand: Stand,
) -> Result<(Reader, Writer, u64), LoadError> {
    let Stand {
        roster_length,
        channel,
        after,
    } = stand;
    let connected = async {
        let (mut reader, mut writer) = dial(endpoint, client).await?;
        let resume = ClientFrame::Resume {
            roster_length,
            channels: vec![Cursor { channel, after }],
            groups: Vec::new(),
        };
        writer.send(write_frame(0, &resume).into()).await?;
        let mut last = after;
        loop {
            match reader.next().await?.frame {
                ServerFrame::CaughtUp => return Ok((reader, writer, last)),
                ServerFrame::Event { sequence, .. } => {
                    if sequence != last + 1 {
                        return Err(LoadError::Unsound(format!(
                            "event {sequence} came after {last}"
                        )));
                    }
                    last = sequence;
                }
                ServerFrame::Error { message } => {
                    return Err(LoadError::network("resuming", message));
                }
                _ => {}
            }
        }
    };
    timeout(PATIENCE, connected)
        .await
        .map_err(|_| LoadError::network("connecting a client", "no answer in time"))?
}

/// Connects a client that asks for nothing yet.
///
/// # Errors
/// When the server refuses.
pub(crate) async fn dial(
    endpoint: &Endpoint,
    client: &Client,
) -> Result<(Reader, Writer), LoadError> {
    let stream = endpoint.dial(client.from).await?;
    let mut request = format!("ws://{}/ws", endpoint.address())
        .into_client_request()
        .map_err(LoadError::client)?;
    let bearer = HeaderValue::try_from(format!("Bearer {}", client.token));
    let bearer = bearer.map_err(LoadError::client)?;
    request.headers_mut().insert(AUTHORIZATION, bearer);
    // Small, since there are very many.
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .max_message_size(Some(FRAME_LIMIT))
        .max_frame_size(Some(FRAME_LIMIT));
    let (stream, _) = client_async_with_config(request, stream, Some(config))
        .await
        .map_err(refused)?;
    let (sink, stream) = stream.split();
    Ok((Reader(stream), Writer(sink)))
}

/// A session that is not taken is another matter than a server that is not there.
fn refused(error: Error) -> LoadError {
    match error {
        Error::Http(answer) if answer.status() == StatusCode::UNAUTHORIZED => LoadError::Refused {
            what: "a session".into(),
            reason: answer.status().to_string(),
        },
        error => LoadError::network("connecting a client", error),
    }
}

impl Reader {
    /// The next frame. May be dropped while it waits: nothing is lost.
    ///
    /// # Errors
    /// When the connection ended, with the server's reason.
    pub(crate) async fn next(&mut self) -> Result<Framed<ServerFrame>, LoadError> {
        let ended = |reason: String| LoadError::network("a client's connection", reason);
        loop {
            match self.0.next().await {
                Some(Ok(Message::Binary(bytes))) => {
                    return read_frame(&bytes).map_err(|error| ended(error.to_string()));
                }
                Some(Ok(Message::Close(Some(close)))) => {
                    return Err(ended(format!("closed, {}: {}", close.code, close.reason)));
                }
                Some(Ok(Message::Close(None))) | None => return Err(ended("closed".into())),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(ended(error.to_string())),
            }
        }
    }
}

impl Writer {
    /// Sends a frame's bytes.
    ///
    /// # Errors
    /// When the connection ended.
    pub(crate) async fn send(&mut self, frame: Bytes) -> Result<(), LoadError> {
        let sent = self.0.send(Message::Binary(frame)).await;
        sent.map_err(|error| LoadError::network("sending", error))
    }
}
