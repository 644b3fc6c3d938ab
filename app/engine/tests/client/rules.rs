//! Who writes in a channel, and how fast: set by an admin, held to by all.

use dialtone_engine::snapshot::{ChannelSetting, Snapshot, Who};
use dialtone_engine::{ChannelId, CommunityCommand, Event, Hash, MessageCommand};

use crate::house::{Client, House, channel, community, messages};

fn general(snapshot: &Snapshot) -> &dialtone_engine::snapshot::Channel {
    channel(community(snapshot).unwrap(), "general").unwrap()
}

fn set(client: &Client, setting: ChannelSetting) -> ChannelId {
    let channel = general(&client.engine.handle.snapshot()).id;
    client.in_community(CommunityCommand::SetChannelRule { channel, setting });
    channel
}

/// The hash of the message with these words.
fn hash_of(snapshot: &Snapshot, words: &str) -> Hash {
    let mut items = general(snapshot).timeline.items.iter();
    let item = items.find(|item| item.body.text() == Some(words));
    item.unwrap().hash.unwrap()
}

#[test]
fn where_admins_write_members_read_and_react() {
    let house = House::new();
    let (anna, mikael) = house.founder_and_member();
    mikael.say("while all may");
    anna.reads("mikael", "while all may");
    let id = set(&anna, ChannelSetting::Writing(Who::Admins));
    let seen = mikael.wait("it is closed", |snapshot| !general(snapshot).may_write);
    assert!(general(&seen).may_speak);
    assert!(general(&anna.engine.handle.snapshot()).may_write);
    let mut events = mikael.engine.handle.events();
    mikael.say("me, too");
    let reason = mikael.event(&mut events, |event| match event {
        Event::Unsent { text, reason, .. } => Some((text, reason)),
        _ => None,
    });
    assert_eq!(reason.0, "me, too");
    assert!(reason.1.contains("Only admins write"), "{}", reason.1);
    anna.say("hear, hear");
    mikael.reads("anna", "hear, hear");
    let target = hash_of(&mikael.engine.handle.snapshot(), "hear, hear");
    mikael.in_community(CommunityCommand::Message(MessageCommand::React {
        channel: id,
        target,
        emoji: "👍".into(),
        set: true,
    }));
    anna.wait("the reaction", |snapshot| {
        let mut items = general(snapshot).timeline.items.iter();
        items.any(|item| item.hash == Some(target) && !item.marks.reactions.is_empty())
    });
    // A member does not open it again.
    set(&mikael, ChannelSetting::Writing(Who::Everyone));
    mikael.wait("it is told", |snapshot| {
        let mut notices = snapshot.notices.iter();
        notices.any(|notice| notice.text.contains("Only admins decide"))
    });
    set(&anna, ChannelSetting::Writing(Who::Everyone));
    mikael.wait("it is open", |snapshot| general(snapshot).may_write);
    mikael.say("at last");
    anna.reads("mikael", "at last");
}

#[test]
fn a_pause_holds_a_members_second_message_back_until_it_is_lifted() {
    let house = House::new();
    let (anna, mikael) = house.founder_and_member();
    set(&anna, ChannelSetting::Pause(3600));
    mikael.wait("the pause", |snapshot| {
        general(snapshot).rules.pause_s == 3600
    });
    mikael.say("first");
    anna.reads("mikael", "first");
    mikael.wait("it is held up", |snapshot| {
        general(snapshot).paused_until_ms.is_some()
    });
    mikael.say("second");
    anna.say("one");
    anna.say("two");
    mikael.reads("anna", "two");
    let seen = anna.engine.handle.snapshot();
    assert!(!messages(&seen).iter().any(|(_, text)| text == "second"));
    set(&anna, ChannelSetting::Pause(0));
    anna.reads("mikael", "second");
}
