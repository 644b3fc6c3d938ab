//! A server that has moved: a link of its new address leads there, once it is not where it was.

use dialtone_engine::snapshot::LinkCheck;

use crate::house::{House, community, is_online};

#[test]
fn a_link_of_the_new_address_is_followed_once_the_old_one_is_gone() {
    let mut house = House::new();
    let anna = house.founder();
    let old = house.address.clone();
    let port = old.rsplit_once(':').unwrap().1;
    // While it is reached, another name for it changes nothing.
    let other = house
        .knock_link()
        .replace(&old, &format!("localhost:{port}"));
    assert_eq!(anna.inspect(&other), LinkCheck::Genuine);
    let snapshot = anna.wait("she is still there", is_online);
    assert_eq!(community(&snapshot).unwrap().server, old);
    house.stop();
    anna.wait("it is gone", |snapshot| !is_online(snapshot));
    house.address = "127.0.0.1:0".to_owned();
    house.start();
    let new = house.address.clone();
    assert_ne!(new, old);
    assert_eq!(anna.inspect(&house.knock_link()), LinkCheck::Genuine);
    anna.wait("she is there again", |snapshot| {
        is_online(snapshot) && community(snapshot).is_some_and(|shown| shown.server == new)
    });
    anna.open_channel("general");
    anna.say("here");
    anna.close();
}
