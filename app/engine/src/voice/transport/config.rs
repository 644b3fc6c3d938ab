//! How a direct call reaches the network.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use dialtone_protocol::turn::TurnServers;

use crate::settings::IceSettings;

/// How a direct call reaches the network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransportConfig {
    /// STUN and TURN servers of one's own.
    pub ice: IceSettings,
    /// Those that the community's server names, where one has none.
    pub handed_out: Option<TurnServers>,
    /// Only over TURN, so that peers do not learn this device's address: no signal names one but those of TURN servers.
    pub relay_only: bool,
    /// Also between programs on this machine, over its loopback address.
    pub include_loopback: bool,
    /// Local addresses; empty stands for every interface, on ports that the system draws.
    pub bind: Vec<SocketAddr>,
}

impl TransportConfig {
    /// The addresses to bind, as the machine's network is now.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        if !self.bind.is_empty() {
            return self.bind.clone();
        }
        let mut addresses = vec![SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))];
        if has_ipv6_route() {
            addresses.push(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)));
        }
        if self.include_loopback {
            addresses.push(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        }
        addresses
    }
}

/// Whether this machine would know where to send an IPv6 packet. Sends none: connecting a UDP socket only asks the
/// routing table. The address is for documentation (RFC 3849).
fn has_ipv6_route() -> bool {
    let somewhere = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))
        .and_then(|socket| socket.connect((somewhere, 9)))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_addresses_are_used_alone() {
        let only = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config = TransportConfig {
            bind: vec![only],
            include_loopback: true,
            ..TransportConfig::default()
        };
        assert_eq!(config.addresses(), vec![only]);
    }

    #[test]
    fn loopback_is_there_only_when_asked_for() {
        let mut config = TransportConfig::default();
        let loopback = |config: &TransportConfig| {
            let addresses = config.addresses();
            addresses.iter().any(|address| address.ip().is_loopback())
        };
        assert!(!loopback(&config));
        config.include_loopback = true;
        assert!(loopback(&config));
    }
}
