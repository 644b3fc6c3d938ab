//! Whose a voice is, in a call: what a relay gives in somebody's name, and digests that did not come.

use std::time::{Duration, Instant};

use dialtone_crypto::MediaSealer;
use dialtone_protocol::frame::ClientFrame;
use dialtone_protocol::{CommunityId, StreamId};

use super::calls::{CALL, join, run};
use super::scene::Scene;
use crate::snapshot::Withheld;
use crate::voice::transport::MediaIn;

const STREAM: StreamId = StreamId([7; 16]);

/// Mikael is in a call in which Anna has begun a stay.
async fn with_anna(scene: &mut Scene) {
    join(scene).await;
    let anna = scene.anna.device.id();
    scene.session.other_began(anna, STREAM);
}

/// Anna's device, or whoever has derived her voice key: of whose digests none verifies.
fn sealer(scene: &Scene, forged: bool) -> MediaSealer {
    let secret = scene.group.call_secret(CALL).unwrap();
    let home = scene.roster.community();
    let home = if forged { CommunityId([9; 32]) } else { home };
    let signer = scene.anna.device.voice_signer(home);
    MediaSealer::new(&secret, &signer, STREAM).unwrap()
}

/// These frames come as Anna's, as by a relay, and are opened.
async fn come(scene: &Scene, frames: &[Vec<u8>]) {
    let call = scene.session.state.call.as_ref().unwrap();
    let media = call.media.as_ref().unwrap();
    let before = media.openers.seen(&scene.anna.device.id());
    for (frame, sequence) in frames.iter().zip(before as u16..) {
        let arrived = MediaIn {
            from: scene.anna.device.id(),
            sequence,
            timestamp: u32::from(sequence) * 960,
            marker: false,
            resumed: false,
            resent: false,
            payload: frame.clone().into(),
            arrived: Instant::now(),
        };
        media.arrivals.send(arrived).await.unwrap();
    }
    let all = before + frames.len() as u64;
    let opened = async {
        while media.openers.seen(&scene.anna.device.id()) < all {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), opened);
    in_time.await.unwrap();
}

fn withheld(scene: &Scene) -> Option<Withheld> {
    let call = scene.session.state.call.as_ref().unwrap();
    call.talker(&scene.anna.device.id()).unwrap().withheld
}

fn seal(sealer: &mut MediaSealer) -> Vec<u8> {
    let mut frame = Vec::new();
    // 20 ms of Opus.
    sealer.seal(&[0x48; 80], 960, &mut frame).unwrap();
    frame
}

#[test]
fn who_speaks_as_another_is_shown_after_two_seconds_and_the_other_is_heard_in_another_stay() {
    let mut scene = Scene::new();
    run(async {
        with_anna(&mut scene).await;
        let mut forged = sealer(&scene, true);
        let frames: Vec<_> = (0..101).map(|_| seal(&mut forged)).collect();
        come(&scene, &frames[..100]).await;
        assert_eq!(withheld(&scene), None);
        come(&scene, &frames[100..]).await;
        assert_eq!(withheld(&scene), Some(Withheld::Unverified));
        // Her own device signs something else.
        let mut own = sealer(&scene, false);
        let frames: Vec<_> = (0..140).map(|_| seal(&mut own)).collect();
        come(&scene, &frames[101..]).await;
        assert_eq!(withheld(&scene), Some(Withheld::Forged));
        scene
            .session
            .other_began(scene.anna.device.id(), StreamId([8; 16]));
        assert_eq!(withheld(&scene), None);
        scene.session.leave_call().await;
    });
}

#[test]
fn digests_that_did_not_come_are_asked_for_once_a_second() {
    let mut scene = Scene::new();
    run(async {
        with_anna(&mut scene).await;
        let mut own = sealer(&scene, false);
        let frames: Vec<_> = (0..120).map(|_| seal(&mut own)).collect();
        let asked = |scene: &mut Scene, now: Instant| {
            scene.session.state.out.clear();
            scene.session.ask_for_digests(now);
            let out = scene.session.state.out.iter();
            let signals = out.filter(|(frame, _)| matches!(frame, ClientFrame::Signal { .. }));
            signals.count()
        };
        let now = Instant::now();
        come(&scene, &frames[..40]).await;
        assert_eq!(asked(&mut scene, now), 0, "nothing is missing");
        // Those that tell of the second half second do not come.
        let tells = |at: usize, frame: &[u8]| at < 75 && frame.len() > 200;
        let rest = frames.into_iter().enumerate().skip(40);
        let rest = rest.filter(|(at, frame)| !tells(*at, frame));
        let rest: Vec<_> = rest.map(|(_, frame)| frame).collect();
        come(&scene, &rest).await;
        assert_eq!(asked(&mut scene, now), 0, "once a second");
        let later = now + Duration::from_secs(1);
        assert_eq!(asked(&mut scene, later), 1);
        assert_eq!(withheld(&scene), None);
        scene.session.leave_call().await;
    });
}
