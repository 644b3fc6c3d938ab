//! Wrong links, names and passwords, damaged files: each is told in words, and nothing is lost.

use dialtone_engine::snapshot::{Connection, LinkCheck, ProfileState};
use dialtone_engine::{Command, CommunityCommand, Event, Secret};
use dialtone_protocol::ChannelId;

use crate::house::{Client, House, PASSWORD, community, is_online};

fn refusal(check: LinkCheck) -> String {
    match check {
        LinkCheck::Refused(words) => words,
        other => panic!("the link should have been refused, not {other:?}"),
    }
}

#[test]
fn links_that_cannot_be_used_say_why() {
    let mut house = House::new();
    let client = house.client("visitor");
    assert!(refusal(client.inspect("hello")).contains("dialtone://"));
    let cut = &house.link[..house.link.len() - 3];
    assert!(refusal(client.inspect(cut)).contains("complete"));
    let founder = house.founder();
    assert!(refusal(client.inspect(&house.link.clone())).contains("invite"));
    let used = founder.invite(1, 3600);
    let mikael = house.client("mikael");
    mikael.join(&used, None);
    assert!(!refusal(client.inspect(&used)).is_empty());
    let expired = founder.invite(1, 0);
    assert!(!refusal(client.inspect(&expired)).is_empty());
    let good = founder.invite(1, 3600);
    house.stop();
    assert!(refusal(client.inspect(&good)).contains("cannot be reached"));
}

#[test]
fn names_and_passwords_out_of_bounds_are_refused_in_words() {
    let house = House::new();
    let client = house.client("anna");
    for (name, password, community, words) in [
        ("a", PASSWORD, "Crew", "2 to 32"),
        ("an na", PASSWORD, "Crew", "letters"),
        ("anna", "short", "Crew", "8 characters"),
        ("anna", PASSWORD, " ", "name"),
    ] {
        assert_eq!(client.inspect(&house.link), LinkCheck::Genuine);
        let told = client.try_join(name, password, Some(community)).unwrap();
        assert!(told.contains(words), "{told}");
    }
    client.join(&house.link, Some("Crew"));
}

#[test]
fn a_taken_name_is_told_and_another_one_works() {
    let house = House::new();
    let anna = house.founder();
    let link = anna.invite(1, 3600);
    let other = house.client("other");
    assert_eq!(other.inspect(&link), LinkCheck::Genuine);
    let taken = other.try_join("ANNA", PASSWORD, None).unwrap();
    assert!(taken.to_lowercase().contains("taken"), "{taken}");
    assert_eq!(other.inspect(&link), LinkCheck::Genuine);
    assert_eq!(other.try_join("mikael", PASSWORD, None), None);
}

#[test]
fn a_damaged_keystore_and_a_damaged_history_are_told_in_words() {
    let house = House::new();
    let anna = house.founder();
    anna.close();
    let profile = house.folder.path().join("anna");
    let mut entries = std::fs::read_dir(profile.join("communities")).unwrap();
    let database = entries.next().unwrap().unwrap().path();
    assert!(entries.next().is_none(), "one database, closed well");
    let sound = std::fs::read(&database).unwrap();
    std::fs::write(&database, b"this is not a database, not at all").unwrap();
    let anna = Client::open("anna", &profile);
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    let snapshot = anna.wait("the damage is told", |snapshot| {
        !snapshot.notices.is_empty()
    });
    assert!(
        snapshot.notices[0].text.contains("damaged"),
        "{:?}",
        snapshot.notices
    );
    // It stays in sight, with the reason, and what is written there comes back.
    let snapshot = anna.wait("the community is shown as unusable", |snapshot| {
        let known = community(snapshot).map(|community| &community.connection);
        matches!(known, Some(Connection::Unusable { reason }) if reason.contains("damaged"))
    });
    let known = community(&snapshot).unwrap();
    assert!(!known.me.fingerprint.is_empty());
    let mut events = anna.engine.handle.events();
    let channel = ChannelId([7; 16]);
    anna.in_community(CommunityCommand::Submit {
        channel,
        text: "not lost".into(),
        reply_to: None,
    });
    let unsent = anna.event(&mut events, |event| match event {
        Event::Unsent { text, .. } => Some(text),
        _ => None,
    });
    assert_eq!(unsent, "not lost");
    // Whoever puts the file back goes on without starting the client again.
    std::fs::write(&database, sound).unwrap();
    anna.send(Command::Reconnect(known.id));
    anna.wait("it is back", is_online);
    anna.close();
    std::fs::write(profile.join("keystore.age"), b"nonsense").unwrap();
    let anna = Client::open("anna", &profile);
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    let snapshot = anna.wait("the damage is told", |snapshot| {
        matches!(&snapshot.profile, ProfileState::Locked { error: Some(_) })
    });
    let ProfileState::Locked { error: Some(words) } = &snapshot.profile else {
        unreachable!()
    };
    assert!(words.contains("keystore"), "{words}");
}
