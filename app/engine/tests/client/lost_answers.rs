//! Answers that get lost on their way: what was asked for happens once, and is finished over restarts too.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dialtone_engine::snapshot::LinkCheck;
use dialtone_engine::{Command, Secret};

use crate::house::{Client, House, PASSWORD, channel, community, is_online};
use crate::liar::{Liar, through};

const LAST_STEP: &str = "/auth/register/finish";

/// Loses so many answers to the last step of a registration; how many came.
fn lose(liar: &Liar, count: usize) -> Arc<AtomicUsize> {
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    liar.answers(move |path, body| {
        let lost = path == LAST_STEP && counter.fetch_add(1, Ordering::SeqCst) < count;
        (!lost).then_some(body)
    });
    seen
}

#[test]
fn whoever_gets_no_answer_to_the_last_step_sends_it_again_and_is_in_once() {
    let house = House::new();
    let anna = house.founder();
    let liar = Liar::before(&house);
    let seen = lose(&liar, 1);
    let mikael = house.client("mikael");
    mikael.join(&through(&liar, &anna.invite(1, 3600)), None);
    assert_eq!(seen.load(Ordering::SeqCst), 2);
    anna.wait("mikael is there, once", |snapshot| {
        let members = &community(snapshot).unwrap().members;
        members.iter().filter(|one| one.name == "mikael").count() == 1 && members.len() == 2
    });
}

/// Joins, hears nothing of the last step, is closed, and opened again with the network mended.
fn cut_short(house: &House, name: &str, link: &str, founding: Option<&str>) -> Client {
    let liar = Liar::before(house);
    let seen = lose(&liar, usize::MAX);
    let client = house.client(name);
    assert_eq!(client.inspect(&through(&liar, link)), LinkCheck::Genuine);
    client.send(Command::Join {
        username: name.into(),
        password: Secret::new(PASSWORD),
        community_name: founding.map(Into::into),
    });
    client.wait("the last step was sent", |_| {
        seen.load(Ordering::SeqCst) > 0
    });
    client.close();
    liar.repent();
    let client = Client::open_once_free(name, &house.folder.path().join(name));
    client.send(Command::Unlock(Secret::new(PASSWORD)));
    client
}

#[test]
fn a_founding_whose_answer_was_lost_is_finished_after_the_client_is_started_again() {
    let house = House::new();
    let anna = cut_short(&house, "anna", &house.link, Some("Harbour crew"));
    anna.wait("the founding is finished", |snapshot| {
        is_online(snapshot)
            && community(snapshot)
                .is_some_and(|one| one.name == "Harbour crew" && channel(one, "general").is_some())
    });
}

#[test]
fn who_joined_without_an_answer_still_has_the_names_of_the_invite() {
    let house = House::new();
    let anna = house.founder();
    let link = anna.invite(1, 3600);
    // Nobody is there who could share keys.
    anna.close();
    let mikael = cut_short(&house, "mikael", &link, None);
    mikael.wait("the channel has its name", |snapshot| {
        is_online(snapshot)
            && community(snapshot).is_some_and(|one| channel(one, "general").is_some())
    });
}
