//! Events that a hostile server changes, repeats, reorders or moves, and the reason with which they are refused.

use dialtone_crypto::group::Group;
use dialtone_crypto::{
    EventDraft, OpenError, OsRng, Outcome, SenderChain, StreamError, entries, open_event,
    seal_event,
};
use dialtone_protocol::roster::{Change, ChannelSetting, HistoryPolicy, Who};
use dialtone_protocol::sealed::{SealedEvent, StreamPosition};
use dialtone_protocol::{ChannelId, ClientEventId, CommunityId, GroupId, Hash, strict};

use crate::common::{Stream, World, text_content, text_of};

#[test]
fn an_event_changed_anywhere_is_refused() {
    let world = World::with(1);
    let sealed = world.seal(0, &world.stream(), "as written");
    let roster = world.roster();
    let ring = &world.members[1].ring;
    for index in (0..sealed.bytes.len()).step_by(3) {
        let mut bytes = sealed.bytes.clone();
        bytes[index] ^= 1;
        let stream = world.stream();
        let opened = stream
            .check(&bytes, roster)
            .map(|checked| open_event(&checked, ring, roster));
        assert!(
            !matches!(opened, Ok(Ok(_))),
            "byte {index} was changed unseen"
        );
    }
    let (mut event, _) = SealedEvent::read(&sealed.bytes).unwrap();
    event.body[0] ^= 1;
    let stream = world.stream();
    let checked = stream.check(&strict::encode(&event), roster).unwrap();
    assert_eq!(open_event(&checked, ring, roster), Err(OpenError::Tampered));
}

#[test]
fn an_event_of_an_epoch_that_is_over_in_its_stream_is_told_from_others() {
    let mut world = World::with(2);
    let mut stream = world.stream();
    let late = world.seal(2, &stream, "held back");
    let roster = world.server.roster.clone();
    assert!(!stream.check(&late.bytes, &roster).unwrap().is_behind());
    world.commit(0, &[]);
    let sealed = world.seal(0, &stream, "in the next epoch");
    // That it names a later epoch is not enough: anybody can write that.
    let checked = stream.check(&sealed.bytes, &roster).unwrap();
    let mut unsure = world.stream();
    unsure.record(&checked, Outcome::Unopened);
    assert!(!unsure.check(&late.bytes, &roster).unwrap().is_behind());
    stream
        .read(&sealed.bytes, &world.members[1].ring, &roster)
        .unwrap();
    assert!(stream.check(&late.bytes, &roster).unwrap().is_behind());
}

#[test]
fn an_event_of_a_group_that_was_started_again_is_late_once_the_new_one_is_used() {
    let mut world = World::with(2);
    let mut stream = world.stream();
    let late = world.seal(2, &stream, "held back");
    let lobby = world.lobby();
    let reset = entries::reset_group(&world.members[0].device, world.roster(), lobby, &mut OsRng);
    let (new, entry) = reset.unwrap();
    world.append(entry);
    let roster = world.server.roster.clone();
    assert!(!stream.check(&late.bytes, &roster).unwrap().is_behind());
    let founder = &mut world.members[0];
    let made = Group::create(new, &founder.device, founder.account, &roster);
    let (group, _, secret) = made.unwrap();
    founder.ring.insert_epoch(secret.clone());
    founder.group = group;
    let sealed = world.seal(0, &stream, "in the new group");
    let read = stream.read(&sealed.bytes, &world.members[0].ring, &roster);
    read.unwrap();
    let checked = stream.check(&late.bytes, &roster).unwrap();
    assert!(checked.is_behind());
    // It does not lead back either.
    let read = stream.read(&late.bytes, &world.members[1].ring, &roster);
    read.unwrap();
    let later = world.seal(2, &stream, "held back as well");
    assert!(stream.check(&later.bytes, &roster).unwrap().is_behind());
}

#[test]
fn where_admins_write_a_members_text_is_refused_whatever_list_they_name_and_the_stream_goes_on() {
    let mut world = World::with(2);
    let mut stream = world.stream();
    // Sealed under the list of before.
    let backdated = world.seal(1, &stream, "not an announcement");
    let (setting, value) = ChannelSetting::Writing(Who::Admins).numbers();
    let id = world.channel;
    world.change(Change::ChannelSet { id, setting, value });
    let roster = world.server.roster.clone();
    let read = |stream: &mut Stream, world: &World, bytes: &[u8]| {
        stream.read(bytes, &world.members[2].ring, &roster)
    };
    let mut early = world.stream();
    read(&mut early, &world, &backdated.bytes).unwrap();
    let announced = world.seal(0, &stream, "an announcement");
    read(&mut stream, &world, &announced.bytes).unwrap();
    let late = read(&mut stream, &world, &backdated.bytes);
    assert_eq!(late, Err(OpenError::NotForThem));
    let next = world.seal(1, &stream, "neither");
    assert_eq!(
        read(&mut stream, &world, &next.bytes),
        Err(OpenError::NotForThem)
    );
    let again = world.seal(0, &stream, "another");
    read(&mut stream, &world, &again.bytes).unwrap();
}

#[test]
fn an_event_given_twice_is_refused() {
    let world = World::with(1);
    let roster = world.roster();
    let ring = &world.members[1].ring;
    let mut stream = world.stream();
    let sealed = world.seal(0, &stream, "once");
    stream.read(&sealed.bytes, ring, roster).unwrap();
    // Under the old sequence: known, and no harm. Under a new one: a lie.
    assert_eq!(
        stream.check_at(1, &sealed.bytes, roster),
        Err(StreamError::Repeated)
    );
    assert_eq!(
        stream.check_at(2, &sealed.bytes, roster),
        Err(StreamError::Replayed)
    );
    // Other bytes for an old sequence.
    let other = world.seal_as(0, SenderChain::START, StreamPosition::START, "twice");
    assert_eq!(
        stream.check_at(1, &other.bytes, roster),
        Err(StreamError::Rewritten)
    );
    // Sealed anew under a used device sequence.
    assert_eq!(
        stream.check_at(2, &other.bytes, roster),
        Err(StreamError::Replayed)
    );
}

#[test]
fn events_of_a_device_in_another_order_or_with_one_held_back_are_refused() {
    let world = World::with(1);
    let roster = world.roster();
    let first = world.seal(0, &world.stream(), "one");
    let second = world.seal_as(0, first.chain, StreamPosition::START, "two");
    let stream = world.stream();
    assert_eq!(
        stream.check(&second.bytes, roster),
        Err(StreamError::ChainBroken)
    );
    assert_eq!(
        stream.check_at(2, &first.bytes, roster),
        Err(StreamError::Gap { expected: 1 })
    );
    // The right number, after another event than the device meant.
    let forged = world.seal_as(
        0,
        SenderChain {
            sequence: 1,
            hash: Hash([7; 32]),
        },
        StreamPosition::START,
        "two",
    );
    let mut stream = world.stream();
    stream
        .read(&first.bytes, &world.members[1].ring, roster)
        .unwrap();
    assert_eq!(
        stream.check(&forged.bytes, roster),
        Err(StreamError::ChainBroken)
    );
    assert!(stream.check(&second.bytes, roster).is_ok());
}

#[test]
fn events_of_two_devices_in_another_order_are_noticed_by_what_was_seen() {
    let world = World::with(2);
    let roster = world.roster();
    let mut ordered = world.stream();
    let question = world.seal(0, &ordered, "question");
    let unrelated = world.seal(2, &world.stream(), "unrelated");
    ordered
        .read(&question.bytes, &world.members[1].ring, roster)
        .unwrap();
    let answer = world.seal(1, &ordered, "answer");
    // The answer before the question.
    assert_eq!(
        world.stream().check(&answer.bytes, roster),
        Err(StreamError::Reordered)
    );
    // Something else where the question was.
    let mut other = world.stream();
    other
        .read(&unrelated.bytes, &world.members[1].ring, roster)
        .unwrap();
    assert_eq!(
        other.check(&answer.bytes, roster),
        Err(StreamError::Reordered)
    );
    assert!(StreamError::Reordered.is_alarm());
    assert!(ordered.check(&answer.bytes, roster).is_ok());
}

#[test]
fn a_refused_event_is_stepped_over_and_counts_for_nothing() {
    let world = World::with(1);
    let roster = world.roster();
    let ring = &world.members[1].ring;
    let mut stream = world.stream();
    let before = stream.checker.sender(&world.members[0].device.id());
    let position = stream.checker.skip(1, b"garbage");
    stream.hashes.push(position.hash);
    let sealed = world.seal_as(0, before, position, "after it");
    let event = stream.read(&sealed.bytes, ring, roster).unwrap();
    assert_eq!(text_of(&event), "after it");
    assert_eq!(event.sequence(), 2);
}

#[test]
fn an_event_from_another_channel_or_community_is_refused() {
    let mut world = World::with(1);
    let sealed = world.seal(0, &world.stream(), "here");
    let (elsewhere, entry) = entries::create_channel(
        &world.members[0].device,
        world.roster(),
        world.lobby(),
        HistoryPolicy::All,
        &mut OsRng,
    )
    .unwrap();
    world.append(entry);
    let here = world.channel;
    world.channel = elsewhere;
    assert_eq!(
        world.stream().check(&sealed.bytes, world.roster()),
        Err(StreamError::Foreign)
    );
    let mut other = World::with(1);
    other.channel = here;
    assert_eq!(
        other.stream().check(&sealed.bytes, other.roster()),
        Err(StreamError::Foreign)
    );
}

#[test]
fn an_event_under_another_group_than_the_channels_is_refused() {
    let mut world = World::with(1);
    // The channel is not in the log: nobody said whose keys it uses.
    world.channel = ChannelId([5; 16]);
    let sealed = world.seal(0, &world.stream(), "nowhere");
    let checked = world.stream().check(&sealed.bytes, world.roster()).unwrap();
    let opened = open_event(&checked, &world.members[1].ring, world.roster());
    assert_eq!(opened, Err(OpenError::WrongGroup));
}

#[test]
fn an_event_by_somebody_in_anothers_name_is_refused() {
    let world = World::with(2);
    let roster = world.roster();
    // Mallory has the channel's key, and puts Ada's device into the header.
    let sealed = world.seal(2, &world.stream(), "I am Ada");
    let (event, mut header) = SealedEvent::read(&sealed.bytes).unwrap();
    header.device = world.members[0].device.id();
    let forged = strict::encode(&SealedEvent {
        header: strict::encode(&header).into(),
        ..event
    });
    let checked = world.stream().check(&forged, roster).unwrap();
    let ring = &world.members[1].ring;
    assert_eq!(open_event(&checked, ring, roster), Err(OpenError::Tampered));
}

#[test]
fn an_event_by_a_revoked_device_is_refused_once_the_stream_knows() {
    let mut world = World::with(2);
    let mut stream = world.stream();
    let early = world.seal(2, &stream, "still here");
    let device = world.members[2].device.id();
    world.change(Change::DeviceRevoked { device });
    // It was active at the length it names, and the stream names no greater one yet.
    let ring = &world.members[1].ring;
    stream.read(&early.bytes, ring, world.roster()).unwrap();
    let notice = world.seal(0, &stream, "he is gone");
    stream.read(&notice.bytes, ring, world.roster()).unwrap();
    let late = world.seal_as(2, early.chain, StreamPosition::START, "back-dated");
    let mut old_roster = early;
    old_roster.bytes = late.bytes;
    let checked = stream.check(&old_roster.bytes, world.roster()).unwrap();
    assert_eq!(
        open_event(&checked, ring, world.roster()),
        Err(OpenError::NotActive)
    );
}

#[test]
fn an_event_that_knows_more_of_the_log_waits_for_it_and_another_log_is_an_alarm() {
    let mut world = World::with(1);
    let behind = world.roster().clone();
    let (elsewhere, entry) = entries::create_channel(
        &world.members[0].device,
        &behind,
        world.lobby(),
        HistoryPolicy::All,
        &mut OsRng,
    )
    .unwrap();
    assert_ne!(elsewhere, world.channel);
    world.append(entry);
    let sealed = world.seal(0, &world.stream(), "I know more");
    let length = world.roster().position().length;
    assert_eq!(
        world.stream().check(&sealed.bytes, &behind),
        Err(StreamError::NeedRoster { length })
    );
    let mut forked = behind;
    let (_, entry) = entries::create_channel(
        &world.members[0].device,
        &forked,
        world.lobby(),
        HistoryPolicy::All,
        &mut OsRng,
    )
    .unwrap();
    forked.append(entry).unwrap();
    assert_eq!(
        world.stream().check(&sealed.bytes, &forked),
        Err(StreamError::RosterForked)
    );
}

#[test]
fn two_groups_of_one_name_are_a_fork_and_not_a_missing_key() {
    let mut world = World::with(2);
    // The server accepts two commits of one epoch and shows each to one side.
    let roster = world.server.roster.clone();
    let mut made = Vec::new();
    for by in [0, 1] {
        let member = &mut world.members[by];
        made.push(member.group.make_commit(&member.device, &roster).unwrap());
        let secret = member.group.confirm_commit().unwrap();
        member.ring.insert_epoch(secret);
    }
    world.members[2].follow(made[1].epoch, &made[1].commit, &roster);
    let sealed = world.seal(0, &world.stream(), "which group?");
    let checked = world.stream().check(&sealed.bytes, &roster).unwrap();
    let opened = open_event(&checked, &world.members[2].ring, &roster);
    assert_eq!(opened, Err(OpenError::Fork));
}

#[test]
fn an_unopened_event_is_read_when_its_key_comes() {
    let mut world = World::with(1);
    let sealed = world.seal(0, &world.stream(), "before you came");
    let late = world.join();
    let roster = world.roster();
    let mut stream = world.stream();
    let checked = stream.check(&sealed.bytes, roster).unwrap();
    let Err(OpenError::MissingKey(wanted)) =
        open_event(&checked, &world.members[late].ring, roster)
    else {
        panic!("opened without a key");
    };
    stream.record(&checked, Outcome::Unopened);
    let granted = world.members[0].ring.granted(&wanted).unwrap();
    let giver = world.members[0].device.id();
    let mut wrong = granted.clone();
    wrong.key[0] ^= 1;
    assert!(world.members[late].ring.insert_granted(Some(giver), &wrong));
    let opened = open_event(&checked, &world.members[late].ring, world.roster());
    assert_eq!(
        opened,
        Err(OpenError::MissingKey(wanted)),
        "a wrong key is no key"
    );
    assert!(world.members[late].ring.insert_granted(None, &granted));
    let opened = open_event(&checked, &world.members[late].ring, world.roster()).unwrap();
    assert_eq!(text_of(&opened), "before you came");
}

#[test]
fn an_event_from_another_community_is_refused_whatever_its_channel() {
    let world = World::with(1);
    let stream = world.stream();
    let member = &world.members[0];
    let draft = EventDraft {
        community: CommunityId([9; 32]),
        client_id: ClientEventId([0; 16]),
        chain: SenderChain::START,
        roster: world.roster().position(),
        seen: StreamPosition::START,
        content: &text_content("moved"),
    };
    let key = member.key(world.channel);
    let sealed = seal_event(&key, &member.device, &draft, &mut OsRng).unwrap();
    assert_eq!(
        stream.check(&sealed.bytes, world.roster()),
        Err(StreamError::Foreign)
    );
}

#[test]
fn a_number_that_is_skipped_breaks_the_chain_even_with_the_right_hash() {
    let world = World::with(1);
    let roster = world.roster();
    let mut stream = world.stream();
    let first = world.seal(0, &stream, "one");
    let ring = &world.members[1].ring;
    stream.read(&first.bytes, ring, roster).unwrap();
    let skipped = SenderChain {
        sequence: 2,
        ..first.chain
    };
    let third = world.seal_as(0, skipped, StreamPosition::START, "three");
    assert_eq!(
        stream.check(&third.bytes, roster),
        Err(StreamError::ChainBroken)
    );
}

#[test]
fn only_what_was_opened_vouches_for_what_came_before() {
    let world = World::with(1);
    let roster = world.roster();
    let ring = &world.members[1].ring;
    let mut stream = world.stream();
    let first = world.seal(0, &stream, "one");
    stream.read(&first.bytes, ring, roster).unwrap();
    assert_eq!(stream.checker.confirmed(), 0);
    let second = world.seal(0, &stream, "two");
    let checked = stream.check(&second.bytes, roster).unwrap();
    for outcome in [Outcome::Unopened, Outcome::Invalid] {
        let mut other = stream.clone();
        other.record(&checked, outcome);
        assert_eq!(other.checker.confirmed(), 0, "{outcome:?}");
    }
    stream.record(&checked, Outcome::Valid);
    assert_eq!(stream.checker.confirmed(), 1);
}

#[test]
fn an_event_under_a_private_group_does_not_pass_in_a_channel_of_the_lobby() {
    let mut world = World::with(1);
    let id = GroupId::new([6; 16]);
    let roster = world.server.roster.clone();
    let member = &world.members[0];
    let (_, _, secret) = Group::create(id, &member.device, member.account, &roster).unwrap();
    // Reader 1 has the key as well: only the log says that it is the wrong one.
    world.members[1].ring.insert_epoch(secret.clone());
    let member = &world.members[0];
    let draft = EventDraft {
        community: world.community(),
        client_id: ClientEventId([0; 16]),
        chain: SenderChain::START,
        roster: roster.position(),
        seen: StreamPosition::START,
        content: &text_content("not for the lobby"),
    };
    let key = secret.channel_key(world.channel);
    let sealed = seal_event(&key, &member.device, &draft, &mut OsRng).unwrap();
    let checked = world.stream().check(&sealed.bytes, &roster).unwrap();
    let opened = open_event(&checked, &world.members[1].ring, &roster);
    assert_eq!(opened, Err(OpenError::WrongGroup));
}
