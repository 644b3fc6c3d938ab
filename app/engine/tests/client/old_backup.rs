//! A server that was put back from an older backup: who knows what it lacks is told, and everybody else goes on.

use dialtone_engine::{Command, CommunityCommand, Secret};

use crate::house::{Client, House, PASSWORD, community, is_online, messages, standing_alarm};
use crate::recovery::{come_back, has_sent, words};

#[test]
fn who_knows_what_an_older_backup_lacks_is_told_and_comes_in_anew() {
    let mut house = House::new();
    let (anna, mikael) = house.founder_and_member();
    let saga = house.client("saga");
    saga.join(&anna.invite(1, 3600), None);
    saga.open_channel("general");
    anna.say("before");
    mikael.reads("anna", "before");
    saga.reads("anna", "before");
    saga.close();
    let key = words(&mikael);
    has_sent(&mikael, 1);
    mikael.in_community(CommunityCommand::ConfirmRecovery);
    house.stop();
    house.back_up();

    house.start();
    anna.say("after");
    // Both know that the server has it.
    for client in [&anna, &mikael] {
        client.reads("anna", "after");
    }
    house.stop();
    house.put_back();
    house.start();
    for client in [&anna, &mikael] {
        let why = client.alarm();
        assert!(why.contains("older backup"), "{why}");
        assert!(
            why.contains("message that is here is missing there"),
            "{why}"
        );
        assert!(why.contains("recovery key"), "{why}");
    }
    // Nothing is lost here meanwhile, and nothing goes out.
    assert_eq!(messages(&mikael.engine.handle.snapshot()).len(), 2);

    // Who was not there goes on as if nothing had been.
    let profile = house.folder.path().join("saga");
    let saga = Client::open_once_free("saga", &profile);
    saga.send(Command::Unlock(Secret::new(PASSWORD)));
    saga.wait("it is online", is_online);
    saga.open_channel("general");
    saga.say("what has happened?");
    saga.reads("saga", "what has happened?");

    let id = community(&mikael.engine.handle.snapshot()).unwrap().id;
    mikael.send(Command::Forget(id));
    mikael.wait("it is forgotten", |snapshot| {
        snapshot.communities.is_empty()
    });
    come_back(&mikael, &house.address, "mikael", PASSWORD, &key);
    mikael.wait("it is back", is_online);
    mikael.open_channel("general");
    mikael.reads("anna", "before");
    mikael.reads("saga", "what has happened?");
    mikael.say("the server was put back");
    saga.reads("mikael", "the server was put back");
    for client in [&mikael, &saga] {
        assert_eq!(standing_alarm(&client.engine.handle.snapshot()), None);
    }
}

#[test]
fn a_member_list_that_became_shorter_is_told_as_well() {
    let mut house = House::new();
    let anna = house.founder();
    house.stop();
    house.back_up();
    house.start();
    anna.wait("it is online", is_online);
    anna.invite(1, 3600);
    house.stop();
    house.put_back();
    house.start();
    let why = anna.alarm();
    assert!(why.contains("1 entry of the member list"), "{why}");
}
