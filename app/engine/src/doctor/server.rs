//! TLS, the pin, and what the server says of itself.

use std::time::Duration;

use dialtone_protocol::Hash;
use dialtone_protocol::http::Health;

use super::bounded::within;
use super::{Finding, Subject, Target};
use crate::clock;
use crate::net::{self, Api, NetError};

const LIMIT: Duration = Duration::from_secs(12);

/// What was found, and what the next checks need.
pub(super) struct Met {
    pub(super) findings: Vec<Finding>,
    pub(super) relay_port: Option<u16>,
}

/// Meets the server, as a client does before anything else.
pub(super) fn meet(target: &Target) -> Met {
    let (address, pin) = (target.address(), target.pin);
    let ask = move || {
        let (nonce, now_s) = (Hash(clock::random()), clock::now_ms() / 1_000);
        let api = match pin {
            Some(pin) => net::meet(&address, &pin, nonce, now_s),
            None => net::approach(&address, nonce, now_s),
        }?;
        let health = api.get::<Health>("/health");
        Ok((api, health))
    };
    match within(LIMIT, ask).unwrap_or(Err(NetError::Timeout)) {
        Ok((api, health)) => met(&api, health, pin.is_some()),
        Err(error) => Met {
            findings: not_met(&error),
            relay_port: None,
        },
    }
}

fn met(api: &Api, health: Result<Health, NetError>, pinned: bool) -> Met {
    let tls = match api.tls_key() {
        Some(_) => "TLS ends at the key that the server's identity vouches for.",
        None => "TLS ends at a proxy whose certificate holds, as the server's identity says.",
    };
    let pin = if pinned {
        let words = "It is the server that the link pins.";
        Finding::good(Subject::Pin, words)
    } else {
        let words =
            "Nothing to compare its identity with: give an invite link instead of the host.";
        Finding::skipped(Subject::Pin, words)
    };
    let relay_port = health.as_ref().ok().and_then(|health| health.relay_port);
    let server = match health {
        Ok(health) if health.status == "ok" => {
            let version = if health.version.is_empty() {
                "an earlier version".to_owned()
            } else {
                format!("version {}", printable(&health.version))
            };
            Finding::good(Subject::Server, format!("It is well: {version}."))
        }
        Ok(_) => Finding::bad(
            Subject::Server,
            "It answers, and says that it is not well.",
            "Ask whoever runs the server to look at its log.",
        ),
        Err(error) => Finding::bad(
            Subject::Server,
            format!("It is not well: {error}."),
            "Ask whoever runs the server to look at its log and its database.",
        ),
    };
    Met {
        findings: vec![Finding::good(Subject::Tls, tls), pin, server],
        relay_port,
    }
}

fn not_met(error: &NetError) -> Vec<Finding> {
    let not_asked = |subject| Finding::skipped(subject, "The server was not met.");
    let tls_works = "TLS works.";
    match error {
        NetError::Identity(why) => vec![
            Finding::good(Subject::Tls, tls_works),
            Finding::bad(
                Subject::Pin,
                format!("It is not the server that the link pins: {why}."),
                "Do not use it. Somebody may stand in between, or the server was set up anew: ask whoever gave you the link, by another way.",
            ),
            not_asked(Subject::Server),
        ],
        NetError::Refused(body) => vec![
            Finding::good(Subject::Tls, tls_works),
            not_asked(Subject::Pin),
            Finding::bad(
                Subject::Server,
                format!("It refuses to say who it is: {}.", printable(&body.message)),
                "Check whether it is a Dialtone server, and the port.",
            ),
        ],
        NetError::Malformed(why) => vec![
            Finding::bad(
                Subject::Tls,
                format!(
                    "It does not answer as a Dialtone server: {}.",
                    printable(why)
                ),
                "Check the host and the port; a proxy in front of the server must pass on all paths.",
            ),
            not_asked(Subject::Pin),
            not_asked(Subject::Server),
        ],
        NetError::Certificate(_) => vec![
            Finding::bad(
                Subject::Tls,
                format!("{error}."),
                "Check the date and time of this computer, and the proxy's certificate.",
            ),
            not_asked(Subject::Pin),
            not_asked(Subject::Server),
        ],
        _ => vec![
            Finding::bad(
                Subject::Tls,
                format!(
                    "TLS does not come to stand: {}.",
                    printable(&error.to_string())
                ),
                "Check whether a proxy, a firewall or another program answers on this port.",
            ),
            not_asked(Subject::Pin),
            not_asked(Subject::Server),
        ],
    }
}

/// What a stranger says, in one short line without anything that moves a terminal.
fn printable(words: &str) -> String {
    let shown = words.chars().filter(|letter| !letter.is_control());
    shown.take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Outcome;

    #[test]
    fn what_a_server_says_does_not_move_the_terminal() {
        assert_eq!(printable("1.0\u{1b}[2J\r\n!"), "1.0[2J!");
        assert_eq!(printable(&"x".repeat(5_000)).len(), 200);
    }

    #[test]
    fn a_server_that_was_not_met_is_said_once() {
        for error in [NetError::Timeout, NetError::Malformed("no TLS key".into())] {
            let found = not_met(&error);
            let bad = found.iter().filter(|one| one.outcome == Outcome::Bad);
            assert_eq!(bad.count(), 1, "{found:?}");
            assert_eq!(found.len(), 3);
        }
    }
}
