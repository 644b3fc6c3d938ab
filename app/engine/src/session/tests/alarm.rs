//! The warning stays until the user takes it away, and nothing is sealed or signed while it stands.

use super::scene::{Scene, wait};
use crate::command::alarm_confirmation;
use crate::session::run::Ended;
use crate::session::state::{Append, Job};

#[test]
fn without_a_warning_messages_go_out() {
    let mut scene = Scene::new();
    assert_eq!(scene.mikael_writes("hello"), 1);
}

#[test]
fn a_warning_outlives_a_restart_and_nothing_is_sealed_under_it() {
    let mut scene = Scene::new();
    scene.session.raise_alarm("the server lied".into()).unwrap();
    assert_eq!(scene.mikael_writes("hello"), 0);
    scene.restart();
    scene.catch_up();
    assert_eq!(scene.alarm(), Some("the server lied"));
    assert_eq!(scene.events_sent(), 0);
    scene.session.raise_alarm("and again".into()).unwrap();
    assert_eq!(scene.alarm(), Some("the server lied"));
}

#[test]
fn a_message_that_was_sealed_before_a_warning_does_not_go_again_under_it() {
    let mut scene = Scene::new();
    assert_eq!(scene.mikael_writes("hello"), 1);
    // Its acknowledgement is lost: the same bytes wait for the next connection.
    scene.session.raise_alarm("the server lied".into()).unwrap();
    scene.restart();
    scene.catch_up();
    assert_eq!(scene.events_sent(), 0);
    let cleared = wait(scene.session.clear_alarm(alarm_confirmation()));
    assert!(matches!(cleared, Err(Ended::Resync(_))));
    scene.restart();
    scene.catch_up();
    assert_eq!(scene.events_sent(), 1);
}

#[test]
fn no_signal_is_sealed_under_a_warning() {
    let mut scene = Scene::new();
    scene.session.say_typing(scene.channel);
    assert_eq!(scene.session.state.out.len(), 1);
    scene.session.state.out.clear();
    scene.session.raise_alarm("the server lied".into()).unwrap();
    // As if the last time were long ago.
    scene.session.state.typed_ms = 0;
    scene.session.say_typing(scene.channel);
    assert!(scene.session.state.out.is_empty());
}

#[test]
fn nothing_is_signed_under_a_warning() {
    let mut scene = Scene::new();
    scene.session.raise_alarm("the server lied".into()).unwrap();
    for job in [
        Job::Append(Append::ResetGroup(scene.lobby())),
        Job::Invite {
            uses: 1,
            valid_for_s: 60,
            asker: 0,
        },
        Job::CleanGroup(scene.lobby()),
        Job::EnterGroup(scene.lobby()),
    ] {
        // No network: whatever was signed would have ended in a network error.
        wait(scene.session.job(job)).unwrap();
    }
    assert!(scene.session.state.out.is_empty());
    assert!(scene.notices.lock()[0].contains("Nothing is signed"));
}

#[test]
fn only_the_words_take_a_warning_away() {
    let mut scene = Scene::new();
    scene.session.raise_alarm("the server lied".into()).unwrap();
    wait(scene.session.clear_alarm("yes")).unwrap();
    assert!(scene.alarm().is_some());
    let cleared = wait(scene.session.clear_alarm(alarm_confirmation()));
    assert!(matches!(cleared, Err(Ended::Resync(_))));
    scene.restart();
    assert_eq!(scene.alarm(), None);
}
