//! Commits and groups of a hostile server, and the reason with which they are refused.

use dialtone_crypto::entries;
use dialtone_crypto::group::{ExternalJoin, GroupError, Processed};
use dialtone_protocol::group_rules::CommitError;
use dialtone_protocol::roster::Change;

use crate::common::World;

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
    assert_eq!(missing, Some(GroupError::RosterMissing(roster.position())));
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
    let position = world.roster().position();
    assert_eq!(hidden, Some(GroupError::RosterMissing(position)));
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

#[test]
fn a_commit_that_goes_back_to_an_older_member_list_is_refused() {
    let mut world = World::with(1);
    let behind = world.server.roster.clone();
    let issued = world.issue(1);
    world.append(issued.entry);
    world.commit(0, &[]);
    let roster = world.server.roster.clone();
    let founder = &mut world.members[0];
    let made = founder.group.make_commit(&founder.device, &behind).unwrap();
    let back = world.members[1]
        .group
        .process_commit(made.epoch, &made.commit, &roster)
        .err();
    assert_eq!(back, Some(GroupError::Invalid(CommitError::RosterShrank)));
}

#[test]
fn a_commit_of_an_earlier_epoch_is_here_already_or_is_passed_off_as_new() {
    let mut world = World::with(1);
    let roster = world.server.roster.clone();
    let founder = &mut world.members[0];
    let made = founder.group.make_commit(&founder.device, &roster).unwrap();
    let secret = founder.group.confirm_commit().unwrap();
    founder.ring.insert_epoch(secret);
    let other = &mut world.members[1];
    other.follow(made.epoch, &made.commit, &roster);
    let again = other
        .group
        .process_commit(made.epoch, &made.commit, &roster);
    assert!(matches!(again, Ok(Processed::AlreadyHere)));
    let passed_off = other
        .group
        .process_commit(made.epoch + 1, &made.commit, &roster)
        .err();
    assert_eq!(passed_off, Some(GroupError::Malformed));
}

#[test]
fn a_tree_with_a_bad_key_and_a_group_info_with_a_bad_key_are_refused_before_they_are_used() {
    let mut world = World::with(1);
    let (account, device) = world.enlist();
    let prepare = |group_info: &[u8], tree: &[u8]| {
        let roster = world.roster();
        ExternalJoin::prepare(world.lobby(), group_info, tree, roster, &device, account, 1).err()
    };
    let bad_key = Some(GroupError::Invalid(CommitError::BadKey));
    let spoil = |bytes: &[u8]| {
        // A key of 1216 bytes comes after its length in two bytes.
        let mut bytes = bytes.to_vec();
        let mut places = bytes.windows(2);
        let key = places.position(|two| two == [0x44, 0xc0]).unwrap() + 2;
        bytes[key..key + 3].fill(0xff);
        bytes
    };
    let (info, tree) = (&world.server.group_info, world.server.tree());
    assert_eq!(prepare(info, &spoil(&tree)), bad_key);
    assert_eq!(prepare(&spoil(info), &tree), bad_key);
    assert_eq!(prepare(info, &tree), None);
}
