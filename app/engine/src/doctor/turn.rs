//! Whether the TURN servers of the settings are there.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use dialtone_protocol::turn::{IceKind, IceTransport, IceUrl};

use super::bounded::within;
use super::stun::{self, ALLOCATE};
use super::{Finding, Subject};
use crate::settings::IceSettings;

/// For each of them.
const LIMIT: Duration = Duration::from_secs(6);
const CONNECT: Duration = Duration::from_secs(3);
/// The most that are asked.
const MOST: usize = 8;

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
    let server = parse(url).ok_or("is no address of a TURN server")?;
    let found = (server.host.as_str(), server.port).to_socket_addrs();
    let addresses: Vec<SocketAddr> = found.map_err(|_| "has a name that is not found")?.collect();
    let there = |address: &SocketAddr| match server.transport {
        IceTransport::Udp => stun::ask(*address, ALLOCATE).unwrap_or(false),
        IceTransport::Tcp | IceTransport::Tls => {
            TcpStream::connect_timeout(address, CONNECT).is_ok()
        }
    };
    let first = addresses.iter().take(2).any(there);
    first.then_some(()).ok_or("does not answer")
}

/// The server, as a call reads its address; none where that is no TURN server's.
fn parse(url: &str) -> Option<IceUrl> {
    url.parse()
        .ok()
        .filter(|url: &IceUrl| url.kind == IceKind::Turn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Outcome;

    #[test]
    fn addresses_are_read() {
        let read = |url| parse(url).map(|url| (url.host, url.port, url.transport));
        let is = |host: &str, port, transport| Some((host.to_owned(), port, transport));
        assert_eq!(
            read("turn:a.example"),
            is("a.example", 3478, IceTransport::Udp)
        );
        assert_eq!(
            read("turns:a.example"),
            is("a.example", 5349, IceTransport::Tls)
        );
        let tcp = read("turn:[::1]:99?transport=tcp");
        assert_eq!(tcp, is("::1", 99, IceTransport::Tcp));
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
