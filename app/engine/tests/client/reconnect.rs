//! Staying in a call through faults of the network between one client and everything else.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use dialtone_engine::CommunityCommand;
use dialtone_engine::snapshot::{CallState, Snapshot};
use dialtone_faults::{NatRules, Network};

use crate::house::{Client, House, community, through};
use crate::lounge::{call, hears, join_lounge};

/// The call goes on so long after the network is back, at most.
const BACK: Duration = Duration::from_secs(3);

fn hear_each_other(anna: &Client, mikael: &Client) {
    mikael.wait("anna is heard", |snapshot| hears(snapshot, "anna"));
    anna.wait("mikael is heard", |snapshot| hears(snapshot, "mikael"));
}

fn is_heard_no_more(mikael: &Client) {
    let no_more = |snapshot: &Snapshot| {
        !hears(snapshot, "anna")
            && matches!(call(snapshot).unwrap().state, CallState::Reconnecting(_))
    };
    mikael.wait("nothing is heard any more, and it says so", no_more);
}

fn goes(snapshot: &Snapshot, path: &str) -> bool {
    call(snapshot).is_some_and(|call| call.path == path && call.state == CallState::Connected)
}

/// Anna and mikael in a relayed call; all that mikael sends and gets crosses the network.
struct Scene {
    house: House,
    anna: Client,
    mikael: Client,
    network: Network,
}

impl Scene {
    fn new() -> Self {
        let house = House::new();
        let network = Network::new(house.handle(), 5, NatRules::default());
        let server: SocketAddr = house.address.parse().unwrap();
        let front = SocketAddr::from(([127, 0, 0, 2], server.port()));
        network.tcp(front, server).unwrap();
        network.udp(front, server).unwrap();
        let anna = house.founded_by(house.talker("anna"));
        house.hide("mikael");
        let mikael = house.talker("mikael");
        let link = through(&front.to_string(), &anna.invite(1, 3600));
        mikael.join(&link, None);
        join_lounge(&anna);
        join_lounge(&mikael);
        mikael.wait("it is relayed", |snapshot| goes(snapshot, "relayed"));
        hear_each_other(&anna, &mikael);
        Self {
            house,
            anna,
            mikael,
            network,
        }
    }

    /// Both hear each other again, soon.
    fn goes_on_within(&self, limit: Duration) {
        let began = Instant::now();
        let mut log = Vec::new();
        loop {
            let snapshots = [&self.anna, &self.mikael].map(|one| one.engine.handle.snapshot());
            let heard = [hears(&snapshots[0], "mikael"), hears(&snapshots[1], "anna")];
            let seen = format!(
                "{heard:?} {} / {}",
                looks(&snapshots[0]),
                looks(&snapshots[1])
            );
            if log.last().is_none_or(|(_, last)| *last != seen) {
                log.push((began.elapsed(), seen));
            }
            if heard == [true; 2] {
                break;
            }
            assert!(began.elapsed() < Duration::from_mins(1), "{log:#?}");
            std::thread::sleep(Duration::from_millis(10));
        }
        let took = began.elapsed();
        println!("heard again after {took:?}");
        assert!(took < limit, "{took:?}: {log:#?}");
    }
}

/// How it stands with a client's connection and its call.
fn looks(snapshot: &Snapshot) -> String {
    let call = call(snapshot).map(|call| (&call.state, &call.path));
    let connection = community(snapshot).map(|community| &community.connection);
    format!("{connection:?} {call:?}")
}

#[test]
fn after_seconds_without_network_a_relayed_call_goes_on_within_three_seconds() {
    let scene = Scene::new();
    scene.network.adjust(|conditions| conditions.cut = true);
    is_heard_no_more(&scene.mikael);
    // Until the session has noticed as well.
    scene.mikael.wait("it is offline", |snapshot| {
        call(snapshot).unwrap().path.contains("reached again")
    });
    std::thread::sleep(Duration::from_secs(2));
    scene.network.adjust(|conditions| conditions.cut = false);
    scene.goes_on_within(BACK);
}

#[test]
fn in_another_network_a_relayed_call_goes_on_by_itself() {
    let scene = Scene::new();
    scene.network.change();
    std::thread::sleep(Duration::from_secs(1));
    scene.goes_on_within(BACK);
}

#[test]
fn where_udp_is_blocked_a_call_goes_through_tls_and_back_when_it_is_not() {
    let scene = Scene::new();
    let began = Instant::now();
    scene
        .network
        .adjust(|conditions| conditions.udp_blocked = true);
    scene.mikael.wait("it goes through TLS", |snapshot| {
        goes(snapshot, "relayed over TLS")
    });
    hear_each_other(&scene.anna, &scene.mikael);
    println!(
        "heard through TLS {:?} after UDP was blocked",
        began.elapsed()
    );
    let began = Instant::now();
    scene
        .network
        .adjust(|conditions| conditions.udp_blocked = false);
    scene.mikael.wait("it goes over UDP again", |snapshot| {
        goes(snapshot, "relayed")
    });
    println!("over UDP again {:?} after it was open", began.elapsed());
    hear_each_other(&scene.anna, &scene.mikael);
}

#[test]
fn when_the_server_is_started_again_a_relayed_call_goes_on_within_three_seconds() {
    let mut scene = Scene::new();
    scene.house.stop();
    is_heard_no_more(&scene.mikael);
    scene.house.start();
    scene.goes_on_within(BACK);
}

fn removal_ends_the_media_within_a_second(house: &House, path: &str) {
    let anna = house.founded_by(house.talker("anna"));
    if path == "relayed" {
        house.hide("mikael");
    }
    let mikael = house.talker("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    join_lounge(&anna);
    join_lounge(&mikael);
    mikael.wait("it goes that way", |snapshot| goes(snapshot, path));
    hear_each_other(&anna, &mikael);
    let snapshot = anna.engine.handle.snapshot();
    let mut members = community(&snapshot).unwrap().members.iter();
    let account = members
        .find(|member| member.name == "mikael")
        .unwrap()
        .account;
    anna.in_community(CommunityCommand::RemoveMember {
        account,
        ban: false,
    });
    let removed = Instant::now();
    mikael.wait("it is in no call", |snapshot| call(snapshot).is_none());
    anna.wait("mikael is not in the call", |snapshot| {
        !hears(snapshot, "mikael")
    });
    let took = removed.elapsed();
    println!("{path}: over {took:?} after the order");
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn whoever_is_removed_is_out_of_a_direct_call_within_a_second() {
    removal_ends_the_media_within_a_second(&House::new(), "direct");
}

#[test]
fn whoever_is_removed_is_out_of_a_relayed_call_within_a_second() {
    removal_ends_the_media_within_a_second(&House::new(), "relayed");
}
