//! Somebody who may starts a key group again: everybody goes on in the new one, and reads what was written in the old one.

use dialtone_engine::{CommunityCommand, PrivateCommand};

use crate::approval::{answers, asks, code_here, code_there, says_same};
use crate::house::{Client, House, PASSWORD, is_online};
use crate::private::{
    account, adds, are_in, come_back, create, crew, nobody_was_warned, told, wants,
};

fn resets(client: &Client, name: &str) {
    client.in_community(CommunityCommand::ResetGroup(client.channel(name)));
}

#[test]
fn after_a_reset_everybody_goes_on_in_the_new_group() {
    let house = House::new();
    let anna = house.founder();
    let link = anna.invite(2, 3600);
    let mikael = house.client("mikael");
    mikael.join(&link, None);
    anna.open_channel("general");
    mikael.open_channel("general");
    anna.say("before");
    mikael.reads("anna", "before");
    resets(&anna, "general");
    mikael.say("after");
    anna.reads("mikael", "after");
    anna.say("so it goes on");
    mikael.reads("anna", "so it goes on");
    let saga = house.client("saga");
    saga.join(&link, None);
    saga.open_channel("general");
    saga.reads("anna", "before");
    saga.reads("anna", "so it goes on");
}

#[test]
fn a_private_channel_goes_on_after_a_reset_by_its_admin() {
    let house = House::new();
    let (anna, mikael, saga) = crew(&house);
    create(&mikael, "watch", &[&saga]);
    let id = mikael.channel("watch");
    mikael.say("before");
    saga.open_channel("watch");
    saga.reads("mikael", "before");
    resets(&saga, "watch");
    told(&saga, "Only the admins of this channel");
    // Another device of hers was there, and is away meanwhile.
    let other = house.client("other machine");
    asks(&other, &house.address, "saga", PASSWORD);
    answers(&saga, true);
    assert_eq!(code_here(&saga), code_there(&other));
    says_same(&saga, &other);
    other.wait("it is in", is_online);
    other.open_channel("watch");
    other.reads("mikael", "before");
    other.close();
    resets(&mikael, "watch");
    saga.say("after");
    mikael.reads("saga", "after");
    resets(&mikael, "watch");
    mikael.say("and once more");
    saga.reads("mikael", "and once more");
    let other = come_back(&house, "other machine");
    other.open_channel("watch");
    for (who, what) in [
        ("mikael", "before"),
        ("saga", "after"),
        ("mikael", "and once more"),
    ] {
        other.reads(who, what);
    }
    other.say("from the other one");
    saga.reads("saga", "from the other one");
    // Who comes later reads what was written in all of them.
    adds(&mikael, id, &anna);
    anna.open_channel("watch");
    anna.reads("mikael", "before");
    anna.reads("saga", "after");
    anna.reads("saga", "from the other one");
    are_in(&anna, "watch", 3);
    nobody_was_warned(&[&anna, &mikael, &saga, &other]);
}

#[test]
fn where_newcomers_read_from_joining_a_reset_opens_nothing_to_them() {
    let house = House::new();
    let (anna, mikael, saga) = crew(&house);
    create(&mikael, "watch", &[&saga]);
    let id = mikael.channel("watch");
    mikael.in_community(CommunityCommand::SetHistory {
        channel: id,
        from_joining: true,
    });
    saga.open_channel("watch");
    mikael.say("among the two of us");
    saga.reads("mikael", "among the two of us");
    resets(&mikael, "watch");
    saga.say("so it goes on");
    mikael.reads("saga", "so it goes on");
    adds(&mikael, id, &anna);
    anna.open_channel("watch");
    mikael.say("among the three of us");
    anna.reads("mikael", "among the three of us");
    let read = crate::house::messages(&anna.engine.handle.snapshot());
    assert_eq!(
        read,
        [("mikael".to_owned(), "among the three of us".to_owned())]
    );
    // A device of hers that comes only now reads what she may, from before the reset too.
    let new = house.client("new machine");
    asks(&new, &house.address, "saga", PASSWORD);
    answers(&saga, true);
    assert_eq!(code_here(&saga), code_there(&new));
    says_same(&saga, &new);
    new.wait("it is in", is_online);
    new.open_channel("watch");
    new.reads("mikael", "among the two of us");
    new.reads("saga", "so it goes on");
    nobody_was_warned(&[&anna, &mikael, &saga, &new]);
}

#[test]
fn either_starts_a_direct_conversation_again() {
    let house = House::new();
    let (anna, mikael, saga) = crew(&house);
    wants(&anna, PrivateCommand::Message(vec![account(&mikael)]));
    anna.open_channel("mikael");
    anna.say("are you there?");
    mikael.open_channel("anna");
    mikael.reads("anna", "are you there?");
    resets(&mikael, "anna");
    told(&mikael, "The keys were started again");
    mikael.say("in another group");
    anna.reads("mikael", "in another group");
    anna.reads("anna", "are you there?");
    nobody_was_warned(&[&anna, &mikael, &saga]);
}
