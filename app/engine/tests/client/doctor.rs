//! What the doctor says of a server that is well, and of each fault.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;

use dialtone_engine::Settings;
use dialtone_engine::doctor::{Finding, Outcome, Plan, Subject, examine};
use dialtone_engine::ptt::Desktop;
use dialtone_engine::voice::AudioChoice;

use crate::house::{House, through};

fn examined(house: &House, server: Option<&str>) -> (bool, Vec<Finding>) {
    examined_with(house, server, None, Settings::default())
}

/// Also what a profile knows.
pub(crate) fn examined_with(
    house: &House,
    server: Option<&str>,
    profile: Option<&str>,
    settings: Settings,
) -> (bool, Vec<Finding>) {
    let spoken: PathBuf = house.folder.path().join("spoken.wav");
    std::fs::write(&spoken, crate::house::humming(150)).unwrap();
    let plan = Plan {
        target: server.map(|server| server.parse().unwrap()),
        profile: profile.map(|name| house.folder.path().join(name)),
        settings,
        loopback_calls: true,
        audio: AudioChoice::Files {
            speak: Some(spoken),
            hear: None,
            repeat: true,
            cue: None,
        },
        desktop: Desktop::default(),
    };
    let mut findings = Vec::new();
    let well = examine(&plan, &mut |finding| findings.push(finding));
    (well, findings)
}

pub(crate) fn of(findings: &[Finding], subject: Subject) -> &Finding {
    let mut found = findings.iter().filter(|one| one.subject == subject);
    let one = found
        .next()
        .unwrap_or_else(|| panic!("{subject:?}: {findings:?}"));
    assert_eq!(found.count(), 0, "{subject:?} is told once");
    one
}

/// What fails, and that each of it says what to do.
fn faults(findings: &[Finding]) -> Vec<Subject> {
    let bad = findings.iter().filter(|one| one.outcome == Outcome::Bad);
    let advised = bad.inspect(|one| assert!(one.advice.is_some(), "{one:?}"));
    advised.map(|one| one.subject).collect()
}

#[test]
fn a_server_that_is_well_is_well_by_its_link_and_by_its_host() {
    let house = House::new();
    let link = through(&house.address, &house.link);
    let (well, findings) = examined(&house, Some(&link));
    assert!(well, "{findings:?}");
    for subject in [
        Subject::Name,
        Subject::Tcp,
        Subject::Tls,
        Subject::Pin,
        Subject::Server,
        Subject::Udp,
        Subject::Microphone,
        Subject::Speaker,
    ] {
        assert_eq!(
            of(&findings, subject).outcome,
            Outcome::Good,
            "{findings:?}"
        );
    }
    assert!(
        of(&findings, Subject::Server)
            .words
            .contains(env!("CARGO_PKG_VERSION"))
    );
    let (well, findings) = examined(&house, Some(&house.address));
    assert!(well, "{findings:?}");
    assert_eq!(of(&findings, Subject::Pin).outcome, Outcome::Skipped);
}

#[test]
fn another_server_than_the_link_pins_is_told_and_the_rest_goes_on() {
    let (house, other) = (House::new(), House::new());
    let link = through(&house.address, &other.link);
    let (well, findings) = examined(&house, Some(&link));
    assert!(!well);
    assert_eq!(faults(&findings), [Subject::Pin]);
    assert_eq!(of(&findings, Subject::Tls).outcome, Outcome::Good);
    assert_eq!(of(&findings, Subject::Udp).outcome, Outcome::Good);
    assert_eq!(of(&findings, Subject::Microphone).outcome, Outcome::Good);
}

#[test]
fn a_server_whose_pin_has_changed_since_it_was_stored_is_told() {
    let mut house = House::new();
    let anna = house.founder();
    let pin = |findings: &[Finding]| of(findings, Subject::Pin).clone();
    let by_anna = |house: &House, server: &str| {
        examined_with(house, Some(server), Some(&anna.name), Settings::default())
    };
    let (well, findings) = by_anna(&house, &house.address);
    assert!(well, "{findings:?}");
    assert!(pin(&findings).words.contains("has stored"), "{findings:?}");
    let (well, findings) = by_anna(&house, &through(&house.address, &house.link));
    assert!(well, "{findings:?}");
    assert!(pin(&findings).words.contains("link pins, and"));

    // A link of another server, with the address of this one.
    let other = House::new();
    let (well, findings) = by_anna(&house, &through(&house.address, &other.link));
    assert!(!well);
    assert_eq!(faults(&findings), [Subject::Pin]);
    let words = pin(&findings).words;
    assert!(words.contains("not the one that the link pins"), "{words}");

    // Another server at the same address.
    house.set_up_anew();
    let (well, findings) = by_anna(&house, &house.address);
    assert!(!well);
    assert_eq!(faults(&findings), [Subject::Pin]);
    let words = pin(&findings).words;
    assert!(words.contains("The pin has changed"), "{words}");
    let (well, findings) = by_anna(&house, &through(&house.address, &house.link));
    assert!(!well);
    let words = pin(&findings).words;
    assert!(words.contains("The pin has changed"), "{words}");
    // Who does not know it sees nothing wrong.
    let (well, findings) = examined(&house, Some(&house.address));
    assert!(well, "{findings:?}");
}

#[test]
fn a_profile_that_nobody_has_open_says_nothing_and_spoils_nothing() {
    let house = House::new();
    let settings = Settings::default();
    let (well, findings) = examined_with(&house, Some(&house.address), Some("nobody"), settings);
    assert!(well, "{findings:?}");
    assert_eq!(of(&findings, Subject::Pin).outcome, Outcome::Skipped);
    let turn = of(&findings, Subject::Turn);
    assert_eq!(turn.outcome, Outcome::Skipped);
    assert!(turn.words.contains("no Dialtone window has"), "{turn:?}");
}

#[test]
fn a_closed_port_is_told_and_what_needs_it_is_left_out() {
    let mut house = House::new();
    house.stop();
    let (well, findings) = examined(&house, Some(&house.address));
    assert!(!well);
    assert_eq!(faults(&findings), [Subject::Tcp, Subject::Udp]);
    assert_eq!(of(&findings, Subject::Name).outcome, Outcome::Good);
    for subject in [Subject::Tls, Subject::Pin, Subject::Server] {
        assert_eq!(of(&findings, subject).outcome, Outcome::Skipped);
    }
}

#[test]
fn a_server_without_udp_is_told() {
    let house = House::without_udp();
    let (well, findings) = examined(&house, Some(&house.address));
    assert!(!well);
    assert_eq!(faults(&findings), [Subject::Udp]);
    let words = &of(&findings, Subject::Udp).words;
    assert!(words.contains("through TLS"), "{words}");
}

#[test]
fn what_is_no_dialtone_server_is_told() {
    let house = House::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(b"220 mail.example ESMTP\r\n");
        }
    });
    let (well, findings) = examined(&house, Some(&address));
    assert!(!well);
    assert_eq!(faults(&findings), [Subject::Tls, Subject::Udp]);
    assert_eq!(of(&findings, Subject::Tcp).outcome, Outcome::Good);
}

#[test]
fn without_a_server_sound_and_the_key_are_checked_all_the_same() {
    let house = House::new();
    let (well, findings) = examined(&house, None);
    assert!(well, "{findings:?}");
    assert_eq!(of(&findings, Subject::Name).outcome, Outcome::Skipped);
    assert_eq!(of(&findings, Subject::Speaker).outcome, Outcome::Good);
    let (well, findings) = examined(&house, Some("no-such-host.invalid"));
    assert!(!well);
    assert_eq!(faults(&findings), [Subject::Name]);
}
