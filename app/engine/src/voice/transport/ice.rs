//! STUN and TURN addresses: checked when the call begins, resolved before each connection.
//!
//! Names are resolved here, within a time limit, because the engine resolves them in its event loop, where a slow name
//! server would hold up even the host candidates.

use std::net::SocketAddr;
use std::time::Duration;

use webrtc::peer_connection::RTCIceServer;

use super::error::TransportError;
use crate::settings::IceSettings;

/// How long the names may take, all together.
const RESOLVE: Duration = Duration::from_secs(2);
/// The port of STUN and TURN (RFC 8489 section 14, RFC 8656 section 4).
const PORT: u16 = 3478;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stun,
    Turn,
}

/// One server that gathers candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Server {
    kind: Kind,
    host: String,
    port: u16,
}

/// The checked servers of the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct IceServers {
    servers: Vec<Server>,
    user: String,
    pass: String,
}

impl IceServers {
    /// Checks the settings.
    pub(super) fn new(settings: &IceSettings, relay_only: bool) -> Result<Self, TransportError> {
        let mut servers = Vec::new();
        for (urls, kind) in [(&settings.stun, Kind::Stun), (&settings.turn, Kind::Turn)] {
            for url in urls {
                servers.push(
                    parse(url, kind).map_err(|reason| TransportError::IceServer {
                        url: url.clone(),
                        reason,
                    })?,
                );
            }
        }
        let relay = servers.iter().any(|server| server.kind == Kind::Turn);
        if relay && (settings.turn_user.is_empty() || settings.turn_pass.is_empty()) {
            return Err(TransportError::IceServer {
                url: settings.turn.first().cloned().unwrap_or_default(),
                reason: "a TURN server needs a user name and a password",
            });
        }
        if relay_only && !relay {
            return Err(TransportError::NoRelay);
        }
        Ok(Self {
            servers,
            user: settings.turn_user.clone(),
            pass: settings.turn_pass.clone(),
        })
    }

    /// The servers by number. One whose name is not known in time is left out.
    pub(super) async fn resolve(&self) -> Vec<RTCIceServer> {
        let deadline = tokio::time::Instant::now() + RESOLVE;
        let mut found = Vec::new();
        for server in &self.servers {
            let name = (server.host.as_str(), server.port);
            let lookup = tokio::time::timeout_at(deadline, tokio::net::lookup_host(name));
            match lookup.await {
                Ok(Ok(addresses)) => found.extend(self.first_of_each_family(server, addresses)),
                Ok(Err(error)) => {
                    tracing::warn!(host = server.host, %error, "call server not found");
                }
                Err(_) => tracing::warn!(host = server.host, "call server not found in time"),
            }
        }
        found
    }

    fn first_of_each_family(
        &self,
        server: &Server,
        addresses: impl Iterator<Item = SocketAddr>,
    ) -> Vec<RTCIceServer> {
        let (four, six): (Vec<_>, Vec<_>) = addresses.partition(SocketAddr::is_ipv4);
        let each = four.first().into_iter().chain(six.first());
        each.map(|address| match server.kind {
            Kind::Stun => RTCIceServer {
                urls: vec![format!("stun:{address}")],
                ..RTCIceServer::default()
            },
            Kind::Turn => RTCIceServer {
                urls: vec![format!("turn:{address}?transport=udp")],
                username: self.user.clone(),
                credential: self.pass.clone(),
            },
        })
        .collect()
    }
}

/// Reads `stun:host[:port]` or `turn:host[:port][?transport=udp]` (RFC 7064, RFC 7065).
fn parse(url: &str, kind: Kind) -> Result<Server, &'static str> {
    let url = url.trim();
    let (scheme, rest) = url
        .split_once(':')
        .ok_or("it must be like stun:host or turn:host:3478")?;
    match (scheme, kind) {
        ("stun", Kind::Stun) | ("turn", Kind::Turn) => {}
        ("stuns" | "turns", _) => return Err("direct calls cannot use TLS servers yet"),
        (_, Kind::Stun) => return Err("it must begin with stun:"),
        (_, Kind::Turn) => return Err("it must begin with turn:"),
    }
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !matches!(query, "" | "transport=udp") {
        return Err("direct calls can only use servers over UDP yet");
    }
    let (host, port) = split_port(address)?;
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if host.is_empty() || host.len() > 255 || !host.chars().all(named) {
        return Err("the host name is not valid");
    }
    Ok(Server {
        kind,
        host: host.to_owned(),
        port,
    })
}

fn split_port(address: &str) -> Result<(&str, u16), &'static str> {
    let (host, port) = if let Some(bracketed) = address.strip_prefix('[') {
        let (host, rest) = bracketed
            .split_once(']')
            .ok_or("the IPv6 address lacks its closing bracket")?;
        (host, rest.strip_prefix(':'))
    } else {
        match address.split_once(':') {
            Some((_, port)) if port.contains(':') => {
                return Err("put the IPv6 address in brackets");
            }
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        }
    };
    let port = match port {
        Some(port) => port.parse().ok().filter(|port| *port != 0),
        None => Some(PORT),
    };
    Ok((
        host,
        port.ok_or("the port is not a number from 1 to 65535")?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(stun: &[&str], turn: &[&str]) -> IceSettings {
        IceSettings {
            stun: stun.iter().map(ToString::to_string).collect(),
            turn: turn.iter().map(ToString::to_string).collect(),
            turn_user: "u".into(),
            turn_pass: "p".into(),
            ..IceSettings::default()
        }
    }

    #[test]
    fn usual_addresses_are_taken() {
        for (url, host, port) in [
            ("stun:example.org", "example.org", 3478),
            ("stun:192.0.2.1:19302", "192.0.2.1", 19302),
            ("stun:[2001:db8::1]:5000", "2001:db8::1", 5000),
        ] {
            let server = parse(url, Kind::Stun).unwrap();
            assert_eq!((server.host.as_str(), server.port), (host, port));
        }
        assert!(parse("turn:example.org:3478?transport=udp", Kind::Turn).is_ok());
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for url in [
            "example.org",
            "turns:example.org",
            "turn:example.org?transport=tcp",
            "turn:example.org:0",
            "turn:example.org:99999",
            "turn:",
            "turn:2001:db8::1",
            "turn:[2001:db8::1",
            "turn:a b",
            "stun:example.org",
        ] {
            let refused = IceServers::new(&settings(&[], &[url]), false);
            let Err(TransportError::IceServer { url: named, .. }) = refused else {
                panic!("{url} was taken");
            };
            assert_eq!(named, url);
        }
    }

    #[test]
    fn a_relay_needs_a_password_and_relay_only_needs_a_relay() {
        let mut bare = settings(&[], &["turn:example.org"]);
        bare.turn_pass.clear();
        assert!(IceServers::new(&bare, false).is_err());
        let none = settings(&["stun:example.org"], &[]);
        assert_eq!(IceServers::new(&none, true), Err(TransportError::NoRelay));
        assert!(IceServers::new(&none, false).is_ok());
    }

    #[tokio::test]
    async fn addresses_come_out_as_numbers() {
        let servers = settings(&["stun:127.0.0.1"], &["turn:[::1]:5000"]);
        let servers = IceServers::new(&servers, false).unwrap();
        let found = servers.resolve().await;
        let urls: Vec<_> = found.iter().flat_map(|server| &server.urls).collect();
        assert_eq!(
            urls,
            ["stun:127.0.0.1:3478", "turn:[::1]:5000?transport=udp"]
        );
        for server in &found {
            server.urls().unwrap();
        }
    }
}
