//! Messages that vanish: erased once their time is over, by whatever clock, and taken in as gone where the server has erased them.

use std::sync::Arc;

use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::sealed::SealedEvent;
use dialtone_protocol::{ClientEventId, Hash, strict};

use super::scene::Scene;
use crate::chat::records::Verdict;
use crate::clock;

const HOUR_S: u32 = 3_600;
const HOUR_MS: u64 = 3_600_000;

/// Anna writes something that stays for an hour.
fn anna_writes(scene: &mut Scene, body: EventBody, time_ms: u64) -> ServerFrame {
    let anna = Arc::clone(&scene.anna.device);
    let (group, epoch) = (scene.group.id(), scene.group.epoch());
    let key = scene.keys.sealing_key(group, epoch, scene.channel).unwrap();
    let content = EventContent {
        time_ms,
        lifetime_s: Some(HOUR_S),
        body,
    };
    let id = ClientEventId(clock::random());
    let roster = scene.roster.position();
    let chain = scene.anna.chain;
    let (frame, chain) = scene.sealed_content(&key, &anna, chain, id, &content, roster);
    scene.anna.chain = chain;
    frame
}

fn text(text: &str) -> EventBody {
    EventBody::Text {
        text: text.into(),
        reply_to: None,
    }
}

fn hash(frame: &ServerFrame) -> Hash {
    let ServerFrame::Event { event, .. } = frame else {
        panic!("no event")
    };
    Hash::of(event)
}

/// The same event, as a server gives it that has erased it.
fn gone(frame: &ServerFrame) -> ServerFrame {
    let ServerFrame::Event {
        channel,
        sequence,
        time_ms,
        event,
    } = frame
    else {
        panic!("no event")
    };
    let (sealed, _) = SealedEvent::read(event).unwrap();
    ServerFrame::Gone {
        channel: *channel,
        sequence: *sequence,
        time_ms: *time_ms,
        event: Hash::of(event),
        header: sealed.header,
    }
}

fn shown(scene: &mut Scene) -> Vec<String> {
    let channel = scene.channel;
    let lines = scene.session.state.channel(channel).lines.values();
    lines
        .filter_map(|line| line.body.text().map(ToOwned::to_owned))
        .collect()
}

#[test]
fn a_message_vanishes_with_what_was_done_to_it_after_its_time_and_not_before() {
    let mut scene = Scene::new();
    scene.session.open_channel(scene.channel).unwrap();
    let now = clock::now_ms();
    let said = anna_writes(&mut scene, text("for an hour"), now);
    let target = hash(&said);
    scene.frame(said).unwrap();
    let edit = EventBody::Edit {
        target,
        text: "for one hour".into(),
    };
    let edit = anna_writes(&mut scene, edit, now);
    scene.frame(edit).unwrap();
    let position = scene.roster.position();
    let kept = scene.anna_writes("for good", position);
    scene.frame(kept).unwrap();
    scene.session.vanish(now + HOUR_MS - 1).unwrap();
    assert_eq!(shown(&mut scene), ["for one hour", "for good"]);
    let after = clock::now_ms() + HOUR_MS + 1;
    scene.session.vanish(after).unwrap();
    assert_eq!(shown(&mut scene), ["for good"]);
    for sequence in [1, 2] {
        let verdict = scene.verdict(sequence);
        assert_eq!(verdict, Verdict::Vanished { unseen: false });
    }
    scene.restart();
    scene.session.open_channel(scene.channel).unwrap();
    assert_eq!(shown(&mut scene), ["for good"]);
    assert_eq!(scene.alarm(), None);
}

#[test]
fn what_vanishes_unseen_is_unread_no_more_and_is_not_found() {
    let mut scene = Scene::new();
    let channel = scene.channel;
    let now = clock::now_ms();
    let said = anna_writes(&mut scene, text("anchovies"), now);
    scene.frame(said).unwrap();
    assert_eq!(scene.session.state.channel(channel).unread, 1);
    let found = |scene: &mut Scene| {
        scene.session.search("anchovies", 10).unwrap();
        while scene.session.state.reads_on() {
            scene.session.read_on().unwrap();
        }
        let view = scene.session.state.looking.search.view.clone();
        view.map_or(0, |view| view.found.len())
    };
    assert_eq!(found(&mut scene), 1);
    scene.session.vanish(clock::now_ms() + HOUR_MS).unwrap();
    assert_eq!(scene.session.state.channel(channel).unread, 0);
    assert_eq!(found(&mut scene), 0);
}

#[test]
fn a_clock_that_is_ahead_keeps_nothing_longer() {
    let mut scene = Scene::new();
    let said = anna_writes(&mut scene, text("from the future"), u64::MAX);
    scene.frame(said).unwrap();
    scene.session.vanish(clock::now_ms() + HOUR_MS).unwrap();
    assert_eq!(scene.verdict(1), Verdict::Vanished { unseen: false });
}

#[test]
fn what_the_server_has_erased_keeps_its_place_and_the_stream_goes_on() {
    let mut scene = Scene::new();
    let now = clock::now_ms();
    for words in ["one", "two"] {
        let said = anna_writes(&mut scene, text(words), now);
        scene.frame(gone(&said)).unwrap();
    }
    assert_eq!(scene.verdict(2), Verdict::Vanished { unseen: true });
    let position = scene.roster.position();
    let next = scene.anna_writes("still here", position);
    scene.frame(next).unwrap();
    assert!(matches!(scene.verdict(3), Verdict::Opened(_)));
    assert_eq!(scene.alarm(), None);
    scene.restart();
    assert_eq!(scene.alarm(), None);
}

#[test]
fn ones_own_message_that_was_erased_before_its_answer_came_is_not_sent_again() {
    let mut scene = Scene::new();
    scene.session.enqueue(scene.channel, text("mine")).unwrap();
    let sealed = scene.sent().remove(0);
    let frame = scene.stored(sealed);
    scene.frame(gone(&frame)).unwrap();
    assert!(!scene.waits());
}

#[test]
fn a_server_that_lies_of_what_is_gone_is_not_believed() {
    let mut scene = Scene::new();
    let said = anna_writes(&mut scene, text("one"), 1);
    let ServerFrame::Gone {
        channel,
        sequence,
        time_ms,
        event,
        header,
    } = gone(&said)
    else {
        panic!("not gone")
    };
    let mut other = dialtone_protocol::sealed::EventHeader::read(&header).unwrap();
    other.device_sequence += 1;
    let frame = ServerFrame::Gone {
        channel,
        sequence,
        time_ms,
        event,
        header: strict::encode(&other).into(),
    };
    scene.frame(frame).unwrap();
    assert!(scene.alarm().is_some());

    let mut scene = Scene::new();
    scene.channel = scene.roster.community().directory();
    let position = scene.roster.position();
    let named = scene.anna_writes("a name", position);
    scene.frame(gone(&named)).unwrap();
    assert!(scene.alarm().unwrap().contains("names never go"));
}

#[test]
fn who_has_no_say_in_it_changes_nothing_and_shows_nothing() {
    let mut scene = Scene::new();
    scene.session.open_channel(scene.channel).unwrap();
    let device = Arc::clone(&scene.mikael.device);
    let position = scene.roster.position();
    let body = EventBody::Lifetime { seconds: 60 };
    let start = dialtone_crypto::SenderChain::START;
    let (frame, _) = scene.event(&device, start, ClientEventId([9; 16]), body, position);
    scene.frame(frame).unwrap();
    assert!(matches!(scene.verdict(1), Verdict::Opened(_)));
    let channel = scene.channel;
    assert!(scene.session.state.channel(channel).lines.is_empty());
    assert_eq!(scene.session.state.lifetime_of(&channel), 0);
}
