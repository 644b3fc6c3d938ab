//! Servers by which direct calls find their way: STUN (RFC 8489) and TURN (RFC 8656).
//!
//! ```text
//! url      their addresses, as people write them and as the server hands them out
//! stream   TURN over TCP and TLS: datagrams in a stream of bytes
//! ```

mod stream;
mod url;

pub use stream::{FrameReader, MAX_TURN_DATAGRAM, StreamError, put_frame};
pub use url::{IceKind, IceTransport, IceUrl, IceUrlError};

use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// The most addresses that a server hands out.
pub const MOST_TURN_URLS: usize = 8;
/// The longest user name and password, in bytes (RFC 8489 section 14.3).
pub const MAX_TURN_TEXT: usize = 508;

/// STUN and TURN servers, with a credential that holds for a while. No address: there are none.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct TurnServers {
    /// See [`IceUrl`]; at most [`MOST_TURN_URLS`].
    #[n(0)]
    pub urls: Vec<String>,
    /// User name at the TURN servers, at most [`MAX_TURN_TEXT`] bytes.
    #[n(1)]
    pub user: String,
    /// Password there, at most [`MAX_TURN_TEXT`] bytes.
    #[n(2)]
    pub password: String,
    /// For how many seconds the TURN servers take the password from now on.
    #[n(3)]
    pub lifetime_s: u32,
}

impl TurnServers {
    /// Whether nothing in it is longer than it may be.
    pub fn is_bounded(&self) -> bool {
        self.urls.len() <= MOST_TURN_URLS
            && self.user.len() <= MAX_TURN_TEXT
            && self.password.len() <= MAX_TURN_TEXT
    }
}

/// Passwords are not printed.
impl fmt::Debug for TurnServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnServers")
            .field("urls", &self.urls)
            .field("lifetime_s", &self.lifetime_s)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_printed_and_too_much_is_noticed() {
        let servers = TurnServers {
            urls: vec!["turn:example.org".into()],
            user: "1800003723:id".into(),
            password: "hunter2".into(),
            lifetime_s: 3600,
        };
        let text = format!("{servers:?}");
        assert!(text.contains("example.org") && !text.contains("hunter2"));
        assert!(servers.is_bounded());
        let many = TurnServers {
            urls: vec![String::new(); MOST_TURN_URLS + 1],
            ..servers.clone()
        };
        let long = TurnServers {
            user: "u".repeat(MAX_TURN_TEXT + 1),
            ..servers
        };
        assert!(!many.is_bounded() && !long.is_bounded());
    }
}
