//! Addresses that stand for TURN servers over a stream.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// An address of each family that stands for one server. No packet can reach it (RFC 5737, RFC 3849), and its port is drawn, so that
/// no peer can name it as a candidate of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct StandIn {
    number: u8,
    port: u16,
}

impl StandIn {
    /// The one with this number of one connection.
    pub(in super::super) fn new(number: u8) -> Self {
        let port = rand::random_range(1024..=u16::MAX);
        Self { number, port }
    }

    /// Both addresses.
    pub(in super::super) fn addresses(self) -> [SocketAddr; 2] {
        let number = u16::from(self.number);
        let four = Ipv4Addr::new(192, 0, 2, self.number);
        let six = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, number);
        [IpAddr::V4(four), IpAddr::V6(six)].map(|ip| SocketAddr::new(ip, self.port))
    }
}
