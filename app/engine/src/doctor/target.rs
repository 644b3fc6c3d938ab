//! Which server is examined.

use std::str::FromStr;

use dialtone_protocol::PublicKey;
use dialtone_protocol::link::{Link, LinkError};

/// The port of a server that names none.
const PORT: u16 = 7440;

/// A text is neither a host nor a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// A broken link.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// No host.
    #[error(
        "`{0}` is no host: give one such as example.org or example.org:7440, or an invite link"
    )]
    Host(String),
}

/// Which server is examined, and which key it is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    host: String,
    port: u16,
    pub(super) pin: Option<PublicKey>,
}

impl Target {
    /// Its name or number.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `host:port`
    pub(super) fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Whether that is where this `host:port` leads.
    pub(super) fn is_at(&self, address: &str) -> bool {
        Self::at(address).is_some_and(|other| {
            other.port == self.port && other.host.eq_ignore_ascii_case(&self.host)
        })
    }

    fn at(text: &str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']')?;
                (host, port.strip_prefix(':').filter(|_| !port.is_empty()))
            }
            None => match text.rsplit_once(':') {
                Some((host, port)) if !host.contains(':') => (host, Some(port)),
                _ => (text, None),
            },
        };
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port > 0)?,
            None => PORT,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
        let good = !host.is_empty() && host.chars().all(plain);
        good.then(|| Self {
            host: host.to_owned(),
            port,
            pin: None,
        })
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let text = text.trim();
        let (address, pin) = if text.contains("://") {
            let link: Link = text.parse()?;
            (link.server, Some(link.data.server_key))
        } else {
            (text.to_owned(), None)
        };
        let target = Self::at(&address).ok_or(TargetError::Host(address))?;
        Ok(Self { pin, ..target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_links_are_read() {
        for (text, host, port) in [
            ("example.org", "example.org", 7440),
            (" example.org:99 ", "example.org", 99),
            ("192.0.2.1", "192.0.2.1", 7440),
            ("[::1]:88", "::1", 88),
            ("[::1]", "::1", 7440),
            ("2001:db8::1", "2001:db8::1", 7440),
        ] {
            let target: Target = text.parse().unwrap();
            assert_eq!((target.host(), target.port()), (host, port), "{text}");
            assert_eq!(target.pin, None);
        }
        assert_eq!("::1".parse::<Target>().unwrap().address(), "[::1]:7440");
    }

    #[test]
    fn the_same_place_is_known_however_it_is_written() {
        let target: Target = "Example.org".parse().unwrap();
        assert!(target.is_at("example.org:7440"));
        assert!(!target.is_at("example.org:7441"));
        assert!(!target.is_at("example.com:7440"));
        assert!(!target.is_at(""));
    }

    #[test]
    fn what_is_neither_is_refused_in_words() {
        for text in [
            "",
            "a b",
            "example.org:0",
            "example.org:99999",
            "[::1",
            "a/b",
            ":7440",
        ] {
            let refused = text.parse::<Target>().unwrap_err();
            assert!(refused.to_string().contains("is no host"), "{text}");
        }
        let refused = "dialtone://example.org:7440/#AAAA".parse::<Target>();
        assert_eq!(refused, Err(TargetError::Link(LinkError::Fragment)));
    }
}
