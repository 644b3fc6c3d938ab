//! Calls over the server's relay: with somebody who hides, with many, and through TLS alone.

use std::sync::Arc;

use dialtone_engine::CommunityCommand;
use dialtone_engine::snapshot::{Call, CallState, Snapshot, Talker};

use crate::house::{Client, House, channel, community, is_online};

fn call(snapshot: &Snapshot) -> Option<&Call> {
    community(snapshot)?.call.as_ref()
}

fn talker<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a Talker> {
    let lounge = channel(community(snapshot)?, "lounge")?;
    lounge.talkers.iter().find(|talker| talker.name == name)
}

/// Their voice is played here now.
fn hears(snapshot: &Snapshot, name: &str) -> bool {
    talker(snapshot, name).is_some_and(|talker| talker.connected && talker.speaking)
}

fn goes(snapshot: &Snapshot, path: &str) -> bool {
    call(snapshot).is_some_and(|call| call.path == path && call.state == CallState::Connected)
}

fn join_lounge(client: &Client) {
    let snapshot = client.wait("the lounge is there", |snapshot| {
        is_online(snapshot) && community(snapshot).is_some_and(|c| channel(c, "lounge").is_some())
    });
    let lounge = channel(community(&snapshot).unwrap(), "lounge").unwrap().id;
    client.in_community(CommunityCommand::JoinCall(lounge));
}

fn hear_each_other(anna: &Client, mikael: &Client, path: &str) -> Arc<Snapshot> {
    let both = |name: &'static str| {
        move |snapshot: &Snapshot| hears(snapshot, name) && goes(snapshot, path)
    };
    anna.wait("mikael is heard", both("mikael"));
    mikael.wait("anna is heard", both("anna"))
}

#[test]
fn a_call_with_somebody_who_hides_is_relayed_and_everybody_is_heard() {
    let house = House::new();
    let anna = house.founded_by(house.talker("anna"));
    house.hide("mikael");
    let mikael = house.talker("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    join_lounge(&anna);
    join_lounge(&mikael);
    hear_each_other(&anna, &mikael, "relayed");
}

#[test]
fn where_there_is_no_udp_a_relayed_call_goes_through_tls() {
    let house = House::without_udp();
    let anna = house.founded_by(house.talker("anna"));
    house.hide("mikael");
    let mikael = house.talker("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    join_lounge(&anna);
    join_lounge(&mikael);
    hear_each_other(&anna, &mikael, "relayed over TLS");
}

#[test]
fn the_fifth_makes_a_call_relayed_and_it_is_direct_again_when_they_have_gone() {
    let house = House::new();
    let anna = house.founded_by(house.talker("anna"));
    let mikael = house.talker("mikael");
    let others: Vec<Client> = ["otto", "petra", "quentin"]
        .into_iter()
        .map(|name| house.client(name))
        .collect();
    let link = anna.invite(4, 3600);
    mikael.join(&link, None);
    for other in &others {
        other.join(&link, None);
    }
    join_lounge(&anna);
    join_lounge(&mikael);
    hear_each_other(&anna, &mikael, "direct");
    others.iter().for_each(join_lounge);
    hear_each_other(&anna, &mikael, "relayed");
    for other in &others {
        other.wait("anna is heard", |snapshot| {
            hears(snapshot, "anna") && goes(snapshot, "relayed")
        });
    }
    for other in &others {
        other.in_community(CommunityCommand::LeaveCall);
    }
    hear_each_other(&anna, &mikael, "direct");
}
