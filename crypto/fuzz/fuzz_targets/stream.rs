#![no_main]
//! The order of a channel's events as a server gives them, going on from a state that was saved: whatever comes, the stream goes on by one
//! event at a time or not at all, and a state that is read is written again as the same bytes.
use std::sync::LazyLock;

use dialtone_crypto::{KeyRing, Outcome, StreamChecker, open_event};
use dialtone_protocol::Hash;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::sealed::SealedEvent;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "other targets use the rest")]
#[path = "../../tests/suite/common.rs"]
mod common;
mod edits;

use common::World;
use edits::Edits;

const EVENTS: usize = 8;
const MOST_STEPS: usize = 24;

#[derive(Debug, Arbitrary)]
struct Given {
    state: State,
    steps: Vec<Step>,
}

#[derive(Debug, Arbitrary)]
enum State {
    /// As it is after so many events.
    After(u8),
    /// Changed on the disk.
    Changed(u8, Edits),
    Raw(Vec<u8>),
}

#[derive(Debug, Arbitrary)]
struct Step {
    /// From the place that comes next.
    offset: i8,
    event: u8,
    edits: Option<Edits>,
    /// Its content is gone from the server.
    gone: bool,
    /// It is passed over.
    skip: bool,
}

struct Scene {
    roster: Roster,
    ring: KeyRing,
    events: Vec<Vec<u8>>,
    /// Before each event, and after the last.
    states: Vec<Vec<u8>>,
    hashes: Vec<Hash>,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let mut world = World::with(1);
    let mut stream = world.stream();
    let (mut events, mut states) = (Vec::new(), vec![stream.checker.to_bytes()]);
    for number in 0..EVENTS {
        let sealed = world.seal(number % 2, &stream, "text");
        let (ring, roster) = (&world.members[0].ring, world.roster());
        let read = stream.read(&sealed.bytes, ring, roster);
        assert!(read.is_ok());
        events.push(sealed.bytes);
        states.push(stream.checker.to_bytes());
    }
    Scene {
        roster: world.roster().clone(),
        ring: world.members.remove(1).ring,
        events,
        states,
        hashes: stream.hashes,
    }
});

fuzz_target!(|given: Given| {
    let scene = &*SCENE;
    let at = |number: u8| &scene.states[usize::from(number) % scene.states.len()];
    let state = match given.state {
        State::After(number) => at(number).clone(),
        State::Changed(number, edits) => edits.of(at(number)),
        State::Raw(bytes) => bytes,
    };
    let Ok(mut checker) = StreamChecker::from_bytes(&state) else {
        return;
    };
    assert_eq!(checker.to_bytes(), state);
    for step in given.steps.into_iter().take(MOST_STEPS) {
        take(scene, &mut checker, &step);
    }
    let again = StreamChecker::from_bytes(&checker.to_bytes());
    assert_eq!(again.as_ref(), Ok(&checker));
});

fn take(scene: &Scene, checker: &mut StreamChecker, step: &Step) {
    let before = checker.position();
    let right = &scene.events[usize::from(step.event) % EVENTS];
    let bytes = step
        .edits
        .as_ref()
        .map_or_else(|| right.clone(), |edits| edits.of(right));
    let sequence = before
        .sequence
        .wrapping_add_signed(1 + i64::from(step.offset));
    let stream_at = |at: u64| scene.hashes.get(usize::try_from(at).ok()?).copied();
    let event = SealedEvent::read(&bytes).ok();
    let checked = match event.filter(|_| step.gone) {
        Some((sealed, _)) => {
            let gone = (Hash::of(&bytes), sealed.header.as_slice());
            checker.check_gone(sequence, gone, &scene.roster, stream_at)
        }
        None => checker.check(sequence, &bytes, &scene.roster, stream_at),
    };
    // Looking at it changes nothing.
    assert_eq!(checker.position(), before);
    let after = match checked {
        Ok(checked) => {
            let next = before.sequence.checked_add(1);
            assert!(next.is_none_or(|next| checked.sequence() == next));
            assert_eq!(checked.hash(), Hash::of(&bytes));
            let outcome = if step.gone {
                Outcome::Unopened
            } else {
                Outcome::of(&open_event(&checked, &scene.ring, &scene.roster))
            };
            checker.record(&checked, outcome)
        }
        Err(error) if error.is_alarm() && step.skip => checker.skip(sequence, &bytes),
        Err(_) => before,
    };
    assert_eq!(checker.position(), after);
    assert!(after == before || after == before.advance(&Hash::of(&bytes)));
}
