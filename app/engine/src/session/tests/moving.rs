//! Moves from one call into another against a server that refuses, repeats itself, or goes away.

use dialtone_protocol::frame::{CallState, ClientFrame, Framed, RefusalCode, ServerFrame};
use dialtone_protocol::{CallId, ChannelId};

use super::calls::{CALL, join, joined, run};
use super::scene::Scene;
use crate::session::state::Tag;

const ELSEWHERE: ChannelId = ChannelId([9; 16]);
const OTHER: CallId = CallId([8; 16]);

/// What was sent since this was last asked.
fn sent(scene: &mut Scene) -> Vec<ClientFrame> {
    let out = std::mem::take(&mut scene.session.state.out);
    out.into_iter().map(|(frame, _)| frame).collect()
}

fn leaves(sent: &[ClientFrame], call: CallId) -> bool {
    let leaves = ClientFrame::LeaveCall { call };
    sent.contains(&leaves)
}

/// In a call, and about to move into another one.
async fn moving(scene: &mut Scene) {
    join(scene).await;
    sent(scene);
    scene.session.join_call(ELSEWHERE).await.unwrap();
    let channel = ELSEWHERE;
    assert!(sent(scene).contains(&ClientFrame::JoinCall { channel }));
    let request = (9, Tag::JoinCall(ELSEWHERE));
    scene.session.state.requests.extend([request]);
}

fn is_where_it_was(scene: &Scene) {
    let call = scene.session.state.call.as_ref().unwrap();
    assert_eq!((call.channel, call.id), (scene.channel, Some(CALL)));
    assert!(call.sound.is_some() && call.media.is_some() && call.failed.is_none());
}

fn other_roll(scene: &Scene) -> CallState {
    CallState {
        channel: ELSEWHERE,
        call: OTHER,
        devices: vec![scene.mikael.device.id()],
    }
}

#[test]
fn whoever_is_refused_stays_where_they_are_and_is_told() {
    let mut scene = Scene::new();
    run(async {
        moving(&mut scene).await;
        is_where_it_was(&scene);
        let frame = ServerFrame::Refused {
            code: RefusalCode::TooMany,
            message: "the call is full".into(),
            wait_s: None,
            at: None,
        };
        let refused = Framed { request: 9, frame };
        scene.session.frame(refused).await.unwrap();
        is_where_it_was(&scene);
        assert!(scene.session.state.moving.is_none());
        let told = std::mem::take(&mut scene.session.state.words);
        assert!(told[0].contains("the call is full"), "{told:?}");
        assert!(sent(&mut scene).is_empty(), "nothing is left");
        scene.session.leave_call().await;
    });
}

#[test]
fn whoever_turns_back_stays_and_leaves_what_they_are_let_into_too_late() {
    let mut scene = Scene::new();
    run(async {
        moving(&mut scene).await;
        scene.session.join_call(scene.channel).await.unwrap();
        assert!(scene.session.state.moving.is_none());
        let roll = other_roll(&scene);
        joined(&mut scene, 9, roll).await;
        is_where_it_was(&scene);
        let sent = sent(&mut scene);
        assert!(leaves(&sent, OTHER) && !leaves(&sent, CALL), "{sent:?}");
        let shown = scene.session.state.calls.contains_key(&ELSEWHERE);
        assert!(!shown, "one is not shown there");
        scene.session.leave_call().await;
    });
}

#[test]
fn a_second_answer_for_the_same_call_changes_nothing() {
    let mut scene = Scene::new();
    run(async {
        join(&mut scene).await;
        let stream = scene.session.state.call.as_ref().unwrap().stream;
        sent(&mut scene);
        let request = (11, Tag::JoinCall(scene.channel));
        scene.session.state.requests.extend([request]);
        let channel = scene.channel;
        let again = scene.session.state.calls[&channel].clone();
        joined(&mut scene, 11, again).await;
        let call = scene.session.state.call.as_ref().unwrap();
        assert_eq!(call.stream, stream, "the stay goes on");
        assert!(!leaves(&sent(&mut scene), CALL));
        scene.session.leave_call().await;
    });
}

#[test]
fn whoever_loses_the_server_or_the_channel_moves_nowhere() {
    let mut scene = Scene::new();
    run(async {
        moving(&mut scene).await;
        scene.session.state.out.clear();
        scene.session.call_cut();
        assert!(scene.session.state.moving.is_none());
        assert!(sent(&mut scene).is_empty(), "there is nobody to tell");
        let call = scene.session.state.call.as_ref().unwrap();
        assert!(call.cut_since.is_some() && call.sound.is_some());
        let told = std::mem::take(&mut scene.session.state.words);
        assert!(told[0].contains("connection to the server"), "{told:?}");
        scene.session.leave_call().await;
        moving(&mut scene).await;
        // No group has this channel: its call cannot have keys.
        scene.session.mind_move(std::time::Instant::now());
        assert!(scene.session.state.moving.is_none());
        is_where_it_was(&scene);
        // And who leaves while moving leaves both.
        scene.session.join_call(ELSEWHERE).await.unwrap();
        scene.session.leave_call().await;
        assert!(scene.session.state.moving.is_none() && scene.session.state.call.is_none());
    });
}
