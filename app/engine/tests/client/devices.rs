//! One's own devices: seen, and taken out.

use dialtone_engine::snapshot::{Connection, OwnDevice, Snapshot};
use dialtone_engine::{Command, CommunityCommand, Secret};

use crate::house::{Client, House, PASSWORD, community, is_online, standing_alarm};

fn devices(snapshot: &Snapshot) -> Vec<OwnDevice> {
    community(snapshot).map_or_else(Vec::new, |one| one.devices.clone())
}

/// A second device of the account, by its recovery key.
fn another(house: &House, first: &Client, name: &str) -> Client {
    let snapshot = first.wait("the history file was sent", |snapshot| {
        community(snapshot).is_some_and(|one| one.recovery.file > 0)
    });
    let words = community(&snapshot).unwrap().recovery.words.clone();
    let client = house.client(&format!("another machine of {name}"));
    client.send(Command::Recover {
        server: house.address.clone(),
        username: name.into(),
        password: Secret::new(PASSWORD),
        words: Some(words.unwrap()),
    });
    client.wait("it is in", is_online);
    client
}

#[test]
fn a_device_that_is_taken_out_reads_nothing_more_and_says_so() {
    let house = House::new();
    let anna = house.founder();
    let mikael = house.client("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    let second = another(&house, &anna, "anna");
    for client in [&anna, &second, &mikael] {
        client.open_channel("general");
    }
    // Both are members' devices: what one writes the other reads.
    anna.say("from the first");
    second.reads("anna", "from the first");
    second.say("from the second");
    anna.reads("anna", "from the second");
    let seen = second.wait("both are listed by name", |snapshot| {
        let list = devices(snapshot);
        list.len() == 2 && list.iter().all(|one| !one.name.starts_with("device "))
    });
    let [this, other] = &devices(&seen)[..] else {
        unreachable!()
    };
    assert!(this.this && !other.this && this.online && other.online);
    assert_eq!(other.last_seen_ms, None);
    second.in_community(CommunityCommand::LookAtDevices);
    second.wait("the server has said when", |snapshot| {
        devices(snapshot)
            .iter()
            .all(|one| one.last_seen_ms.is_some())
    });
    second.in_community(CommunityCommand::RevokeDevice(other.id));
    let out = anna.wait("it is out", |snapshot| {
        community(snapshot).is_some_and(|one| matches!(one.connection, Connection::Removed { .. }))
    });
    let Connection::Removed { reason } = &community(&out).unwrap().connection else {
        unreachable!()
    };
    assert!(reason.contains("taken out"), "{reason}");
    second.wait("one is left", |snapshot| devices(snapshot).len() == 1);
    second.say("alone");
    mikael.reads("anna", "alone");
    mikael.say("I see");
    second.reads("mikael", "I see");
    for client in [&second, &mikael] {
        assert_eq!(standing_alarm(&client.engine.handle.snapshot()), None);
    }
}
