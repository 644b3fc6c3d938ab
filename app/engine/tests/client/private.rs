//! Private channels and direct conversations, by people with real clients.

use dialtone_engine::snapshot::{Channel, Snapshot};
use dialtone_engine::{AccountId, ChannelId, Command, CommunityCommand, PrivateCommand, Secret};

use crate::approval::{answers, asks, code_here, code_there, says_same};
use crate::house::{
    Client, House, PASSWORD, channel, community, is_online, messages, standing_alarm,
};
use crate::lounge::hears_in;

pub(crate) fn account(client: &Client) -> AccountId {
    community(&client.engine.handle.snapshot())
        .unwrap()
        .me
        .account
}

fn sees(snapshot: &Snapshot, name: &str) -> bool {
    community(snapshot).is_some_and(|one| channel(one, name).is_some())
}

fn found(client: &Client, name: &str) -> Channel {
    let snapshot = client.wait(&format!("{name} is there"), |snapshot| sees(snapshot, name));
    channel(community(&snapshot).unwrap(), name)
        .unwrap()
        .clone()
}

fn belongs(snapshot: &Snapshot, name: &str) -> Vec<AccountId> {
    let one = community(snapshot).and_then(|one| channel(one, name));
    let private = one.and_then(|one| one.private.as_ref());
    private.map_or_else(Vec::new, |private| private.accounts.clone())
}

/// Waits until so many belong to the channel.
pub(crate) fn are_in(client: &Client, name: &str, count: usize) {
    client.wait(&format!("{count} are in {name}"), |snapshot| {
        belongs(snapshot, name).len() == count
    });
}

pub(crate) fn wants(client: &Client, command: PrivateCommand) {
    client.in_community(CommunityCommand::Private(command));
}

pub(crate) fn adds(client: &Client, channel: ChannelId, whom: &Client) {
    let accounts = vec![account(whom)];
    wants(client, PrivateCommand::Add { channel, accounts });
}

fn takes_out(client: &Client, channel: ChannelId, whom: &Client) {
    let account = account(whom);
    wants(client, PrivateCommand::TakeOut { channel, account });
}

fn is_gone(client: &Client, name: &str) {
    client.wait("it is gone", |snapshot| !sees(snapshot, name));
}

pub(crate) fn told(client: &Client, words: &str) {
    client.wait(words, |snapshot| {
        let mut notices = snapshot.notices.iter();
        notices.any(|notice| notice.text.contains(words))
    });
}

/// Anna, who founded, and two others who know one another's names.
pub(crate) fn crew(house: &House) -> (Client, Client, Client) {
    let anna = house.founder();
    anna.open_channel("general");
    let link = anna.invite(2, 3600);
    let others = ["mikael", "saga"].map(|name| {
        let client = house.client(name);
        client.join(&link, None);
        client
    });
    let [mikael, saga] = others;
    for client in [&anna, &mikael, &saga] {
        client.wait("everybody's name is there", |snapshot| {
            let members = &community(snapshot).unwrap().members;
            members.iter().filter(|one| one.name.len() < 8).count() == 3
        });
    }
    (anna, mikael, saga)
}

pub(crate) fn create(client: &Client, name: &str, others: &[&Client]) {
    wants(
        client,
        PrivateCommand::Create {
            name: name.into(),
            voice: false,
            accounts: others.iter().map(|other| account(other)).collect(),
        },
    );
    are_in(client, name, others.len() + 1);
    client.open_channel(name);
}

pub(crate) fn come_back(house: &House, name: &str) -> Client {
    let client = Client::open_once_free(name, &house.folder.path().join(name));
    client.send(Command::Unlock(Secret::new(PASSWORD)));
    client.wait("it is back", is_online);
    client
}

pub(crate) fn nobody_was_warned(clients: &[&Client]) {
    for client in clients {
        assert_eq!(standing_alarm(&client.engine.handle.snapshot()), None);
    }
}

#[test]
fn a_private_channel_is_for_whoever_belongs_to_it() {
    let house = House::new();
    let (anna, mikael, saga) = crew(&house);
    create(&mikael, "watch", &[&saga]);
    mikael.say("between us");
    saga.open_channel("watch");
    saga.reads("mikael", "between us");
    saga.say("as you say");
    mikael.reads("saga", "as you say");
    let (his, hers) = (found(&mikael, "watch"), found(&saga, "watch"));
    let (his, hers) = (his.private.unwrap(), hers.private.unwrap());
    assert!(his.may_change && his.may_delete && !his.direct);
    assert!(!hers.may_change && !hers.may_delete);
    // Who founded the community does not see it.
    assert!(!sees(&anna.engine.handle.snapshot(), "watch"));
    let id = found(&saga, "watch").id;
    adds(&saga, id, &anna);
    told(&saga, "Only the admins of this channel");
    adds(&mikael, id, &anna);
    anna.open_channel("watch");
    anna.reads("mikael", "between us");
    anna.reads("saga", "as you say");
    // Saga is taken out: for her there is no such channel any more.
    takes_out(&mikael, id, &saga);
    told(&saga, "You are not in watch any more");
    is_gone(&saga, "watch");
    are_in(&anna, "watch", 2);
    anna.say("without her");
    mikael.reads("anna", "without her");
    assert!(!sees(&saga.engine.handle.snapshot(), "watch"));
    nobody_was_warned(&[&anna, &mikael, &saga]);
}

#[test]
fn who_is_away_finds_a_direct_conversation_when_they_come_back() {
    let house = House::new();
    let (anna, mikael, saga) = crew(&house);
    let his = account(&mikael);
    mikael.close();
    wants(&anna, PrivateCommand::Message(vec![his]));
    let talk = found(&anna, "mikael");
    assert!(talk.private.as_ref().is_some_and(|private| private.direct));
    anna.wait("it is open", |snapshot| {
        community(snapshot).unwrap().open == Some(talk.id)
    });
    anna.say("are you there?");
    anna.reads("anna", "are you there?");
    // Asked again it is the same.
    anna.open_channel("general");
    wants(&anna, PrivateCommand::Message(vec![his]));
    anna.wait("it is open", |snapshot| {
        community(snapshot).unwrap().open == Some(talk.id)
    });
    let mikael = come_back(&house, "mikael");
    mikael.open_channel("anna");
    mikael.reads("anna", "are you there?");
    mikael.say("now I am");
    anna.reads("mikael", "now I am");
    wants(&mikael, PrivateCommand::Message(vec![account(&anna)]));
    assert_eq!(found(&mikael, "anna").id, talk.id);
    // Nothing of it changes ever.
    adds(&mikael, talk.id, &saga);
    told(&mikael, "always between the same people");
    let private = |snapshot: &Snapshot| {
        let channels = &community(snapshot).unwrap().channels;
        channels.iter().filter(|one| one.private.is_some()).count()
    };
    assert_eq!(private(&saga.engine.handle.snapshot()), 0);
    assert_eq!(private(&anna.engine.handle.snapshot()), 1);
    nobody_was_warned(&[&anna, &mikael, &saga]);
}

#[test]
fn another_device_comes_into_private_channels_by_itself() {
    let house = House::new();
    let (anna, mikael, saga) = crew(&house);
    create(&mikael, "watch", &[&saga]);
    mikael.say("before the second device");
    mikael.reads("mikael", "before the second device");
    let new = house.client("new machine");
    asks(&new, &house.address, "mikael", PASSWORD);
    answers(&mikael, true);
    assert_eq!(code_here(&mikael), code_there(&new));
    says_same(&mikael, &new);
    new.wait("it is in", is_online);
    new.open_channel("watch");
    new.reads("mikael", "before the second device");
    new.say("from the second one");
    saga.open_channel("watch");
    saga.reads("mikael", "from the second one");
    // What is made there shows here.
    wants(&new, PrivateCommand::Message(vec![account(&anna)]));
    anna.open_channel("mikael");
    mikael.open_channel("anna");
    mikael.say("hello");
    anna.reads("mikael", "hello");
    new.open_channel("anna");
    new.reads("mikael", "hello");
    nobody_was_warned(&[&anna, &mikael, &saga, &new]);
}

#[test]
fn who_leaves_is_out_and_the_others_go_on() {
    let house = House::new();
    let (anna, mikael, saga) = crew(&house);
    create(&mikael, "watch", &[&saga, &anna]);
    saga.open_channel("watch");
    let id = found(&saga, "watch").id;
    wants(&saga, PrivateCommand::Leave(id));
    is_gone(&saga, "watch");
    are_in(&anna, "watch", 2);
    anna.open_channel("watch");
    anna.say("she has left");
    mikael.reads("anna", "she has left");
    let saga_is_out = |client: &Client| assert!(!sees(&client.engine.handle.snapshot(), "watch"));
    saga_is_out(&saga);
    saga.close();
    let saga = come_back(&house, "saga");
    saga_is_out(&saga);
    // Its maker goes: who is left may change it.
    wants(&mikael, PrivateCommand::Leave(id));
    are_in(&anna, "watch", 1);
    anna.wait("it is hers", |snapshot| {
        let one = channel(community(snapshot).unwrap(), "watch");
        one.is_some_and(|one| one.private.as_ref().unwrap().may_change)
    });
    wants(&anna, PrivateCommand::Leave(id));
    told(&anna, "You are the last one here");
    anna.in_community(CommunityCommand::DeleteChannel(id));
    is_gone(&anna, "watch");
    nobody_was_warned(&[&anna, &mikael, &saga]);
}

#[test]
fn a_private_channel_has_its_name_and_its_messages_after_a_restart() {
    let mut house = House::new();
    let (anna, mikael, saga) = crew(&house);
    create(&mikael, "watch", &[&saga]);
    let id = found(&mikael, "watch").id;
    mikael.in_community(CommunityCommand::RenameChannel {
        channel: id,
        name: "night watch".into(),
    });
    saga.open_channel("night watch");
    saga.say("kept");
    mikael.reads("saga", "kept");
    saga.close();
    house.stop();
    house.start();
    let saga = come_back(&house, "saga");
    saga.open_channel("night watch");
    saga.reads("saga", "kept");
    mikael.say("and on");
    saga.reads("mikael", "and on");
    assert!(!sees(&anna.engine.handle.snapshot(), "night watch"));
    nobody_was_warned(&[&anna, &mikael, &saga]);
}

#[test]
fn newcomers_of_a_private_channel_read_from_joining_where_that_is_wanted() {
    let house = House::new();
    let (anna, mikael, saga) = crew(&house);
    create(&mikael, "watch", &[&saga]);
    let id = found(&mikael, "watch").id;
    mikael.in_community(CommunityCommand::SetHistory {
        channel: id,
        from_joining: true,
    });
    saga.wait("it is set", |snapshot| {
        let one = community(snapshot).and_then(|one| channel(one, "watch"));
        one.is_some_and(|one| one.from_joining)
    });
    mikael.say("among the two of us");
    saga.open_channel("watch");
    saga.reads("mikael", "among the two of us");
    adds(&mikael, id, &anna);
    // She knows its name all the same.
    anna.open_channel("watch");
    mikael.say("among the three of us");
    anna.reads("mikael", "among the three of us");
    let read = messages(&anna.engine.handle.snapshot());
    assert_eq!(
        read,
        [("mikael".to_owned(), "among the three of us".to_owned())]
    );
    // Another device of hers reads what she may, although it has come later, and no more.
    let new = house.client("new machine");
    asks(&new, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    assert_eq!(code_here(&anna), code_there(&new));
    says_same(&anna, &new);
    new.wait("it is in", is_online);
    new.open_channel("watch");
    new.reads("mikael", "among the three of us");
    assert_eq!(messages(&new.engine.handle.snapshot()), read);
    nobody_was_warned(&[&anna, &mikael, &saga, &new]);
}

#[test]
fn who_is_removed_from_the_community_is_out_of_private_channels() {
    let house = House::new();
    let (anna, mikael, saga) = crew(&house);
    create(&mikael, "watch", &[&saga]);
    saga.open_channel("watch");
    anna.in_community(CommunityCommand::RemoveMember {
        account: account(&saga),
        ban: false,
    });
    mikael.wait("she is out", |snapshot| {
        community(snapshot).unwrap().members.len() == 2
    });
    mikael.say("after it");
    mikael.reads("mikael", "after it");
    let read = messages(&saga.engine.handle.snapshot());
    assert!(!read.contains(&("mikael".into(), "after it".into())));
    nobody_was_warned(&[&anna, &mikael]);
}

#[test]
fn a_call_in_a_private_channel_is_between_those_who_belong_to_it() {
    let house = House::new();
    let anna = house.founded_by(house.talker("anna"));
    let link = anna.invite(2, 3600);
    let (mikael, saga) = (house.talker("mikael"), house.client("saga"));
    mikael.join(&link, None);
    saga.join(&link, None);
    create(&mikael, "watch", &[&anna]);
    let id = found(&anna, "watch").id;
    for client in [&anna, &mikael] {
        client.in_community(CommunityCommand::JoinCall(id));
    }
    let both_hear = || {
        anna.wait("mikael is heard", |snapshot| {
            hears_in(snapshot, "watch", "mikael")
        });
        mikael.wait("anna is heard", |snapshot| {
            hears_in(snapshot, "watch", "anna")
        });
    };
    both_hear();
    // Who is put in changes the keys, and the call goes on.
    adds(&mikael, id, &saga);
    saga.wait("she sees who talks", |snapshot| {
        let one = community(snapshot).and_then(|one| channel(one, "watch"));
        one.is_some_and(|one| one.talkers.len() == 2)
    });
    both_hear();
    takes_out(&mikael, id, &anna);
    anna.wait("her call is over", |snapshot| {
        community(snapshot).unwrap().call.is_none()
    });
    mikael.wait("she is in it no more", |snapshot| {
        let one = community(snapshot).and_then(|one| channel(one, "watch"));
        one.is_some_and(|one| one.talkers.len() == 1)
    });
    nobody_was_warned(&[&anna, &mikael, &saga]);
}
