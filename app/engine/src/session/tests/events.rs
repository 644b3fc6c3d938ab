//! Events: echoes of one's own, what is confirmed, and what somebody might say when they said it.

use dialtone_crypto::{OpenError, Outcome, SenderChain, entries};
use dialtone_protocol::content::EventBody;
use dialtone_protocol::frame::{ClientFrame, ServerFrame};
use dialtone_protocol::revision::REVISION;
use dialtone_protocol::roster::{ChannelSetting, Role};

use super::scene::Scene;
use crate::chat::records::Verdict;
use crate::session::inbox::judge;
use crate::session::view;
use crate::snapshot::Ages;

fn text(text: &str) -> EventBody {
    EventBody::Text {
        text: text.into(),
        reply_to: None,
    }
}

#[test]
fn a_forged_echo_takes_nothing_from_the_outbox() {
    let mut scene = Scene::new();
    scene.session.enqueue(scene.channel, text("mine")).unwrap();
    let sealed = scene.sent().remove(0);
    let mut forged = sealed.clone();
    *forged.last_mut().unwrap() ^= 1;
    let frame = scene.stored(forged);
    scene.frame(frame).unwrap();
    assert!(matches!(scene.verdict(1), Verdict::Refused { .. }));
    assert!(scene.waits());
    scene.restart();
    scene.catch_up();
    assert_eq!(scene.sent(), std::slice::from_ref(&sealed));
    let frame = scene.stored(sealed);
    scene.frame(frame).unwrap();
    assert!(!scene.waits());
    scene.restart();
    assert!(!scene.waits());
}

#[test]
fn another_content_under_the_id_of_ones_own_raises_the_alarm() {
    let mut scene = Scene::new();
    scene.session.enqueue(scene.channel, text("mine")).unwrap();
    let channel = scene.channel;
    let mut items = scene.session.state.channel(channel).outbox.values();
    let id = items.next().unwrap().client_id;
    let device = scene.mikael.device.clone();
    let position = scene.roster.position();
    let other = text("not what was written");
    let (frame, _) = scene.event(&device, SenderChain::START, id, other, position);
    scene.frame(frame).unwrap();
    assert!(
        scene
            .alarm()
            .unwrap()
            .contains("in the place of one of yours")
    );
    assert!(scene.waits());
}

#[test]
fn what_a_later_event_vouches_for_is_confirmed() {
    let mut scene = Scene::new();
    scene.session.open_channel(scene.channel).unwrap();
    let position = scene.roster.position();
    let confirmed = |scene: &mut Scene| -> Vec<bool> {
        let channel = scene.channel;
        let lines = scene.session.state.channel(channel).lines.values();
        lines.map(|line| line.confirmed).collect()
    };
    let first = scene.anna_writes("first", position);
    scene.frame(first).unwrap();
    assert_eq!(confirmed(&mut scene), [false]);
    let second = scene.anna_writes("second", position);
    scene.frame(second).unwrap();
    assert_eq!(confirmed(&mut scene), [true, false]);
    scene.session.refresh_lines();
    assert_eq!(confirmed(&mut scene), [true, false]);
}

#[test]
fn names_given_by_an_admin_stay_when_they_are_no_admin_any_more() {
    let mut scene = Scene::new();
    let named = scene.channel;
    let account = scene.mikael.account.account();
    let promote =
        entries::change_role(&scene.anna.device, &scene.roster, account, Role::Admin).unwrap();
    scene.append(promote);
    let as_admin = scene.roster.position();
    let demote =
        entries::change_role(&scene.anna.device, &scene.roster, account, Role::Member).unwrap();
    scene.append(demote);
    scene.show_roster();
    scene.channel = scene.roster.community().directory();
    let device = scene.mikael.device.clone();
    let info = |name: &str| EventBody::ChannelInfo {
        channel: named,
        name: name.into(),
        topic: String::new(),
        voice: false,
    };
    let id = |n| dialtone_protocol::ClientEventId([n; 16]);
    let (frame, chain) = scene.event(&device, SenderChain::START, id(1), info("pier"), as_admin);
    scene.frame(frame).unwrap();
    let now = scene.roster.position();
    let (frame, _) = scene.event(&device, chain, id(2), info("mine now"), now);
    scene.frame(frame).unwrap();
    let name = |scene: &Scene| scene.session.state.directory.channels[&named].name.clone();
    assert_eq!(name(&scene), "pier");
    scene.restart();
    assert_eq!(name(&scene), "pier");
}

#[test]
fn a_channel_goes_on_after_a_broken_chain_once_the_warning_is_settled() {
    let mut scene = Scene::new();
    let position = scene.roster.position();
    let anna = scene.anna.device.clone();
    let id = |n| dialtone_protocol::ClientEventId([n; 16]);
    let (_, chain) = scene.event(
        &anna,
        SenderChain::START,
        id(1),
        text("held back"),
        position,
    );
    // The server puts the second in the place of the first.
    scene.stream = dialtone_protocol::sealed::StreamPosition::START;
    let (second, chain) = scene.event(&anna, chain, id(2), text("second"), position);
    scene.frame(second).unwrap();
    assert!(scene.alarm().unwrap().contains("holds back"));
    assert_eq!(scene.mikael_writes("waits"), 0);
    let cleared = scene
        .session
        .clear_alarm(crate::command::alarm_confirmation());
    assert!(super::scene::wait(cleared).is_err());
    let (third, _) = scene.event(&anna, chain, id(3), text("third"), position);
    scene.frame(third).unwrap();
    assert_eq!(scene.alarm(), None);
    assert!(matches!(scene.verdict(1), Verdict::Refused { .. }));
    assert!(matches!(scene.verdict(2), Verdict::Opened(_)));
    assert_eq!(scene.events_sent(), 1);
}

#[test]
fn content_of_a_later_version_says_so_and_breaks_no_chain() {
    let judged = judge(&Err(OpenError::UnknownContent), b"sealed", 1);
    assert_eq!(judged.outcome, Outcome::UnknownContent);
    let Verdict::Refused { reason, .. } = judged.verdict else {
        panic!("it cannot be shown");
    };
    assert_eq!(
        reason,
        "A message of a kind that this version does not know"
    );
    let judged = judge(&Err(OpenError::BadSignature), b"sealed", 1);
    assert_eq!(judged.outcome, Outcome::Invalid);
}

#[test]
fn a_member_that_contradicts_itself_is_named_and_everybody_else_goes_on() {
    let mut scene = Scene::new();
    let position = scene.roster.position();
    let anna = scene.anna.device.clone();
    let id = |n| dialtone_protocol::ClientEventId([n; 16]);
    let start = SenderChain::START;
    let (first, chain) = scene.event(&anna, start, id(1), text("first"), position);
    scene.frame(first).unwrap();
    // Other words under the same number: only Anna can sign that.
    let (other, _) = scene.event(&anna, start, id(2), text("never said"), position);
    scene.frame(other).unwrap();
    let (again, _) = scene.event(&anna, start, id(3), text("nor this"), position);
    scene.frame(again).unwrap();
    assert_eq!(scene.alarm(), None);
    assert!(matches!(scene.verdict(2), Verdict::Refused { .. }));
    let notices = scene.notices.lock().clone();
    let short = anna.id().to_string()[..8].to_owned();
    assert_eq!(notices.len(), 1, "it is told once: {notices:?}");
    assert!(notices[0].contains(&short), "{notices:?}");
    assert_eq!(scene.mikael_writes("goes out"), 1);
    // Anna's next event continues the last one that her device made, or the last one that was taken in.
    scene.restart();
    scene.catch_up();
    let (next, _) = scene.event(&anna, chain, id(4), text("next"), position);
    scene.frame(next).unwrap();
    assert_eq!(scene.alarm(), None);
    assert!(matches!(scene.verdict(4), Verdict::Opened(_)));
}

#[test]
fn the_same_message_sealed_anew_counts_once_and_is_not_shown_again() {
    let mut scene = Scene::new();
    scene.session.open_channel(scene.channel).unwrap();
    let position = scene.roster.position();
    let anna = scene.anna.device.clone();
    let id = dialtone_protocol::ClientEventId([1; 16]);
    let (first, _) = scene.event(&anna, SenderChain::START, id, text("once"), position);
    scene.frame(first).unwrap();
    let (again, _) = scene.event(&anna, SenderChain::START, id, text("once"), position);
    scene.frame(again).unwrap();
    assert_eq!(scene.alarm(), None);
    assert!(scene.notices.lock().is_empty());
    assert!(matches!(scene.verdict(2), Verdict::Repeated { .. }));
    scene.session.refresh_lines();
    let channel = scene.channel;
    assert_eq!(scene.session.state.channel(channel).lines.len(), 1);
    scene.restart();
    scene.catch_up();
    assert_eq!(scene.mikael_writes("goes out"), 1);
}

#[test]
fn an_old_event_given_again_is_the_servers_doing() {
    let mut scene = Scene::new();
    let position = scene.roster.position();
    let first = scene.anna_writes("once", position);
    let ServerFrame::Event { event, .. } = first.clone() else {
        unreachable!("it is an event");
    };
    scene.frame(first).unwrap();
    let again = scene.stored(event.to_vec());
    scene.frame(again).unwrap();
    assert!(scene.alarm().unwrap().starts_with("The server changed"));
    assert_eq!(scene.mikael_writes("waits"), 0);
    scene.restart();
    assert!(scene.alarm().is_some());
}

#[test]
fn other_words_under_the_same_id_and_number_name_the_device() {
    let mut scene = Scene::new();
    let position = scene.roster.position();
    let anna = scene.anna.device.clone();
    let id = dialtone_protocol::ClientEventId([1; 16]);
    for words in ["yes", "no"] {
        let (frame, _) = scene.event(&anna, SenderChain::START, id, text(words), position);
        scene.frame(frame).unwrap();
    }
    assert!(matches!(scene.verdict(2), Verdict::Refused { .. }));
    assert_eq!(scene.notices.lock().len(), 1);
    assert_eq!(scene.alarm(), None);
}

#[test]
fn a_clock_that_differs_from_the_servers_is_told_once_and_by_what_was_just_sent() {
    let mut scene = Scene::new();
    let told = |scene: &Scene| {
        let notices = scene.notices.lock();
        notices.iter().filter(|text| text.contains("clock")).count()
    };
    // The scene's server lives in 1970. What others sent, and when, says nothing of this moment.
    let position = scene.roster.position();
    let other = scene.anna_writes("from anna", position);
    scene.frame(other).unwrap();
    assert_eq!(told(&scene), 0);
    for words in ["mine", "again mine"] {
        scene.session.enqueue(scene.channel, text(words)).unwrap();
        let sealed = scene.sent().remove(0);
        let frame = scene.stored(sealed);
        scene.frame(frame).unwrap();
        assert!(!scene.waits());
        assert_eq!(told(&scene), 1);
    }
}

#[test]
fn a_kind_of_a_later_version_keeps_its_place_and_the_next_one_is_read() {
    let mut scene = Scene::new();
    scene.session.open_channel(scene.channel).unwrap();
    let position = scene.roster.position();
    // What an older version makes of what it does not know: authentic, and not read.
    let first = scene.anna_writes("before", position);
    scene.frame(first).unwrap();
    let ServerFrame::Event { event, .. } = scene.anna_writes("of a later kind", position) else {
        panic!("no event")
    };
    let judged = judge(&Err(OpenError::UnknownContent), &event, 1);
    assert_eq!(judged.outcome, Outcome::UnknownContent);
    let Verdict::Refused { reason, bytes } = judged.verdict else {
        panic!("not kept")
    };
    assert!(reason.contains("does not know"));
    assert_eq!(*bytes, *event, "kept for a later version");
}

#[test]
fn a_server_of_another_age_is_told_of_and_gets_what_it_knows_alone() {
    let mut scene = Scene::new();
    let age = |scene: &Scene| view::community(&scene.session.state).server_age;
    assert_eq!(age(&scene), Ages::Same);
    scene.session.state.server_revision = REVISION + 1;
    assert_eq!(age(&scene), Ages::OtherNewer);
    scene.session.state.server_revision = 0;
    assert_eq!(age(&scene), Ages::OtherOlder);
    let (anna, roster) = (&scene.anna.device, &scene.roster);
    let hour = ChannelSetting::Lifetime(3_600);
    let entry = entries::set_channel(anna, roster, scene.channel, hour).unwrap();
    scene.append(entry);
    scene.show_roster();
    let kept = |scene: &mut Scene, revision| {
        scene.session.state.server_revision = revision;
        scene.session.enqueue(scene.channel, text("brief")).unwrap();
        scene.session.fill_outbox(crate::clock::now_ms()).unwrap();
        let out: Vec<_> = scene.session.state.out.drain(..).collect();
        let sent = out.into_iter().find_map(|(frame, _)| match frame {
            ClientFrame::Send {
                channel,
                event,
                keep_s,
                ..
            } if channel == scene.channel => Some((event, keep_s)),
            _ => None,
        });
        let (event, keep_s) = sent.unwrap();
        let frame = scene.stored(event.to_vec());
        scene.frame(frame).unwrap();
        keep_s
    };
    assert_eq!(kept(&mut scene, 0), None);
    assert_eq!(kept(&mut scene, REVISION), Some(3_600));
}
