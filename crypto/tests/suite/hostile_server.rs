//! What a hostile server tries, and the reason with which it is refused.

use dialtone_crypto::group::{ExternalJoin, GroupError};
use dialtone_crypto::invite::{self, InviteError};
use dialtone_crypto::{
    AccountKey, DeviceKey, OpenError, OsRng, Outcome, SenderChain, StreamError, entries, open_event,
};
use dialtone_protocol::group_rules::CommitError;
use dialtone_protocol::roster::{Change, EntryError, HistoryPolicy, Roster, SignedEntry};
use dialtone_protocol::sealed::{SealedEvent, StreamPosition};
use dialtone_protocol::{ChannelId, Hash, strict};

use crate::common::{World, text_of};

// Events

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

// Commits

#[test]
fn a_commit_changed_anywhere_is_refused_and_changes_nothing() {
    let mut world = World::with(1);
    let roster = world.server.roster.clone();
    let founder = &mut world.members[0];
    let made = founder.group.make_commit(&founder.device, &roster).unwrap();
    let other = &mut world.members[1].group;
    for index in (0..made.commit.len()).step_by(97) {
        let mut bytes = made.commit.clone();
        bytes[index] ^= 1;
        assert!(
            other.process_commit(made.epoch, &bytes, &roster).is_err(),
            "byte {index}"
        );
        assert_eq!(other.epoch(), 1);
    }
    let ahead = GroupError::Malformed;
    assert_eq!(
        other.process_commit(1, b"garbage", &roster).err(),
        Some(ahead)
    );
    assert!(
        other
            .process_commit(made.epoch, &made.commit, &roster)
            .is_ok()
    );
}

#[test]
fn a_commit_from_another_group_or_a_later_epoch_is_refused() {
    let mut world = World::with(1);
    let mut other = World::with(1);
    let roster = other.server.roster.clone();
    let stranger = &mut other.members[0];
    let made = stranger
        .group
        .make_commit(&stranger.device, &roster)
        .unwrap();
    let own = &mut world.members[1].group;
    let foreign = own
        .process_commit(1, &made.commit, &world.server.roster)
        .err();
    assert!(
        matches!(foreign, Some(GroupError::Broken(_))),
        "{foreign:?}"
    );
    let roster = world.server.roster.clone();
    world.commit(0, &[1]);
    let founder = &mut world.members[0];
    let later = founder.group.make_commit(&founder.device, &roster).unwrap();
    let own = &mut world.members[1].group;
    let ahead = own
        .process_commit(later.epoch, &later.commit, &roster)
        .err();
    assert_eq!(ahead, Some(GroupError::Ahead { ours: 1, theirs: 2 }));
}

#[test]
fn a_commit_that_names_an_unknown_or_another_log_is_refused() {
    let mut world = World::with(1);
    let behind = world.server.roster.clone();
    let issued = world.issue(1);
    world.append(issued.entry);
    let roster = world.server.roster.clone();
    let founder = &mut world.members[0];
    let made = founder.group.make_commit(&founder.device, &roster).unwrap();
    let other = &mut world.members[1].group;
    let missing = other
        .process_commit(made.epoch, &made.commit, &behind)
        .err();
    assert_eq!(missing, Some(GroupError::RosterMissing));
    let mut forked = behind.clone();
    let change = Change::ChannelClosed { id: world.channel };
    let entry = entries::sign_change(&world.members[0].device, &behind, change).unwrap();
    forked.append(entry).unwrap();
    let other = &mut world.members[1].group;
    let fork = other
        .process_commit(made.epoch, &made.commit, &forked)
        .err();
    assert_eq!(fork, Some(GroupError::Invalid(CommitError::RosterForked)));
    assert!(
        other
            .process_commit(made.epoch, &made.commit, &roster)
            .is_ok()
    );
}

#[test]
fn a_join_by_a_device_that_the_log_does_not_know_is_refused() {
    let mut world = World::with(1);
    let before = world.server.roster.clone();
    let (account, device) = world.enlist();
    let join = world.prepare(account, &device).unwrap();
    // Members who see a log without the newcomer (the server hides the entry) do not let it in.
    let hidden = world.members[0]
        .group
        .process_commit(join.epoch(), join.commit(), &before)
        .err();
    assert_eq!(hidden, Some(GroupError::RosterMissing));
    let revoked = device.id();
    world.change(Change::DeviceRevoked { device: revoked });
    let roster = world.server.roster.clone();
    let again = world.prepare(account, &device).err();
    assert_eq!(again, Some(GroupError::NotActive));
    // Made while it was active: valid by the position that it names, and then the gate closes.
    let member = &mut world.members[0];
    member.follow(join.epoch(), join.commit(), &roster);
    let gate = member.group.check_send_gate(&roster);
    assert_eq!(gate, dialtone_crypto::group::SendGate::CommitFirst);
}

#[test]
fn a_newcomer_refuses_a_group_with_devices_that_the_log_does_not_know() {
    let mut world = World::with(1);
    let ours = world.enlist();
    let strangers = World::with(1);
    let prepare = |group_info: &[u8], tree: &[u8], not_before: u64| {
        ExternalJoin::prepare(
            world.lobby(),
            group_info,
            tree,
            world.roster(),
            &ours.1,
            ours.0,
            not_before,
        )
        .err()
    };
    let server = &world.server;
    let other = &strangers.server;
    assert_eq!(
        prepare(&other.group_info, &other.tree(), 1),
        Some(GroupError::OtherGroup)
    );
    let mixed = prepare(&server.group_info, &other.tree(), 1);
    assert!(matches!(mixed, Some(GroupError::Broken(_))), "{mixed:?}");
    assert_eq!(prepare(&server.group_info, &server.tree(), 1), None);
    let future = world.roster().position().length + 1;
    let stale = prepare(&server.group_info, &server.tree(), future);
    assert_eq!(stale, Some(GroupError::UntrustedGroup));
}

#[test]
fn a_group_whose_devices_were_revoked_before_the_invite_is_refused() {
    let mut world = World::with(1);
    let device = world.members[1].device.id();
    world.change(Change::DeviceRevoked { device });
    let revoked_at = world.roster().position().length;
    let (account, newcomer) = world.enlist();
    let prepare = |not_before| {
        ExternalJoin::prepare(
            world.lobby(),
            &world.server.group_info,
            &world.server.tree(),
            world.roster(),
            &newcomer,
            account,
            not_before,
        )
        .err()
    };
    assert_eq!(prepare(revoked_at), Some(GroupError::UntrustedGroup));
    assert_eq!(
        prepare(revoked_at - 1),
        None,
        "it was active then; the gate has it removed"
    );
}

// Roster entries

#[test]
fn entries_changed_repeated_reordered_or_foreign_are_refused() {
    let mut world = World::with(1);
    let before = world.server.roster.clone();
    let first = world.issue(1).entry;
    world.append(first.clone());
    let second = world.issue(1).entry;
    let try_on = |roster: &Roster, bytes: &[u8]| roster.clone().append(bytes.to_vec()).err();
    assert_eq!(try_on(&before, &second), Some(EntryError::DoesNotFollow));
    assert_eq!(
        try_on(world.roster(), &first),
        Some(EntryError::DoesNotFollow)
    );
    for index in 0..first.len() {
        let mut bytes = first.clone();
        bytes[index] ^= 1;
        assert!(try_on(&before, &bytes).is_some(), "byte {index}");
    }
    let (mut signed, _) = SignedEntry::read(&first).unwrap();
    signed.signatures[0].signature.0[0] ^= 1;
    let refused = try_on(&before, &strict::encode(&signed));
    assert!(
        matches!(refused, Some(EntryError::Signature(_))),
        "{refused:?}"
    );
    let stranger = World::new().issue(1).entry;
    assert_eq!(try_on(&before, &stranger), Some(EntryError::DoesNotFollow));
}

// Invites

#[test]
fn an_invite_is_refused_with_the_reason() {
    let mut world = World::with(1);
    let behind = world.server.roster.clone();
    let issued = world.issue(1);
    world.append(issued.entry);
    let link = issued.link;
    let roster = world.server.roster.clone();
    assert_eq!(invite::check(&link, &roster), Ok(()));
    assert_eq!(
        invite::check(&link, &behind),
        Err(InviteError::RosterBehind)
    );
    let mut elsewhere = link.clone();
    elsewhere.data.server_key.0[0] ^= 1;
    assert_eq!(
        invite::check(&elsewhere, &roster),
        Err(InviteError::OtherServer)
    );
    let other = World::with(1);
    assert_eq!(
        invite::check(&link, other.roster()),
        Err(InviteError::OtherCommunity)
    );
    let mut forked = behind;
    let entry = entries::close_channel(&world.members[0].device, &forked, world.channel);
    forked.append(entry.unwrap()).unwrap();
    assert_eq!(
        invite::check(&link, &forked),
        Err(InviteError::RosterForked)
    );
    let mut guessed = link.clone();
    if let dialtone_protocol::link::Entrance::Member { seed, .. } = &mut guessed.data.entrance {
        seed.0[0] ^= 1;
    }
    assert_eq!(invite::check(&guessed, &roster), Err(InviteError::Unknown));
    let join = |world: &mut World| {
        let account = AccountKey::generate(&mut OsRng);
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let entry = invite::join(&link, world.roster(), &account, &device)?;
        world.append(entry);
        Ok::<(), InviteError>(())
    };
    assert_eq!(join(&mut world), Ok(()));
    assert_eq!(join(&mut world), Err(InviteError::Void), "used up");
}

#[test]
fn a_withdrawn_invite_and_one_whose_issuer_is_gone_are_void() {
    let mut world = World::with(1);
    let issued = world.issue(5);
    world.append(issued.entry);
    world.change(Change::InviteRevoked { id: issued.id });
    assert_eq!(
        invite::check(&issued.link, world.roster()),
        Err(InviteError::Void)
    );
}

#[test]
fn the_pack_opens_by_its_own_link_and_unchanged_alone() {
    let world = World::with(1);
    let keys = world.members[0].ring.all_for(world.lobby(), world.channel);
    assert_eq!(keys.len(), 2);
    let founder = &world.members[0].device;
    let terms = || crate::common::terms(1);
    let issue = || invite::issue(founder, world.roster(), terms(), &keys, &mut OsRng).unwrap();
    let (one, two) = (issue(), issue());
    let pack = one.pack.unwrap();
    assert_eq!(invite::open_pack(&one.link, &pack).unwrap(), keys);
    assert_eq!(invite::open_pack(&two.link, &pack), Err(InviteError::Pack));
    let mut changed = pack;
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert_eq!(
        invite::open_pack(&one.link, &changed),
        Err(InviteError::Pack)
    );
}
