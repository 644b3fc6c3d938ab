//! Somebody names a member list that the server does not show: nothing is sealed, over restarts too, and it is told.

use dialtone_crypto::{OsRng, entries, sign_key_request};
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::roster::{HistoryPolicy, Roster};

use super::scene::{Person, Scene, wait};
use super::signals::signal;

/// What the server makes of the log for somebody else: as long, with another entry at its end.
fn fork(scene: &Scene) -> Roster {
    let mut fork = scene.roster.clone();
    let (_, entry) = entries::create_channel(
        &scene.anna.device,
        &fork,
        fork.view().lobby(),
        HistoryPolicy::All,
        &mut OsRng,
    )
    .unwrap();
    fork.append(entry).unwrap();
    fork
}

fn request(person: &Person, roster: &Roster) -> ServerFrame {
    let request = sign_key_request(&person.device, roster, Vec::new()).unwrap();
    ServerFrame::KeysRequested {
        request: request.into(),
    }
}

#[test]
fn an_event_of_a_longer_member_list_stops_sealing_until_the_list_is_here() {
    let mut scene = Scene::new();
    scene.another_channel();
    let position = scene.roster.position();
    let event = scene.anna_writes("of a longer list", position);
    // There is no network: the list cannot be fetched, and the connection ends.
    scene.frame(event).unwrap_err();
    assert_eq!(scene.mikael_writes("waits"), 0);
    // The server now withholds both the entry and the event.
    scene.restart();
    scene.catch_up();
    assert_eq!(scene.events_sent(), 0);
    scene.show_roster();
    assert_eq!(scene.events_sent(), 1);
    assert_eq!(scene.alarm(), None);
    scene.restart();
    scene.catch_up();
    assert_eq!(scene.session.state.ahead, None);
}

#[test]
fn ten_seconds_without_the_list_raise_the_alarm() {
    let mut scene = Scene::new();
    scene.another_channel();
    let position = scene.roster.position();
    scene.session.note_ahead(position, 5_000).unwrap();
    // Before the server was asked nothing is its fault.
    scene.session.mind_ahead(60_000).unwrap();
    assert_eq!(scene.alarm(), None);
    scene.session.state.ahead_asked = true;
    scene.session.mind_ahead(14_999).unwrap();
    assert_eq!(scene.alarm(), None);
    // That others name it as well, or a longer one, gives the server no more time.
    scene.another_channel();
    let longer = scene.roster.position();
    scene.session.note_ahead(longer, 14_000).unwrap();
    scene.session.mind_ahead(15_000).unwrap();
    assert!(scene.alarm().unwrap().contains("does not show it to you"));
}

#[test]
fn another_entry_in_the_named_place_raises_the_alarm() {
    let mut scene = Scene::new();
    let fork = fork(&scene);
    let frame = signal(&scene, &fork);
    scene.frame(frame).unwrap();
    assert_eq!(scene.alarm(), None);
    assert_eq!(scene.mikael_writes("waits"), 0);
    scene.another_channel();
    scene.show_roster();
    assert!(scene.alarm().unwrap().contains("different member lists"));
}

#[test]
fn a_signal_or_a_request_of_a_forked_list_raises_the_alarm() {
    for ask in [false, true] {
        let mut scene = Scene::new();
        let fork = fork(&scene);
        scene.another_channel();
        scene.show_roster();
        let frame = if ask {
            request(&scene.anna, &fork)
        } else {
            signal(&scene, &fork)
        };
        scene.frame(frame).unwrap();
        assert!(scene.alarm().unwrap().contains("different member lists"));
        assert_eq!(scene.mikael_writes("not sent"), 0);
    }
}

#[test]
fn what_nobody_signed_proves_nothing() {
    let mut scene = Scene::new();
    let fork = fork(&scene);
    scene.another_channel();
    scene.show_roster();
    // A stranger's signature, and Anna's name on what she did not sign.
    let stranger = Person::new();
    scene.frame(request(&stranger, &fork)).unwrap();
    let ServerFrame::KeysRequested { request } = request(&scene.anna, &fork) else {
        unreachable!()
    };
    let mut request = request.to_vec();
    *request.last_mut().unwrap() ^= 1;
    let frame = ServerFrame::KeysRequested {
        request: request.into(),
    };
    scene.frame(frame).unwrap();
    assert_eq!(scene.alarm(), None);
    assert_eq!(scene.session.state.ahead, None);
    assert_eq!(scene.mikael_writes("goes on"), 1);
}

#[test]
fn a_server_that_breaks_the_connection_at_the_question_is_told_as_well() {
    let mut scene = Scene::new();
    scene.another_channel();
    let position = scene.roster.position();
    scene.session.note_ahead(position, 5_000).unwrap();
    for _ in 0..3 {
        scene.session.mind_ahead(20_000).unwrap();
        assert_eq!(scene.alarm(), None);
        // There is no network, as if the server hung up.
        wait(scene.session.fetch_ahead()).unwrap_err();
    }
    scene.session.mind_ahead(20_000).unwrap();
    assert!(scene.alarm().is_some());
}
