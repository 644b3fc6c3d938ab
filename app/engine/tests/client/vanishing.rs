//! Messages that vanish: in a channel of everybody's, in a conversation, on every device.

use dialtone_engine::snapshot::{Channel, Snapshot};
use dialtone_engine::{CommunityCommand, PrivateCommand};

use crate::house::{Client, House, channel, community, messages};

/// Long enough to be seen.
const MOMENT_S: u32 = 4;

fn named<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a Channel> {
    channel(community(snapshot)?, name)
}

fn set(client: &Client, name: &str, seconds: u32) {
    let snapshot = client.engine.handle.snapshot();
    let channel = named(&snapshot, name).unwrap().id;
    client.in_community(CommunityCommand::SetLifetime { channel, seconds });
}

fn is_shown(snapshot: &Snapshot, words: &str) -> bool {
    messages(snapshot).iter().any(|(_, text)| text == words)
}

#[test]
fn what_is_written_in_a_channel_vanishes_on_every_device_and_what_was_there_stays() {
    let house = House::new();
    let (anna, mikael) = house.founder_and_member();
    anna.say("for good");
    mikael.reads("anna", "for good");
    // Only admins decide it.
    set(&mikael, "general", MOMENT_S);
    mikael.wait("it is told", |snapshot| {
        let mut notices = snapshot.notices.iter();
        notices.any(|notice| notice.text.contains("Only admins"))
    });
    set(&anna, "general", MOMENT_S);
    for client in [&anna, &mikael] {
        client.wait("it is set", |snapshot| {
            named(snapshot, "general").is_some_and(|one| one.lifetime_s == MOMENT_S)
        });
    }
    mikael.say("for a moment");
    let seen = anna.wait("it is there", |snapshot| is_shown(snapshot, "for a moment"));
    let items = &named(&seen, "general").unwrap().timeline.items;
    let vanishes = |words: &str| {
        let found = items.iter().find(|item| item.body.text() == Some(words));
        found.unwrap().marks.vanishes_ms.is_some()
    };
    assert!(vanishes("for a moment") && !vanishes("for good"));
    for client in [&anna, &mikael] {
        let left = client.wait("it is gone", |snapshot| !is_shown(snapshot, "for a moment"));
        assert!(is_shown(&left, "for good"));
    }
    set(&anna, "general", 0);
    mikael.wait("it is off", |snapshot| {
        named(snapshot, "general").is_some_and(|one| one.lifetime_s == 0)
    });
}

#[test]
fn either_side_of_a_conversation_says_how_long_messages_stay() {
    let house = House::new();
    let anna = house.founder();
    let mikael = house.client("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    let snapshot = anna.wait("mikael is there", |snapshot| {
        let members = community(snapshot).map(|one| &one.members);
        members.is_some_and(|members| members.iter().any(|one| one.name == "mikael"))
    });
    let members = &community(&snapshot).unwrap().members;
    let other = members.iter().find(|one| one.name == "mikael").unwrap();
    anna.in_community(CommunityCommand::Private(PrivateCommand::Message(vec![
        other.account,
    ])));
    anna.open_channel("mikael");
    mikael.open_channel("anna");
    set(&mikael, "anna", MOMENT_S);
    anna.wait("it is set", |snapshot| {
        named(snapshot, "mikael").is_some_and(|one| one.lifetime_s == MOMENT_S)
    });
    anna.say("between us");
    mikael.reads("anna", "between us");
    for client in [&anna, &mikael] {
        client.wait("it is gone", |snapshot| !is_shown(snapshot, "between us"));
    }
}
