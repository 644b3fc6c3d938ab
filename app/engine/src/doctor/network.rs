//! The server's name, and a TCP connection to it.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use super::bounded::within;
use super::{Finding, Subject, Target};

const RESOLVE: Duration = Duration::from_secs(5);
const CONNECT: Duration = Duration::from_secs(4);
/// The most addresses that are tried.
const MOST: usize = 4;

/// The server's addresses.
pub(super) fn resolve(target: &Target) -> (Finding, Vec<SocketAddr>) {
    let (host, port) = (target.host().to_owned(), target.port());
    let look_up = move || (host.as_str(), port).to_socket_addrs().map(Vec::from_iter);
    let host = target.host();
    let advice =
        "Check how the name is written, and whether this computer has a network and a name server.";
    let bad = |words: String| (Finding::bad(Subject::Name, words, advice), Vec::new());
    match within(RESOLVE, look_up) {
        None => bad(format!("No name server has answered for {host} in time.")),
        Some(Err(error)) => bad(format!("{host} is not found: {error}.")),
        Some(Ok(found)) if found.is_empty() => bad(format!("{host} has no address.")),
        Some(Ok(mut found)) => {
            found.truncate(MOST);
            let list: Vec<String> = found.iter().map(|one| one.ip().to_string()).collect();
            let words = format!("{host} is {}.", list.join(", "));
            (Finding::good(Subject::Name, words), found)
        }
    }
}

/// Whether one of these addresses takes a TCP connection.
pub(super) fn connect(addresses: &[SocketAddr]) -> (Finding, bool) {
    let mut last = None;
    for address in addresses {
        let began = Instant::now();
        match TcpStream::connect_timeout(address, CONNECT) {
            Ok(_) => {
                let ms = began.elapsed().as_millis();
                let words = format!("{address} has taken the connection after {ms} ms.");
                return (Finding::good(Subject::Tcp, words), true);
            }
            Err(error) => last = Some((address, error)),
        }
    }
    let Some((address, error)) = last else {
        return (
            Finding::skipped(Subject::Tcp, "There is no address."),
            false,
        );
    };
    let port = address.port();
    let (words, advice) = match error.kind() {
        ErrorKind::ConnectionRefused => (
            format!("{address} refuses the connection: nothing listens there."),
            format!("Start the server, or check its port; it is {port} here."),
        ),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => (
            format!("{address} has not answered in time."),
            format!("Let TCP port {port} through the firewalls of the server and of this network."),
        ),
        _ => (
            format!("{address} cannot be reached: {error}."),
            "Check the network of this computer.".to_owned(),
        ),
    };
    (Finding::bad(Subject::Tcp, words, advice), false)
}
