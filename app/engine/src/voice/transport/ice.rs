//! STUN and TURN servers of a call: checked when the call begins or they are renewed, resolved before each connection.
//!
//! Names are resolved here, within a time limit, because the engine resolves them in its event loop, where a slow name
//! server would hold up even the host candidates.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dialtone_protocol::turn::{IceKind, IceTransport, IceUrl, TurnServers};
use dialtone_words::say;
use futures_util::future::join_all;
use tokio::time::{Instant, timeout_at};
use webrtc::peer_connection::RTCIceServer;

use super::config::TransportConfig;
use super::error::TransportError;
use super::turn::{
    Login, StandIn, StreamServer, Trust, TurnAllocation, TurnError, TurnTrial, allocate,
};

/// How long the names may take, all together.
const RESOLVE: Duration = Duration::from_secs(2);

/// One server that gathers candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Server {
    url: IceUrl,
    /// By the community's server, which is not to be trusted with what is on this machine.
    handed_out: bool,
}

/// The checked servers of a call.
#[derive(Debug, Default)]
pub(super) struct IceServers {
    servers: Vec<Server>,
    user: String,
    password: String,
    trust: Arc<Trust>,
    loopback: bool,
    /// It was looked into why none of them relays.
    looked_into: AtomicBool,
}

/// Servers by number, as the engine takes them.
#[derive(Default)]
pub(super) struct Resolved {
    /// For the engine.
    pub(super) servers: Vec<RTCIceServer>,
    /// What it takes for addresses of TURN servers over UDP and is not.
    pub(super) streams: Vec<(StandIn, StreamServer)>,
}

impl IceServers {
    /// Checks the settings. One's own STUN servers stand instead of those that were handed out, and so do one's own TURN servers.
    pub(super) fn new(config: &TransportConfig) -> Result<Self, TransportError> {
        let own = &config.ice;
        let mut servers = Vec::new();
        for (urls, kind) in [(&own.stun, IceKind::Stun), (&own.turn, IceKind::Turn)] {
            for url in urls {
                servers.push(Server {
                    url: parse(url, kind)?,
                    handed_out: false,
                });
            }
        }
        let (mut user, mut password) = (own.turn_user.clone(), own.turn_pass.clone());
        if !own.turn.is_empty() && (user.is_empty() || password.is_empty()) {
            return Err(TransportError::IceServer {
                url: own.turn.first().cloned().unwrap_or_default(),
                reason: say!("reach-needs-login").to_owned(),
            });
        }
        if let Some(handed_out) = &config.handed_out {
            let lacks = |kind| match kind {
                IceKind::Stun => own.stun.is_empty(),
                IceKind::Turn => own.turn.is_empty(),
            };
            servers.extend(usable(handed_out).filter(|server| lacks(server.url.kind)));
            if own.turn.is_empty() {
                user.clone_from(&handed_out.user);
                password.clone_from(&handed_out.password);
            }
        }
        let found = Self {
            servers,
            user,
            password,
            trust: Arc::new(Trust::new(own.turn_ca.clone())),
            loopback: config.include_loopback,
            looked_into: AtomicBool::new(false),
        };
        if config.relay_only && !found.has_turn() {
            return Err(TransportError::NoRelay);
        }
        Ok(found)
    }

    fn has_turn(&self) -> bool {
        let mut servers = self.servers.iter();
        servers.any(|server| server.url.kind == IceKind::Turn)
    }

    /// User name and password at the TURN servers.
    pub(super) fn login(&self) -> (&str, &str) {
        (&self.user, &self.password)
    }

    /// The servers by number. One whose name is not known in time is left out.
    pub(super) async fn resolve(&self) -> Resolved {
        let mut resolved = Resolved::default();
        let deadline = Instant::now() + RESOLVE;
        for server in &self.servers {
            let addresses = self.addresses(server, deadline).await;
            if addresses.is_empty() {
                tracing::warn!(server = %server.url, "call server not found");
                continue;
            }
            match (server.url.kind, server.url.transport) {
                (IceKind::Stun, _) => resolved.servers.push(RTCIceServer {
                    urls: addresses
                        .iter()
                        .map(|address| format!("stun:{address}"))
                        .collect(),
                    ..RTCIceServer::default()
                }),
                (IceKind::Turn, IceTransport::Udp) => {
                    resolved.servers.push(self.over_udp(&addresses));
                }
                (IceKind::Turn, IceTransport::Tcp | IceTransport::Tls) => {
                    let stand_in = StandIn::new(resolved.streams.len() as u8 + 1);
                    resolved.servers.push(self.over_udp(&stand_in.addresses()));
                    let stream = self.stream_server(server, addresses);
                    resolved.streams.push((stand_in, stream));
                }
            }
        }
        resolved
    }

    fn over_udp(&self, addresses: &[SocketAddr]) -> RTCIceServer {
        let urls = addresses.iter();
        RTCIceServer {
            urls: urls
                .map(|address| format!("turn:{address}?transport=udp"))
                .collect(),
            username: self.user.clone(),
            credential: self.password.clone(),
        }
    }

    fn stream_server(&self, server: &Server, addresses: Vec<SocketAddr>) -> StreamServer {
        StreamServer {
            url: server.url.clone(),
            addresses,
            trust: Arc::clone(&self.trust),
        }
    }

    /// The first address of each family.
    async fn addresses(&self, server: &Server, deadline: Instant) -> Vec<SocketAddr> {
        let name = (server.url.host.as_str(), server.url.port);
        let Ok(Ok(found)) = timeout_at(deadline, tokio::net::lookup_host(name)).await else {
            return Vec::new();
        };
        let found = found.filter(|address| !server.handed_out || self.may_lead_to(address));
        let (four, six): (Vec<_>, Vec<_>) = found.partition(SocketAddr::is_ipv4);
        four.into_iter()
            .take(1)
            .chain(six.into_iter().take(1))
            .collect()
    }

    /// Another's word does not make this device speak to what is on this machine.
    fn may_lead_to(&self, address: &SocketAddr) -> bool {
        let ip = address.ip().to_canonical();
        let is_here = ip.is_loopback() || ip.is_unspecified();
        (self.loopback || !is_here) && !ip.is_multicast()
    }

    /// Tries each TURN server.
    pub(super) async fn try_all(&self) -> Vec<TurnTrial> {
        let turn = |server: &&Server| server.url.kind == IceKind::Turn;
        let trials = self.servers.iter().filter(turn).map(|server| async {
            TurnTrial {
                server: server.url.to_string(),
                outcome: self.try_one(server).await,
            }
        });
        join_all(trials).await
    }

    async fn try_one(&self, server: &Server) -> Result<TurnAllocation, TurnError> {
        let addresses = self.addresses(server, Instant::now() + RESOLVE).await;
        let (user, password) = self.login();
        let login = Login { user, password };
        allocate(&self.stream_server(server, addresses), login).await
    }

    /// Why no TURN server relays; `None` where there is none, one does after all, or that was told.
    pub(super) async fn look_into(&self) -> Option<TurnError> {
        if !self.has_turn() || self.looked_into.swap(true, Ordering::Relaxed) {
            return None;
        }
        let trials = self.try_all().await;
        for trial in &trials {
            match &trial.outcome {
                Ok(_) => tracing::info!(server = trial.server, "the TURN server would relay"),
                Err(error) => tracing::warn!("{error}"),
            }
        }
        let outcomes: Result<Vec<TurnError>, _> = trials
            .into_iter()
            .map(|trial| trial.outcome.err().ok_or(()))
            .collect();
        outcomes.ok()?.into_iter().next()
    }
}

/// Tries each TURN server that a call would use at the same time: an allocation, given back at once. Takes some seconds at most.
///
/// # Errors
/// [`TransportError::IceServer`]: an address in the settings cannot be used.
pub async fn try_turn(config: &TransportConfig) -> Result<Vec<TurnTrial>, TransportError> {
    Ok(IceServers::new(config)?.try_all().await)
}

/// What of it this client can use.
fn usable(handed_out: &TurnServers) -> impl Iterator<Item = Server> + '_ {
    let urls = handed_out
        .urls
        .iter()
        .filter(|_| handed_out.is_bounded())
        .filter_map(|url| url.parse::<IceUrl>().ok());
    let has_login = !handed_out.user.is_empty() && !handed_out.password.is_empty();
    urls.filter(move |url| has_login || url.kind == IceKind::Stun)
        .map(|url| Server {
            url,
            handed_out: true,
        })
}

fn parse(url: &str, kind: IceKind) -> Result<IceUrl, TransportError> {
    let wrong = |reason: String| TransportError::IceServer {
        url: url.to_owned(),
        reason,
    };
    let read: IceUrl = url
        .parse()
        .map_err(|error: dialtone_protocol::turn::IceUrlError| wrong(error.to_string()))?;
    match (read.kind, kind) {
        (IceKind::Stun, IceKind::Turn) => Err(wrong(say!("reach-begins-turn").into())),
        (IceKind::Turn, IceKind::Stun) => Err(wrong(say!("reach-begins-stun").into())),
        _ => Ok(read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::IceSettings;

    fn config(stun: &[&str], turn: &[&str]) -> TransportConfig {
        TransportConfig {
            ice: IceSettings {
                stun: stun.iter().map(ToString::to_string).collect(),
                turn: turn.iter().map(ToString::to_string).collect(),
                turn_user: "u".into(),
                turn_pass: "p".into(),
                ..IceSettings::default()
            },
            ..TransportConfig::default()
        }
    }

    fn handed_out(urls: &[&str]) -> TurnServers {
        TurnServers {
            urls: urls.iter().map(ToString::to_string).collect(),
            user: "1800003600:x".into(),
            password: "q".into(),
            lifetime_s: 3600,
        }
    }

    fn urls(servers: &IceServers) -> Vec<String> {
        let servers = servers.servers.iter();
        servers.map(|server| server.url.to_string()).collect()
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for url in ["example.org", "turn:example.org:0", "stun:example.org"] {
            let refused = IceServers::new(&config(&[], &[url]));
            let Err(TransportError::IceServer { url: named, .. }) = refused else {
                panic!("{url} was taken");
            };
            assert_eq!(named, url);
        }
        assert!(IceServers::new(&config(&["turn:example.org"], &[])).is_err());
    }

    #[test]
    fn a_relay_needs_a_password_and_relay_only_needs_a_relay() {
        let mut bare = config(&[], &["turn:example.org"]);
        bare.ice.turn_pass.clear();
        assert!(IceServers::new(&bare).is_err());
        let mut none = config(&["stun:example.org"], &[]);
        assert!(IceServers::new(&none).is_ok());
        none.relay_only = true;
        assert_eq!(IceServers::new(&none).err(), Some(TransportError::NoRelay));
        none.handed_out = Some(handed_out(&["turn:example.org"]));
        assert!(IceServers::new(&none).is_ok());
    }

    #[test]
    fn ones_own_servers_win_over_those_handed_out() {
        let of_server = handed_out(&["stun:s", "turn:t", "turns:t", "sctp:t", "turn:t:0"]);
        let mut nothing = config(&[], &[]);
        nothing.handed_out = Some(of_server.clone());
        let servers = IceServers::new(&nothing).unwrap();
        let known = [
            "stun:s:3478",
            "turn:t:3478?transport=udp",
            "turns:t:5349?transport=tcp",
        ];
        assert_eq!(urls(&servers), known);
        assert_eq!(servers.login(), ("1800003600:x", "q"));
        let mut own = config(&[], &["turn:own"]);
        own.handed_out = Some(of_server);
        let servers = IceServers::new(&own).unwrap();
        assert_eq!(
            urls(&servers),
            ["turn:own:3478?transport=udp", "stun:s:3478"]
        );
        assert_eq!(servers.login(), ("u", "p"));
        let many = vec!["turn:t"; 99];
        nothing.handed_out = Some(handed_out(&many));
        assert!(urls(&IceServers::new(&nothing).unwrap()).is_empty());
    }

    #[tokio::test]
    async fn addresses_come_out_as_numbers_and_streams_as_stand_ins() {
        let turn = ["turn:[::1]:5000", "turns:127.0.0.1:443"];
        let servers = IceServers::new(&config(&["stun:127.0.0.1"], &turn)).unwrap();
        let found = servers.resolve().await;
        let [(stand_in, stream)] = &found.streams[..] else {
            panic!("one stream");
        };
        assert_eq!(stream.addresses, [SocketAddr::from(([127, 0, 0, 1], 443))]);
        let stands = stand_in
            .addresses()
            .map(|at| format!("turn:{at}?transport=udp"));
        let urls: Vec<_> = found
            .servers
            .iter()
            .flat_map(|server| &server.urls)
            .collect();
        let expected = ["stun:127.0.0.1:3478", "turn:[::1]:5000?transport=udp"];
        assert_eq!(urls[..2], expected);
        assert_eq!(urls[2..], stands.each_ref());
        for server in &found.servers {
            server.urls().unwrap();
        }
    }

    #[tokio::test]
    async fn a_server_cannot_point_at_this_machine() {
        let mut config = config(&[], &[]);
        let here = ["turn:127.0.0.1?transport=tcp", "turn:[::1]", "turn:0.0.0.0"];
        config.handed_out = Some(handed_out(&here));
        let found = IceServers::new(&config).unwrap().resolve().await;
        assert!(found.servers.is_empty() && found.streams.is_empty());
        config.include_loopback = true;
        let found = IceServers::new(&config).unwrap().resolve().await;
        assert_eq!((found.servers.len(), found.streams.len()), (3, 1));
    }
}
