//! An admin starts the key group again: everybody goes on in the new one, and reads what was written in the old one.

use dialtone_engine::CommunityCommand;

use crate::house::House;

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
    anna.in_community(CommunityCommand::ResetGroup);
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
