//! Whispers: heard by those who are chosen, and a silence to everybody else in the call.

use dialtone_engine::CommunityCommand;
use dialtone_engine::snapshot::Snapshot;

use crate::house::{Client, House, channel, community};
use crate::lounge::{call, hears, join_lounge};
use crate::members::account;

fn whisper(by: &Client, to: &[&Client]) {
    let to = to.iter().map(|one| account(one)).collect();
    by.in_community(CommunityCommand::SetWhisper(to));
}

/// Whether what is heard of `name` is whispered to whoever looks.
fn is_whispered_to_by(snapshot: &Snapshot, name: &str) -> bool {
    let lounge = community(snapshot).and_then(|one| channel(one, "lounge"));
    let mut talkers = lounge.into_iter().flat_map(|one| &one.talkers);
    talkers.any(|one| one.name == name && one.speaking && one.whispers)
}

fn hears_nothing_of(snapshot: &Snapshot, name: &str) -> bool {
    let lounge = community(snapshot).and_then(|one| channel(one, "lounge"));
    let mut talkers = lounge.into_iter().flat_map(|one| &one.talkers);
    talkers.any(|one| one.name == name && one.connected && !one.speaking && !one.whispers)
}

fn whispers_to(snapshot: &Snapshot) -> usize {
    call(snapshot).map_or(0, |call| call.whispering_to.len())
}

fn only_mikael_hears_annas_whisper(anna: &Client, mikael: &Client, otto: &Client) {
    for one in [anna, mikael, otto] {
        join_lounge(one);
    }
    for one in [mikael, otto] {
        one.wait("anna is heard", |one| {
            hears(one, "anna") && !is_whispered_to_by(one, "anna")
        });
    }
    whisper(anna, &[mikael]);
    mikael.wait("anna whispers to him", |one| {
        is_whispered_to_by(one, "anna")
    });
    let shown = otto.wait("anna is silent to otto", |one| {
        hears_nothing_of(one, "anna")
    });
    assert!(hears(&shown, "mikael"), "and the others are heard");
    anna.wait("it is shown", |one| whispers_to(one) == 1);

    // Whoever comes anew is told the key again, and otto still is not.
    mikael.in_community(CommunityCommand::LeaveCall);
    mikael.wait("the call is left", |one| call(one).is_none());
    join_lounge(mikael);
    mikael.wait("anna whispers to him again", |one| {
        is_whispered_to_by(one, "anna")
    });
    otto.wait("anna is silent to otto", |one| {
        hears_nothing_of(one, "anna")
    });

    whisper(anna, &[otto]);
    otto.wait("anna whispers to him", |one| {
        is_whispered_to_by(one, "anna")
    });
    mikael.wait("anna is silent to mikael", |one| {
        hears_nothing_of(one, "anna")
    });

    // Left alone one whispers to nobody, and is not suddenly aloud.
    otto.in_community(CommunityCommand::LeaveCall);
    anna.wait("otto is gone", |one| !hears(one, "otto"));
    let shown = mikael.wait("anna is still silent", |one| hears_nothing_of(one, "anna"));
    assert_eq!(whispers_to(&shown), 0);

    whisper(anna, &[]);
    mikael.wait("anna is heard by all", |one| {
        hears(one, "anna") && !is_whispered_to_by(one, "anna")
    });
    whisper(anna, &[otto]);
    anna.wait("who is not there is not whispered to", |one| {
        let mut notices = one.notices.iter();
        notices.any(|one| one.text.starts_with("otto is not in your call"))
    });
    let shown = mikael.wait("anna is heard by all", |one| hears(one, "anna"));
    assert!(!is_whispered_to_by(&shown, "anna"));
}

fn three(house: &House) -> [Client; 3] {
    let anna = house.founded_by(house.talker("anna"));
    let others = ["mikael", "otto"].map(|name| {
        let one = house.talker(name);
        one.join(&anna.invite(1, 3600), None);
        one
    });
    let [mikael, otto] = others;
    [anna, mikael, otto]
}

#[test]
fn a_whisper_is_heard_by_whom_it_is_for_alone() {
    let house = House::new();
    let [anna, mikael, otto] = three(&house);
    only_mikael_hears_annas_whisper(&anna, &mikael, &otto);
}

#[test]
fn a_whisper_over_the_relay_is_heard_by_whom_it_is_for_alone() {
    let house = House::new();
    house.hide("anna");
    let [anna, mikael, otto] = three(&house);
    only_mikael_hears_annas_whisper(&anna, &mikael, &otto);
}
