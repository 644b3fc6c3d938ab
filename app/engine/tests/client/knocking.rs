//! The server's own links: people knock, and an admin's client lets them in.

use dialtone_engine::snapshot::{Connection, LinkCheck, Snapshot};
use dialtone_engine::{Command, CommunityCommand, Secret};

use crate::house::{Client, House, PASSWORD, community, is_online};

/// Knocks by a link of the server's, and waits.
fn knock(house: &House, name: &str) -> Client {
    let client = house.client(name);
    assert_eq!(client.inspect(&house.knock_link()), LinkCheck::Genuine);
    client.send(Command::Join {
        username: name.into(),
        password: Secret::new(PASSWORD),
        community_name: None,
        by_password: false,
    });
    client.wait("it waits to be let in", is_waiting);
    client
}

fn is_waiting(snapshot: &Snapshot) -> bool {
    community(snapshot).is_some_and(|one| one.connection == Connection::WaitingForAdmission)
}

fn knocking(snapshot: &Snapshot) -> usize {
    community(snapshot).map_or(0, |one| one.knocking.len())
}

fn trust(snapshot: &Snapshot, name: &str) -> Option<String> {
    let members = &community(snapshot)?.members;
    let member = members.iter().find(|member| member.name == name)?;
    Some(member.trust.clone())
}

#[test]
fn who_knocks_waits_until_an_admin_lets_them_in() {
    let house = House::new();
    let anna = house.founder();
    let mikael = knock(&house, "mikael");
    let seen = anna.wait("it sees who knocks", |snapshot| knocking(snapshot) == 1);
    let here = &community(&seen).unwrap().knocking[0];
    let there = mikael.engine.handle.snapshot();
    let there = &community(&there).unwrap().me;
    assert_eq!(
        (here.account, &here.fingerprint),
        (there.account, &there.fingerprint)
    );
    anna.in_community(CommunityCommand::Admit(here.account));
    mikael.wait("it is in", is_online);
    anna.open_channel("general");
    mikael.open_channel("general");
    anna.say("welcome");
    mikael.reads("anna", "welcome");
    mikael.say("thank you");
    anna.reads("mikael", "thank you");
    let seen = anna.wait("nobody waits any more", |snapshot| knocking(snapshot) == 0);
    assert_eq!(
        trust(&seen, "mikael").unwrap(),
        "Let in by anna on the server's word."
    );
    let seen = mikael.engine.handle.snapshot();
    assert_eq!(
        trust(&seen, "mikael").unwrap(),
        "Let in by anna on the server's word."
    );
}

#[test]
fn an_admins_client_lets_in_by_itself_only_where_that_was_wanted() {
    let house = House::new();
    let anna = house.founder();
    let mikael = knock(&house, "mikael");
    anna.wait("it sees who knocks", |snapshot| knocking(snapshot) == 1);
    assert!(
        !community(&anna.engine.handle.snapshot())
            .unwrap()
            .admits_automatically
    );
    anna.in_community(CommunityCommand::AdmitAutomatically(true));
    mikael.wait("it is in, as all who wait", is_online);
    let seen = anna.wait("it is a member", |snapshot| {
        trust(snapshot, "mikael").is_some()
    });
    assert_eq!(
        trust(&seen, "mikael").unwrap(),
        "Let in by anna on the server's word."
    );
    // It is remembered; and what came while one was away is seen to.
    let profile = house.folder.path().join("anna");
    anna.close();
    let saga = knock(&house, "saga");
    let anna = Client::open_once_free("anna", &profile);
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    saga.wait("it is in, once an admin's client is there", is_online);
    anna.in_community(CommunityCommand::AdmitAutomatically(false));
    anna.wait("it asks again from now on", |snapshot| {
        !community(snapshot).unwrap().admits_automatically
    });
    let tomas = knock(&house, "tomas");
    anna.wait("it sees who knocks", |snapshot| knocking(snapshot) == 1);
    assert!(is_waiting(&tomas.engine.handle.snapshot()));
    // Of a member alone nothing of it counts.
    mikael.in_community(CommunityCommand::AdmitAutomatically(true));
    mikael.open_channel("general");
    mikael.say("I asked for it");
    anna.open_channel("general");
    anna.reads("mikael", "I asked for it");
    assert!(
        !community(&mikael.engine.handle.snapshot())
            .unwrap()
            .admits_automatically
    );
    assert!(is_waiting(&tomas.engine.handle.snapshot()));
}
