//! What one writes while the server cannot take it: it waits, is told in words, and goes out as the same bytes.

use dialtone_protocol::frame::RefusalCode;

use super::scene::{Scene, lobby_part};
use crate::clock;
use crate::session::view;

/// What the window says under the field.
fn words(scene: &Scene) -> Option<String> {
    let community = view::community(&scene.session.state);
    let mut channels = community.channels.iter();
    let here = channels.find(|channel| channel.id == scene.channel);
    here.unwrap().held_up.clone()
}

fn refuse(scene: &mut Scene, code: RefusalCode) {
    let (channel, state) = (scene.channel, &mut scene.session.state);
    let order = state.channel(channel).in_flight.unwrap();
    let refused = scene
        .session
        .event_refused(channel, order, (code, None), "no");
    refused.unwrap();
}

#[test]
fn a_server_that_cannot_store_is_told_and_gets_the_same_bytes_later_and_later() {
    let mut scene = Scene::new();
    assert_eq!(words(&scene), None);
    assert_eq!(scene.mikael_writes("kept"), 1);
    // The first bytes went out in `mikael_writes`; these are what is sent again.
    refuse(&mut scene, RefusalCode::Unavailable);
    assert!(words(&scene).unwrap().contains("cannot keep messages"));
    let began = clock::now_ms();
    assert!(scene.sent_at(began).is_empty(), "it rests");
    let first = scene.sent_at(began + 1_000);
    assert_eq!(first.len(), 1);
    refuse(&mut scene, RefusalCode::TooMany);
    assert!(words(&scene).unwrap().contains("too much to do"));
    assert!(scene.sent_at(clock::now_ms() + 500).is_empty());
    let second = scene.sent_at(clock::now_ms() + 2_000);
    assert_eq!(first, second);
    // The server takes it: nothing is said any more, and the next one goes out at once.
    let stored = scene.stored(second[0].clone());
    scene.frame(stored).unwrap();
    assert_eq!(words(&scene), None);
    assert_eq!(scene.mikael_writes("the next"), 1);
}

#[test]
fn a_closed_gate_is_told_while_something_waits() {
    let mut scene = Scene::new();
    scene.revoke_annas_device();
    assert_eq!(words(&scene), None, "nothing waits");
    assert_eq!(scene.mikael_writes("after the removal"), 0);
    assert!(words(&scene).unwrap().contains("A device was removed"));

    let mut scene = Scene::new();
    lobby_part(&mut scene.session.state).group = None;
    assert_eq!(scene.mikael_writes("before one is let in"), 0);
    assert!(words(&scene).unwrap().contains("today's keys"));

    let mut scene = Scene::new();
    scene.another_channel();
    let position = scene.roster.position();
    let event = scene.anna_writes("of a longer list", position);
    scene.frame(event).unwrap_err();
    assert_eq!(scene.mikael_writes("after the list"), 0);
    assert!(words(&scene).unwrap().contains("whole member list"));
}
