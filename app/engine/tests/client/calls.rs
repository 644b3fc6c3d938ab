//! Calls on bad days: the server is started again, a connection breaks, two communities call.

use std::sync::Arc;

use dialtone_engine::snapshot::{CallState, Community, Connection, Snapshot};
use dialtone_engine::{Command, CommunityCommand};

use crate::house::{Client, House, channel, community, is_online, through};
use crate::lounge::{call, hears, join_lounge};
use crate::middle::Middle;

fn is_offline(snapshot: &Snapshot) -> bool {
    let connection = community(snapshot).map(|community| &community.connection);
    matches!(connection, Some(Connection::Offline { .. }))
}

fn hear_each_other(anna: &Client, mikael: &Client) -> Arc<Snapshot> {
    anna.wait("mikael is heard", |snapshot| hears(snapshot, "mikael"));
    mikael.wait("anna is heard", |snapshot| hears(snapshot, "anna"))
}

#[test]
fn a_call_builds_itself_up_again_when_the_server_is_started_again() {
    let mut house = House::new();
    let anna = house.founded_by(house.talker("anna"));
    let mikael = house.talker("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    join_lounge(&anna);
    join_lounge(&mikael);
    let before = hear_each_other(&anna, &mikael);
    house.stop();
    for client in [&anna, &mikael] {
        let snapshot = client.wait("it is offline", is_offline);
        assert!(call(&snapshot).is_some(), "the call is kept");
    }
    house.start();
    for client in [&anna, &mikael] {
        client.wait("it is in another call", |snapshot| {
            is_online(snapshot) && call(snapshot).is_some_and(|c| c.id != call(&before).unwrap().id)
        });
    }
    let after = hear_each_other(&anna, &mikael);
    assert_eq!(call(&after).unwrap().state, CallState::Connected);
}

#[test]
fn who_loses_the_server_for_a_moment_is_heard_all_the_while_and_comes_back_by_itself() {
    let house = House::new();
    let anna = house.founded_by(house.talker("anna"));
    let middle = Middle::before(&house.address);
    let mikael = house.talker("mikael");
    mikael.join(&through(&middle.address, &anna.invite(1, 3600)), None);
    join_lounge(&anna);
    join_lounge(&mikael);
    hear_each_other(&anna, &mikael);
    middle.cut();
    let cut = mikael.wait("it is offline", is_offline);
    assert!(call(&cut).unwrap().path.contains("reached again"));
    anna.wait("the server does not count mikael in", |snapshot| {
        let members = &community(snapshot).unwrap().members;
        members
            .iter()
            .any(|member| member.name == "mikael" && !member.presence.is_connected())
    });
    // Three looks in a row that show speech after the server has dropped the other.
    for _ in 0..3 {
        anna.wait("mikael is heard", |snapshot| hears(snapshot, "mikael"));
        mikael.wait("anna is heard", |snapshot| {
            is_offline(snapshot) && hears(snapshot, "anna")
        });
    }
    middle.join();
    mikael.wait("it is back in the call", |snapshot| {
        is_online(snapshot) && call(snapshot).is_some_and(|call| call.path == "direct")
    });
    hear_each_other(&anna, &mikael);
}

#[test]
fn joining_a_call_in_another_community_leaves_the_first() {
    let (first, second) = (House::new(), House::new());
    let anna = first.founder();
    let mikael = second.founded_by(second.client("mikael"));
    anna.join(&mikael.invite(1, 3600), None);
    let both = |snapshot: &Snapshot| snapshot.communities.len() == 2;
    anna.wait("both communities are there", both);
    join_lounge(&anna);
    anna.wait("it is in the first call", |snapshot| {
        call(snapshot).is_some_and(|call| call.state == CallState::Connected)
    });
    let other =
        |snapshot: &Snapshot| -> Option<Arc<Community>> { snapshot.communities.get(1).cloned() };
    let snapshot = anna.wait("the other lounge is there", |snapshot| {
        other(snapshot)
            .is_some_and(|c| c.connection == Connection::Online && channel(&c, "lounge").is_some())
    });
    let elsewhere = other(&snapshot).unwrap();
    let lounge = channel(&elsewhere, "lounge").unwrap().id;
    anna.send(Command::In(
        elsewhere.id,
        CommunityCommand::JoinCall(lounge),
    ));
    anna.wait("it is in the second call only", |snapshot| {
        let second = other(snapshot).and_then(|c| c.call.clone());
        call(snapshot).is_none() && second.is_some_and(|call| call.state == CallState::Connected)
    });
}
