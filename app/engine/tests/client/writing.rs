//! Writing, also while the server is away, and coming back.

use dialtone_engine::snapshot::{Connection, ProfileState};
use dialtone_engine::{Command, Event, Secret};

use crate::house::{Client, House, PASSWORD, community, is_online, messages};

#[test]
fn two_people_write_to_each_other_and_a_third_reads_what_came_before() {
    let house = House::new();
    let anna = house.founder();
    let link = anna.invite(2, 3600);
    let mikael = house.client("mikael");
    mikael.join(&link, None);
    anna.open_channel("general");
    mikael.open_channel("general");
    anna.say("Who takes the committee boat?");
    mikael.reads("anna", "Who takes the committee boat?");
    mikael.say("I do.");
    anna.reads("mikael", "I do.");
    let saga = house.client("saga");
    saga.join(&link, None);
    saga.open_channel("general");
    saga.reads("anna", "Who takes the committee boat?");
    saga.reads("mikael", "I do.");
}

#[test]
fn what_was_written_while_the_server_was_away_is_sent_once_when_it_is_back() {
    let mut house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    anna.say("before");
    anna.reads("anna", "before");
    house.stop();
    anna.wait("it is offline", |snapshot| {
        matches!(
            community(snapshot).unwrap().connection,
            Connection::Offline { .. }
        )
    });
    anna.say("while it was away");
    house.start();
    anna.wait("it is back", is_online);
    anna.say("after");
    anna.reads("anna", "after");
    let texts: Vec<String> = messages(&anna.engine.handle.snapshot())
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(texts, ["before", "while it was away", "after"]);
}

#[test]
fn a_profile_opened_again_has_everything_and_a_wrong_password_says_so() {
    let house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    anna.say("kept");
    anna.reads("anna", "kept");
    anna.close();
    let anna = Client::open("anna", &house.folder.path().join("anna"));
    anna.wait("it is locked", |snapshot| {
        matches!(snapshot.profile, ProfileState::Locked { .. })
    });
    anna.send(Command::Unlock(Secret::new("not the password")));
    let snapshot = anna.wait("the password is refused", |snapshot| {
        matches!(&snapshot.profile, ProfileState::Locked { error: Some(_) })
    });
    let ProfileState::Locked { error: Some(words) } = &snapshot.profile else {
        unreachable!()
    };
    assert!(words.contains("password does not open"), "{words}");
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    anna.wait("it is online", is_online);
    anna.open_channel("general");
    anna.reads("anna", "kept");
}

#[test]
fn a_text_that_cannot_be_sent_comes_back_with_the_reason() {
    let house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    let mut events = anna.engine.handle.events();
    let long = "x".repeat(17 * 1024);
    anna.say(&long);
    let (text, reason) = anna.event(&mut events, |event| match event {
        Event::Unsent { text, reason, .. } => Some((text, reason)),
        _ => None,
    });
    assert_eq!(text, long);
    assert!(reason.contains("too long"), "{reason}");
    // Nothing of it is in the way of the next one.
    anna.say("short");
    anna.reads("anna", "short");
}

#[test]
fn connecting_anew_works_at_any_time_and_loses_nothing() {
    let house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    let id = community(&anna.engine.handle.snapshot()).unwrap().id;
    for n in 0..3 {
        anna.send(Command::Reconnect(id));
        anna.say(&format!("after {n}"));
        anna.reads("anna", &format!("after {n}"));
    }
    assert_eq!(messages(&anna.engine.handle.snapshot()).len(), 3);
}
