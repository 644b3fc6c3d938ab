//! The only sockets for chat: HTTPS requests and the WebSocket, both over TLS that the server's identity vouches for.
//!
//! ```text
//! Session -> line: Api, or a test's own network
//! Link / remembered pin -> trust::meet (learn the TLS key, check /identity) -> Api -> websocket::connect
//!                                                                              both pinned, or checked by `authorities`
//! ```

mod api;
mod authorities;
mod blobs;
mod by_name;
mod error;
mod line;
mod liveness;
mod probe;
mod transfer;
mod trust;
mod tunnel;
mod websocket;

pub(crate) use api::Api;
pub(crate) use authorities::words as certificate_words;
pub(crate) use error::NetError;
#[cfg(test)]
pub(crate) use line::{Endpoint, Method, Request};
pub(crate) use line::{Internet, Line, Network, Shipment};
pub(crate) use liveness::Watch;
pub(crate) use transfer::{Transfer, TransferError};
pub(crate) use trust::{approach, meet};
pub(crate) use websocket::{Incoming, Socket, SocketReader, SocketWriter};
