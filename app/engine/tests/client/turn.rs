//! Whole clients and the doctor at a real TURN server, with what a real server names.

use std::time::Duration;

use dialtone_engine::Settings;
use dialtone_engine::doctor::{Finding, Outcome, Subject};
use dialtone_engine::settings::IceSettings;
use dialtone_engine::snapshot::{Path, Snapshot};

use crate::coturn::{By, Coturn, SECRET};
use crate::doctor::{examined_with, of};
use crate::house::{Client, House};
use crate::lounge::{join_lounge, talkers};
use crate::relayed::hear_each_other;

const ALL: [By; 3] = [By::Udp, By::Tcp, By::Tls];

/// A TURN server, and a server that names each way to it.
fn house_and_turn(secret: &str) -> (House, Coturn) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let coturn = runtime.block_on(Coturn::start());
    let house = House::with_turn(&ALL.map(|by| coturn.url(by)), secret);
    (house, coturn)
}

fn trusting(coturn: &Coturn) -> IceSettings {
    IceSettings {
        turn_ca: Some(coturn.authority()),
        ..IceSettings::default()
    }
}

fn turn(house: &House, ice: IceSettings) -> Finding {
    let settings = Settings {
        ice,
        ..Settings::default()
    };
    let (well, findings) = examined_with(house, Some(&house.address), Some("anna"), settings);
    let found = of(&findings, Subject::Turn).clone();
    assert_eq!(well, found.outcome != Outcome::Bad, "{findings:?}");
    found
}

/// The ways of which the words say that they relay.
fn relays(found: &Finding) -> Vec<&'static str> {
    let ways = ["UDP", "TCP", "TLS"].into_iter();
    ways.filter(|way| {
        let after = found.words.split(&format!("{way}: turn")).nth(1);
        after.is_some_and(|after| {
            let end = after.find("ms)").unwrap_or_default();
            after[..end].contains("takes the login and relays")
        })
    })
    .collect()
}

#[test]
fn the_doctor_logs_in_at_each_turn_server_that_the_server_names() {
    let (house, coturn) = house_and_turn(SECRET);
    let _anna = house.founder();
    let found = turn(&house, trusting(&coturn));
    assert_eq!(found.outcome, Outcome::Good, "{found:?}");
    assert_eq!(relays(&found), ["UDP", "TCP", "TLS"], "{found:?}");

    // Nobody here knows who issued its certificate.
    let found = turn(&house, IceSettings::default());
    assert_eq!(relays(&found), ["UDP", "TCP"], "{found:?}");
    assert!(
        found.words.contains("TLS: the TURN server's certificate"),
        "{found:?}"
    );
    assert!(found.advice.unwrap().contains("turn-ca"));

    drop(coturn);
    let found = turn(&house, IceSettings::default());
    assert_eq!(relays(&found).len(), 0, "{found:?}");
    assert!(found.words.contains("cannot be reached"), "{found:?}");
}

#[test]
fn the_doctor_says_that_the_servers_share_no_secret() {
    let (house, coturn) = house_and_turn("another wind and moon");
    let _anna = house.founder();
    let found = turn(&house, trusting(&coturn));
    assert_eq!(found.outcome, Outcome::Bad);
    let refused = "does not accept the user name or the password";
    assert_eq!(found.words.matches(refused).count(), 3, "{found:?}");
    assert!(found.advice.unwrap().contains("static-auth-secret"));
}

#[test]
fn the_doctor_logs_in_at_ones_own_turn_servers_in_place_of_those() {
    let (house, coturn) = house_and_turn("another wind and moon");
    let _anna = house.founder();
    let login = coturn.handed_out(By::Udp, Duration::ZERO);
    let mut own = IceSettings {
        turn: ALL.map(|by| coturn.url(by)).to_vec(),
        turn_user: login.user,
        turn_pass: login.password,
        ..trusting(&coturn)
    };
    let found = turn(&house, own.clone());
    assert_eq!(found.outcome, Outcome::Good, "{found:?}");
    assert_eq!(relays(&found), ["UDP", "TCP", "TLS"], "{found:?}");
    own.turn_pass = "not the password".into();
    let found = turn(&house, own);
    assert_eq!(relays(&found).len(), 0, "{found:?}");
    assert!(found.advice.unwrap().contains("turn-pass"));
}

/// Two whose direct calls go over TURN servers alone, as the server names them, in a call.
fn two_in_the_lounge(house: &House) -> (Client, Client) {
    let anna = house.founded_by(house.talker_over("anna", true));
    let mikael = house.talker_over("mikael", true);
    mikael.join(&anna.invite(1, 3600), None);
    join_lounge(&anna);
    join_lounge(&mikael);
    (anna, mikael)
}

/// The way by which ICE reaches them, as their connection has measured it.
fn comes_by(snapshot: &Snapshot, name: &str, path: Path) -> bool {
    talkers(snapshot, "lounge").any(|talker| {
        let reading = talker.quality.as_ref().map(|quality| &quality.now);
        talker.name == name && reading.is_some_and(|reading| reading.path == Some(path))
    })
}

fn two_hear_each_other_by(by: By) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let coturn = runtime.block_on(Coturn::start());
    let house = House::with_turn(&[coturn.url(by)], SECRET);
    let (anna, mikael) = two_in_the_lounge(&house);
    hear_each_other(&anna, &mikael, "direct");
    anna.wait("mikael comes by TURN", |snapshot| {
        comes_by(snapshot, "mikael", Path::Turn)
    });
    mikael.wait("anna comes by TURN", |snapshot| {
        comes_by(snapshot, "anna", Path::Turn)
    });
    hear_each_other(&anna, &mikael, "direct");
}

#[test]
fn two_hear_each_other_over_the_turn_server_that_their_server_names_by_udp() {
    two_hear_each_other_by(By::Udp);
}

#[test]
fn two_hear_each_other_over_the_turn_server_that_their_server_names_by_tcp() {
    two_hear_each_other_by(By::Tcp);
}

#[test]
fn where_the_turn_server_takes_no_login_the_servers_relay_carries() {
    let (house, _coturn) = house_and_turn("another wind and moon");
    let (anna, mikael) = two_in_the_lounge(&house);
    hear_each_other(&anna, &mikael, "relayed");
}
