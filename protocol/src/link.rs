//! Links: what one person hands to another. `dialtone://host:port/#fragment`; the fragment is base64url of CBOR.
//!
//! A link is a secret between two people: it lets in whoever holds it, and pins the server's key and the member list.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::{Decode, Encode};

use crate::roster::RosterPosition;
use crate::{CommunityId, Hash, InviteId, PublicKey, strict};

/// The scheme of links.
pub const SCHEME: &str = "dialtone";
/// The longest link, in bytes.
pub const LINK_LIMIT: usize = 4 * 1024;

/// A link, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// `host:port` of the server.
    pub server: String,
    /// What the fragment says.
    pub data: LinkData,
}

/// The fragment of a link.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct LinkData {
    /// 1
    #[n(0)]
    pub version: u8,
    /// 32 random bytes; the server knows their hash only.
    #[n(1)]
    pub token: Hash,
    /// The server's identity key.
    #[n(2)]
    pub server_key: PublicKey,
    /// What it opens.
    #[n(3)]
    pub entrance: Entrance,
}

/// What a link opens.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum Entrance {
    /// A new community.
    #[n(0)]
    Founding,
    /// A community, invited by a member.
    #[n(1)]
    Member {
        /// The invite's key and its pack's key come from it. Secret.
        #[n(0)]
        seed: Hash,
        /// Which invite.
        #[n(1)]
        invite: InviteId,
        /// Which community.
        #[n(2)]
        community: CommunityId,
        /// The log with the invite's entry as its last.
        #[n(3)]
        position: RosterPosition,
        /// For display; nobody vouches for it before the log is open.
        #[n(4)]
        community_name: String,
        /// For display; nobody vouches for it before the log is open.
        #[n(5)]
        inviter_name: String,
    },
    /// A community, on the server's word: one waits until an admin lets one in.
    #[n(2)]
    Knock {
        /// Which community.
        #[n(0)]
        community: CommunityId,
    },
}

/// Why a text is not a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not of this scheme.
    #[error("a Dialtone link begins with dialtone://")]
    Scheme,
    /// No host.
    #[error("the link names no server")]
    Server,
    /// The fragment is cut off or damaged.
    #[error("the link is not complete: copy all of it, with everything after the #")]
    Fragment,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fragment = URL_SAFE_NO_PAD.encode(strict::encode(&self.data));
        write!(f, "{SCHEME}://{}/#{fragment}", self.server)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({}, …)", self.server)
    }
}

impl FromStr for Link {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        if text.len() > LINK_LIMIT {
            return Err(LinkError::Fragment);
        }
        // What a browser shows of an invitation is the same with its own scheme, whose port is left out where it is the usual one.
        let web = text.strip_prefix("https://");
        let rest = text.strip_prefix("dialtone://").or(web);
        let rest = rest.ok_or(LinkError::Scheme)?;
        let (server, fragment) = rest.split_once('#').ok_or(LinkError::Fragment)?;
        let server = server.trim_end_matches('/');
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if server.is_empty() || !server.chars().all(plain) {
            return Err(LinkError::Server);
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(fragment)
            .map_err(|_| LinkError::Fragment)?;
        let data: LinkData = strict::decode(&bytes, LINK_LIMIT).map_err(|_| LinkError::Fragment)?;
        if data.version != 1 {
            return Err(LinkError::Fragment);
        }
        let has_port = server.rsplit_once(':').is_some_and(|(_, port)| {
            !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
        });
        let server = if web.is_some() && !has_port {
            format!("{server}:443")
        } else {
            server.to_owned()
        };
        Ok(Self { server, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link {
        Link {
            server: "localhost:7440".into(),
            data: LinkData {
                version: 1,
                token: Hash([1; 32]),
                server_key: PublicKey([2; 32]),
                entrance: Entrance::Knock {
                    community: CommunityId([3; 32]),
                },
            },
        }
    }

    #[test]
    fn a_link_survives_being_written_and_read() {
        let text = link().to_string();
        assert!(text.starts_with("dialtone://localhost:7440/#"));
        assert_eq!(text.parse::<Link>().unwrap(), link());
        assert_eq!(format!(" {text}\n").parse::<Link>().unwrap(), link());
    }

    #[test]
    fn a_link_of_a_browser_is_read_too() {
        let text = link().to_string().replace("dialtone://", "https://");
        assert_eq!(text.parse::<Link>().unwrap(), link());
        let usual = text.replace("localhost:7440", "chat.example.org");
        let server = usual.parse::<Link>().unwrap().server;
        assert_eq!(server, "chat.example.org:443");
        let six = text.replace("localhost:7440", "[::1]");
        assert_eq!(six.parse::<Link>().unwrap().server, "[::1]:443");
        let six = text.replace("localhost:7440", "[::1]:7440");
        assert_eq!(six.parse::<Link>().unwrap().server, "[::1]:7440");
    }

    #[test]
    fn a_damaged_link_says_so() {
        let text = link().to_string();
        assert_eq!("http://x/#y".parse::<Link>(), Err(LinkError::Scheme));
        assert_eq!(
            text[..text.len() - 2].parse::<Link>(),
            Err(LinkError::Fragment)
        );
        assert_eq!("dialtone:///#AAAA".parse::<Link>(), Err(LinkError::Server));
        assert_eq!(
            "dialtone://a b/#AAAA".parse::<Link>(),
            Err(LinkError::Server)
        );
    }
}
