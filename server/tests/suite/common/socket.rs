//! A client's WebSocket.

use std::time::Duration;

use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame, read_frame, write_frame};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::Api;

/// Far above what anything takes here, so that a test that fails ends.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) type WebSocket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) struct Socket {
    stream: WebSocket,
    request: u32,
}

impl Api {
    /// A WebSocket at `path`.
    pub(crate) async fn websocket(&self, path: &str) -> Option<WebSocket> {
        let mut request = format!("ws://{}{path}", self.address)
            .into_client_request()
            .unwrap();
        if let Some(token) = self.token {
            let bearer = format!("Bearer {token}").parse().unwrap();
            request.headers_mut().insert("Authorization", bearer);
        }
        Some(connect_async(request).await.ok()?.0)
    }
}

impl Socket {
    /// Connects and takes the welcome.
    pub(crate) async fn connect(api: &Api) -> (Self, ServerFrame) {
        let mut socket = Self::try_connect(api).await.expect("connects");
        let welcome = socket.next().await;
        assert!(
            matches!(welcome, ServerFrame::Welcome { .. }),
            "{welcome:?}"
        );
        (socket, welcome)
    }

    pub(crate) async fn try_connect(api: &Api) -> Option<Self> {
        let stream = api.websocket("/ws").await?;
        Some(Self { stream, request: 0 })
    }

    /// The next frame, with the request it answers.
    pub(crate) async fn next_framed(&mut self) -> Option<(u32, ServerFrame)> {
        loop {
            let message = timeout(PATIENCE, self.stream.next())
                .await
                .expect("a frame in time");
            match message {
                Some(Ok(Message::Binary(bytes))) => {
                    let framed = read_frame::<ServerFrame>(&bytes).unwrap();
                    return Some((framed.request, framed.frame));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    }

    pub(crate) async fn next(&mut self) -> ServerFrame {
        self.next_framed().await.expect("a frame").1
    }

    /// The code that the server closes with, after whatever comes before.
    pub(crate) async fn close_code(&mut self) -> Option<u16> {
        let end = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                    Some(Ok(_)) => {}
                    _ => return None,
                }
            }
        };
        timeout(PATIENCE, end).await.expect("an end in time")
    }

    /// The first frame that `pick` takes; others are passed over.
    pub(crate) async fn wait_for<T>(&mut self, pick: impl Fn(&ServerFrame) -> Option<T>) -> T {
        let wait = async {
            loop {
                if let Some(found) = pick(&self.next().await) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, wait).await.expect("such a frame in time")
    }

    /// Sends a frame; gives the number that its answer will bear.
    pub(crate) async fn send(&mut self, frame: &ClientFrame) -> u32 {
        self.request += 1;
        let bytes = write_frame(self.request, frame);
        self.stream
            .send(Message::Binary(bytes.into()))
            .await
            .unwrap();
        self.request
    }

    pub(crate) async fn send_raw(&mut self, message: Message) -> bool {
        self.stream.send(message).await.is_ok()
    }

    /// Sends a frame and waits for its answer.
    pub(crate) async fn ask(&mut self, frame: &ClientFrame) -> ServerFrame {
        let request = self.send(frame).await;
        loop {
            let (answered, answer) = self.next_framed().await.expect("an answer");
            if answered == request {
                return answer;
            }
        }
    }

    pub(crate) async fn refusal(&mut self, frame: &ClientFrame) -> RefusalCode {
        match self.ask(frame).await {
            ServerFrame::Refused { code, .. } => code,
            other => panic!("not refused: {other:?}"),
        }
    }
}
