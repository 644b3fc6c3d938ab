//! Coming back to a bare machine with the recovery key.

use std::sync::Arc;

use dialtone_engine::snapshot::{JoinProgress, RecoveryView, Snapshot};
use dialtone_engine::{Command, CommunityCommand, Secret};
use dialtone_protocol::http::RosterPage;
use parking_lot::Mutex;

use crate::house::{Client, House, PASSWORD, community, is_online, messages, standing_alarm};
use crate::liar::Liar;

fn recovery(snapshot: &Snapshot) -> RecoveryView {
    community(snapshot).map_or_else(RecoveryView::default, |one| one.recovery.clone())
}

/// The words that a client shows until they are written down.
pub(crate) fn words(client: &Client) -> String {
    let snapshot = client.wait("the recovery key is shown", |snapshot| {
        recovery(snapshot).words.is_some()
    });
    recovery(&snapshot).words.unwrap().expose().to_owned()
}

pub(crate) fn has_sent(client: &Client, file: u64) {
    client.wait("a history file was sent", |snapshot| {
        recovery(snapshot).file >= file
    });
}

pub(crate) fn come_back(client: &Client, server: &str, name: &str, password: &str, words: &str) {
    come_back_by(client, server, name, password, Some(words));
}

/// The same, with the password alone where there are no words.
fn come_back_by(client: &Client, server: &str, name: &str, password: &str, words: Option<&str>) {
    client.send(Command::Recover {
        server: server.into(),
        username: name.into(),
        password: Secret::new(password),
        words: words.map(Secret::new),
    });
}

/// Tries to come back; why that does not go.
fn refused<'a>(
    client: &Client,
    server: &str,
    name: &str,
    password: &str,
    words: impl Into<Option<&'a str>>,
) -> String {
    let failed = |snapshot: &Snapshot| match &snapshot.recovering.as_ref()?.progress {
        JoinProgress::Failed(reason) => Some(reason.clone()),
        _ => None,
    };
    client.send(Command::DismissRecovery);
    client.wait("nothing is under way", |snapshot| {
        snapshot.recovering.is_none()
    });
    come_back_by(client, server, name, password, words.into());
    let snapshot = client.wait("it is refused", |snapshot| failed(snapshot).is_some());
    failed(&snapshot).unwrap()
}

#[test]
fn who_has_lost_everything_but_the_recovery_key_comes_back_with_channels_and_history() {
    let house = House::new();
    let (anna, mikael) = house.founder_and_member();
    anna.say("before the loss");
    mikael.reads("anna", "before the loss");
    mikael.say("heard");
    anna.reads("mikael", "heard");
    let key = words(&anna);
    assert_eq!(key.split(' ').count(), 12);
    has_sent(&anna, 1);
    // Its keys are new, whatever the first file had; the next one rests for a while.
    anna.in_community(CommunityCommand::CreateChannel {
        name: "harbour master".into(),
        voice: false,
    });
    anna.channel("harbour master");
    // Written down and confirmed, it is nowhere on the device.
    anna.in_community(CommunityCommand::ConfirmRecovery);
    anna.wait("it is forgotten", |snapshot| {
        recovery(snapshot).words.is_none()
    });
    let profile = house.folder.path().join("anna");
    anna.close();
    let anna = Client::open_once_free("anna", &profile);
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    anna.wait("it is online", is_online);
    assert!(recovery(&anna.engine.handle.snapshot()).words.is_none());
    // What came since its last file goes into the next one.
    has_sent(&anna, 2);
    anna.close();
    std::fs::remove_dir_all(&profile).unwrap();

    let anna = house.client("a bare machine");
    come_back(&anna, &house.address, "Anna", PASSWORD, &key);
    anna.wait("it is back", is_online);
    anna.open_channel("general");
    anna.reads("anna", "before the loss");
    anna.reads("mikael", "heard");
    anna.say("I am back");
    mikael.reads("anna", "I am back");
    mikael.say("welcome back");
    anna.reads("mikael", "welcome back");
    let here = anna.engine.handle.snapshot();
    assert_eq!(messages(&here).len(), 4);
    assert_eq!(community(&here).unwrap().name, "Harbour crew");
    assert_eq!(standing_alarm(&here), None);
    assert!(recovery(&here).exists && recovery(&here).words.is_none());
}

#[test]
fn what_does_not_fit_is_told_in_words() {
    let house = House::new();
    let anna = house.founder();
    let mikael = house.client("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    let (key, others) = (words(&anna), words(&mikael));
    let bare = house.client("a bare machine");
    let here = house.address.as_str();
    let told = |server: &str, name: &str, password: &str, words: &str| {
        refused(&bare, server, name, password, words)
    };
    let reason = told("nowhere", "anna", PASSWORD, &key);
    assert!(reason.contains("a host and a port"), "{reason}");
    let reason = told(here, "anna", PASSWORD, &key.replace(' ', "x "));
    assert!(
        reason.contains("is not a word of a recovery key"),
        "{reason}"
    );
    let reason = told(here, "anna", PASSWORD, "one two");
    assert!(reason.contains("12 words"), "{reason}");
    let reason = told(here, "anna", "another password", &key);
    assert!(reason.contains("wrong"), "{reason}");
    let reason = told(here, "nobody", PASSWORD, &key);
    assert!(reason.contains("wrong"), "{reason}");
    let reason = told(here, "anna", PASSWORD, &others);
    assert!(reason.contains("does not open the account"), "{reason}");
    // Nothing of it is in the way of the right one.
    has_sent(&anna, 1);
    come_back(&bare, here, "anna", PASSWORD, &key);
    bare.wait("it is back", is_online);
}

#[test]
fn a_member_list_that_is_shorter_than_the_devices_knew_is_not_believed() {
    let house = House::new();
    let liar = Liar::before(&house);
    let anna = house.founder();
    let key = words(&anna);
    has_sent(&anna, 1);
    let mut left = 1;
    liar.answers(move |asked, body| {
        if !asked.starts_with("GET /roster") {
            return Some(body);
        }
        let mut page: RosterPage = serde_json::from_slice(&body).unwrap();
        page.entries.truncate(std::mem::take(&mut left));
        Some(serde_json::to_vec(&page).unwrap())
    });
    let bare = house.client("a bare machine");
    let reason = refused(&bare, &liar.address, "anna", PASSWORD, key.as_str());
    assert!(reason.contains("another member list"), "{reason}");
    liar.repent();
    come_back(&bare, &liar.address, "anna", PASSWORD, &key);
    bare.wait("it is back", is_online);
}

#[test]
fn an_old_recovery_file_is_noticed() {
    let house = House::new();
    let liar = Liar::before(&house);
    let anna = house.founder();
    let key = words(&anna);
    has_sent(&anna, 1);
    // The server keeps the first file for later.
    let kept = Arc::new(Mutex::new(None::<Vec<u8>>));
    let keeper = Arc::clone(&kept);
    liar.answers(move |asked, body| {
        if asked.starts_with("GET /recovery") {
            let mut kept = keeper.lock();
            return Some(kept.get_or_insert(body).clone());
        }
        Some(body)
    });
    let first = house.client("first machine");
    come_back(&first, &liar.address, "anna", PASSWORD, &key);
    first.wait("it is back", is_online);
    has_sent(&first, 2);
    assert!(kept.lock().is_some());
    let second = house.client("second machine");
    come_back(&second, &liar.address, "anna", PASSWORD, &key);
    second.wait("the old file is told", |snapshot| {
        let mut notices = snapshot.notices.iter();
        notices.any(|notice| notice.text.contains("older recovery file"))
    });
    let notices = &first.engine.handle.snapshot().notices;
    assert!(
        !notices
            .iter()
            .any(|notice| notice.text.contains("older recovery file"))
    );
}

/// A founder whose password alone opens the account.
fn founder_by_password(house: &House, password: &str) -> Client {
    let anna = house.client("anna");
    anna.inspect(&house.link);
    anna.send(Command::Join {
        username: "anna".into(),
        password: Secret::new(password),
        community_name: Some("Harbour crew".into()),
        by_password: true,
    });
    anna.wait("it is online", is_online);
    anna.open_channel("general");
    anna
}

#[test]
fn six_words_alone_bring_an_account_back_where_its_owner_wanted_that_and_until_they_do_not() {
    let house = House::new();
    let password = dialtone_engine::generate_password().expose().to_owned();
    let anna = founder_by_password(&house, &password);
    anna.say("before the loss");
    anna.reads("anna", "before the loss");
    has_sent(&anna, 1);
    // Nothing on the device opens the account either.
    let new = house.client("a bare machine");
    let typed = password.to_uppercase().replace(' ', "  ");
    come_back_by(&new, &house.address, "anna", &typed, None);
    new.wait("it is in", is_online);
    new.open_channel("general");
    new.reads("anna", "before the loss");
    // The keys there open with the words, too, however they are typed.
    new.send(Command::Lock);
    new.wait("it is locked", |snapshot| {
        matches!(
            snapshot.profile,
            dialtone_engine::snapshot::ProfileState::Locked { .. }
        )
    });
    new.send(Command::Unlock(Secret::new(typed.as_str())));
    new.wait("it is open", is_online);
    let other = house.client("another bare machine");
    let wrong = dialtone_engine::generate_password().expose().to_owned();
    let told = refused(&other, &house.address, "anna", &wrong, None);
    assert!(told.contains("name or the password is wrong"), "{told}");
    new.in_community(CommunityCommand::LookAtDevices);
    new.wait("it says so", |snapshot| recovery(snapshot).by_password);
    new.in_community(CommunityCommand::ForbidPassword);
    new.wait("it is switched off", |snapshot| {
        !recovery(snapshot).by_password
    });
    let told = refused(&other, &house.address, "anna", &password, None);
    assert!(
        told.to_lowercase()
            .contains("the password alone does not open"),
        "{told}"
    );
}

#[test]
fn a_password_of_ones_own_never_opens_an_account_alone() {
    let house = House::new();
    let anna = house.client("anna");
    anna.inspect(&house.link);
    anna.send(Command::Join {
        username: "anna".into(),
        password: Secret::new(PASSWORD),
        community_name: Some("Harbour crew".into()),
        by_password: true,
    });
    let told = |snapshot: &Snapshot| match &snapshot.invitation.as_ref()?.progress {
        JoinProgress::Failed(reason) => Some(reason.clone()),
        _ => None,
    };
    let snapshot = anna.wait("it is refused", |snapshot| told(snapshot).is_some());
    assert!(told(&snapshot).unwrap().contains("six words"));
    house.founded_by(anna);
    let new = house.client("a bare machine");
    let told = refused(&new, &house.address, "anna", PASSWORD, None);
    assert!(
        told.to_lowercase()
            .contains("the password alone does not open"),
        "{told}"
    );
}
