//! Signals open while they are new, and not once the secrets of their epoch should be gone.

use std::time::{Duration, Instant};

use dialtone_crypto::{OsRng, SignalDraft, seal_signal};
use dialtone_protocol::StreamId;
use dialtone_protocol::content::SignalContent;
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::sealed::SignalScope;

use super::scene::{Scene, commit_frame};
use crate::clock;

/// Anna writes, she says, in a signal of the group's present epoch.
pub(super) fn signal(scene: &Scene, roster: &Roster) -> ServerFrame {
    let secret = scene.group.signal_secret().unwrap();
    let draft = SignalDraft {
        community: roster.community(),
        scope: SignalScope::Typing {
            channel: scene.channel,
        },
        to: None,
        stream: StreamId(clock::random()),
        counter: 1,
        roster: roster.position(),
        content: &SignalContent::Typing,
    };
    let signal = seal_signal(&secret, &scene.anna.device, &draft, &mut OsRng).unwrap();
    ServerFrame::Signal {
        signal: signal.into(),
    }
}

/// Whether Mikael takes a signal for what it says.
fn opens(scene: &mut Scene, signal: &ServerFrame) -> bool {
    let channel = scene.channel;
    scene.session.state.channel(channel).typing.clear();
    scene.frame(signal.clone()).unwrap();
    !scene.session.state.channel(channel).typing.is_empty()
}

/// Anna changes the group's keys, and Mikael follows.
fn anna_commits(scene: &mut Scene) {
    let group = &mut scene.group;
    let pending = group
        .make_commit(&scene.anna.device, &scene.roster)
        .unwrap();
    let frame = commit_frame(group.id(), &pending);
    group.confirm_commit().unwrap();
    scene.frame(frame).unwrap();
}

fn tick(scene: &mut Scene, steady: Instant) {
    scene.session.tick(clock::now_ms(), steady).unwrap();
}

#[test]
fn signals_of_an_epoch_open_for_ten_seconds_after_it() {
    let kept = Duration::from_secs(10);
    let mut scene = Scene::new();
    let [one, two, three] = [(); 3].map(|()| signal(&scene, &scene.roster));
    tick(&mut scene, Instant::now() + 100 * kept);
    assert!(opens(&mut scene, &one));
    let before = Instant::now();
    anna_commits(&mut scene);
    let after = Instant::now();
    tick(
        &mut scene,
        before + kept.saturating_sub(Duration::from_millis(1)),
    );
    assert!(opens(&mut scene, &two));
    tick(&mut scene, after + kept);
    assert!(!opens(&mut scene, &three));
    let present = signal(&scene, &scene.roster);
    assert!(opens(&mut scene, &present));
}

#[test]
fn signals_of_a_group_that_was_left_do_not_open_for_longer() {
    let mut scene = Scene::new();
    let [one, two] = [(); 2].map(|()| signal(&scene, &scene.roster));
    scene.session.leave_group(scene.lobby()).unwrap();
    assert!(opens(&mut scene, &one));
    tick(&mut scene, Instant::now() + Duration::from_secs(10));
    assert!(!opens(&mut scene, &two));
}
