//! A server that is updated while its clients' sessions go on.

use dialtone_engine::Command;
use dialtone_engine::snapshot::{Ages, Snapshot};
use dialtone_protocol::revision::REVISION;

use crate::house::community;
use crate::liar::Victim;

#[test]
fn whose_session_goes_on_learns_that_the_server_became_newer_and_still_talks() {
    let victim = Victim::new();
    let age = |snapshot: &Snapshot| community(snapshot).map(|one| one.server_age);
    let id = community(&victim.mikael.engine.handle.snapshot())
        .unwrap()
        .id;
    let reconnect = || victim.mikael.send(Command::Reconnect(id));
    victim.mikael.wait("they know the same", |snapshot| {
        age(snapshot) == Some(Ages::Same)
    });
    victim.liar.revision(REVISION + 1);
    reconnect();
    victim.mikael.wait("the server is newer", |snapshot| {
        age(snapshot) == Some(Ages::OtherNewer)
    });
    victim.anna.say("an update");
    victim.mikael.reads("anna", "an update");
    victim.liar.repent();
    reconnect();
    victim.mikael.wait("they know the same", |snapshot| {
        age(snapshot) == Some(Ages::Same)
    });
}
