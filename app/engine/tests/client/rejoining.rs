//! Coming into a community again, in the profile that knows it from before.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dialtone_engine::snapshot::{Connection, Here, LinkCheck, Snapshot};
use dialtone_engine::{Command, CommunityCommand, Secret};
use dialtone_protocol::http::RosterPage;
use dialtone_protocol::link::{Entrance, Link};

use crate::approval::{answers, asks, code_here, code_there, says_same};
use crate::house::{
    Client, House, PASSWORD, community, files_below, is_online, messages, standing_alarm, through,
};
use crate::liar::Liar;
use crate::members::{account, crew, is_out, removal};
use crate::policy;
use crate::recovery::{come_back, has_sent, words};

const LAST_STEP: &str = "POST /auth/register/finish";

/// Mikael was removed; what was written before that is on his computer.
fn removed(house: &House) -> (Client, Client) {
    let (anna, [mikael]) = crew(house, ["mikael"]);
    anna.say("before");
    mikael.reads("anna", "before");
    remove(&anna, &mikael);
    is_out(&mikael);
    (anna, mikael)
}

fn remove(anna: &Client, who: &Client) {
    anna.in_community(CommunityCommand::RemoveMember {
        account: account(who),
        ban: false,
    });
    let gone = account(who);
    anna.wait("it is gone", |snapshot| {
        let mut members = community(snapshot).unwrap().members.iter();
        members.all(|one| one.account != gone)
    });
}

fn here(client: &Client) -> Option<Here> {
    client.engine.handle.snapshot().invitation.as_ref()?.here
}

/// Closes the client and opens it again.
fn again(house: &House, client: Client) -> Client {
    let name = client.name.clone();
    client.close();
    let profile = house.folder.path().join(&name);
    let client = Client::open_once_free(&name, &profile);
    client.send(Command::Unlock(Secret::new(PASSWORD)));
    client
}

/// The databases of a profile.
fn databases(house: &House, name: &str) -> Vec<PathBuf> {
    let mut all = files_below(&house.folder.path().join(name).join("communities"));
    all.retain(|path| path.extension().is_some_and(|extension| extension == "db"));
    all
}

/// What was there before is there, and readable, also after another start.
fn is_as_it_was(house: &House, mikael: Client) -> Client {
    let before = account(&mikael);
    let mikael = again(house, mikael);
    is_out(&mikael);
    assert_eq!(account(&mikael), before);
    mikael.open_channel("general");
    mikael.reads("anna", "before");
    mikael
}

/// In again, and heard.
fn is_in(anna: &Client, back: &Client) {
    back.wait("it is in", is_online);
    back.open_channel("general");
    back.say("here I am");
    anna.reads(&back.name, "here I am");
    anna.say("good");
    back.reads("anna", "good");
    assert_eq!(standing_alarm(&back.engine.handle.snapshot()), None);
}

#[test]
fn who_was_removed_is_in_again_by_a_new_link_in_the_same_profile() {
    let house = House::new();
    let (anna, mikael) = removed(&house);
    let before = account(&mikael);
    anna.say("meanwhile");
    anna.reads("anna", "meanwhile");
    let link = anna.invite(1, 3600);
    assert_eq!(mikael.inspect(&link), LinkCheck::Genuine);
    assert_eq!(here(&mikael), Some(Here::Out));
    // Looking at a link changes nothing.
    assert!(removal(&mikael.engine.handle.snapshot()).is_some());
    assert_eq!(mikael.try_join("mikael", PASSWORD, None), None);
    is_in(&anna, &mikael);
    assert_ne!(account(&mikael), before);
    for text in ["before", "meanwhile"] {
        mikael.reads("anna", text);
    }
    let mikael = again(&house, mikael);
    mikael.wait("it is online", is_online);
    assert_eq!(mikael.engine.handle.snapshot().communities.len(), 1);
    assert_ne!(account(&mikael), before);
    assert_eq!(databases(&house, "mikael").len(), 1);
    mikael.open_channel("general");
    mikael.reads("anna", "before");
}

#[test]
fn who_comes_again_reads_of_the_time_before_what_newcomers_may_read() {
    let house = House::new();
    let (anna, mikael) = removed(&house);
    policy::set(&anna, "general", true);
    anna.say("among ourselves");
    anna.reads("anna", "among ourselves");
    mikael.join(&anna.invite(1, 3600), None);
    mikael.open_channel("general");
    anna.say("welcome");
    mikael.reads("anna", "welcome");
    // Nor what the old copy could read: nothing of it is in the new one.
    let seen = messages(&mikael.engine.handle.snapshot());
    assert_eq!(seen, [("anna".to_owned(), "welcome".to_owned())]);
}

#[test]
fn who_was_removed_while_away_or_has_left_comes_again_likewise() {
    let house = House::new();
    let (anna, [mikael, saga]) = crew(&house, ["mikael", "saga"]);
    let profile = house.folder.path().join("mikael");
    let gone = account(&mikael);
    mikael.close();
    anna.in_community(CommunityCommand::RemoveMember {
        account: gone,
        ban: false,
    });
    anna.wait("it is gone", |snapshot| {
        let mut members = community(snapshot).unwrap().members.iter();
        members.all(|one| one.account != gone)
    });
    let mikael = Client::open_once_free("mikael", &profile);
    mikael.send(Command::Unlock(Secret::new(PASSWORD)));
    mikael.wait("its keys are open", |snapshot| {
        community(snapshot).is_some()
    });
    // The list that it keeps does not say so yet; the link's does, and each of its entries is signed.
    assert_eq!(mikael.inspect(&anna.invite(1, 3600)), LinkCheck::Genuine);
    assert_eq!(here(&mikael), Some(Here::Out));
    assert_eq!(mikael.try_join("mikael", PASSWORD, None), None);
    is_in(&anna, &mikael);
    saga.in_community(CommunityCommand::Leave);
    let words = is_out(&saga);
    assert!(words.contains("use a new invite"), "{words}");
    saga.join(&anna.invite(1, 3600), None);
    is_in(&anna, &saga);
}

#[test]
fn an_account_that_is_in_is_never_replaced() {
    let house = House::new();
    let (anna, [mikael]) = crew(&house, ["mikael"]);
    let before = account(&mikael);
    let id = community(&mikael.engine.handle.snapshot()).unwrap().id;
    let link = anna.invite(1, 3600);
    assert_eq!(mikael.inspect(&link), LinkCheck::Genuine);
    assert_eq!(here(&mikael), Some(Here::In(id)));
    mikael.send(Command::Join {
        username: "another".into(),
        password: Secret::new(PASSWORD),
        community_name: None,
        by_password: false,
    });
    mikael.wait("it is refused", |snapshot| {
        use dialtone_engine::snapshot::JoinProgress;
        let progress = snapshot.invitation.as_ref().map(|one| &one.progress);
        matches!(progress, Some(JoinProgress::Failed(words)) if words.contains("already"))
    });
    // Also where the link was looked at before the keys were open.
    mikael.close();
    let mikael = Client::open_once_free("mikael", &house.folder.path().join("mikael"));
    assert_eq!(mikael.inspect(&link), LinkCheck::Genuine);
    assert_eq!(here(&mikael), None);
    mikael.send(Command::Unlock(Secret::new(PASSWORD)));
    mikael.wait("it sees that it is in", |snapshot| {
        let link = snapshot.invitation.as_ref();
        link.is_some_and(|link| link.here == Some(Here::In(id)))
    });
    is_in(&anna, &mikael);
    assert_eq!(account(&mikael), before);
}

#[test]
fn a_server_that_hides_that_one_is_in_does_not_get_the_copy_replaced() {
    let house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    let liar = Liar::before(&house);
    let link = through(&liar.address, &anna.invite(2, 3600));
    let mikael = house.client("mikael");
    mikael.join(&link, None);
    let before = account(&mikael);
    let Entrance::Member { position, .. } = link.parse::<Link>().unwrap().data.entrance else {
        panic!("a member's link");
    };
    // The list ends with the invite: mikael has never come.
    let mut left = usize::try_from(position.length).unwrap();
    liar.answers(move |asked, body| {
        if !asked.starts_with("GET /roster") {
            return Some(body);
        }
        let mut page: RosterPage = serde_json::from_slice(&body).unwrap();
        // Mikael, who has all of it, asks now and then how long it is.
        if !page.entries.is_empty() {
            page.entries.truncate(std::mem::take(&mut left));
        }
        Some(serde_json::to_vec(&page).unwrap())
    });
    assert_eq!(mikael.inspect(&link), LinkCheck::Genuine);
    assert!(matches!(here(&mikael), Some(Here::In(_))));
    liar.repent();
    assert_eq!(account(&mikael), before);
    is_in(&anna, &mikael);
}

#[test]
fn a_joining_that_fails_leaves_what_was_there() {
    let house = House::new();
    let (anna, mikael) = removed(&house);
    // The name is taken: refused before anything is written.
    let link = anna.invite(1, 3600);
    assert_eq!(mikael.inspect(&link), LinkCheck::Genuine);
    let reason = mikael.try_join("anna", PASSWORD, None).unwrap();
    assert!(reason.contains("name"), "{reason}");
    let mikael = is_as_it_was(&house, mikael);
    // Refused at the last step, when the new keys are written down.
    let liar = Liar::before(&house);
    liar.requests(|asked, body| {
        let refused = asked == LAST_STEP;
        if refused { b"nonsense".to_vec() } else { body }
    });
    assert_eq!(
        mikael.inspect(&through(&liar.address, &link)),
        LinkCheck::Genuine
    );
    assert!(mikael.try_join("mikael", PASSWORD, None).is_some());
    assert_eq!(databases(&house, "mikael").len(), 1);
    let mikael = is_as_it_was(&house, mikael);
    assert_eq!(databases(&house, "mikael").len(), 1);
    // Nothing of it is in the way of a try that works.
    mikael.join(&link, None);
    is_in(&anna, &mikael);
}

/// Joins, hears nothing of the last step, and is closed in the middle of it.
fn breaks_off(house: &House, liar: &Liar, mikael: Client, link: &str) -> Client {
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    liar.answers(move |asked, body| {
        let lost = asked == LAST_STEP;
        if lost {
            counter.fetch_add(1, Ordering::SeqCst);
        }
        (!lost).then_some(body)
    });
    assert_eq!(
        mikael.inspect(&through(&liar.address, link)),
        LinkCheck::Genuine
    );
    mikael.send(Command::Join {
        username: "mikael".into(),
        password: Secret::new(PASSWORD),
        community_name: None,
        by_password: false,
    });
    mikael.wait("the last step was sent", |_| {
        seen.load(Ordering::SeqCst) > 0
    });
    again(house, mikael)
}

#[test]
fn a_joining_that_broke_off_after_the_account_was_made_is_finished_by_itself() {
    let house = House::new();
    let (anna, mikael) = removed(&house);
    let before = account(&mikael);
    let liar = Liar::before(&house);
    let mikael = breaks_off(&house, &liar, mikael, &anna.invite(1, 3600));
    liar.repent();
    is_in(&anna, &mikael);
    assert_ne!(account(&mikael), before);
    mikael.reads("anna", "before");
    let mikael = again(&house, mikael);
    mikael.wait("it is online", is_online);
    assert_eq!(databases(&house, "mikael").len(), 1);
}

#[test]
fn a_joining_that_broke_off_before_leaves_what_was_there() {
    let house = House::new();
    let (anna, mikael) = removed(&house);
    let before = account(&mikael);
    let liar = Liar::before(&house);
    liar.requests(|asked, body| {
        let lost = asked == LAST_STEP;
        if lost { b"nonsense".to_vec() } else { body }
    });
    let link = anna.invite(1, 3600);
    let mikael = breaks_off(&house, &liar, mikael, &link);
    liar.repent();
    let told = |snapshot: &Snapshot| {
        removal(snapshot).is_some_and(|words| words.contains("not known yet"))
    };
    mikael.wait("it says what it does not know", told);
    assert_eq!(account(&mikael), before);
    mikael.open_channel("general");
    mikael.reads("anna", "before");
    // Both are kept until one of them is in.
    assert_eq!(databases(&house, "mikael").len(), 2);
    mikael.join(&link, None);
    is_in(&anna, &mikael);
    let mikael = again(&house, mikael);
    mikael.wait("it is online", is_online);
    assert_eq!(databases(&house, "mikael").len(), 1);
}

#[test]
fn who_knocks_again_keeps_what_was_there_until_they_are_in() {
    let house = House::new();
    let (anna, mikael) = removed(&house);
    let before = account(&mikael);
    assert_eq!(mikael.inspect(&house.knock_link()), LinkCheck::Genuine);
    assert_eq!(here(&mikael), Some(Here::Out));
    mikael.send(Command::Join {
        username: "mikael".into(),
        password: Secret::new(PASSWORD),
        community_name: None,
        by_password: false,
    });
    let told = |snapshot: &Snapshot| {
        removal(snapshot).is_some_and(|words| words.contains("knocked again"))
    };
    mikael.wait("it says that it has knocked", told);
    let mikael = is_as_it_was(&house, mikael);
    mikael.wait("it says so again", told);
    assert_eq!(account(&mikael), before);
    let seen = anna.wait("it sees who knocks", |snapshot| {
        !community(snapshot).unwrap().knocking.is_empty()
    });
    let who = community(&seen).unwrap().knocking[0].account;
    anna.in_community(CommunityCommand::Admit(who));
    is_in(&anna, &mikael);
    assert_eq!(account(&mikael), who);
}

#[test]
fn a_device_that_was_taken_out_comes_again_by_another_one_or_by_the_recovery_key() {
    let house = House::new();
    let anna = house.founder();
    anna.open_channel("general");
    anna.say("before");
    let key = words(&anna);
    has_sent(&anna, 1);
    let mut new = house.client("new machine");
    new.name = "anna".into();
    let comes = |new: &Client| {
        asks(new, &house.address, "anna", PASSWORD);
        answers(&anna, true);
        assert_eq!(code_here(&anna), code_there(new));
        says_same(&anna, new);
        new.wait("it is in", is_online);
        new.open_channel("general");
        new.reads("anna", "before");
    };
    let goes = |new: &Client| {
        let me = community(&new.engine.handle.snapshot()).unwrap().me.device;
        anna.in_community(CommunityCommand::RevokeDevice(me));
        let words = is_out(new);
        assert!(words.contains("recovery key"), "{words}");
        me
    };
    comes(&new);
    // Where it is in, it is not replaced.
    let me = community(&new.engine.handle.snapshot()).unwrap().me.device;
    come_back(&new, &house.address, "anna", PASSWORD, &key);
    new.wait("it is refused", |snapshot| {
        use dialtone_engine::snapshot::JoinProgress;
        let progress = snapshot.recovering.as_ref().map(|one| &one.progress);
        matches!(progress, Some(JoinProgress::Failed(words)) if words.contains("already"))
    });
    assert_eq!(goes(&new), me);
    comes(&new);
    let second = goes(&new);
    assert_ne!(second, me);
    assert_eq!(new.inspect(&anna.invite(1, 3600)), LinkCheck::Genuine);
    assert_eq!(here(&new), Some(Here::DeviceOut));
    new.send(Command::DismissInvitation);
    come_back(&new, &house.address, "anna", PASSWORD, &key);
    new.wait("it is back", is_online);
    new.open_channel("general");
    new.reads("anna", "before");
    let seen = new.engine.handle.snapshot();
    assert_eq!(seen.communities.len(), 1);
    assert!(matches!(
        community(&seen).unwrap().connection,
        Connection::Online
    ));
}
