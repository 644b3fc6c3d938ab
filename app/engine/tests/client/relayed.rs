//! Calls over the server's relay: with somebody who hides, with many, and through TLS alone.

use std::sync::Arc;

use dialtone_engine::CommunityCommand;
use dialtone_engine::snapshot::{CallState, Snapshot};

use crate::house::{Client, House};
use crate::lounge::{call, hears, join_lounge};

fn goes(snapshot: &Snapshot, path: &str) -> bool {
    call(snapshot).is_some_and(|call| call.path == path && call.state == CallState::Connected)
}

pub(crate) fn hear_each_other(anna: &Client, mikael: &Client, path: &str) -> Arc<Snapshot> {
    let both = |name: &'static str| {
        move |snapshot: &Snapshot| hears(snapshot, name) && goes(snapshot, path)
    };
    anna.wait("mikael is heard", both("mikael"));
    mikael.wait("anna is heard", both("anna"))
}

fn mikael_hides_and_they_hear_each_other(house: &House, path: &str) {
    let anna = house.founded_by(house.talker("anna"));
    house.hide("mikael");
    let mikael = house.talker("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    join_lounge(&anna);
    join_lounge(&mikael);
    hear_each_other(&anna, &mikael, path);
}

#[test]
fn a_call_with_somebody_who_hides_is_relayed_and_everybody_is_heard() {
    mikael_hides_and_they_hear_each_other(&House::new(), "relayed");
}

#[test]
fn where_there_is_no_udp_a_relayed_call_goes_through_tls() {
    mikael_hides_and_they_hear_each_other(&House::without_udp(), "relayed over TLS");
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
