//! A server that takes little at a time: everything comes, only later.

use crate::house::{Client, House, is_online, standing_alarm};

#[test]
fn whoever_is_told_to_wait_waits_and_goes_on() {
    let mut house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    house.stop();
    // A connection alone asks more than that at once.
    house.take_only("2/3");
    house.start();
    anna.wait("it is online again", is_online);
    let link = anna.invite(1, 3600);
    let bernd: Client = house.client("bernd");
    bernd.join(&link, None);
    bernd.open_channel("general");
    for number in 0..10 {
        anna.say(&format!("message {number}"));
        bernd.reads("anna", &format!("message {number}"));
    }
    bernd.say("all of them");
    let seen = anna.wait("it has the answer", |snapshot| {
        let said = crate::house::messages(snapshot);
        said.iter().any(|(_, text)| text == "all of them")
    });
    assert_eq!(standing_alarm(&seen), None);
}
