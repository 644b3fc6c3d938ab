//! Groups over several devices: joining, agreeing, removing, racing, restarting.

use dialtone_crypto::group::{ExternalJoin, Group, GroupError, Processed, SendGate};
use dialtone_crypto::{KeyRing, OpenError};
use dialtone_protocol::CallId;
use dialtone_protocol::roster::Change;

use crate::common::{World, text_of};

#[test]
fn founder_and_two_who_join_read_each_other() {
    let world = World::with(2);
    let epochs: Vec<_> = world.members.iter().map(|one| one.group.epoch()).collect();
    assert_eq!(epochs, [2, 2, 2]);
    let call = CallId([1; 16]);
    for member in &world.members {
        assert_eq!(member.group.members().len(), 3);
        assert_eq!(member.group.check_send_gate(world.roster()), SendGate::Open);
        assert_eq!(
            member.key(world.channel).id(),
            world.members[0].key(world.channel).id()
        );
        assert!(member.group.call_secret(call).is_ok());
    }
    let mut streams: Vec<_> = world.members.iter().map(|_| world.stream()).collect();
    for by in 0..3 {
        let text = format!("from {by}");
        let sealed = world.seal(by, &streams[by], &text);
        for (reader, stream) in streams.iter_mut().enumerate() {
            let ring = &world.members[reader].ring;
            let event = stream.read(&sealed.bytes, ring, world.roster()).unwrap();
            assert_eq!(text_of(&event), text);
            assert_eq!(event.account(), world.members[by].account);
        }
    }
    assert_eq!(streams[0].checker.confirmed(), 2);
}

#[test]
fn a_revoked_device_closes_the_gate_until_it_is_committed_out_and_reads_nothing_after() {
    let mut world = World::with(2);
    let revoked = world.members[2].device.id();
    let gate = |world: &World, of: usize| world.members[of].group.check_send_gate(world.roster());
    assert_eq!([0, 1, 2].map(|of| gate(&world, of)), [SendGate::Open; 3]);
    world.change(Change::DeviceRevoked { device: revoked });
    assert_eq!(gate(&world, 0), SendGate::CommitFirst);
    assert_eq!(gate(&world, 1), SendGate::CommitFirst);
    assert_eq!(gate(&world, 2), SendGate::NotAMember);
    world.commit(1, &[2]);
    assert_eq!(gate(&world, 0), SendGate::Open);
    assert_eq!(world.members[0].group.members().len(), 2);
    let sealed = world.seal(0, &world.stream(), "without you");
    let read = |of: usize| {
        let ring = &world.members[of].ring;
        world.stream().read(&sealed.bytes, ring, world.roster())
    };
    assert_eq!(text_of(&read(1).unwrap()), "without you");
    assert!(matches!(read(2), Err(OpenError::MissingKey(_))));
}

#[test]
fn the_removed_device_is_told_so() {
    let mut world = World::with(1);
    let device = world.members[1].device.id();
    world.change(Change::DeviceRevoked { device });
    let roster = world.server.roster.clone();
    let founder = &mut world.members[0];
    let made = founder.group.make_commit(&founder.device, &roster).unwrap();
    let removed = &mut world.members[1].group;
    let told = removed
        .process_commit(made.epoch, &made.commit, &roster)
        .err();
    assert_eq!(told, Some(GroupError::Removed));
    assert_eq!(removed.check_send_gate(&roster), SendGate::NotAMember);
}

#[test]
fn of_two_racing_commits_the_loser_follows_the_winner() {
    let mut world = World::with(1);
    let roster = world.server.roster.clone();
    let commits: Vec<_> = world
        .members
        .iter_mut()
        .map(|one| one.group.make_commit(&one.device, &roster).unwrap())
        .collect();
    let again = {
        let loser = &mut world.members[1];
        loser.group.make_commit(&loser.device, &roster).err()
    };
    assert_eq!(again, Some(GroupError::PendingCommit));
    for member in &mut world.members {
        member.follow(commits[0].epoch, &commits[0].commit, &roster);
        assert!(!member.group.has_pending_commit());
    }
    let loser = world.members[1]
        .group
        .process_commit(1, &commits[1].commit, &roster);
    assert!(matches!(loser, Ok(Processed::AlreadyHere)));
    let ids: Vec<_> = world
        .members
        .iter()
        .map(|one| one.key(world.channel).id())
        .collect();
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn a_refused_commit_is_discarded_and_a_confirmed_one_gives_the_same_secret_to_all() {
    let mut world = World::with(1);
    let roster = world.server.roster.clone();
    let founder = &mut world.members[0];
    founder.group.make_commit(&founder.device, &roster).unwrap();
    founder.group.discard_commit().unwrap();
    assert_eq!(
        founder.group.confirm_commit().err(),
        Some(GroupError::NoPendingCommit)
    );
    let made = founder.group.make_commit(&founder.device, &roster).unwrap();
    let own = founder.group.confirm_commit().unwrap();
    let echo = founder
        .group
        .process_commit(made.epoch, &made.commit, &roster);
    assert!(matches!(echo, Ok(Processed::AlreadyHere)));
    let other = &mut world.members[1].group;
    let Ok(Processed::Applied(theirs)) = other.process_commit(made.epoch, &made.commit, &roster)
    else {
        panic!("not applied");
    };
    let channel = world.channel;
    assert_eq!(
        own.channel_key(channel).id(),
        theirs.channel_key(channel).id()
    );
    assert_eq!(other.epoch_length(2), Some(roster.position().length));
}

#[test]
fn a_group_comes_back_from_its_rows_even_with_a_commit_under_way() {
    let mut world = World::with(1);
    let roster = world.server.roster.clone();
    let id = world.lobby();
    let mut rows = std::collections::HashMap::new();
    let founder = &mut world.members[0];
    let mut save = |group: &mut Group| {
        for change in group.drain_changes() {
            match change.value {
                Some(value) => rows.insert(change.key, value.to_vec()),
                None => rows.remove(&change.key),
            };
        }
        rows.clone()
    };
    save(&mut founder.group);
    assert!(founder.group.drain_changes().is_empty(), "nothing changed");
    let made = founder.group.make_commit(&founder.device, &roster).unwrap();
    let saved = save(&mut founder.group);
    let mut again = Group::load(id, saved).unwrap();
    assert!(again.has_pending_commit());
    assert!(
        again.drain_changes().is_empty(),
        "a loaded group has nothing to save"
    );
    let echo = again.process_commit(made.epoch, &made.commit, &roster);
    let Ok(Processed::OwnConfirmed(secret)) = echo else {
        panic!("the own commit was not recognised");
    };
    world.members[1].follow(made.epoch, &made.commit, &roster);
    let theirs = world.members[1].key(world.channel);
    assert_eq!(secret.channel_key(world.channel).id(), theirs.id());
    assert_eq!(again.epoch(), 2);
    assert_eq!(Group::load(id, Vec::new()).err(), Some(GroupError::State));
}

#[test]
fn a_device_that_lost_its_state_replaces_its_own_leaf() {
    let mut world = World::with(1);
    let (account, device) = (world.members[1].account, &world.members[1].device);
    let join = world.prepare(account, device).unwrap();
    let (epoch, commit) = (join.epoch(), join.commit().to_vec());
    let roster = world.server.roster.clone();
    world.members[0].follow(epoch, &commit, &roster);
    let (group, secret) = join.accept();
    assert_eq!(group.members().len(), 2);
    assert_eq!(world.members[0].group.members().len(), 2);
    let key = world.members[0].key(world.channel);
    assert_eq!(secret.channel_key(world.channel).id(), key.id());
}

#[test]
fn a_refused_join_leaves_nothing_behind_and_can_be_made_again() {
    let mut world = World::with(1);
    let (account, device) = world.enlist();
    let stale = world.prepare(account, &device).unwrap();
    world.commit(0, &[]);
    let late =
        world.members[0]
            .group
            .process_commit(stale.epoch(), stale.commit(), &world.server.roster);
    assert!(
        matches!(late, Ok(Processed::AlreadyHere)),
        "its epoch is over"
    );
    drop(stale);
    let join: ExternalJoin = world.prepare(account, &device).unwrap();
    assert_eq!(join.epoch(), 2);
}

#[test]
fn a_key_ring_comes_back_from_its_rows() {
    let mut world = World::with(1);
    world.commit(0, &[]);
    let channel = world.channel;
    let ring = &mut world.members[0].ring;
    let rows = ring.drain_changes();
    assert!(ring.drain_changes().is_empty());
    let rows = rows
        .into_iter()
        .map(|row| (row.key, row.value.unwrap().to_vec()));
    let again = KeyRing::load(rows).unwrap();
    let group = world.members[0].group.id();
    for epoch in 0..=2 {
        let before = world.members[0]
            .ring
            .sealing_key(group, epoch, channel)
            .unwrap();
        let after = again.sealing_key(group, epoch, channel).unwrap();
        assert_eq!(before.id(), after.id());
    }
    assert!(KeyRing::load([(vec![1], vec![2])]).is_err());
}
