//! What can go wrong between the client and a server, in words.

use dialtone_protocol::http::{ErrorBody, ErrorCode};
use dialtone_protocol::identity::IdentityError;
use dialtone_words::say;

/// A request failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum NetError {
    /// No connection: wrong address, server down, no network.
    #[error(
        "{}", say!("error-unreachable", reason = reason, server = server)
    )]
    Unreachable {
        /// `host:port`
        server: String,
        /// From the system.
        reason: String,
    },
    /// It is not the server that the link or the member list names.
    #[error(
        "{}", say!("error-other-server", cause = _0.to_string())
    )]
    Identity(#[from] IdentityError),
    /// A proxy ends TLS before it, and the proxy's certificate does not hold.
    #[error(
        "{}", say!("error-proxy-certificate", cause = _0)
    )]
    Certificate(String),
    /// It refused, and said why.
    #[error("{}", crate::said::refusal(_0))]
    Refused(ErrorBody),
    /// It answered something that is not an answer.
    #[error(
        "{}", say!("error-unreadable", cause = _0)
    )]
    Malformed(String),
    /// It took too long.
    #[error("{}", say!("error-timeout"))]
    Timeout,
    /// The connection broke.
    #[error("{}", say!("error-broke"))]
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
