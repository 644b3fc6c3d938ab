//! The only sockets for chat: HTTPS requests and the WebSocket, both over TLS pinned to the server's identity.
//!
//! ```text
//! Link / remembered pin -> trust::meet (learn the TLS key, check /identity) -> Api (pinned) -> websocket::connect (pinned)
//! ```

mod api;
mod error;
mod liveness;
mod tls;
mod trust;
mod websocket;

pub(crate) use api::Api;
pub(crate) use error::NetError;
pub(crate) use trust::meet;
pub(crate) use websocket::{Incoming, Socket, SocketReader, SocketWriter};
