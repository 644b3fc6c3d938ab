//! How far the server reaches, beside what is here.

use dialtone_protocol::Hash;
use dialtone_protocol::http::{ChannelHead, ChannelHeads};
use dialtone_protocol::roster::RosterPosition;

use super::scene::Scene;
use crate::session::state::Job;

/// Anna's message is here.
fn told() -> Scene {
    let mut scene = Scene::new();
    let position = scene.roster.position();
    let event = scene.anna_writes("hello", position);
    scene.frame(event).unwrap();
    scene
}

fn heads(scene: &Scene, sequence: u64) -> ChannelHeads {
    let head = ChannelHead {
        channel: scene.channel,
        sequence,
        stream: Hash::ZERO,
    };
    ChannelHeads {
        channels: vec![head],
    }
}

fn judge(scene: &mut Scene, position: RosterPosition, sequence: u64, now_ms: u64) {
    let heads = heads(scene, sequence);
    let judged = scene.session.judge_reach(&position, &heads, now_ms);
    judged.unwrap();
}

/// The log's beginning.
fn shorter(scene: &Scene) -> RosterPosition {
    let entries = scene.roster.entries_from(0);
    RosterPosition {
        length: 1,
        head: Hash::of(&entries[0]),
    }
}

#[test]
fn a_server_that_is_behind_for_a_moment_lacks_nothing() {
    let mut scene = told();
    let (behind, whole) = (shorter(&scene), scene.roster.position());
    judge(&mut scene, behind, 0, 5_000);
    scene.session.mind_lacking(14_999);
    judge(&mut scene, behind, 0, 14_999);
    judge(&mut scene, whole, 1, 15_000);
    judge(&mut scene, behind, 0, 16_000);
    assert_eq!(scene.alarm(), None);
    // Farther than here, and of a channel that is not here.
    judge(&mut scene, whole, 7, 30_000);
    assert_eq!(scene.alarm(), None);
    assert_eq!(scene.session.state.lacking_since_ms, None);
}

#[test]
fn a_server_that_goes_on_lacking_messages_is_told() {
    let mut scene = told();
    scene.catch_up();
    let whole = scene.roster.position();
    scene.session.state.jobs.clear();
    scene.session.mind_lacking(60_000);
    assert!(!scene.wants(&Job::CompareReach), "nothing is amiss");
    judge(&mut scene, whole, 0, 5_000);
    scene.session.mind_lacking(14_999);
    assert!(!scene.wants(&Job::CompareReach), "it has its time");
    scene.session.mind_lacking(15_000);
    assert!(scene.wants(&Job::CompareReach));
    judge(&mut scene, whole, 0, 15_000);
    let alarm = scene.alarm().unwrap();
    assert!(
        alarm.contains("1 message that is here is missing there"),
        "{alarm}"
    );
}

#[test]
fn a_server_that_goes_on_lacking_entries_is_told_and_another_list_at_once() {
    let mut scene = told();
    let behind = shorter(&scene);
    let lacks = scene.roster.position().length - 1;
    judge(&mut scene, behind, 1, 5_000);
    judge(&mut scene, behind, 1, 15_000);
    let alarm = scene.alarm().unwrap();
    assert!(alarm.contains(&format!("{lacks} entr")), "{alarm}");
    let mut scene = told();
    let other = RosterPosition {
        head: Hash([7; 32]),
        ..shorter(&scene)
    };
    judge(&mut scene, other, 1, 5_000);
    assert!(scene.alarm().unwrap().contains("different member lists"));
}
