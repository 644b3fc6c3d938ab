//! Roles, removal, leaving: each client checks them, and who is out is out at once.

use dialtone_engine::snapshot::{Connection, LinkCheck, Role, Snapshot};
use dialtone_engine::{AccountId, Command, CommunityCommand, Event, Secret};

use crate::house::{Client, House, PASSWORD, community, is_online, messages, standing_alarm};

pub(crate) fn account(client: &Client) -> AccountId {
    community(&client.engine.handle.snapshot())
        .unwrap()
        .me
        .account
}

fn role(snapshot: &Snapshot, account: AccountId) -> Option<Role> {
    let members = &community(snapshot)?.members;
    let member = members.iter().find(|member| member.account == account)?;
    Some(member.role)
}

pub(crate) fn removal(snapshot: &Snapshot) -> Option<String> {
    match &community(snapshot)?.connection {
        Connection::Removed { reason } => Some(reason.clone()),
        _ => None,
    }
}

#[test]
fn whoever_looked_at_the_link_before_another_came_in_comes_in_as_well() {
    let house = House::new();
    let anna = house.founder();
    let link = anna.invite(2, 3600);
    let (mikael, rune) = (house.client("mikael"), house.client("rune"));
    assert_eq!(mikael.inspect(&link), LinkCheck::Genuine);
    rune.join(&link, None);
    // The list is longer now than the one that mikael has signed his entry for.
    assert_eq!(mikael.try_join("mikael", PASSWORD, None), None);
    anna.wait("each is there, once", |snapshot| {
        let members = &community(snapshot).unwrap().members;
        let count = |name| members.iter().filter(|one| one.name == name).count();
        (count("mikael"), count("rune"), members.len()) == (1, 1, 3)
    });
}

/// Waits until this client shows that it is out; in which words.
pub(crate) fn is_out(client: &Client) -> String {
    let snapshot = client.wait("it is out", |snapshot| removal(snapshot).is_some());
    removal(&snapshot).unwrap()
}

/// Does what is refused; in which words.
pub(crate) fn refused(client: &Client, command: CommunityCommand) -> String {
    for notice in &client.engine.handle.snapshot().notices {
        client.send(Command::DismissNotice(notice.id));
    }
    client.wait("older notices are gone", |snapshot| {
        snapshot.notices.is_empty()
    });
    client.in_community(command);
    let snapshot = client.wait("it is refused", |snapshot| !snapshot.notices.is_empty());
    snapshot.notices[0].text.clone()
}

/// Anna, who founded, and others who came by her invite.
pub(crate) fn crew<const N: usize>(house: &House, names: [&str; N]) -> (Client, [Client; N]) {
    let anna = house.founder();
    anna.open_channel("general");
    let link = anna.invite(N as u32, 3600);
    let others = names.map(|name| {
        let client = house.client(name);
        client.join(&link, None);
        client.open_channel("general");
        client
    });
    for client in others.iter().chain([&anna]) {
        client.wait("everybody's name is there", |snapshot| {
            let members = &community(snapshot).unwrap().members;
            let known = |name: &str| members.iter().any(|member| member.name == name);
            known("anna") && names.iter().all(|name| known(name))
        });
    }
    (anna, others)
}

#[test]
fn who_is_removed_is_out_at_once_and_keeps_what_was_there() {
    let house = House::new();
    let (anna, [mikael, saga]) = crew(&house, ["mikael", "saga"]);
    anna.say("to all");
    for reader in [&mikael, &saga] {
        reader.reads("anna", "to all");
    }
    let gone = account(&mikael);
    anna.in_community(CommunityCommand::RemoveMember {
        account: gone,
        ban: false,
    });
    let words = is_out(&mikael);
    assert!(words.starts_with("anna has removed you"), "{words}");
    for member in [&anna, &saga] {
        member.wait("it is gone", |snapshot| role(snapshot, gone).is_none());
    }
    saga.say("without mikael");
    anna.reads("saga", "without mikael");
    // What was there stays readable, also after a restart; nothing can be written.
    let mut events = mikael.engine.handle.events();
    mikael.say("am I still here?");
    let (text, reason) = mikael.event(&mut events, |event| match event {
        Event::Unsent { text, reason, .. } => Some((text, reason)),
        _ => None,
    });
    assert_eq!((text.as_str(), reason), ("am I still here?", words));
    let profile = house.folder.path().join("mikael");
    mikael.close();
    let mikael = Client::open_once_free("mikael", &profile);
    mikael.send(Command::Unlock(Secret::new(PASSWORD)));
    is_out(&mikael);
    mikael.open_channel("general");
    let kept = mikael.wait("what was there is shown", |snapshot| {
        !messages(snapshot).is_empty()
    });
    assert_eq!(messages(&kept), [("anna".to_owned(), "to all".to_owned())]);
    for member in [&anna, &saga] {
        assert_eq!(standing_alarm(&member.engine.handle.snapshot()), None);
    }
}

#[test]
fn who_was_removed_while_away_is_told_by_the_server() {
    let house = House::new();
    let (anna, [mikael]) = crew(&house, ["mikael"]);
    let gone = account(&mikael);
    let profile = house.folder.path().join("mikael");
    mikael.close();
    anna.in_community(CommunityCommand::RemoveMember {
        account: gone,
        ban: true,
    });
    anna.wait("it is gone", |snapshot| role(snapshot, gone).is_none());
    let mikael = Client::open_once_free("mikael", &profile);
    mikael.send(Command::Unlock(Secret::new(PASSWORD)));
    mikael.wait("it is told", |snapshot| match &community(snapshot) {
        Some(one) => matches!(&one.connection, Connection::Offline { reason, .. }
            if reason.contains("not in the community any more")),
        None => false,
    });
}

#[test]
fn roles_are_given_and_passed_on_by_those_who_may() {
    let house = House::new();
    let (anna, [mikael, saga]) = crew(&house, ["mikael", "saga"]);
    let [founder, admin, member] = [&anna, &mikael, &saga].map(account);
    let give = |to, role| CommunityCommand::ChangeRole { account: to, role };
    let words = refused(&mikael, give(member, Role::Admin));
    assert!(words.contains("higher rank"), "{words}");
    anna.in_community(give(admin, Role::Admin));
    for client in [&anna, &mikael, &saga] {
        client.wait("mikael is an admin", |snapshot| {
            role(snapshot, admin) == Some(Role::Admin)
        });
    }
    // An admin invites and removes, but neither makes admins nor touches the founder.
    mikael.invite(1, 3600);
    let words = refused(&mikael, give(member, Role::Admin));
    assert!(words.contains("higher rank"), "{words}");
    let ban = false;
    let words = refused(
        &mikael,
        CommunityCommand::RemoveMember {
            account: founder,
            ban,
        },
    );
    assert!(words.contains("higher rank"), "{words}");
    let words = refused(&anna, CommunityCommand::Leave);
    assert!(words.contains("pass the role on"), "{words}");
    anna.in_community(give(admin, Role::Founder));
    for client in [&anna, &mikael, &saga] {
        client.wait("the role is passed on", |snapshot| {
            role(snapshot, admin) == Some(Role::Founder)
                && role(snapshot, founder) == Some(Role::Admin)
        });
    }
    anna.in_community(CommunityCommand::Leave);
    let words = is_out(&anna);
    assert!(words.starts_with("You have left"), "{words}");
    mikael.in_community(CommunityCommand::RemoveMember {
        account: member,
        ban,
    });
    let words = is_out(&saga);
    assert!(words.starts_with("mikael has removed you"), "{words}");
    assert!(is_online(&mikael.engine.handle.snapshot()));
    assert_eq!(standing_alarm(&mikael.engine.handle.snapshot()), None);
}

/// The words that a client shows for another's account.
fn words(client: &Client, with: AccountId) -> (Vec<String>, u64) {
    client.in_community(CommunityCommand::CompareSafety(Some(with)));
    let snapshot = client.wait("the words are shown", |snapshot| {
        let safety = community(snapshot).and_then(|one| one.safety.as_ref());
        safety.is_some_and(|safety| safety.account == with)
    });
    let safety = community(&snapshot).unwrap().safety.clone().unwrap();
    (safety.words, safety.length)
}

#[test]
fn two_members_see_the_same_safety_words_and_remember_the_comparison() {
    let house = House::new();
    let (anna, [mikael, saga]) = crew(&house, ["mikael", "saga"]);
    let [a, m, s] = [&anna, &mikael, &saga].map(account);
    let here = words(&anna, m);
    assert_eq!(here, words(&mikael, a));
    assert_eq!(here.0.len(), 12);
    assert_ne!(here.0, words(&anna, s).0);
    anna.in_community(CommunityCommand::SetVerified {
        account: m,
        verified: true,
    });
    let verified = |snapshot: &Snapshot| {
        let members = &community(snapshot).unwrap().members;
        let names = members.iter().filter(|member| member.verified);
        names.map(|member| member.name.clone()).collect::<Vec<_>>()
    };
    anna.wait("mikael is verified", |snapshot| {
        verified(snapshot) == ["mikael"]
    });
    let profile = house.folder.path().join("anna");
    anna.close();
    let anna = Client::open_once_free("anna", &profile);
    anna.send(Command::Unlock(Secret::new(PASSWORD)));
    anna.wait("it is online", is_online);
    let snapshot = anna.wait("it is remembered", |snapshot| {
        verified(snapshot) == ["mikael"]
    });
    let members = &community(&snapshot).unwrap().members;
    let member = members.iter().find(|member| member.account == m).unwrap();
    assert!(
        member.trust.contains("compared safety words"),
        "{}",
        member.trust
    );
}
