//! Calls against a server that lies, and the gate before one's own voice.

use std::time::{Duration, Instant};

use dialtone_audio::{FrameSealer, ObservedLoss};
use dialtone_crypto::{OsRng, SignalDraft, seal_signal};
use dialtone_protocol::content::{HeardStream, SignalContent};
use dialtone_protocol::frame::{CallState, ClientFrame, Framed, ServerFrame};
use dialtone_protocol::http::ErrorCode;
use dialtone_protocol::relay::RelayTalker;
use dialtone_protocol::sealed::SignalScope;
use dialtone_protocol::{CallId, DeviceId, StreamId};

use super::scene::Scene;
use crate::session::state::Tag;
use crate::voice::outgoing::VoiceKeys;
use crate::voice::transport::{MAX_PEERS, PeerState, TransportEvent};
use crate::voice::{CallInput, Other};

pub(super) const CALL: CallId = CallId([5; 16]);

fn roll(scene: &Scene, call: CallId) -> CallState {
    let devices = vec![scene.anna.device.id(), scene.mikael.device.id()];
    let channel = scene.channel;
    CallState {
        channel,
        call,
        devices,
    }
}

/// The server says that a call was joined, in answer to the request of this number.
pub(super) async fn joined(scene: &mut Scene, request: u32, roll: CallState) {
    let frame = ServerFrame::Joined(roll);
    scene
        .session
        .frame(Framed { request, frame })
        .await
        .unwrap();
}

/// Asks to be let in, and is.
pub(super) async fn join(scene: &mut Scene) {
    scene.session.join_call(scene.channel).await.unwrap();
    let tag = Tag::JoinCall(scene.channel);
    scene.session.state.requests.insert(7, tag);
    let roll = roll(scene, CALL);
    joined(scene, 7, roll).await;
}

async fn says(scene: &mut Scene, frame: ServerFrame) {
    let framed = Framed { request: 0, frame };
    scene.session.frame(framed).await.unwrap();
}

fn devices(scene: &Scene) -> Vec<DeviceId> {
    let call = scene.session.state.call.as_ref();
    call.map(|call| call.others.keys().copied().collect())
        .unwrap_or_default()
}

#[test]
fn a_call_that_nobody_asked_to_join_is_not_joined() {
    let mut scene = Scene::new();
    run(async {
        let lie = roll(&scene, CALL);
        joined(&mut scene, 0, lie.clone()).await;
        assert!(scene.session.state.call.is_none());
        join(&mut scene).await;
        let stream = scene.session.state.call.as_ref().unwrap().stream;
        joined(&mut scene, 0, lie).await;
        let call = scene.session.state.call.as_ref().unwrap();
        assert_eq!(call.stream, stream, "the stay goes on");
        scene.session.leave_call().await;
    });
}

#[test]
fn an_answer_that_comes_after_one_has_left_is_left_again() {
    let mut scene = Scene::new();
    run(async {
        scene.session.join_call(scene.channel).await.unwrap();
        scene.session.leave_call().await;
        scene.session.state.out.clear();
        let tag = Tag::JoinCall(scene.channel);
        scene.session.state.requests.insert(7, tag);
        let roll = roll(&scene, CALL);
        joined(&mut scene, 7, roll).await;
        assert!(scene.session.state.call.is_none());
        let sent = scene.session.state.out.iter().map(|(frame, _)| frame);
        assert!(
            sent.into_iter()
                .any(|frame| matches!(frame, ClientFrame::LeaveCall { call: CALL }))
        );
    });
}

#[test]
fn who_joins_while_the_answer_is_on_its_way_is_seen() {
    let mut scene = Scene::new();
    run(async {
        scene.session.join_call(scene.channel).await.unwrap();
        let tag = Tag::JoinCall(scene.channel);
        scene.session.state.requests.insert(7, tag);
        // The change that has both overtakes the answer that was made for one.
        let both = roll(&scene, CALL);
        let frame = ServerFrame::Call(both.clone());
        let changed = Framed { request: 0, frame };
        scene.session.frame(changed).await.unwrap();
        let me = scene.mikael.device.id();
        let alone = CallState {
            devices: vec![me],
            ..both
        };
        joined(&mut scene, 7, alone).await;
        assert_eq!(devices(&scene), [scene.anna.device.id()]);
        scene.session.leave_call().await;
    });
}

#[test]
fn every_answer_begins_a_new_stay_that_nobody_knows_yet() {
    let mut scene = Scene::new();
    run(async {
        join(&mut scene).await;
        let first = scene.session.state.call.as_ref().unwrap().stream;
        assert_eq!(devices(&scene), [scene.anna.device.id()]);
        scene.session.call_cut();
        scene.session.state.out.clear();
        scene.session.rejoin_call();
        let tag = Tag::JoinCall(scene.channel);
        scene.session.state.requests.insert(8, tag);
        let again = roll(&scene, CallId([6; 16]));
        joined(&mut scene, 8, again).await;
        let call = scene.session.state.call.as_ref().unwrap();
        assert_ne!(call.stream, first);
        assert_eq!(call.counter, 1, "announced once, of the new stay");
        assert!(call.cut_since.is_none() && call.media.is_some());
        scene.session.leave_call().await;
    });
}

#[test]
fn undeafening_leaves_a_microphone_muted_that_was_muted_before() {
    let mut scene = Scene::new();
    run(async {
        join(&mut scene).await;
        let shown = |scene: &Scene| {
            let call = scene.session.state.call.as_ref().unwrap().view();
            (call.muted, call.deafened)
        };
        scene.session.set_muted(true);
        scene.session.set_deafened(true);
        assert_eq!(shown(&scene), (true, true));
        scene.session.set_deafened(false);
        assert_eq!(shown(&scene), (true, false));
        scene.session.set_muted(false);
        scene.session.set_deafened(true);
        assert_eq!(shown(&scene), (true, true));
        scene.session.set_deafened(false);
        assert_eq!(shown(&scene), (false, false));
        scene.session.leave_call().await;
    });
}

#[test]
fn under_an_alarm_no_voice_is_sealed() {
    let mut scene = Scene::new();
    run(async {
        join(&mut scene).await;
        let paused = |scene: &Scene| scene.session.state.call.as_ref().unwrap().paused_since;
        scene.session.mind_voice_gate();
        assert!(paused(&scene).is_none());
        scene.session.raise_alarm("a test".into()).unwrap();
        scene.session.mind_voice_gate();
        assert!(paused(&scene).is_some());
        scene.session.leave_call().await;
    });
}

#[test]
fn the_newest_key_is_used_and_nothing_is_sealed_while_it_is_not_allowed() {
    let scene = Scene::new();
    let secret = scene.group.call_secret(CALL).unwrap();
    let stream = dialtone_protocol::StreamId([1; 16]);
    let (mut keys, mut sealer) =
        VoiceKeys::new(scene.anna.device.voice_signer(scene.roster.community()));
    keys.allow(true);
    assert!(!sealer.refresh(), "no stay has begun");
    keys.begin(&secret, stream, None).unwrap();
    assert!(
        keys.begin(&secret, stream, None).is_err(),
        "a stream is used once"
    );
    assert!(sealer.refresh());
    let header = crate::voice::founded::HEADER;
    let mut frame = Vec::with_capacity(2_000);
    sealer.seal(&header, b"opus", &mut frame).unwrap();
    let first = frame.clone();
    keys.rekey(&secret).unwrap();
    assert!(sealer.refresh());
    sealer.seal(&header, b"opus", &mut frame).unwrap();
    assert_ne!(first, frame, "the present epoch's key does not begin anew");
    // Many stays while the voice thread does not look: the last one counts.
    for n in 2..40 {
        keys.begin(&secret, dialtone_protocol::StreamId([n; 16]), None)
            .unwrap();
    }
    assert!(sealer.refresh());
    sealer.seal(&header, b"opus", &mut frame).unwrap();
    assert!(opens(&scene, [39; 16], &frame) && !opens(&scene, [1; 16], &frame));
    keys.allow(false);
    assert!(!sealer.refresh());
    assert!(sealer.seal(&header, b"opus", &mut frame).is_err());
}

#[test]
fn somebody_to_whom_there_is_no_path_is_named_once() {
    let mut scene = Scene::new();
    run(async {
        join(&mut scene).await;
        let stream = scene.session.state.call.as_ref().unwrap().stream;
        let anna = scene.anna.device.id();
        for _ in 0..2 {
            let state = PeerState::Failed;
            let event = TransportEvent::State { peer: anna, state };
            scene
                .session
                .call_input(CallInput::Transport(stream, event));
        }
        let began = Instant::now();
        scene.session.tell_failures(began);
        let told = &scene.session.state.words;
        assert!(told.is_empty(), "it may be there in a moment: {told:?}");
        for seconds in [4, 5] {
            let later = began + Duration::from_secs(seconds);
            scene.session.tell_failures(later);
        }
        let told = std::mem::take(&mut scene.session.state.words);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains("no path") && told[0].contains("over the server"),
            "{told:?}"
        );
        scene.session.leave_call().await;
    });
}

/// So many others are in the call, each in a stay.
fn others_come(scene: &mut Scene, count: u8) {
    for number in 0..count {
        let device = DeviceId([number; 32]);
        let call = scene.session.state.call.as_mut().unwrap();
        call.others.insert(device, Other::default());
        scene.session.other_began(device, StreamId([number; 16]));
    }
}

#[test]
fn a_call_of_more_than_it_can_connect_and_that_is_not_relayed_says_so_once() {
    let mut scene = Scene::new();
    run(async {
        join(&mut scene).await;
        others_come(&mut scene, MAX_PEERS as u8 + 3);
        // There is no relay: after a while it is tried directly.
        let began = Instant::now();
        scene.session.mind_way(began);
        assert!(scene.session.state.words.is_empty());
        for seconds in [9, 10] {
            scene.session.mind_way(began + Duration::from_secs(seconds));
        }
        let told = std::mem::take(&mut scene.session.state.words);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("two channels"), "{told:?}");
        scene.session.leave_call().await;
    });
}

#[test]
fn in_a_great_relayed_call_few_are_connected_to_directly() {
    let mut scene = Scene::new();
    run(async {
        join(&mut scene).await;
        scene.refuse_all(ErrorCode::Internal);
        others_come(&mut scene, 30);
        let began = Instant::now();
        scene.session.mind_way(began);
        // The server relays others; this device has not found its way to it.
        let talkers = vec![RelayTalker {
            number: 1,
            device: DeviceId([3; 32]),
        }];
        let call = CALL;
        says(&mut scene, ServerFrame::RelayRoll { call, talkers }).await;
        for seconds in [9, 10] {
            scene.session.mind_way(began + Duration::from_secs(seconds));
        }
        let call = scene.session.state.call.as_ref().unwrap();
        let peers = call.media.as_ref().unwrap().transport.peers();
        assert_eq!(peers.count(), 3);
        assert!(scene.session.state.words.is_empty());
        scene.session.leave_call().await;
    });
}

#[test]
fn in_a_relayed_call_an_announcement_is_answered_and_the_answer_ends_ones_own() {
    let mut scene = Scene::new();
    run(async {
        join(&mut scene).await;
        let (anna, hers) = (scene.anna.device.id(), StreamId([9; 16]));
        let announce = SignalContent::Announce {
            muted: false,
            deafened: false,
            needs_relay: Some(true),
        };
        let announced = anna_signals(&scene, (hers, 1), &announce);
        says(&mut scene, announced).await;
        let now = Instant::now();
        let call = scene.session.state.call.as_mut().unwrap();
        let answers = call.answers(now + Duration::from_secs(1));
        let [(Some(to), streams)] = &answers[..] else {
            panic!("{answers:?}");
        };
        assert_eq!((*to, streams[0].stream), (anna, hers));
        assert!(call.answers(now + Duration::from_secs(9)).is_empty());
        let (mine, later) = (call.stream, now + Duration::from_secs(99));
        assert_eq!(call.announcements(later), [Some(anna)]);
        let heard = SignalContent::Heard {
            streams: vec![HeardStream {
                stream: mine,
                lost_permille: 0,
                burst_tenths: 0,
            }],
        };
        let of_old_stay = anna_signals(&scene, (StreamId([4; 16]), 1), &heard);
        let of_hers = anna_signals(&scene, (hers, 2), &heard);
        for (frame, after, due) in [(of_old_stay, 200, 1), (of_hers, 400, 0)] {
            says(&mut scene, frame).await;
            let call = scene.session.state.call.as_mut().unwrap();
            let later = now + Duration::from_secs(after);
            assert_eq!(call.announcements(later).len(), due);
        }
        scene.session.leave_call().await;
    });
}

/// Anna says something about the call to all who are in it.
fn anna_signals(
    scene: &Scene,
    (stream, counter): (StreamId, u64),
    content: &SignalContent,
) -> ServerFrame {
    let secret = scene.group.signal_secret().unwrap();
    let draft = SignalDraft {
        community: scene.roster.community(),
        scope: SignalScope::Call {
            channel: scene.channel,
            call: CALL,
        },
        to: None,
        stream,
        counter,
        roster: scene.roster.position(),
        content,
    };
    let signal = seal_signal(&secret, &scene.anna.device, &draft, &mut OsRng).unwrap();
    ServerFrame::Signal {
        signal: signal.into(),
    }
}

#[test]
fn what_is_lost_of_a_voice_is_reported_to_whom_it_belongs_and_answered() {
    let mut scene = Scene::new();
    run(async {
        join(&mut scene).await;
        let (anna, hers) = (scene.anna.device.id(), StreamId([9; 16]));
        let (stranger, not_mine) = (DeviceId([7; 32]), StreamId([8; 16]));
        scene.session.other_began(anna, hers);
        let report = |stream| SignalContent::Heard {
            streams: vec![
                HeardStream {
                    stream: not_mine,
                    lost_permille: 900,
                    burst_tenths: 10,
                },
                HeardStream {
                    stream,
                    lost_permille: 200,
                    burst_tenths: 40,
                },
            ],
        };
        let told = |scene: &Scene| scene.session.state.call.as_ref().unwrap().told_loss;
        let of_another = anna_signals(&scene, (hers, 1), &report(StreamId([3; 16])));
        let mine = scene.session.state.call.as_ref().unwrap().stream;
        let of_mine = anna_signals(&scene, (hers, 3), &report(mine));
        let call = scene.session.state.call.as_mut().unwrap();
        call.others.get_mut(&anna).unwrap().state = Some(PeerState::Connected);
        let of_old_stay = anna_signals(&scene, (StreamId([4; 16]), 1), &report(mine));
        for (frame, expected) in [
            (of_another, ObservedLoss::NONE),
            (of_old_stay, ObservedLoss::NONE),
            (
                of_mine,
                ObservedLoss {
                    share: 0.2,
                    mean_burst: 4.0,
                },
            ),
        ] {
            let framed = Framed { request: 0, frame };
            scene.session.frame(framed).await.unwrap();
            assert_eq!(told(&scene), expected);
        }
        // Of whoever is not in the call nothing is taken.
        let SignalContent::Heard { streams } = report(mine) else {
            unreachable!()
        };
        scene.session.heard_by(stranger, hers, &streams);
        assert!(told(&scene).share < 0.5);
        // The other way.
        let now = Instant::now();
        scene.session.state.out.clear();
        scene.session.report_loss(now);
        assert!(scene.session.state.out.is_empty(), "nothing was lost");
        let call = scene.session.state.call.as_mut().unwrap();
        call.others.get_mut(&anna).unwrap().observed = ObservedLoss::random(0.1);
        scene.session.report_loss(now);
        scene.session.report_loss(now);
        assert_eq!(scene.session.state.out.len(), 1, "once a second at most");
        scene.session.leave_call().await;
    });
}

fn opens(scene: &Scene, stream: [u8; 16], sealed: &[u8]) -> bool {
    let stream = dialtone_protocol::StreamId(stream);
    let mut opener = dialtone_crypto::MediaOpener::new(scene.anna.device.id(), stream);
    let secret = scene.group.call_secret(CALL).unwrap();
    opener.add_key(&secret, std::time::Duration::ZERO).unwrap();
    opener.open(sealed, &mut Vec::new()).is_ok()
}

pub(super) fn run(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future);
}

#[test]
fn how_loud_one_hears_somebody_is_kept_for_the_next_call() {
    let mut scene = Scene::new();
    let anna = scene.anna.account.account();
    scene.session.set_volume(anna, 900).unwrap();
    assert_eq!(scene.session.state.volumes[&anna], 400);
    scene.restart();
    assert_eq!(scene.session.state.volumes[&anna], 400);
    scene.session.set_volume(anna, 30).unwrap();
    scene.catch_up();
    let device = scene.anna.device.id();
    run(async {
        join(&mut scene).await;
        let heard = |scene: &Scene| {
            scene
                .session
                .state
                .call
                .as_ref()
                .unwrap()
                .volume_of(&device)
        };
        assert_eq!(heard(&scene), 30);
        // As they are is nothing to keep.
        scene.session.set_volume(anna, 100).unwrap();
        assert_eq!(heard(&scene), 100);
        scene.session.leave_call().await;
    });
    scene.restart();
    assert!(scene.session.state.volumes.is_empty());
}
