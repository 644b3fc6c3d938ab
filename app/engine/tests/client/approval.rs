//! A new device is approved by another one of the account.

use dialtone_engine::snapshot::{
    Approval, ApprovalStage, Asking, Code, Connection, JoinProgress, LinkCheck, Snapshot,
};
use dialtone_engine::{Command, CommunityCommand, Secret};

use crate::house::{Client, House, PASSWORD, community, is_online, messages, standing_alarm};

pub(crate) fn asks(client: &Client, server: &str, name: &str, password: &str) {
    client.send(Command::AskApproval {
        server: server.into(),
        username: name.into(),
        password: Secret::new(password),
    });
}

fn approval(snapshot: &Snapshot) -> Option<&Approval> {
    community(snapshot)?.approval.as_ref()
}

/// Waits until the account's device is asked, and goes on or refuses.
pub(crate) fn answers(client: &Client, go_on: bool) -> Approval {
    let snapshot = client.wait("a new device asks", |snapshot| approval(snapshot).is_some());
    client.in_community(CommunityCommand::Approve(go_on));
    approval(&snapshot).unwrap().clone()
}

/// The code that the account's device shows.
pub(crate) fn code_here(client: &Client) -> Code {
    let code = |snapshot: &Snapshot| match &approval(snapshot)?.stage {
        ApprovalStage::Compare(code) => Some(code.clone()),
        _ => None,
    };
    let snapshot = client.wait("a code is shown", |snapshot| code(snapshot).is_some());
    code(&snapshot).unwrap()
}

/// The code that the new device shows.
pub(crate) fn code_there(client: &Client) -> Code {
    let code = |snapshot: &Snapshot| match snapshot.asking.as_ref()? {
        Asking::Compare(code) => Some(code.clone()),
        _ => None,
    };
    let snapshot = client.wait("a code is shown", |snapshot| code(snapshot).is_some());
    code(&snapshot).unwrap()
}

/// Why the new device was not added, as it says.
pub(crate) fn failed(client: &Client) -> String {
    let reason = |snapshot: &Snapshot| match snapshot.asking.as_ref()? {
        Asking::Failed(reason) => Some(reason.clone()),
        _ => None,
    };
    let snapshot = client.wait("it has failed", |snapshot| reason(snapshot).is_some());
    let words = reason(&snapshot).unwrap();
    client.send(Command::DismissAsking);
    client.wait("that is read", |snapshot| snapshot.asking.is_none());
    assert!(snapshot.communities.is_empty());
    words
}

/// Waits until the account's device says something that contains these words, and has nothing under way.
pub(crate) fn told(client: &Client, words: &str) {
    client.wait(words, |snapshot| {
        let mut notices = snapshot.notices.iter();
        notices.any(|notice| notice.text.contains(words)) && approval(snapshot).is_none()
    });
}

pub(crate) fn devices(client: &Client) -> usize {
    let snapshot = client.engine.handle.snapshot();
    community(&snapshot).map_or(0, |one| one.devices.len())
}

pub(crate) fn says_same(anna: &Client, new: &Client) {
    anna.in_community(CommunityCommand::CompareCode { same: true });
    new.send(Command::CompareCode { same: true });
}

#[test]
fn a_second_device_is_approved_reads_what_was_written_and_can_be_taken_out() {
    let house = House::new();
    let (anna, mikael) = house.founder_and_member();
    anna.say("before the second device");
    mikael.reads("anna", "before the second device");
    anna.wait("a history file was sent", |snapshot| {
        community(snapshot).is_some_and(|one| one.recovery.file > 0)
    });
    let new = house.client("new machine");
    asks(&new, &house.address, "Anna", PASSWORD);
    let asked = answers(&anna, true);
    assert!(!asked.name.is_empty() && asked.stage == ApprovalStage::Asked);
    let (here, there) = (code_here(&anna), code_there(&new));
    assert_eq!(here, there);
    assert_eq!((here.digits.len(), here.whole.len()), (6, 43));
    assert_eq!(devices(&anna), 1);
    // One of the two people is not enough, whichever.
    anna.in_community(CommunityCommand::CompareCode { same: true });
    anna.wait("it waits for the new device", |snapshot| {
        approval(snapshot).is_some_and(|one| one.stage == ApprovalStage::Confirmed)
    });
    assert_eq!(devices(&anna), 1);
    new.send(Command::CompareCode { same: true });
    new.wait("it is in", is_online);
    told(&anna, "was added to your account");
    new.open_channel("general");
    new.reads("anna", "before the second device");
    new.say("from the new one");
    mikael.reads("anna", "from the new one");
    anna.reads("anna", "from the new one");
    mikael.say("I see");
    new.reads("mikael", "I see");
    let snapshot = new.wait("both devices are listed", |snapshot| {
        community(snapshot).is_some_and(|one| one.devices.len() == 2)
    });
    assert_eq!(snapshot.asking, None);
    // It sends history files as well, under the number that follows.
    assert!(community(&snapshot).unwrap().recovery.exists);
    new.wait("it has sent the next history file", |snapshot| {
        community(snapshot).is_some_and(|one| one.recovery.file > 1)
    });
    // Started again, it is the same device.
    let profile = house.folder.path().join("new machine");
    new.close();
    let new = Client::open_once_free("new machine", &profile);
    new.send(Command::Unlock(Secret::new(PASSWORD)));
    new.wait("it is back", is_online);
    let here = new.engine.handle.snapshot();
    let mut own = community(&here).unwrap().devices.iter();
    let id = own.find(|device| device.this).unwrap().id;
    for client in [&anna, &mikael, &new] {
        assert_eq!(standing_alarm(&client.engine.handle.snapshot()), None);
    }
    anna.in_community(CommunityCommand::RevokeDevice(id));
    new.wait("it is out", |snapshot| {
        community(snapshot).is_some_and(|one| matches!(one.connection, Connection::Removed { .. }))
    });
    anna.say("alone again");
    mikael.reads("anna", "alone again");
    assert!(
        !messages(&new.engine.handle.snapshot()).contains(&("anna".into(), "alone again".into()))
    );
}

#[test]
fn a_refusal_adds_nothing_and_is_told() {
    let house = House::new();
    let anna = house.founder();
    let new = house.client("new machine");
    asks(&new, &house.address, "anna", PASSWORD);
    answers(&anna, false);
    told(&anna, "knows your password");
    let words = failed(&new);
    assert!(words.contains("has refused"), "{words}");
    assert_eq!(devices(&anna), 1);
    // Whoever does not know the password asks nobody.
    asks(&new, &house.address, "anna", "another password");
    let words = failed(&new);
    assert!(words.contains("wrong"), "{words}");
    // Nothing of it is in the way of the next try.
    asks(&new, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    assert_eq!(code_here(&anna), code_there(&new));
    says_same(&anna, &new);
    new.wait("it is in", is_online);
}

#[test]
fn codes_that_differ_end_it_on_both_whoever_says_so() {
    let house = House::new();
    let anna = house.founder();
    let new = house.client("new machine");
    asks(&new, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    code_here(&anna);
    code_there(&new);
    // The other person may have been careless.
    anna.in_community(CommunityCommand::CompareCode { same: true });
    new.send(Command::CompareCode { same: false });
    let words = failed(&new);
    assert!(words.contains("stand between"), "{words}");
    told(&anna, "said at the new device");
    asks(&new, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    code_here(&anna);
    code_there(&new);
    anna.in_community(CommunityCommand::CompareCode { same: false });
    told(&anna, "The codes were not the same");
    let words = failed(&new);
    assert!(words.contains("said on your other device"), "{words}");
    assert_eq!(devices(&anna), 1);
}

#[test]
fn one_new_device_asks_at_a_time() {
    let house = House::new();
    let anna = house.founder();
    let (first, second) = (house.client("first"), house.client("second"));
    asks(&first, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    let code = code_here(&anna);
    asks(&second, &house.address, "anna", PASSWORD);
    let words = failed(&second);
    assert!(words.contains("nother new device asks"), "{words}");
    assert_eq!(code_there(&first), code);
    // The first one does not want any more; now the second may.
    first.send(Command::DismissAsking);
    assert!(failed(&first).contains("cancelled"));
    told(&anna, "does not ask any more");
    asks(&second, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    assert_eq!(code_here(&anna), code_there(&second));
    says_same(&anna, &second);
    second.wait("it is in", is_online);
}

#[test]
fn a_new_device_waits_until_another_one_is_there() {
    let house = House::new();
    let anna = house.founder();
    let profile = house.folder.path().join("anna");
    anna.close();
    let new = house.client("new machine");
    asks(&new, &house.address, "anna", PASSWORD);
    new.wait("it says that nobody is there", |snapshot| {
        snapshot.asking == Some(Asking::Waiting { online: false })
    });
    let anna = Client::open_once_free("anna", &profile);
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    answers(&anna, true);
    assert_eq!(code_here(&anna), code_there(&new));
    says_same(&anna, &new);
    new.wait("it is in", is_online);
}

#[test]
fn no_other_way_in_is_begun_meanwhile() {
    let house = House::new();
    let anna = house.founder();
    let new = house.client("new machine");
    asks(&new, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    code_there(&new);
    assert_eq!(new.inspect(&anna.invite(1, 3600)), LinkCheck::Genuine);
    let reason = new.try_join("mikael", PASSWORD, None).unwrap();
    assert!(reason.contains("cancel that first"), "{reason}");
    new.send(Command::Recover {
        server: house.address.clone(),
        username: "anna".into(),
        password: Secret::new(PASSWORD),
        words: Some(Secret::new("one two")),
    });
    new.wait("it is refused", |snapshot| {
        let progress = snapshot.recovering.as_ref().map(|one| &one.progress);
        matches!(progress, Some(JoinProgress::Failed(why)) if why.contains("cancel that first"))
    });
    says_same(&anna, &new);
    new.wait("it is in", is_online);
}

#[test]
fn whoever_is_left_alone_is_told() {
    let mut house = House::new();
    let anna = house.founder();
    let profile = house.folder.path().join("anna");
    let new = house.client("new machine");
    asks(&new, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    code_there(&new);
    anna.close();
    assert!(failed(&new).contains("not connected any more"));
    let anna = Client::open_once_free("anna", &profile);
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    anna.wait("it is back", is_online);
    // The server is started again in the middle of it, and knows nothing.
    asks(&new, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    code_there(&new);
    house.stop();
    house.start();
    assert!(failed(&new).contains("was restarted"));
    told(&anna, "The connection broke");
    anna.wait("it is back", is_online);
    // The new device's window is closed.
    asks(&new, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    code_here(&anna);
    new.close();
    told(&anna, "does not ask any more");
    assert_eq!(devices(&anna), 1);
}
