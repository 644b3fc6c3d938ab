//! One event that does not fit ends no channel: who is to blame, and how the stream goes on.

use dialtone_crypto::{
    Blame, KeyRing, OpenError, Outcome, Refused, SealedOut, SenderChain, StreamError,
    VerifiedEvent, open_event,
};
use dialtone_protocol::Hash;
use dialtone_protocol::roster::Change;
use dialtone_protocol::sealed::{SealedEvent, StreamPosition};
use dialtone_protocol::strict;

use crate::common::{Stream, World, text_of};

const MALLORY: usize = 2;

/// Refuses the next event of a stream, as reader 1, and goes on after it.
fn refuse(
    world: &World,
    stream: &mut Stream,
    bytes: &[u8],
    is_here: impl Fn(&VerifiedEvent) -> bool,
) -> Refused {
    let sequence = stream.checker.position().sequence + 1;
    let reason = stream.check(bytes, world.roster()).unwrap_err();
    let with = (&world.members[1].ring, world.roster());
    let refused = stream
        .checker
        .refuse(sequence, bytes, reason, with, is_here);
    let position = stream.checker.record_refused(&refused);
    assert_eq!(position.sequence, sequence);
    stream.hashes.push(position.hash);
    refused
}

fn read(world: &World, stream: &mut Stream, sealed: &SealedOut) -> VerifiedEvent {
    let ring = &world.members[1].ring;
    stream.read(&sealed.bytes, ring, world.roster()).unwrap()
}

fn never(_: &VerifiedEvent) -> bool {
    false
}

#[test]
fn a_member_who_claims_what_no_server_can_show_is_named_and_the_channel_goes_on() {
    let world = World::with(2);
    let mallory = world.members[MALLORY].device.id();
    let mut stream = world.stream();
    let garbage = StreamPosition {
        sequence: 0,
        hash: Hash([7; 32]),
    };
    let lie = world.seal_as(MALLORY, SenderChain::START, garbage, "lie");
    let refused = refuse(&world, &mut stream, &lie.bytes, never);
    assert_eq!(*refused.reason(), StreamError::Reordered);
    assert_eq!(refused.blame(), Blame::Member(mallory));
    assert!(refused.blame().is_alarm());
    assert!(!refused.blame().doubts_server());
    // Everybody else goes on, and so does this device, whose next event names the refused one.
    let other = world.seal(0, &stream, "business as usual");
    assert_eq!(
        text_of(&read(&world, &mut stream, &other)),
        "business as usual"
    );
    let next = world.seal_as(MALLORY, lie.chain, stream.checker.position(), "again");
    assert_eq!(text_of(&read(&world, &mut stream, &next)), "again");
    assert_eq!(stream.checker.sender(&mallory), next.chain);
}

#[test]
fn a_later_position_that_is_not_here_puts_the_server_or_the_member_in_doubt() {
    let world = World::with(2);
    let mallory = world.members[MALLORY].device.id();
    let mut stream = world.stream();
    let first = world.seal(0, &stream, "one");
    read(&world, &mut stream, &first);
    let elsewhere = StreamPosition {
        sequence: 1,
        hash: Hash([7; 32]),
    };
    let event = world.seal_as(MALLORY, SenderChain::START, elsewhere, "I saw another");
    let refused = refuse(&world, &mut stream, &event.bytes, never);
    assert_eq!(refused.blame(), Blame::Either(mallory));
    assert!(refused.blame().doubts_server());
}

#[test]
fn after_a_broken_chain_the_stream_goes_on_and_what_was_held_back_does_not_pass() {
    let world = World::with(2);
    let mallory = world.members[MALLORY].device.id();
    let mut stream = world.stream();
    let one = world.seal(MALLORY, &stream, "one");
    let two = world.seal_as(MALLORY, one.chain, StreamPosition::START, "two");
    let three = world.seal_as(MALLORY, two.chain, StreamPosition::START, "three");
    let four = world.seal_as(MALLORY, three.chain, StreamPosition::START, "four");
    read(&world, &mut stream, &one);
    let refused = refuse(&world, &mut stream, &three.bytes, never);
    assert_eq!(*refused.reason(), StreamError::ChainBroken);
    assert_eq!(refused.blame(), Blame::Either(mallory));
    read(&world, &mut stream, &four);
    assert_eq!(
        stream.check(&two.bytes, world.roster()),
        Err(StreamError::Replayed)
    );
}

#[test]
fn a_repeated_old_event_is_the_servers_doing_and_does_not_turn_the_chain_back() {
    let world = World::with(2);
    let mut stream = world.stream();
    let one = world.seal(MALLORY, &stream, "one");
    let two = world.seal_as(MALLORY, one.chain, StreamPosition::START, "two");
    let three = world.seal_as(MALLORY, two.chain, StreamPosition::START, "three");
    read(&world, &mut stream, &one);
    read(&world, &mut stream, &two);
    let refused = refuse(&world, &mut stream, &two.bytes, never);
    assert_eq!(refused.blame(), Blame::Server);
    let refused = refuse(&world, &mut stream, &one.bytes, never);
    assert!(refused.blame().doubts_server());
    // The refused first is the last that is stored: the second may not follow it again.
    assert_eq!(
        stream.check(&two.bytes, world.roster()),
        Err(StreamError::Replayed)
    );
    read(&world, &mut stream, &three);
}

#[test]
fn the_same_message_sealed_anew_counts_once_and_another_one_names_its_device() {
    let world = World::with(2);
    let mallory = world.members[MALLORY].device.id();
    let mut stream = world.stream();
    let seen = StreamPosition::START;
    let first = world.seal_as(MALLORY, SenderChain::START, seen, "hello");
    let again = world.seal_as(MALLORY, SenderChain::START, seen, "hello");
    let other = world.seal_as(MALLORY, SenderChain::START, seen, "goodbye");
    assert_ne!(first.bytes, again.bytes);
    let here = read(&world, &mut stream, &first);
    let is_here = |event: &VerifiedEvent| {
        event.device() == here.device()
            && event.header().client_id == here.header().client_id
            && event.content() == here.content()
    };
    let refused = refuse(&world, &mut stream, &again.bytes, is_here);
    assert_eq!(refused.blame(), Blame::Nobody);
    assert!(!refused.blame().is_alarm());
    // The device may go on from either.
    let from_first = world.seal_as(MALLORY, first.chain, seen, "next");
    let from_again = world.seal_as(MALLORY, again.chain, seen, "next");
    assert!(stream.check(&from_first.bytes, world.roster()).is_ok());
    assert!(stream.check(&from_again.bytes, world.roster()).is_ok());
    let refused = refuse(&world, &mut stream, &other.bytes, is_here);
    assert_eq!(refused.blame(), Blame::Member(mallory));
}

#[test]
fn a_claim_that_is_not_signed_by_its_device_blames_nobody() {
    let world = World::with(2);
    let mut stream = world.stream();
    let sealed = world.seal(MALLORY, &stream, "I am Ada");
    let (event, mut header) = SealedEvent::read(&sealed.bytes).unwrap();
    header.device = world.members[0].device.id();
    header.device_sequence = 9;
    let forged = strict::encode(&SealedEvent {
        header: strict::encode(&header).into(),
        ..event
    });
    let refused = refuse(&world, &mut stream, &forged, never);
    assert_eq!(*refused.reason(), StreamError::ChainBroken);
    assert_eq!(refused.blame(), Blame::Nobody);
    // Ada goes on as if nothing had happened.
    let real = world.seal(0, &stream, "I am");
    read(&world, &mut stream, &real);
}

#[test]
fn a_forged_event_takes_no_place_in_the_chain_of_the_device_that_it_names() {
    let world = World::with(2);
    let mut stream = world.stream();
    let sealed = world.seal(MALLORY, &stream, "I am Ada");
    let (event, mut header) = SealedEvent::read(&sealed.bytes).unwrap();
    header.device = world.members[0].device.id();
    let forged = strict::encode(&SealedEvent {
        header: strict::encode(&header).into(),
        ..event
    });
    // It fits the stream: that it is not Ada's shows when it is opened.
    let ring = &world.members[1].ring;
    let opened = stream.read(&forged, ring, world.roster());
    assert_eq!(opened, Err(OpenError::Tampered));
    assert_eq!(stream.checker.sender(&header.device), SenderChain::START);
    let real = world.seal(0, &stream, "I am");
    read(&world, &mut stream, &real);
}

#[test]
fn the_highest_sequence_breaks_its_own_chain_alone() {
    let world = World::with(2);
    let mut stream = world.stream();
    let chain = SenderChain {
        sequence: u64::MAX - 1,
        hash: Hash([1; 32]),
    };
    let last = world.seal_as(MALLORY, chain, StreamPosition::START, "the end");
    refuse(&world, &mut stream, &last.bytes, never);
    let first = world.seal(MALLORY, &stream, "the beginning");
    read(&world, &mut stream, &first);
}

#[test]
fn an_event_that_needs_a_newer_version_is_a_link_of_its_chain() {
    let world = World::with(2);
    let unknown = Outcome::of(&Err(OpenError::UnknownContent));
    assert_eq!(unknown, Outcome::UnknownContent);
    let mut stream = world.stream();
    let one = world.seal(MALLORY, &stream, "of a later version");
    let checked = stream.check(&one.bytes, world.roster()).unwrap();
    stream.record(&checked, unknown);
    let two = world.seal(MALLORY, &stream, "plain");
    assert_eq!(two.chain.sequence, 2);
    read(&world, &mut stream, &two);
    assert_eq!(stream.checker.confirmed(), 1);
}

#[test]
fn the_next_event_may_name_one_that_did_not_open() {
    let world = World::with(2);
    let mut stream = world.stream();
    let one = world.seal(MALLORY, &stream, "one");
    let checked = stream.check(&one.bytes, world.roster()).unwrap();
    stream.record(&checked, Outcome::Invalid);
    let two = world.seal_as(MALLORY, one.chain, StreamPosition::START, "two");
    read(&world, &mut stream, &two);
}

#[test]
fn what_waits_for_its_key_dates_the_stream_for_a_revoked_device() {
    let mut world = World::with(2);
    let mut stream = world.stream();
    let back_dated = world.seal_as(
        MALLORY,
        SenderChain::START,
        StreamPosition::START,
        "still here",
    );
    let device = world.members[MALLORY].device.id();
    world.change(Change::DeviceRevoked { device });
    let notice = world.seal(0, &stream, "he is gone");
    // A newcomer reads the notice before its key has come.
    let none = KeyRing::default();
    let opened = stream.read(&notice.bytes, &none, world.roster());
    assert!(matches!(opened, Err(OpenError::MissingKey(_))));
    let checked = stream.check(&back_dated.bytes, world.roster()).unwrap();
    let opened = open_event(&checked, &world.members[1].ring, world.roster());
    assert_eq!(opened, Err(OpenError::NotActive));
}

#[test]
fn a_saved_stream_keeps_what_was_refused() {
    let world = World::with(2);
    let mut stream = world.stream();
    let garbage = StreamPosition {
        sequence: 0,
        hash: Hash([7; 32]),
    };
    let lie = world.seal_as(MALLORY, SenderChain::START, garbage, "lie");
    refuse(&world, &mut stream, &lie.bytes, never);
    let saved = stream.checker.to_bytes();
    let loaded = dialtone_crypto::StreamChecker::from_bytes(&saved).unwrap();
    assert_eq!(loaded, stream.checker);
}
