//! TLS, the pin, and what the server says of itself.

use std::time::Duration;

use dialtone_protocol::http::Health;
use dialtone_protocol::identity::IdentityError;
use dialtone_protocol::{Hash, PublicKey};

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

/// Whose key a server holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pinned {
    /// That of the link.
    Link,
    /// That which the profile has stored.
    Profile,
    /// Both name the same one.
    Both,
}

/// The keys that a server is asked for, in this order.
#[derive(Debug, Clone)]
struct Pins(Vec<(PublicKey, Pinned)>);

impl Pins {
    fn new(link: Option<PublicKey>, stored: Option<PublicKey>) -> Self {
        Self(match (link, stored) {
            (Some(link), Some(stored)) if link == stored => vec![(link, Pinned::Both)],
            (link, stored) => {
                let link = link.map(|key| (key, Pinned::Link));
                let stored = stored.map(|key| (key, Pinned::Profile));
                link.into_iter().chain(stored).collect()
            }
        })
    }

    /// The link names another key than the profile.
    fn differ(&self) -> bool {
        self.0.len() > 1
    }

    /// Meets the server by the first key that it holds; by none where there is none to compare with.
    fn meet(&self, address: &str) -> Result<(Api, Option<Pinned>), NetError> {
        let (nonce, now_s) = (|| Hash(clock::random()), clock::now_ms() / 1_000);
        let mut refused = None;
        for (key, pinned) in &self.0 {
            match net::meet(address, key, nonce(), now_s) {
                Ok(api) => return Ok((api, Some(*pinned))),
                // Perhaps it holds the other one. What was said first is about the link.
                Err(error @ NetError::Identity(_)) => {
                    refused.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        match refused {
            Some(error) => Err(error),
            None => Ok((net::approach(address, nonce(), now_s)?, None)),
        }
    }

    /// What follows from whose key it holds.
    fn judge(&self, held: Option<Pinned>) -> Finding {
        let changed = "Do not use it before you know why: ask whoever runs the server, by another way, whether it was set up anew. If it was, \
                       forget the community in the window and join again; if not, somebody stands in between.";
        match held {
            Some(Pinned::Link) if self.differ() => Finding::bad(
                Subject::Pin,
                "The pin has changed: it is the server that the link pins, and not the one that this profile has stored at this address.",
                changed,
            ),
            Some(Pinned::Profile) if self.differ() => Finding::bad(
                Subject::Pin,
                "It is the server that this profile has stored, and not the one that the link pins.",
                "Do not use the link: it is an old one, or somebody else's server. Ask whoever gave it to you, by another way.",
            ),
            Some(Pinned::Link) => {
                Finding::good(Subject::Pin, "It is the server that the link pins.")
            }
            Some(Pinned::Profile) => Finding::good(
                Subject::Pin,
                "It is the server that this profile has stored.",
            ),
            Some(Pinned::Both) => Finding::good(
                Subject::Pin,
                "It is the server that the link pins, and that this profile has stored.",
            ),
            None => Finding::skipped(
                Subject::Pin,
                "Nothing to compare its identity with: give an invite link instead of the host, or open the profile that knows it.",
            ),
        }
    }

    /// It holds none of the keys.
    fn refuse(&self, why: &IdentityError) -> Finding {
        let (words, advice) = match &self.0[..] {
            [(_, Pinned::Profile)] if matches!(why, IdentityError::Signature(_)) => (
                "The pin has changed: it does not hold the key that this profile has stored of the server.".to_owned(),
                "Do not go on. Somebody may stand in between, or the server was set up anew: ask whoever runs it, by another way. If it was, \
                 forget the community in the window and join again.",
            ),
            [(_, Pinned::Profile)] => (
                format!("It is not the server that this profile has stored: {why}."),
                LINK_ADVICE,
            ),
            [_, _] => (
                format!("It is neither the server that the link pins nor the one that this profile has stored: {why}."),
                LINK_ADVICE,
            ),
            _ => (
                format!("It is not the server that the link pins: {why}."),
                LINK_ADVICE,
            ),
        };
        Finding::bad(Subject::Pin, words, advice)
    }
}

const LINK_ADVICE: &str = "Do not use it. Somebody may stand in between, or the server was set up anew: ask whoever gave you the link, by another way.";

/// Meets the server, as a client does before anything else; `stored` is the key that the profile has of it.
pub(super) fn meet(target: &Target, stored: Option<PublicKey>) -> Met {
    let (address, pins) = (target.address(), Pins::new(target.pin, stored));
    let asked = pins.clone();
    let ask = move || {
        let (api, held) = asked.meet(&address)?;
        let health = api.get::<Health>("/health");
        Ok((api, health, held))
    };
    match within(LIMIT, ask).unwrap_or(Err(NetError::Timeout)) {
        Ok((api, health, held)) => met(&api, health, pins.judge(held)),
        Err(error) => Met {
            findings: not_met(&error, &pins),
            relay_port: None,
        },
    }
}

fn met(api: &Api, health: Result<Health, NetError>, pin: Finding) -> Met {
    let tls = match api.tls_key() {
        Some(_) => "TLS ends at the key that the server's identity vouches for.",
        None => "TLS ends at a proxy whose certificate holds, as the server's identity says.",
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

fn not_met(error: &NetError, pins: &Pins) -> Vec<Finding> {
    let not_asked = |subject| Finding::skipped(subject, "The server was not met.");
    let tls_works = "TLS works.";
    match error {
        NetError::Identity(why) => vec![
            Finding::good(Subject::Tls, tls_works),
            pins.refuse(why),
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
pub(crate) fn printable(words: &str) -> String {
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
            let found = not_met(&error, &Pins::new(None, None));
            let bad = found.iter().filter(|one| one.outcome == Outcome::Bad);
            assert_eq!(bad.count(), 1, "{found:?}");
            assert_eq!(found.len(), 3);
        }
    }
}
