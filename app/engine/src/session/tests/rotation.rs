//! Keys do not get old.

use super::scene::{Scene, lobby_part, wait};
use crate::clock;
use crate::session::run::Ended;
use crate::session::state::Job;

const DAY_MS: u64 = 24 * 3600 * 1000;

/// Mikael may not seal before he has committed; his commit is accepted, and he may.
fn commits_first(scene: &mut Scene) {
    assert_eq!(scene.mikael_writes("after new keys"), 0);
    assert!(scene.wants(&Job::CleanGroup(scene.lobby())));
    let ended = wait(scene.session.job(Job::CleanGroup(scene.lobby()))).unwrap_err();
    assert!(matches!(ended, Ended::Net(_)), "{ended}");
    scene.catch_up();
    scene.mikaels_commit_is_taken();
    assert_eq!(scene.events_sent(), 1);
}

#[test]
fn after_a_day_a_commit_comes_before_the_next_message() {
    let mut scene = Scene::new();
    let used = lobby_part(&mut scene.session.state).used.as_mut().unwrap();
    used.since_ms = clock::now_ms() - DAY_MS;
    commits_first(&mut scene);
}

#[test]
fn after_a_thousand_events_a_commit_comes_before_the_next_message() {
    let mut scene = Scene::new();
    let used = lobby_part(&mut scene.session.state).used.as_mut().unwrap();
    used.events = 999;
    let position = scene.roster.position();
    let event = scene.anna_writes("the thousandth", position);
    scene.frame(event).unwrap();
    scene.restart();
    scene.catch_up();
    commits_first(&mut scene);
}

#[test]
fn a_refused_commit_is_not_tried_again_at_once() {
    let mut scene = Scene::new();
    let now = clock::now_ms();
    let used = lobby_part(&mut scene.session.state).used.as_mut().unwrap();
    used.since_ms = now - DAY_MS;
    lobby_part(&mut scene.session.state).commit_after_ms = now + 60_000;
    assert_eq!(scene.mikael_writes("waits"), 0);
    // Asked again at once, the other's commit would never be read.
    assert!(scene.session.state.jobs.is_empty());
}
