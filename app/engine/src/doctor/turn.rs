//! Whether TURN servers relay: a login at each of those that a call would use, over the transport that its address names.

use std::collections::BTreeSet;
use std::time::Duration;

use dialtone_protocol::turn::{IceKind, IceTransport, IceUrl, TurnServers};

use super::bounded::within;
use super::known::Known;
use super::{Finding, Outcome, Plan, Subject};
use crate::settings::IceSettings;
use crate::voice::transport::{TransportConfig, TransportError, TurnError, TurnTrial, try_turn};

/// For all servers of one source, which are tried at the same time: its name, its connection, its answer.
const LIMIT: Duration = Duration::from_secs(15);
/// The most that are tried of the settings.
const MOST: usize = 8;

/// Logs in at each server of the settings, or of what the community's server names where the settings have none.
pub(super) fn check(plan: &Plan, known: &Known) -> Finding {
    let own = &plan.settings.ice;
    if !own.turn.is_empty() {
        let mut own = own.clone();
        own.turn.truncate(MOST);
        return judge(&tried(own, None, plan.loopback_calls), Whose::Own);
    }
    let none = "No TURN server is configured.";
    let sources = match known.turn(plan.target.as_ref()) {
        Ok(sources) if !sources.is_empty() => sources,
        Ok(_) => {
            let words = format!("{none} Calls go directly, or over the server's relay.");
            return Finding::skipped(Subject::Turn, words);
        }
        Err(why) => {
            let words = format!("{none} What a community's server names is not known here: {why}.");
            return Finding::skipped(Subject::Turn, words);
        }
    };
    let found = sources.into_iter().map(|(server, named)| match named {
        Ok(named) if !names_turn(&named) => {
            Finding::skipped(Subject::Turn, format!("{server} names no TURN server."))
        }
        Ok(named) => {
            let tried = tried(own.clone(), Some(named), plan.loopback_calls);
            judge(&tried, Whose::Named(&server))
        }
        Err(why) => {
            let words = format!("{server} was not asked for TURN servers: {why}.");
            Finding::skipped(Subject::Turn, words)
        }
    });
    together(&found.collect::<Vec<_>>())
}

/// Who says that they are to be used.
#[derive(Clone, Copy)]
enum Whose<'a> {
    /// The settings.
    Own,
    /// The server at this address.
    Named(&'a str),
}

fn names_turn(named: &TurnServers) -> bool {
    let mut urls = named.urls.iter();
    urls.any(|url| {
        let url = url.parse::<IceUrl>();
        url.is_ok_and(|url| url.kind == IceKind::Turn)
    })
}

type Tried = Option<Result<Vec<TurnTrial>, TransportError>>;

fn tried(ice: IceSettings, handed_out: Option<TurnServers>, include_loopback: bool) -> Tried {
    let config = TransportConfig {
        ice,
        handed_out,
        include_loopback,
        ..TransportConfig::default()
    };
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().ok()?;
        let tried = runtime.block_on(try_turn(&config));
        // A name that is still being looked up is not waited for.
        runtime.shutdown_background();
        Some(tried)
    };
    within(LIMIT, run).flatten()
}

fn judge(tried: &Tried, whose: Whose<'_>) -> Finding {
    let trials = match tried {
        Some(Ok(trials)) => trials,
        Some(Err(error)) => {
            let advice = "Correct what stands under [ice] in the settings, or in the flags.";
            return Finding::bad(Subject::Turn, format!("{error}."), advice);
        }
        None => {
            let advice = "Check the addresses under [ice], and the name service of this network.";
            return Finding::bad(Subject::Turn, "Trying them takes too long.", advice);
        }
    };
    let (mut words, mut advices) = (Vec::new(), BTreeSet::new());
    for trial in trials {
        let over = transport(&trial.server);
        match &trial.outcome {
            Ok(allocation) => {
                let ms = allocation.took.as_millis();
                words.push(format!(
                    "{over}: {} takes the login and relays ({ms} ms).",
                    trial.server
                ));
            }
            Err(error) => {
                words.push(format!("{over}: {error}."));
                advices.insert(advice(error, whose));
            }
        }
    }
    let words = words.join(" ");
    if advices.is_empty() {
        return Finding::good(Subject::Turn, words);
    }
    let advices: Vec<String> = advices.into_iter().collect();
    Finding::bad(Subject::Turn, words, advices.join(" "))
}

/// How a server is reached, in words.
fn transport(server: &str) -> &'static str {
    let url = server.parse::<IceUrl>();
    match url.map(|url| url.transport) {
        Ok(IceTransport::Tcp) => "TCP",
        Ok(IceTransport::Tls) => "TLS",
        _ => "UDP",
    }
}

fn advice(error: &TurnError, whose: Whose<'_>) -> String {
    let words = match error {
        TurnError::Credentials { .. } => match whose {
            Whose::Own => "Check turn-user and turn-pass under [ice]; short-lived ones run out.",
            Whose::Named(server) => {
                return format!(
                    "Whoever runs {server} should compare its TURN_SECRET with the TURN server's static-auth-secret, and both clocks."
                );
            }
        },
        TurnError::NotFound { .. } => "Check the name, and the name service of this network.",
        TurnError::Unreachable { .. } | TurnError::NoAnswer { .. } | TurnError::Ended { .. } => {
            "Check whether the server runs, its address and port, and the firewalls in between; where one transport is blocked, name another: \
             turn:, turn:…?transport=tcp, turns:."
        }
        TurnError::Certificate { .. } => {
            "Check the date and time of this computer; name the authority of the certificate by turn-ca under [ice], or give the server a \
             certificate for its name by a known one."
        }
        TurnError::Refused { .. } => {
            "Look at the TURN server's log: its quotas, and which addresses it relays to."
        }
        TurnError::NotTurn { .. } => "Check the port: something else answers there.",
        TurnError::Authorities { .. } => "Check the file of turn-ca.",
    };
    words.to_owned()
}

/// One line of several.
fn together(findings: &[Finding]) -> Finding {
    let has = |outcome| findings.iter().any(|one| one.outcome == outcome);
    let outcome = match (has(Outcome::Bad), has(Outcome::Good)) {
        (true, _) => Outcome::Bad,
        (false, true) => Outcome::Good,
        (false, false) => Outcome::Skipped,
    };
    let words: Vec<&str> = findings.iter().map(|one| one.words.as_str()).collect();
    let advices: BTreeSet<&str> = findings
        .iter()
        .filter_map(|one| one.advice.as_deref())
        .collect();
    let advices: Vec<&str> = advices.into_iter().collect();
    Finding {
        subject: Subject::Turn,
        outcome,
        words: words.join(" "),
        advice: (!advices.is_empty()).then(|| advices.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, UdpSocket};

    use super::*;

    fn own(turn: &[String]) -> Finding {
        let ice = IceSettings {
            turn: turn.to_vec(),
            turn_user: "crew".into(),
            turn_pass: "the north wind".into(),
            ..IceSettings::default()
        };
        judge(&tried(ice, None, true), Whose::Own)
    }

    #[test]
    fn which_transport_fails_and_why_is_told() {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap();
        let tcp = closed.local_addr().unwrap();
        drop(closed);
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let udp = silent.local_addr().unwrap();
        let found = own(&[format!("turn:{tcp}?transport=tcp"), format!("turn:{udp}")]);
        assert_eq!(found.outcome, Outcome::Bad);
        let words = &found.words;
        assert!(
            words.contains("TCP: the TURN server cannot be reached"),
            "{words}"
        );
        assert!(
            words.contains("UDP: the TURN server does not answer"),
            "{words}"
        );
        let advice = found.advice.unwrap();
        assert_eq!(advice.matches("Check whether the server runs").count(), 1);
    }

    #[test]
    fn what_is_no_address_and_a_missing_password_are_told() {
        let found = own(&["nonsense".into()]);
        assert_eq!(found.outcome, Outcome::Bad);
        assert!(found.words.contains("nonsense"), "{found:?}");
        let ice = IceSettings {
            turn: vec!["turn:turn.example".into()],
            ..IceSettings::default()
        };
        let found = judge(&tried(ice, None, true), Whose::Own);
        assert!(found.words.contains("needs a user name"), "{found:?}");
    }

    #[test]
    fn one_that_fails_outweighs_those_that_do_not() {
        let all = vec![
            Finding::skipped(Subject::Turn, "One names none."),
            Finding::good(Subject::Turn, "Two relays."),
        ];
        assert_eq!(together(&all).outcome, Outcome::Good);
        assert_eq!(together(&all[..1]).outcome, Outcome::Skipped);
        let bad = Finding::bad(Subject::Turn, "Three does not.", "Look at it.");
        let found = together(&[all, vec![bad]].concat());
        assert_eq!(found.outcome, Outcome::Bad);
        assert_eq!(found.words, "One names none. Two relays. Three does not.");
        assert_eq!(found.advice.as_deref(), Some("Look at it."));
    }
}
