//! `stun:host[:port]`, `turn:host[:port][?transport=udp|tcp]` and `turns:host[:port][?transport=tcp]` (RFC 7064, RFC 7065).

use std::fmt;
use std::str::FromStr;

/// The port of STUN and TURN (RFC 8489 section 14, RFC 8656 section 4).
const PORT: u16 = 3478;
/// The port of TURN over TLS.
const TLS_PORT: u16 = 5349;
/// The longest address, in bytes.
const MAX_URL: usize = 512;
/// The longest name of a host, in bytes.
const MAX_HOST: usize = 255;

/// What a server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IceKind {
    /// It tells one's address as others see it.
    Stun,
    /// It relays.
    Turn,
}

/// How a server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IceTransport {
    /// Datagrams.
    Udp,
    /// A stream.
    Tcp,
    /// A stream within TLS.
    Tls,
}

/// The address of a STUN or TURN server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IceUrl {
    /// What it is for.
    pub kind: IceKind,
    /// How it is reached.
    pub transport: IceTransport,
    /// A name or an IP address, the latter without brackets.
    pub host: String,
    /// Never 0.
    pub port: u16,
}

/// Why an address of a STUN or TURN server cannot be used, as the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IceUrlError {
    /// No scheme that is known.
    #[error("it must be like stun:host, turn:host:3478 or turns:host:5349")]
    Scheme,
    /// `stuns:`
    #[error("STUN servers are used over UDP only, so it must begin with stun:")]
    StunOverTls,
    /// Something after `?` that is not known.
    #[error("after the question mark there may be transport=udp or transport=tcp alone")]
    Query,
    /// `turns:` with `transport=udp`.
    #[error("TURN within DTLS is not supported; use transport=tcp, or leave that out")]
    Dtls,
    /// Not a name of a host.
    #[error("the host name is not valid")]
    Host,
    /// An IPv6 address of which one cannot tell where it ends.
    #[error("the IPv6 address must be in brackets")]
    Brackets,
    /// Not a port.
    #[error("the port is not a number from 1 to 65535")]
    Port,
}

impl FromStr for IceUrl {
    type Err = IceUrlError;

    fn from_str(url: &str) -> Result<Self, IceUrlError> {
        let url = url.trim();
        if url.len() > MAX_URL {
            return Err(IceUrlError::Host);
        }
        let (scheme, rest) = url.split_once(':').ok_or(IceUrlError::Scheme)?;
        let (address, query) = match rest.split_once('?') {
            Some((address, query)) => (address, Some(query)),
            None => (rest, None),
        };
        let (kind, transport) = match (scheme, query) {
            ("stun", None | Some("transport=udp")) => (IceKind::Stun, IceTransport::Udp),
            ("stuns", _) => return Err(IceUrlError::StunOverTls),
            ("turn", None | Some("transport=udp")) => (IceKind::Turn, IceTransport::Udp),
            ("turn", Some("transport=tcp")) => (IceKind::Turn, IceTransport::Tcp),
            ("turns", None | Some("transport=tcp")) => (IceKind::Turn, IceTransport::Tls),
            ("turns", Some("transport=udp")) => return Err(IceUrlError::Dtls),
            ("stun" | "turn" | "turns", _) => return Err(IceUrlError::Query),
            _ => return Err(IceUrlError::Scheme),
        };
        let (host, port) = split_port(address)?;
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        if host.is_empty() || host.len() > MAX_HOST || !host.chars().all(named) {
            return Err(IceUrlError::Host);
        }
        let usual = match transport {
            IceTransport::Tls => TLS_PORT,
            IceTransport::Udp | IceTransport::Tcp => PORT,
        };
        Ok(Self {
            kind,
            transport,
            host: host.to_owned(),
            port: port.unwrap_or(usual),
        })
    }
}

fn split_port(address: &str) -> Result<(&str, Option<u16>), IceUrlError> {
    let (host, port) = if let Some(bracketed) = address.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']').ok_or(IceUrlError::Brackets)?;
        match rest.strip_prefix(':') {
            None if !rest.is_empty() => return Err(IceUrlError::Port),
            port => (host, port),
        }
    } else {
        match address.split_once(':') {
            Some((_, port)) if port.contains(':') => return Err(IceUrlError::Brackets),
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        }
    };
    let number = |port: &str| {
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        let number = port.parse().ok().filter(|port| *port != 0 && digits);
        number.ok_or(IceUrlError::Port)
    };
    Ok((host, port.map(number).transpose()?))
}

/// As it would be written, with its port and transport.
impl fmt::Display for IceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, query) = match (self.kind, self.transport) {
            (IceKind::Stun, _) => ("stun", ""),
            (IceKind::Turn, IceTransport::Udp) => ("turn", "?transport=udp"),
            (IceKind::Turn, IceTransport::Tcp) => ("turn", "?transport=tcp"),
            (IceKind::Turn, IceTransport::Tls) => ("turns", "?transport=tcp"),
        };
        let (open, close) = if self.host.contains(':') {
            ("[", "]")
        } else {
            ("", "")
        };
        write!(
            f,
            "{scheme}:{open}{}{close}:{}{query}",
            self.host, self.port
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_addresses_are_read_and_written_in_full() {
        for (url, whole) in [
            ("stun:example.org", "stun:example.org:3478"),
            ("stun:192.0.2.1:19302", "stun:192.0.2.1:19302"),
            ("stun:[2001:db8::1]:5000", "stun:[2001:db8::1]:5000"),
            ("turn:example.org", "turn:example.org:3478?transport=udp"),
            (
                " turn:example.org:80?transport=tcp ",
                "turn:example.org:80?transport=tcp",
            ),
            ("turns:example.org", "turns:example.org:5349?transport=tcp"),
            (
                "turns:[::1]:443?transport=tcp",
                "turns:[::1]:443?transport=tcp",
            ),
        ] {
            let read: IceUrl = url.parse().unwrap();
            assert_eq!(read.to_string(), whole);
            assert_eq!(whole.parse(), Ok(read));
        }
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        use IceUrlError as E;
        for (url, error) in [
            ("example.org", E::Scheme),
            ("http://example.org", E::Scheme),
            ("stuns:example.org", E::StunOverTls),
            ("stun:example.org?transport=tcp", E::Query),
            ("turn:example.org?transport=sctp", E::Query),
            ("turn:example.org?", E::Query),
            ("turns:example.org?transport=udp", E::Dtls),
            ("turn:example.org:0", E::Port),
            ("turn:example.org:+80", E::Port),
            ("turn:example.org:99999", E::Port),
            ("turn:[::1]80", E::Port),
            ("turn:", E::Host),
            ("turn:a b", E::Host),
            ("turn:2001:db8::1", E::Brackets),
            ("turn:[2001:db8::1", E::Brackets),
        ] {
            assert_eq!(url.parse::<IceUrl>(), Err(error), "{url}");
        }
        let long = format!("turn:{}", "a".repeat(600));
        assert_eq!(long.parse::<IceUrl>(), Err(E::Host));
    }
}
