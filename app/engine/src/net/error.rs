//! What can go wrong between the client and a server, in words.

use dialtone_protocol::http::{ErrorBody, ErrorCode};
use dialtone_protocol::identity::IdentityError;

/// A request failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum NetError {
    /// No connection: wrong address, server down, no network.
    #[error(
        "the server {server} cannot be reached ({reason}); check the network and the server's address"
    )]
    Unreachable {
        /// `host:port`
        server: String,
        /// From the system.
        reason: String,
    },
    /// It is not the server that the link or the member list names.
    #[error(
        "this is not the server that the link names: {0}. Do not go on; ask who gave you the link"
    )]
    Identity(#[from] IdentityError),
    /// A proxy ends TLS before it, and the proxy's certificate does not hold.
    #[error(
        "the server stands behind a proxy, and the certificate shown there does not hold: {0}. Check the date and time of this \
         computer; if they are right, ask whoever runs the server"
    )]
    Certificate(String),
    /// It refused, and said why.
    #[error("{}", .0.message)]
    Refused(ErrorBody),
    /// It answered something that is not an answer.
    #[error(
        "the server's answer cannot be read ({0}); the server or this client may need an update"
    )]
    Malformed(String),
    /// It took too long.
    #[error("the server did not answer in time; it may be busy, or the network is bad")]
    Timeout,
    /// The connection broke.
    #[error("the connection to the server broke")]
    Closed,
}

impl NetError {
    /// The server's own code, if it refused.
    pub(crate) fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(body) => Some(body.code),
            _ => None,
        }
    }
}
