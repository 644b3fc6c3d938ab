//! The upgrade of a request to a WebSocket (RFC 6455) whose frames go out as they are shared, without being copied, many in one write; and which takes
//! next to no memory while it is idle.
//!
//! ```text
//! request -> Upgrading -> Stream (TCP or TLS) -> Incoming: the thread's buffer -> Frames -> Message
//!                                             -> Outgoing: queue of headers and shared payloads -> one write
//! ```

mod frames;
mod halves;
mod stream;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dialtone_protocol::frame::FRAME_LIMIT;
use hyper::upgrade::{OnUpgrade, Upgraded};
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

pub(super) use self::frames::Message;
pub(super) use self::halves::{Incoming, Outgoing};
use self::stream::Stream;
use crate::error::ApiError;
use crate::state::AppState;

/// What is appended to a key before it is hashed (RFC 6455, 1.3).
const APPENDED: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A client's WebSocket.
pub(crate) struct Socket {
    pub(super) incoming: Incoming,
    pub(super) outgoing: Outgoing,
}

/// A request that asks for a WebSocket.
pub(crate) struct Upgrading {
    accept: HeaderValue,
    upgrade: OnUpgrade,
}

impl FromRequestParts<AppState> for Upgrading {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let upgrade = parts.extensions.get::<OnUpgrade>().cloned();
        let accept = parts.headers.get(SEC_WEBSOCKET_KEY).and_then(accept_of);
        // Looks at the method, the version and the other headers.
        let looked_at = WebSocketUpgrade::from_request_parts(parts, state).await;
        let _: WebSocketUpgrade = looked_at.map_err(axum::response::IntoResponse::into_response)?;
        match (accept, upgrade) {
            (Some(accept), Some(upgrade)) => Ok(Self { accept, upgrade }),
            _ => Err(ApiError::for_status(StatusCode::BAD_REQUEST).into_response()),
        }
    }
}

fn accept_of(key: &HeaderValue) -> Option<HeaderValue> {
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    context.update(key.as_bytes());
    context.update(APPENDED);
    HeaderValue::try_from(STANDARD.encode(context.finish())).ok()
}

impl Upgrading {
    /// Answers, and serves the socket by `serve` once the client has the answer.
    pub(crate) fn serve<F>(self, serve: impl FnOnce(Socket) -> F + Send + 'static) -> Response
    where
        F: Future<Output = ()> + Send,
    {
        let Self { accept, upgrade } = self;
        tokio::spawn(async move {
            match upgrade.await.map(Socket::of) {
                Ok(socket) => serve(socket).await,
                Err(error) => tracing::debug!(%error, "a socket ended before it began"),
            }
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
        response
    }
}

impl Socket {
    fn of(upgraded: Upgraded) -> Self {
        let (stream, before) = Stream::of(upgraded);
        let (reading, writing) = tokio::io::split(stream);
        Self {
            incoming: Incoming::new(reading, &before, FRAME_LIMIT),
            outgoing: Outgoing::new(writing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_a_key_is_that_of_the_standard() {
        let key = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");
        let accept = accept_of(&key).unwrap();
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
