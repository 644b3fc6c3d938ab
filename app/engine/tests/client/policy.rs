//! Who may read what was written before they joined.

use dialtone_engine::CommunityCommand;
use dialtone_engine::snapshot::{ItemBody, Snapshot};

use crate::house::{Client, House, channel, community, messages};

pub(crate) fn set(client: &Client, name: &str, from_joining: bool) {
    let snapshot = client.engine.handle.snapshot();
    let id = channel(community(&snapshot).unwrap(), name).unwrap().id;
    client.in_community(CommunityCommand::SetHistory {
        channel: id,
        from_joining,
    });
    client.wait("it is set", |snapshot| {
        channel(community(snapshot).unwrap(), name)
            .unwrap()
            .from_joining
            == from_joining
    });
}

/// Lines of the open channel that wait for a key.
fn waiting(snapshot: &Snapshot) -> usize {
    let one = community(snapshot).unwrap();
    let open = one
        .channels
        .iter()
        .filter(|channel| Some(channel.id) == one.open);
    let items = open.flat_map(|channel| &channel.timeline.items);
    items
        .filter(|item| matches!(item.body, ItemBody::Waiting(_)))
        .count()
}

#[test]
fn newcomers_read_what_came_before_them_only_where_that_is_wanted() {
    let house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    set(&anna, "general", true);
    anna.say("among ourselves");
    anna.reads("anna", "among ourselves");
    // Made after the change: an invite's pack has what its time allows.
    let link = anna.invite(2, 3600);
    let mikael = house.client("mikael");
    mikael.join(&link, None);
    mikael.open_channel("general");
    anna.say("welcome");
    mikael.reads("anna", "welcome");
    let seen = mikael.engine.handle.snapshot();
    assert_eq!(messages(&seen), [("anna".to_owned(), "welcome".to_owned())]);
    assert_eq!(waiting(&seen), 0, "nothing waits for what nobody gives");
    // Only admins decide it.
    let id = channel(community(&seen).unwrap(), "general").unwrap().id;
    mikael.in_community(CommunityCommand::SetHistory {
        channel: id,
        from_joining: false,
    });
    mikael.wait("it is told", |snapshot| {
        let mut notices = snapshot.notices.iter();
        notices.any(|notice| notice.text.contains("Only admins"))
    });
    // Opened again, the keys are shared by themselves.
    set(&anna, "general", false);
    mikael.reads("anna", "among ourselves");
    let saga = house.client("saga");
    saga.join(&link, None);
    saga.open_channel("general");
    saga.reads("anna", "among ourselves");
    saga.reads("anna", "welcome");
}
