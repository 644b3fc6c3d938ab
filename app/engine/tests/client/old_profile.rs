//! A profile that was put back from an old copy: it takes up its own later messages, and sends nothing twice.

use std::fs;
use std::path::Path;

use dialtone_engine::snapshot::{Connection, Snapshot};
use dialtone_engine::{Command, CommunityCommand, Secret};

use crate::house::{Client, House, PASSWORD, community, copy, is_online, messages, standing_alarm};

/// Opens anna's profile and waits until it is in touch with the server.
fn come_back(profile: &Path) -> Client {
    let anna = Client::open_once_free("anna", profile);
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    anna.wait("it is online", is_online);
    anna.open_channel("general");
    anna
}

fn is_offline(snapshot: &Snapshot) -> bool {
    community(snapshot).is_some_and(|one| matches!(one.connection, Connection::Offline { .. }))
}

fn says_once(snapshot: &Snapshot, texts: &[&str]) {
    let said = messages(snapshot);
    let said: Vec<&str> = said.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(said, texts);
    assert_eq!(standing_alarm(snapshot), None);
}

#[test]
fn an_old_copy_of_a_profile_goes_on_where_the_newer_one_was() {
    let mut house = House::new();
    let profile = house.folder.path().join("anna");
    let old = house.folder.path().join("old copy");
    let anna = house.founder();
    anna.open_channel("general");
    anna.say("first");
    anna.reads("anna", "first");
    house.stop();
    anna.wait("it is offline", is_offline);
    anna.say("waiting");
    anna.wait("it waits", |snapshot| {
        let open = community(snapshot).unwrap();
        let mut shown = open.channels.iter().flat_map(|one| &one.timeline.items);
        shown.any(|item| item.sequence.is_none())
    });
    anna.close();
    copy(&profile, &old);

    // What the copy knows nothing of: its own message sent, more of them, somebody new, another group.
    house.start();
    let anna = come_back(&profile);
    anna.reads("anna", "waiting");
    let mikael = house.client("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    mikael.open_channel("general");
    anna.say("second");
    mikael.reads("anna", "second");
    anna.in_community(CommunityCommand::ResetGroup(anna.channel("general")));
    mikael.say("third");
    anna.reads("mikael", "third");
    anna.say("fourth");
    mikael.reads("anna", "fourth");
    anna.close();

    fs::remove_dir_all(&profile).unwrap();
    fs::rename(&old, &profile).unwrap();
    let anna = come_back(&profile);
    anna.reads("anna", "fourth");
    anna.say("fifth");
    mikael.reads("anna", "fifth");
    mikael.say("sixth");
    for reader in [&anna, &mikael] {
        reader.reads("mikael", "sixth");
    }
    let all = [
        "first", "waiting", "second", "third", "fourth", "fifth", "sixth",
    ];
    says_once(&anna.engine.handle.snapshot(), &all);
    says_once(&mikael.engine.handle.snapshot(), &all);
}
