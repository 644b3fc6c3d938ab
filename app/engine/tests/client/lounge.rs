//! The lounge's call, as the tests look at it.

use dialtone_engine::CommunityCommand;
use dialtone_engine::snapshot::{Call, Snapshot, Talker};

use crate::house::{Client, channel, community, is_online};

pub(crate) fn call(snapshot: &Snapshot) -> Option<&Call> {
    community(snapshot)?.call.as_ref()
}

/// Their voice is played here now.
pub(crate) fn hears(snapshot: &Snapshot, name: &str) -> bool {
    hears_in(snapshot, "lounge", name)
}

/// Who is in the call of a channel.
pub(crate) fn talkers<'a>(snapshot: &'a Snapshot, place: &str) -> impl Iterator<Item = &'a Talker> {
    let one = community(snapshot).and_then(|one| channel(one, place));
    one.into_iter().flat_map(|one| &one.talkers)
}

/// The same in the call of another channel.
pub(crate) fn hears_in(snapshot: &Snapshot, place: &str, name: &str) -> bool {
    talkers(snapshot, place)
        .any(|talker| talker.name == name && talker.connected && talker.speaking)
}

pub(crate) fn join_lounge(client: &Client) {
    let snapshot = client.wait("the lounge is there", |snapshot| {
        is_online(snapshot) && community(snapshot).is_some_and(|c| channel(c, "lounge").is_some())
    });
    let lounge = channel(community(&snapshot).unwrap(), "lounge").unwrap().id;
    client.in_community(CommunityCommand::JoinCall(lounge));
}
