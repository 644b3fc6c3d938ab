//! Answers that get lost on their way: what was asked for happens once, and is finished over restarts too.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dialtone_engine::snapshot::{LinkCheck, Snapshot};
use dialtone_engine::{Command, CommunityCommand, Secret};

use crate::house::{Client, House, PASSWORD, channel, community, is_online, through};
use crate::liar::Liar;

const LAST_STEP: &str = "POST /auth/register/finish";

/// Loses so many answers to what is asked; how many came.
fn lose(liar: &Liar, lost: &'static str, count: usize) -> Arc<AtomicUsize> {
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    liar.answers(move |asked, body| {
        let lost = asked == lost && counter.fetch_add(1, Ordering::SeqCst) < count;
        (!lost).then_some(body)
    });
    seen
}

#[test]
fn whoever_gets_no_answer_to_the_last_step_sends_it_again_and_is_in_once() {
    let house = House::new();
    let anna = house.founder();
    let liar = Liar::before(&house);
    let seen = lose(&liar, LAST_STEP, 1);
    let mikael = house.client("mikael");
    mikael.join(&through(&liar.address, &anna.invite(1, 3600)), None);
    assert_eq!(seen.load(Ordering::SeqCst), 2);
    anna.wait("mikael is there, once", |snapshot| {
        let members = &community(snapshot).unwrap().members;
        members.iter().filter(|one| one.name == "mikael").count() == 1 && members.len() == 2
    });
}

/// Joins, hears nothing of the last step, is closed, and opened again with the network mended.
fn cut_short(house: &House, name: &str, link: &str, founding: Option<&str>) -> Client {
    let liar = Liar::before(house);
    let seen = lose(&liar, LAST_STEP, usize::MAX);
    let client = house.client(name);
    assert_eq!(
        client.inspect(&through(&liar.address, link)),
        LinkCheck::Genuine
    );
    client.send(Command::Join {
        username: name.into(),
        password: Secret::new(PASSWORD),
        community_name: founding.map(Into::into),
        by_password: false,
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

/// What is under way when the connection breaks off is told, and done by nobody a second time.
fn told_and_asked_once(
    lost: &'static str,
    wish: CommunityCommand,
    told: &str,
    is_there: impl Fn(&Snapshot) -> bool,
) {
    let house = House::new();
    let liar = Liar::before(&house);
    let anna = house.client("anna");
    anna.join(&through(&liar.address, &house.link), Some("Harbour crew"));
    anna.open_channel("general");
    let seen = lose(&liar, lost, usize::MAX);
    anna.in_community(wish);
    let snapshot = anna.wait("it is told", |snapshot| !snapshot.notices.is_empty());
    let words = &snapshot.notices[0].text;
    assert!(words.contains(told), "{words}");
    assert!(words.contains("broke"), "{words}");
    assert_eq!(snapshot.notices.len(), 1, "{:?}", snapshot.notices);
    liar.repent();
    anna.wait("it is online again, and sees what was done", |snapshot| {
        is_online(snapshot) && is_there(snapshot)
    });
    assert_eq!(seen.load(Ordering::SeqCst), 1, "nothing is asked twice");
}

#[test]
fn a_channel_whose_answer_was_lost_is_told_and_not_made_twice() {
    let regatta = CommunityCommand::CreateChannel {
        name: "regatta".into(),
        voice: false,
    };
    // The server has made it; its name was not said yet, and is what the user can say again.
    let told = "Look whether it was done";
    told_and_asked_once("POST /roster", regatta, told, |snapshot| {
        community(snapshot).is_some_and(|one| one.channels.len() == 3)
    });
}

#[test]
fn an_invite_whose_answer_was_lost_is_told_and_not_made_twice() {
    let invite = CommunityCommand::CreateInvite {
        uses: 1,
        valid_for_s: 3600,
    };
    let told = "No invite link was made";
    told_and_asked_once("POST /invites", invite, told, |_| true);
}
