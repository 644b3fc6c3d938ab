//! Voices carry signed digests: whoever signs what they say is heard on and on, whichever way it comes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use dialtone_engine::snapshot::Snapshot;
use dialtone_engine::voice::{AudioChoice, Opened};
use dialtone_engine::{Command, CommunityCommand};

use crate::house::{Client, House, PATIENCE, channel, community};
use crate::lounge::{call, hears, join_lounge};
use crate::members::account;

/// Packets of five seconds: of what nobody has signed, or had verified, a hundred are heard.
const MANY: usize = 250;

/// Everybody in the lounge's call but oneself, with why they are not heard.
fn nobody_is_withheld(snapshot: &Snapshot) -> bool {
    let lounge = community(snapshot).and_then(|one| channel(one, "lounge"));
    let mut talkers = lounge.into_iter().flat_map(|one| &one.talkers);
    talkers.all(|one| one.withheld.is_none())
}

/// Waits until so many packets of each of two voices were heard here.
fn hears_many(otto: &Client, opened: &Opened) {
    let until = Instant::now() + PATIENCE;
    let mut heard = BTreeMap::<u64, usize>::new();
    while heard.len() < 2 || heard.values().any(|packets| *packets < MANY) {
        assert!(Instant::now() < until, "{heard:?}");
        for packet in opened.take() {
            *heard.entry(packet.talker).or_default() += 1;
        }
        // 50 packets a second come of each.
        std::thread::sleep(Duration::from_millis(50));
    }
    otto.wait("nobody is withheld", nobody_is_withheld);
}

fn all_hear_each_other_for_long(house: &House, path: &str) {
    let anna = house.founded_by(house.talker("anna"));
    let mikael = house.talker("mikael");
    let folder = tempfile::tempdir().unwrap();
    let opened = Opened::default();
    let audio = AudioChoice::Opened(opened.clone());
    let otto = Client::with_audio("otto", folder.path(), audio);
    let link = anna.invite(2, 3600);
    mikael.join(&link, None);
    otto.join(&link, None);
    for one in [&anna, &mikael, &otto] {
        join_lounge(one);
    }
    otto.wait("the call goes its way", |one| {
        call(one).is_some_and(|call| call.path == path)
    });
    hears_many(&otto, &opened);
    for (one, other) in [(&anna, "mikael"), (&mikael, "anna")] {
        one.wait("the other is heard", |one| {
            hears(one, other) && nobody_is_withheld(one)
        });
    }
    // What one whispers is signed as well, and what is said aloud after it.
    let to_otto = CommunityCommand::SetWhisper(vec![account(&otto)]);
    anna.in_community(to_otto);
    hears_many(&otto, &opened);
    anna.in_community(CommunityCommand::SetWhisper(Vec::new()));
    hears_many(&otto, &opened);
    otto.send(Command::Shutdown);
}

#[test]
fn who_signs_what_they_say_is_heard_on_and_on_directly() {
    all_hear_each_other_for_long(&House::new(), "direct");
}

#[test]
fn who_signs_what_they_say_is_heard_on_and_on_over_the_relay() {
    let house = House::new();
    house.hide("mikael");
    all_hear_each_other_for_long(&house, "relayed");
}
