//! A profile that goes to another computer: it talks on there, and does not open any more where it was.

use dialtone_engine::snapshot::{MoveProgress, ProfileState, Snapshot};
use dialtone_engine::{Command, MoveCommand, Secret};

use crate::house::{Client, House, PASSWORD, community, is_online, messages, standing_alarm};

const PASSPHRASE: &str = "over the sound and far";

fn failed(snapshot: &Snapshot) -> Option<String> {
    match &snapshot.moving.as_ref()?.progress {
        MoveProgress::Failed(reason) => Some(reason.clone()),
        _ => None,
    }
}

#[test]
fn it_talks_on_elsewhere_and_is_closed_where_it_was() {
    let house = House::new();
    let (anna, mikael) = house.founder_and_member();
    anna.say("first");
    mikael.reads("anna", "first");
    mikael.say("second");
    anna.reads("mikael", "second");
    let before = community(&anna.engine.handle.snapshot()).unwrap().me.device;

    let file = house.folder.path().join("anna.dialtone");
    let export = |passphrase: &str| {
        Command::Move(MoveCommand::Export {
            to: Some(file.clone()),
            passphrase: Secret::new(passphrase),
            with_files: true,
        })
    };
    anna.send(export("short"));
    let snapshot = anna.wait("it is refused", |snapshot| failed(snapshot).is_some());
    assert!(failed(&snapshot).unwrap().contains("At least eight"));
    assert_eq!(snapshot.profile, ProfileState::Unlocked);
    assert!(!file.exists());
    anna.send(export(PASSPHRASE));
    anna.wait("it is in the file", |snapshot| {
        let moving = snapshot.moving.as_ref();
        moving.is_some_and(|moving| moving.progress == MoveProgress::Done(file.clone()))
    });
    // It does not open here, by a password or a new start.
    anna.send(Command::Lock);
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    anna.close();
    let old = Client::open_once_free("anna", &house.folder.path().join("anna"));
    old.wait("it is known to be gone", |snapshot| {
        snapshot.profile == ProfileState::Moved
    });
    mikael.say("third, meanwhile");

    let new = house.client("elsewhere");
    let import = |passphrase: &str| {
        Command::Move(MoveCommand::Import {
            from: file.clone(),
            passphrase: Secret::new(passphrase),
        })
    };
    new.send(import("not the passphrase"));
    let snapshot = new.wait("it is refused", |snapshot| failed(snapshot).is_some());
    assert!(failed(&snapshot).unwrap().contains("passphrase"));
    assert_eq!(snapshot.profile, ProfileState::Empty);
    new.send(import(PASSPHRASE));
    new.wait("it is here", |snapshot| {
        matches!(snapshot.profile, ProfileState::Locked { .. })
    });
    new.send(Command::Unlock(Secret::new(PASSWORD)));
    new.wait("it is online", is_online);
    let after = community(&new.engine.handle.snapshot()).unwrap().me.device;
    assert_eq!(before, after, "the device moved");
    new.open_channel("general");
    new.reads("mikael", "third, meanwhile");
    new.say("fourth");
    mikael.reads("anna", "fourth");
    mikael.say("fifth");
    new.reads("mikael", "fifth");
    for client in [&new, &mikael] {
        let snapshot = client.engine.handle.snapshot();
        let said = messages(&snapshot);
        let said: Vec<&str> = said.iter().map(|(_, text)| text.as_str()).collect();
        let all = ["first", "second", "third, meanwhile", "fourth", "fifth"];
        assert_eq!(said, all);
        assert_eq!(standing_alarm(&snapshot), None);
    }
    // What is here is not lost by another import.
    new.send(import(PASSPHRASE));
    new.send(Command::Lock);
    new.wait("it is locked", |snapshot| {
        matches!(snapshot.profile, ProfileState::Locked { .. })
    });
    // The one that was left opens only where its owner says so.
    old.send(Command::Move(MoveCommand::UseHere));
    old.wait("it may be opened", |snapshot| {
        matches!(snapshot.profile, ProfileState::Locked { .. })
    });
}
