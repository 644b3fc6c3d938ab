//! Whether the TURN servers of the settings are there.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use super::bounded::within;
use super::stun::{self, ALLOCATE};
use super::{Finding, Subject};
use crate::settings::IceSettings;

/// For each of them.
const LIMIT: Duration = Duration::from_secs(6);
const CONNECT: Duration = Duration::from_secs(3);
/// The most that are asked.
const MOST: usize = 8;
/// RFC 8656 section 4.
const PORT: u16 = 3478;
const PORT_TLS: u16 = 5349;

/// Asks each of them. Whether it takes the name and password of the settings is seen in a call.
pub(super) fn check(settings: &IceSettings) -> Finding {
    if settings.turn.is_empty() {
        let words = "No TURN server is configured. Calls go directly, or over the server's relay.";
        return Finding::skipped(Subject::Turn, words);
    }
    let mut words = Vec::new();
    let mut missing = false;
    for url in settings.turn.iter().take(MOST) {
        let asked = url.clone();
        let reached = within(LIMIT, move || reach(&asked)).unwrap_or(Err("takes too long"));
        match reached {
            Ok(()) => words.push(format!("{url} answers.")),
            Err(why) => {
                missing = true;
                words.push(format!("{url} {why}."));
            }
        }
    }
    let words = words.join(" ");
    if missing {
        let advice = "Check the addresses under [ice] in the settings, and let the port through the firewalls.";
        Finding::bad(Subject::Turn, words, advice)
    } else {
        Finding::good(Subject::Turn, words)
    }
}

fn reach(url: &str) -> Result<(), &'static str> {
    let (host, port, by_tcp) = parse(url).ok_or("is no address of a TURN server")?;
    let found = (host, port).to_socket_addrs();
    let addresses: Vec<SocketAddr> = found.map_err(|_| "has a name that is not found")?.collect();
    let there = |address: &SocketAddr| {
        if by_tcp {
            TcpStream::connect_timeout(address, CONNECT).is_ok()
        } else {
            stun::ask(*address, ALLOCATE).unwrap_or(false)
        }
    };
    let first = addresses.iter().take(2).any(there);
    first.then_some(()).ok_or("does not answer")
}

/// `turn:host[:port][?transport=udp|tcp]` or `turns:…` (RFC 7065): host, port, whether over TCP.
fn parse(url: &str) -> Option<(&str, u16, bool)> {
    let (scheme, rest) = url.trim().split_once(':')?;
    let by_tls = match scheme {
        "turn" => false,
        "turns" => true,
        _ => return None,
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let by_tcp = by_tls || query == "transport=tcp";
    let usual = if by_tls { PORT_TLS } else { PORT };
    let (host, port) = match place.strip_prefix('[') {
        Some(inner) => {
            let (host, port) = inner.split_once(']')?;
            (host, port.strip_prefix(':'))
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let port = match port {
        Some(port) => port.parse().ok()?,
        None => usual,
    };
    (!host.is_empty()).then_some((host, port, by_tcp))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Outcome;

    #[test]
    fn addresses_are_read() {
        assert_eq!(parse("turn:a.example"), Some(("a.example", 3478, false)));
        assert_eq!(parse("turns:a.example"), Some(("a.example", 5349, true)));
        let tcp = parse("turn:[::1]:99?transport=tcp");
        assert_eq!(tcp, Some(("::1", 99, true)));
        for wrong in ["a.example", "stun:a", "turn:", "turn:a:b", "turn:[::1"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn none_is_no_fault_and_one_that_is_not_there_is() {
        assert_eq!(check(&IceSettings::default()).outcome, Outcome::Skipped);
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let mut settings = IceSettings {
            turn: vec![format!("turn:{address}?transport=tcp")],
            ..IceSettings::default()
        };
        assert_eq!(check(&settings).outcome, Outcome::Good);
        drop(socket);
        settings.turn.push("nonsense".to_owned());
        let found = check(&settings);
        assert_eq!(found.outcome, Outcome::Bad);
        assert!(found.words.contains("does not answer"), "{found:?}");
        assert!(found.words.contains("nonsense is no address"), "{found:?}");
    }
}
