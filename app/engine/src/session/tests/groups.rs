//! The lobby on bad days: a commit without an answer, a group that was started again.

use dialtone_crypto::group::Group;
use dialtone_crypto::{OsRng, entries};
use dialtone_protocol::frame::ServerFrame;

use super::scene::{Scene, commit_frame, lobby_part, wait};
use crate::local::Table;
use crate::session::run::Ended;
use crate::session::state::Job;

#[test]
fn a_commit_that_never_arrived_does_not_stand_in_the_way_of_the_next() {
    let mut scene = Scene::new();
    scene.revoke_annas_device();
    // Without a network both end in a network error; that of a pending commit would be told as a broken group.
    for _ in 0..2 {
        let ended = wait(scene.session.job(Job::CleanGroup(scene.lobby()))).unwrap_err();
        assert!(matches!(ended, Ended::Net(_)), "{ended}");
        let lobby = scene.session.state.lobby().unwrap();
        assert!(lobby.has_pending_commit());
        scene.catch_up();
        let lobby = scene.session.state.lobby().unwrap();
        assert!(!lobby.has_pending_commit());
    }
    assert_eq!(scene.alarm(), None);
    assert_eq!(lobby_part(&mut scene.session.state).problem, None);
}

#[test]
fn a_commit_whose_answer_was_lost_is_kept_when_it_comes_back() {
    let mut scene = Scene::new();
    scene.revoke_annas_device();
    let epoch = scene.mikaels_commit_is_taken();
    scene.catch_up();
    let lobby = scene.session.state.lobby().unwrap();
    assert_eq!(lobby.epoch(), epoch + 1);
    assert_eq!(scene.mikael_writes("after it"), 1);
}

#[test]
fn a_group_that_was_started_again_is_left_and_nothing_is_sealed_in_the_old_one() {
    let mut scene = Scene::new();
    let old = scene.group.id();
    let (new, entry) =
        entries::reset_group(&scene.anna.device, &scene.roster, old, &mut OsRng).unwrap();
    scene.append(entry);
    scene.show_roster();
    assert_eq!(scene.mikael_writes("for the new group"), 0);
    assert!(scene.wants(&Job::EnterGroup(scene.lobby())));
    scene.restart();
    scene.welcome();
    scene.session.ask_for_missed();
    scene.frame(ServerFrame::CaughtUp).unwrap();
    assert!(scene.wants(&Job::EnterGroup(scene.lobby())));
    assert_eq!(scene.events_sent(), 0);
    // There is no network, so it gets no further than asking for the new one.
    let ended = wait(scene.session.job(Job::EnterGroup(scene.lobby()))).unwrap_err();
    assert!(matches!(ended, Ended::Net(_)), "{ended}");
    assert!(scene.session.state.lobby().is_none());
    let roster = scene.session.state.roster.clone().unwrap();
    assert_eq!(roster.view().lobby(), new);
    scene.restart();
    assert!(scene.session.state.lobby().is_none());
}

#[test]
fn an_epoch_that_is_over_in_one_group_is_not_over_in_another() {
    let mut scene = Scene::new();
    let other = dialtone_protocol::GroupId::new([9; 16]);
    let channel = scene.channel;
    scene.session.state.channel(channel).stale_epoch = Some((other, 1_000));
    assert_eq!(scene.mikael_writes("in this group"), 1);
    let mut scene = Scene::new();
    let channel = scene.channel;
    let lobby = scene.session.state.lobby().unwrap();
    let stale = Some((lobby.id(), lobby.epoch()));
    scene.session.state.channel(channel).stale_epoch = stale;
    assert_eq!(scene.mikael_writes("in this epoch"), 0);
}

#[test]
fn nothing_is_sealed_beside_a_revoked_device() {
    let mut scene = Scene::new();
    scene.revoke_annas_device();
    assert_eq!(scene.mikael_writes("not for the revoked one"), 0);
    assert!(scene.wants(&Job::CleanGroup(scene.lobby())));
}

#[test]
fn who_enters_beside_a_revoked_device_plans_its_removal() {
    let mut scene = Scene::outside();
    scene.revoke_annas_device();
    scene.enter();
    assert!(lobby_part(&mut scene.session.state).due_ms.is_some());
}

#[test]
fn a_commit_under_a_longer_member_list_waits_for_it_and_warns_when_it_does_not_come() {
    let mut scene = Scene::new();
    scene.another_channel();
    let anna = std::sync::Arc::clone(&scene.anna.device);
    let made = scene.group.make_commit(&anna, &scene.roster).unwrap();
    let frame = commit_frame(scene.group.id(), &made);
    let ended = scene.frame(frame).unwrap_err();
    assert!(matches!(ended, Ended::Resync(_)), "{ended}");
    let ahead = scene.session.state.ahead.unwrap();
    assert_eq!(ahead.position, scene.roster.position());
    assert_eq!(scene.mikael_writes("waits"), 0);
    scene.session.state.ahead_asked = true;
    scene
        .session
        .mind_ahead(crate::clock::now_ms() + 10_001)
        .unwrap();
    assert!(scene.alarm().unwrap().contains("does not show it"));
}

#[test]
fn no_older_state_of_the_group_is_believed_than_the_one_that_was_left() {
    let mut scene = Scene::new();
    let roster = scene.session.state.roster.clone().unwrap();
    let came = roster.view().accounts()[&scene.mikael.account.account()].joined_at + 1;
    assert_eq!(scene.session.known_since(&scene.lobby(), &roster), came);
    let left_at = scene.session.state.lobby().unwrap().position();
    assert!(left_at.length > came);
    scene.session.leave_group(scene.lobby()).unwrap();
    assert_eq!(
        scene.session.known_since(&scene.lobby(), &roster),
        left_at.length
    );
    scene.restart();
    assert_eq!(
        scene.session.known_since(&scene.lobby(), &roster),
        left_at.length
    );
}

#[test]
fn a_pack_holds_the_directorys_keys_first_and_of_each_channel_the_latest() {
    let mut scene = Scene::new();
    let lobby = scene.group.id();
    let account = scene.anna.account.account();
    let earlier = Group::create(lobby, &scene.anna.device, account, &scene.roster).unwrap();
    scene.session.state.keys.insert_epoch(earlier.2);
    let directory = scene.roster.community().directory();
    let pack = scene.session.pack();
    let order: Vec<_> = pack.iter().map(|key| (key.channel, key.epoch)).collect();
    let channel = scene.channel;
    assert_eq!(
        order,
        [(directory, 1), (directory, 0), (channel, 1), (channel, 0)]
    );
}

/// Puts the rows back as the first versions kept them: the lobby's alone, without its id.
fn kept_as_before(scene: &mut Scene, left_at: u64) {
    let lobby = scene.lobby();
    let used = lobby_part(&mut scene.session.state).used.unwrap();
    let database = &mut scene.session.database;
    let rows = database.all(Table::Mls, &[]).unwrap();
    let of_group = database.all(Table::Meta, b"group/").unwrap();
    let transaction = database.begin().unwrap();
    for (key, value) in rows {
        let old = key.strip_prefix(&lobby.0[..]).unwrap();
        transaction.put(Table::Mls, old, &value).unwrap();
        transaction.delete(Table::Mls, &key).unwrap();
    }
    for (key, _) in of_group {
        transaction.delete(Table::Meta, &key).unwrap();
    }
    let used = dialtone_protocol::strict::encode(&used);
    let left_at = left_at.to_be_bytes();
    for (name, value) in [
        (&b"lobby"[..], &lobby.0[..]),
        (b"group-left", &left_at),
        (b"epoch", &used),
    ] {
        transaction.put(Table::Meta, name, value).unwrap();
    }
    transaction.commit().unwrap();
}

#[test]
fn a_profile_of_the_first_version_goes_on_in_its_lobby() {
    let mut scene = Scene::new();
    let used = lobby_part(&mut scene.session.state).used;
    kept_as_before(&mut scene, 7);
    for _ in 0..2 {
        scene.restart();
        let part = lobby_part(&mut scene.session.state);
        assert_eq!(part.group.as_ref().unwrap().epoch(), scene.group.epoch());
        assert_eq!((part.used, part.left_at), (used, 7));
    }
    scene.catch_up();
    assert_eq!(scene.mikael_writes("as before"), 1);
}
