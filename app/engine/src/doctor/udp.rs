//! Whether UDP gets to the relay and back.

use std::io::ErrorKind;
use std::net::SocketAddr;

use super::{Finding, Subject, stun};

const THROUGH_TLS: &str =
    "Calls of more than four then go through TLS, and stutter where packets get lost.";

/// The port that the server named, or else the same as for TCP.
pub(super) fn check(addresses: &[SocketAddr], tcp: u16, named: Option<u16>) -> Finding {
    let port = named.unwrap_or(tcp);
    let mut refused = false;
    for address in addresses {
        let to = SocketAddr::new(address.ip(), port);
        match stun::ask(to) {
            Ok(true) => {
                let words = format!("The relay has answered from UDP port {port}.");
                return Finding::good(Subject::Udp, words);
            }
            Ok(false) => {}
            Err(error) => refused |= error.kind() == ErrorKind::ConnectionRefused,
        }
    }
    let words = if refused {
        format!("Nothing listens on UDP port {port} of the server. {THROUGH_TLS}")
    } else {
        format!("No answer has come from UDP port {port} of the server. {THROUGH_TLS}")
    };
    let advice = if named.is_some() {
        format!("Let UDP port {port} through the firewalls of the server and of this network.")
    } else {
        format!(
            "The server may relay over TLS only, or be of an earlier version. Let it open a UDP port, and let port {port} through \
             the firewalls of the server and of this network."
        )
    };
    Finding::bad(Subject::Udp, words, advice)
}
