//! What whoever is muted or deafened is told: that nobody hears them, and who speaks meanwhile.

use std::path::PathBuf;

use dialtone_engine::snapshot::{Call, CallState, Snapshot};
use dialtone_engine::voice::{AudioChoice, FileCue};
use dialtone_engine::{Command, CommunityCommand};

use crate::house::{Client, House, community};
use crate::lounge::{call, hears, join_lounge};

/// A client that speaks a recorded voice again and again from when the cue is given on, and is silent before.
fn speaker(house: &House, name: &str, cue: &FileCue) -> Client {
    let speech = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../assets/speech/directory.wav"
    );
    let audio = AudioChoice::Files {
        speak: Some(PathBuf::from(speech)),
        hear: None,
        repeat: true,
        cue: Some(cue.clone()),
    };
    Client::with_audio(name, &house.folder.path().join(name), audio)
}

fn is_in_call(snapshot: &Snapshot) -> bool {
    call(snapshot).is_some_and(|call| call.state == CallState::Connected)
}

/// The names of those who are said to speak.
fn named(snapshot: &Snapshot) -> Vec<String> {
    let name = |(community, call): (&_, &Call)| -> Vec<String> {
        let community: &dialtone_engine::snapshot::Community = community;
        let others = || community.others_in_call();
        let of = |account| others().find(|talker| talker.account == account);
        let named = call.speakers.iter().filter_map(|account| of(*account));
        named.map(|talker| talker.name.clone()).collect()
    };
    let both = community(snapshot).zip(call(snapshot));
    both.map(name).unwrap_or_default()
}

#[test]
fn whoever_speaks_while_muted_is_told_until_they_are_heard() {
    let house = House::new();
    let cue = FileCue::default();
    let anna = house.founded_by(speaker(&house, "anna", &cue));
    let mikael = house.client("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    for client in [&anna, &mikael] {
        join_lounge(client);
        client.wait("it is in the call", is_in_call);
    }
    anna.in_community(CommunityCommand::SetMuted(true));
    anna.wait("it is muted", |snapshot| {
        call(snapshot).is_some_and(|call| call.muted && !call.unheard)
    });
    cue.give();
    let told = anna.wait("anna is told that nobody hears her", |snapshot| {
        call(snapshot).is_some_and(|call| call.unheard)
    });
    assert!(!call(&told).unwrap().speaking, "nothing is sent");
    let heard = mikael.engine.handle.snapshot();
    assert!(!hears(&heard, "anna"), "nobody hears it");
    anna.in_community(CommunityCommand::SetMuted(false));
    anna.wait("the hint is gone", |snapshot| {
        call(snapshot).is_some_and(|call| !call.muted && !call.unheard)
    });
    mikael.wait("anna is heard", |snapshot| hears(snapshot, "anna"));
    // Deafened she is as little heard.
    anna.in_community(CommunityCommand::SetDeafened(true));
    anna.wait("anna is told again", |snapshot| {
        call(snapshot).is_some_and(|call| call.deafened && call.unheard)
    });
    for client in [&anna, &mikael] {
        client.send(Command::Shutdown);
    }
}

#[test]
fn whoever_is_deafened_or_muted_is_told_who_speaks() {
    let house = House::new();
    let cue = FileCue::default();
    let anna = house.founder();
    let mikael = speaker(&house, "mikael", &cue);
    mikael.join(&anna.invite(1, 3600), None);
    for client in [&anna, &mikael] {
        join_lounge(client);
        client.wait("it is in the call", is_in_call);
    }
    cue.give();
    let heard = anna.wait("mikael is heard", |snapshot| hears(snapshot, "mikael"));
    assert!(
        named(&heard).is_empty(),
        "whoever is not silent is told nothing"
    );
    for wish in [
        CommunityCommand::SetDeafened(true),
        CommunityCommand::SetMuted(true),
    ] {
        anna.in_community(wish);
        anna.wait("anna is told that mikael speaks", |snapshot| {
            named(snapshot) == ["mikael"]
        });
        anna.in_community(CommunityCommand::SetMuted(false));
        anna.wait("nobody is named any more", |snapshot| {
            named(snapshot).is_empty()
        });
    }
    // Whoever falls silent is named no more.
    anna.in_community(CommunityCommand::SetDeafened(true));
    anna.wait("mikael is named", |snapshot| named(snapshot) == ["mikael"]);
    mikael.in_community(CommunityCommand::SetMuted(true));
    anna.wait("mikael says nothing", |snapshot| {
        call(snapshot).is_some_and(|call| call.deafened) && named(snapshot).is_empty()
    });
    for client in [&anna, &mikael] {
        client.send(Command::Shutdown);
    }
}
