//! A server that changes, repeats, swaps, moves or holds back sealed events: nothing forged is shown, it is told in words, and
//! nothing is sealed until the user has settled it.

use dialtone_engine::snapshot::ItemBody;
use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::{Framed, ServerFrame};

use crate::house::{channel, community};
use crate::liar::{Victim, truth};

/// The parts of an event's frame that a server may choose.
struct Told<'a> {
    channel: &'a mut ChannelId,
    sequence: &'a mut u64,
    event: &'a mut Vec<u8>,
}

/// Changes an event's frame.
fn changed(mut framed: Framed<ServerFrame>, how: impl FnOnce(Told<'_>)) -> Vec<u8> {
    if let ServerFrame::Event {
        channel,
        sequence,
        event,
        ..
    } = &mut framed.frame
    {
        how(Told {
            channel,
            sequence,
            event,
        });
    }
    truth(&framed)
}

/// The first event has another byte at its end, the others are as they are.
fn first_event_changed(count: u64, framed: Framed<ServerFrame>) -> Vec<Vec<u8>> {
    vec![changed(framed, |told| {
        if count == 1 {
            *told.event.last_mut().unwrap() ^= 1;
        }
    })]
}

/// It is told that something is missing, what came after it is not shown, and nothing is sealed.
fn tells_of_a_gap(victim: &Victim) {
    let words = victim.mikael.alarm();
    assert!(words.contains("holds back a message"), "{words}");
    assert!(words.contains("ask the others"), "{words}");
    assert_eq!(victim.lines()[0], "before");
    assert!(!victim.lines().contains(&"second".to_owned()));
    victim.nothing_is_sealed();
}

/// Anna writes "first" and "second"; `lie` makes something else of the frames of the channel's events, counted from 1.
fn lied_to(
    mut lie: impl FnMut(u64, Framed<ServerFrame>) -> Vec<Vec<u8>> + Send + 'static,
) -> Victim {
    let victim = Victim::new();
    let (mut count, general) = (0, victim.general);
    victim.liar.frames(move |framed| {
        if matches!(framed.frame, ServerFrame::Event { channel, .. } if channel == general) {
            count += 1;
            return lie(count, framed);
        }
        vec![truth(&framed)]
    });
    for text in ["first", "second"] {
        victim.anna.say(text);
        victim.anna.reads("anna", text);
    }
    victim
}

#[test]
fn a_changed_event_is_not_shown_and_the_gap_it_leaves_raises_the_alarm() {
    let victim = lied_to(first_event_changed);
    tells_of_a_gap(&victim);
    let lines = victim.lines();
    assert!(
        lines[1].contains("changed after it was written"),
        "{lines:?}"
    );
    assert!(!lines.contains(&"first".to_owned()), "{lines:?}");
}

#[test]
fn a_repeated_event_is_shown_once_and_told() {
    let victim = lied_to(|count, framed| {
        let again =
            |framed: &Framed<ServerFrame>| changed(framed.clone(), |told| *told.sequence += 1);
        match count {
            1 => vec![truth(&framed), again(&framed)],
            _ => vec![again(&framed)],
        }
    });
    let words = victim.mikael.alarm();
    assert!(words.contains("repeated an old message"), "{words}");
    assert_eq!(victim.lines()[..2], ["before", "first"]);
    assert_eq!(
        victim
            .lines()
            .iter()
            .filter(|line| *line == "first")
            .count(),
        1
    );
    victim.nothing_is_sealed();
}

#[test]
fn two_events_that_changed_places_are_told() {
    let mut held = None;
    let victim = lied_to(move |count, framed| match (count, held.take()) {
        (1, _) => {
            held = Some(framed);
            Vec::new()
        }
        (2, Some(first)) => vec![
            changed(framed, |told| *told.sequence -= 1),
            changed(first, |told| *told.sequence += 1),
        ],
        _ => vec![truth(&framed)],
    });
    tells_of_a_gap(&victim);
}

#[test]
fn an_event_that_is_held_back_with_its_number_is_missed_at_the_next_one() {
    let victim = lied_to(|count, framed| match count {
        1 => Vec::new(),
        _ => vec![changed(framed, |told| *told.sequence -= 1)],
    });
    tells_of_a_gap(&victim);
}

#[test]
fn an_event_that_is_held_back_once_is_fetched_again() {
    let victim = lied_to(|count, framed| match count {
        1 => Vec::new(),
        _ => vec![truth(&framed)],
    });
    victim.mikael.reads("anna", "second");
    assert_eq!(victim.lines(), ["before", "first", "second"]);
    assert_eq!(victim.standing_alarm(), None);
}

#[test]
fn an_event_of_another_channel_is_not_shown_in_this_one() {
    let victim = Victim::new();
    let snapshot = victim.mikael.wait("both channels are there", |snapshot| {
        community(snapshot).is_some_and(|one| channel(one, "lounge").is_some())
    });
    let crew = community(&snapshot).unwrap();
    let [here, there] = ["general", "lounge"].map(|name| channel(crew, name).unwrap().id);
    // What comes in one channel is said to have come in the other, in the right place.
    let mut next = 1;
    victim.liar.frames(move |framed| {
        let lie = changed(framed, |told| {
            if *told.channel == here {
                *told.channel = there;
                *told.sequence = next;
                next += 1;
            }
        });
        vec![lie]
    });
    victim.mikael.open_channel("lounge");
    victim.anna.say("for general");
    victim.anna.reads("anna", "for general");
    victim.anna.say("once more");
    let words = victim.mikael.alarm();
    assert!(words.contains("another channel"), "{words}");
    let snapshot = victim.mikael.engine.handle.snapshot();
    let lounge = channel(community(&snapshot).unwrap(), "lounge").unwrap();
    let mut items = lounge.timeline.items.iter();
    assert!(!items.any(|item| matches!(item.body, ItemBody::Text(_))));
    victim.nothing_is_sealed();
}

#[test]
fn who_was_shown_something_else_is_found_out_when_they_write() {
    let victim = lied_to(first_event_changed);
    victim.mikael.alarm();
    // Mikael does not ask anybody, and takes the warning away.
    victim.liar.repent();
    victim.clear_warning();
    victim.mikael.say("I have asked nobody");
    let words = victim.anna.alarm();
    assert!(words.contains("different messages"), "{words}");
}
