//! Private channels and direct conversations: who is put in, who comes in, who goes, and who cannot.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use dialtone_crypto::group::{
    DevicePackage, ExternalJoin, Group, GroupError, Invitation, OwnPackage, Processed, SendGate,
};
use dialtone_crypto::{
    DeviceKey, KeyRing, OsRng, entitled, entries, read_key_request, sign_key_request,
};
use dialtone_protocol::group_rules::{CommitError, PrivateGroup, PrivateKind};
use dialtone_protocol::roster::{Change, HistoryPolicy};
use dialtone_protocol::sealed::WantedKey;
use dialtone_protocol::{AccountId, ChannelId, GroupId};

use crate::common::{Member, Server, World};

const ANNA: usize = 1;
const BEN: usize = 2;
const CARLA: usize = 3;

/// A founder, Anna, Ben and Carla, with a private group that Anna made.
struct Scene {
    world: World,
    group: GroupId,
    channel: ChannelId,
    server: Server,
    anna: Member,
}

fn now_s() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

fn package_of(account: AccountId, device: &DeviceKey) -> OwnPackage {
    OwnPackage::generate(device, account, now_s()).unwrap()
}

impl Scene {
    /// Anna's group is for these, herself among them.
    fn new(kind: PrivateKind, accounts: &[usize]) -> Self {
        let mut world = World::with(3);
        let group = GroupId::new([0x21; 16]);
        let anna = &world.members[ANNA];
        let history = HistoryPolicy::All;
        let (channel, entry) =
            entries::create_channel(&anna.device, world.roster(), group, history, &mut OsRng)
                .unwrap();
        world.append(entry);
        let account = |index: &usize| world.members[*index].account;
        let private = PrivateGroup {
            kind,
            channel,
            history,
            accounts: accounts.iter().map(account).collect(),
            admins: match kind {
                PrivateKind::Channel => [account(&ANNA)].into(),
                PrivateKind::Direct => [].into(),
            },
        };
        let account = account(&ANNA);
        let device = DeviceKey::from_secrets(&world.members[ANNA].device.secrets()).unwrap();
        let (mls, public, secret) =
            Group::create_private(group, &device, account, world.roster(), &private).unwrap();
        Self {
            server: Server::new(world.server.roster.clone(), &public),
            anna: Member::new(account, device, mls, secret),
            world,
            group,
            channel,
        }
    }

    fn private(&self) -> PrivateGroup {
        self.anna.group.private().unwrap()
    }

    fn with(&self, index: usize) -> PrivateGroup {
        let mut private = self.private();
        private.accounts.insert(self.world.members[index].account);
        private
    }

    /// Anna makes `after` of the group and puts the device of a member into it, who enters by the welcome.
    fn add(&mut self, index: usize, after: &PrivateGroup) -> Member {
        let (account, device) = self.identity(index);
        let package = package_of(account, &device);
        let added = DevicePackage::read(&package.public).unwrap();
        let roster = self.world.roster();
        let made = self
            .anna
            .group
            .make_change(&self.anna.device, roster, after, vec![added])
            .unwrap();
        self.server.accept(&made.commit, &made.group_info);
        self.anna.follow(made.epoch, &made.commit, roster);
        let invitation = Invitation {
            welcome: &made.welcome.unwrap(),
            tree: &self.server.tree(),
            package: &package.rows,
        };
        let (group, secret) =
            Group::from_welcome(self.group, &invitation, roster, &device, account, 1).unwrap();
        Member::new(account, device, group, secret)
    }

    fn identity(&self, index: usize) -> (AccountId, DeviceKey) {
        let member = &self.world.members[index];
        let device = DeviceKey::from_secrets(&member.device.secrets()).unwrap();
        (member.account, device)
    }

    fn join(&self, account: AccountId, device: &DeviceKey) -> Result<ExternalJoin, GroupError> {
        let (info, tree) = (&self.server.group_info, self.server.tree());
        let roster = self.world.roster();
        ExternalJoin::prepare(self.group, info, &tree, roster, device, account, 1)
    }

    fn gate(&self, member: &Member) -> SendGate {
        member.group.check_send_gate(self.world.roster())
    }
}

#[test]
fn who_is_put_into_a_private_group_has_its_keys_and_follows_it() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let after = scene.with(BEN);
    let mut ben = scene.add(BEN, &after);
    assert_eq!(ben.group.private(), Some(after));
    assert_eq!(ben.group.members(), scene.anna.group.members());
    let key = |member: &Member| member.key(scene.channel).id();
    assert_eq!(key(&ben), key(&scene.anna));
    assert_eq!(scene.gate(&ben), SendGate::Open);
    // Ben's state is whole: it is stored, read, and commits.
    let rows = ben.group.drain_changes().into_iter();
    let rows = rows.map(|row| (row.key, row.value.unwrap().to_vec()));
    ben.group = Group::load(scene.group, rows).unwrap();
    let made = ben
        .group
        .make_commit(&ben.device, scene.world.roster())
        .unwrap();
    ben.follow(made.epoch, &made.commit, scene.world.roster());
    scene
        .anna
        .follow(made.epoch, &made.commit, scene.world.roster());
    let key = |member: &Member| member.key(scene.channel).id();
    assert_eq!(key(&ben), key(&scene.anna));
}

#[test]
fn another_device_of_somebody_in_it_comes_in_by_itself_and_nobody_else() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA, BEN]);
    let (account, device) = scene.identity(BEN);
    let join = scene.join(account, &device).unwrap();
    scene.server.accept(join.commit(), join.group_info());
    let roster = scene.world.roster().clone();
    scene.anna.follow(join.epoch(), join.commit(), &roster);
    let (group, _) = join.accept();
    assert_eq!(group.members(), scene.anna.group.members());
    let (carla, device) = scene.identity(CARLA);
    let refused = scene.join(carla, &device).err();
    assert_eq!(refused, Some(GroupError::NotInvited));
}

#[test]
fn a_group_is_what_the_member_list_says() {
    let scene = Scene::new(PrivateKind::Channel, &[ANNA, BEN]);
    let (ben, device) = scene.identity(BEN);
    let roster = scene.world.roster();
    // The lobby in the place of a private group, and the other way round.
    let (info, tree) = (&scene.world.server.group_info, scene.world.server.tree());
    let other = ExternalJoin::prepare(scene.group, info, &tree, roster, &device, ben, 1).err();
    assert_eq!(other, Some(GroupError::OtherGroup));
    // One that carries another channel's name.
    let mut private = scene.private();
    private.channel = scene.world.channel;
    let made = Group::create_private(scene.group, &device, ben, roster, &private).err();
    assert_eq!(made, Some(GroupError::OtherGroup));
    private.channel = scene.channel;
    private.accounts.remove(&ben);
    let made = Group::create_private(scene.group, &device, ben, roster, &private).err();
    assert_eq!(made, Some(GroupError::NotInvited));
    let lobby = scene.world.lobby();
    let made = Group::create_private(lobby, &device, ben, roster, &private).err();
    assert_eq!(made, Some(GroupError::OtherGroup));
}

#[test]
fn who_is_no_admin_changes_nothing() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let after = scene.with(BEN);
    let mut ben = scene.add(BEN, &after);
    let (carla, device) = scene.identity(CARLA);
    let added = DevicePackage::read(&package_of(carla, &device).public).unwrap();
    let roster = scene.world.roster();
    let refused = ben
        .group
        .make_change(&ben.device, roster, &scene.with(CARLA), vec![added])
        .err();
    let expected = GroupError::Invalid(CommitError::MayNotChangeGroup);
    assert_eq!(refused, Some(expected));
    assert!(!ben.group.has_pending_commit());
    // Without changing the set, nobody is put in beside it either.
    let added = DevicePackage::read(&package_of(carla, &device).public).unwrap();
    let refused = scene
        .anna
        .group
        .make_change(&scene.anna.device, roster, &scene.private(), vec![added])
        .err();
    let expected = GroupError::Invalid(CommitError::LeafNotInRoster);
    assert_eq!(refused, Some(expected));
}

#[test]
fn who_is_taken_out_reads_no_further() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let after = scene.with(BEN);
    let mut ben = scene.add(BEN, &after);
    let after = scene.private().without(&ben.account);
    let roster = scene.world.roster().clone();
    let made = scene
        .anna
        .group
        .make_change(&scene.anna.device, &roster, &after, Vec::new())
        .unwrap();
    scene.server.accept(&made.commit, &made.group_info);
    scene.anna.follow(made.epoch, &made.commit, &roster);
    let removed = ben.group.process_commit(made.epoch, &made.commit, &roster);
    assert_eq!(removed.err(), Some(GroupError::Removed));
    assert_eq!(scene.gate(&ben), SendGate::NotAMember);
    assert_eq!(scene.anna.group.members().len(), 1);
    let refused = scene.join(ben.account, &ben.device).err();
    assert_eq!(refused, Some(GroupError::NotInvited));
}

impl Scene {
    /// What of the group's keys Anna gives to a member who asks for these epochs.
    fn granted(&self, index: usize, epochs: std::ops::Range<u64>) -> Vec<u64> {
        let roster = self.world.roster();
        let wanted = |epoch| WantedKey {
            group: self.group,
            epoch,
            channel: self.channel,
        };
        let device = &self.world.members[index].device;
        let request = sign_key_request(device, roster, epochs.map(wanted).collect()).unwrap();
        let request = read_key_request(&request, roster).unwrap();
        let held = |id: &GroupId| (*id == self.group).then_some(&self.anna.group);
        let given = entitled(&request, roster, |_, _| Some(99), held);
        let nothing = entitled(&request, roster, |_, _| Some(99), |_| None);
        assert!(nothing.is_empty(), "who is not in it knows nothing of it");
        given.iter().map(|wanted| wanted.epoch).collect()
    }
}

#[test]
fn keys_of_a_private_group_are_for_whoever_belongs_to_it() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let after = scene.with(BEN);
    scene.add(BEN, &after);
    assert_eq!(scene.granted(BEN, 0..2), [0, 1]);
    assert!(scene.granted(CARLA, 0..2).is_empty());
    let ben = scene.world.members[BEN].account;
    let after = scene.private().without(&ben);
    let (anna, roster) = (&mut scene.anna, scene.world.roster());
    let made = anna
        .group
        .make_change(&anna.device, roster, &after, Vec::new())
        .unwrap();
    anna.follow(made.epoch, &made.commit, roster);
    assert!(scene.granted(BEN, 0..3).is_empty());
}

#[test]
fn where_newcomers_read_from_joining_they_get_no_earlier_keys_of_a_private_group() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let mut after = scene.with(BEN);
    after.history = HistoryPolicy::FromJoining;
    scene.add(BEN, &after);
    assert_eq!(scene.granted(BEN, 0..2), [1]);
    // What was seen of it is kept with the group.
    let rows = scene.anna.group.drain_changes().into_iter();
    let rows = rows.filter_map(|row| Some((row.key, row.value?.to_vec())));
    scene.anna.group = Group::load(scene.group, rows).unwrap();
    let (anna, roster) = (&mut scene.anna, scene.world.roster());
    let made = anna.group.make_commit(&anna.device, roster).unwrap();
    anna.follow(made.epoch, &made.commit, roster);
    assert_eq!(scene.granted(BEN, 0..3), [1, 2]);
    assert_eq!(scene.granted(ANNA, 0..3), [0, 1, 2]);
}

#[test]
fn who_leaves_is_removed_before_anything_is_sealed() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let after = scene.with(BEN);
    let mut ben = scene.add(BEN, &after);
    let roster = scene.world.roster().clone();
    let after = scene.private().without(&ben.account);
    let made = ben
        .group
        .make_change(&ben.device, &roster, &after, Vec::new())
        .unwrap();
    ben.follow(made.epoch, &made.commit, &roster);
    scene.anna.follow(made.epoch, &made.commit, &roster);
    assert_eq!(scene.gate(&ben), SendGate::NotAMember);
    assert_eq!(scene.gate(&scene.anna), SendGate::CommitFirst);
    let anna = &mut scene.anna;
    let made = anna.group.make_commit(&anna.device, &roster).unwrap();
    anna.follow(made.epoch, &made.commit, &roster);
    assert_eq!(scene.gate(&scene.anna), SendGate::Open);
    let removed = ben.group.process_commit(made.epoch, &made.commit, &roster);
    assert_eq!(removed.err(), Some(GroupError::Removed));
}

#[test]
fn a_direct_conversation_stays_as_it_is() {
    let mut scene = Scene::new(PrivateKind::Direct, &[ANNA, BEN]);
    let same = scene.private();
    let ben = scene.add(BEN, &same);
    let roster = scene.world.roster();
    for after in [scene.with(CARLA), same.without(&ben.account)] {
        let refused = scene
            .anna
            .group
            .make_change(&scene.anna.device, roster, &after, Vec::new());
        assert!(matches!(
            refused.err(),
            Some(GroupError::Invalid(_) | GroupError::Broken(_))
        ));
        assert!(!scene.anna.group.has_pending_commit());
    }
}

#[test]
fn who_is_removed_from_the_community_is_out_of_private_groups_too() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let after = scene.with(BEN);
    let ben = scene.add(BEN, &after);
    scene.world.change(Change::MemberRemoved {
        account: ben.account,
        ban: false,
    });
    assert_eq!(scene.gate(&scene.anna), SendGate::CommitFirst);
    let roster = scene.world.roster().clone();
    let anna = &mut scene.anna;
    let made = anna.group.make_commit(&anna.device, &roster).unwrap();
    anna.follow(made.epoch, &made.commit, &roster);
    assert_eq!(scene.gate(&scene.anna), SendGate::Open);
}

#[test]
fn a_welcome_that_is_not_meant_or_not_whole_is_refused() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA, BEN]);
    let (ben, device) = scene.identity(BEN);
    let package = package_of(ben, &device);
    let added = DevicePackage::read(&package.public).unwrap();
    let before = scene.world.roster().clone();
    // The member list goes on before Anna commits.
    scene.world.enlist();
    let roster = scene.world.roster().clone();
    let (anna, same) = (&mut scene.anna, scene.server.tree());
    let private = anna.group.private().unwrap();
    let made = anna
        .group
        .make_change(&anna.device, &roster, &private, vec![added])
        .unwrap();
    scene.server.accept(&made.commit, &made.group_info);
    let (welcome, tree) = (made.welcome.unwrap(), scene.server.tree());
    let enter = |group, welcome: &[u8], tree: &[u8], rows: &OwnPackage, roster| {
        let invitation = Invitation {
            welcome,
            tree,
            package: &rows.rows,
        };
        Group::from_welcome(group, &invitation, roster, &device, ben, 1).err()
    };
    let broken = |error| matches!(error, Some(GroupError::Broken(_) | GroupError::Malformed));
    let other = package_of(ben, &device);
    assert!(broken(enter(scene.group, &welcome, &tree, &other, &roster)));
    assert!(broken(enter(
        scene.group,
        &welcome,
        &same,
        &package,
        &roster
    )));
    assert!(broken(enter(
        scene.group,
        b"no welcome",
        &tree,
        &package,
        &roster
    )));
    for at in (0..welcome.len()).step_by(131) {
        let mut damaged = welcome.clone();
        damaged[at] ^= 1;
        let refused = enter(scene.group, &damaged, &tree, &package, &roster);
        assert!(refused.is_some(), "byte {at}");
    }
    let lobby = scene.world.lobby();
    let elsewhere = enter(lobby, &welcome, &tree, &package, &roster);
    assert_eq!(elsewhere, Some(GroupError::OtherGroup));
    let early = enter(scene.group, &welcome, &tree, &package, &before);
    let expected = GroupError::RosterMissing(roster.position());
    assert_eq!(early, Some(expected));
    assert_eq!(enter(scene.group, &welcome, &tree, &package, &roster), None);
}

#[test]
fn a_key_package_that_is_damaged_is_refused() {
    let scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let (ben, device) = scene.identity(BEN);
    let package = package_of(ben, &device);
    let read = DevicePackage::read(&package.public).unwrap();
    assert_eq!(read.leaf.identity.device, device.id());
    for at in (0..package.public.len()).step_by(101) {
        let mut damaged = package.public.clone();
        damaged[at] ^= 1;
        assert!(DevicePackage::read(&damaged).is_err(), "byte {at}");
    }
    assert!(DevicePackage::read(&vec![0; 1 << 20]).is_err());
}

#[test]
fn a_group_that_was_left_is_entered_again_by_a_later_commit_only() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let after = scene.with(BEN);
    let mut ben = scene.add(BEN, &after);
    let roster = scene.world.roster().clone();
    let left = scene.private().without(&ben.account);
    let anna = &mut scene.anna;
    let out = anna
        .group
        .make_change(&anna.device, &roster, &left, Vec::new())
        .unwrap();
    scene.server.accept(&out.commit, &out.group_info);
    anna.follow(out.epoch, &out.commit, &roster);
    assert!(
        ben.group
            .process_commit(out.epoch, &out.commit, &roster)
            .is_err()
    );
    let again = ben.group.process_commit(out.epoch, &out.commit, &roster);
    assert!(!matches!(again, Ok(Processed::Applied(_))));
    let back = scene.add(BEN, &after);
    assert_eq!(scene.gate(&back), SendGate::Open);
}

#[test]
fn a_history_file_holds_each_groups_channels_the_latest_keys_first() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let roster = scene.world.roster().clone();
    let mut ring = KeyRing::default();
    let lobby = &mut scene.world.members[ANNA];
    let first = lobby.group.epoch();
    ring.insert_epoch(lobby.group.epoch_secret().unwrap());
    for _ in 0..2 {
        lobby.group.make_commit(&lobby.device, &roster).unwrap();
        ring.insert_epoch(lobby.group.confirm_commit().unwrap());
    }
    ring.insert_epoch(scene.anna.group.epoch_secret().unwrap());
    let (group, own) = (scene.group, scene.channel);
    let open = [ChannelId([1; 16]), ChannelId([2; 16])];
    let channels = |of: &GroupId| {
        if *of == group {
            vec![own]
        } else {
            open.to_vec()
        }
    };
    let keys = ring.everything(channels);
    let names: Vec<_> = keys.iter().map(|key| (key.channel, key.epoch)).collect();
    assert_eq!(names.len(), 7);
    let latest: BTreeSet<_> = names[..3].iter().copied().collect();
    let last = first + 2;
    assert_eq!(latest, [(own, 0), (open[0], last), (open[1], last)].into());
    assert_eq!(names[5..], [(open[0], first), (open[1], first)]);
}

#[test]
fn who_might_read_a_group_before_it_was_started_again_still_may() {
    let mut scene = Scene::new(PrivateKind::Channel, &[ANNA]);
    let mut after = scene.with(BEN);
    after.history = HistoryPolicy::FromJoining;
    scene.add(BEN, &after);
    let old = scene.group;
    let reset = entries::reset_group(&scene.anna.device, scene.world.roster(), old, &mut OsRng);
    let (new, entry) = reset.unwrap();
    scene.world.append(entry);
    let (device, account) = (&scene.anna.device, scene.anna.account);
    let made = Group::create_private(new, device, account, scene.world.roster(), &after);
    let mut made = made.unwrap().0;
    made.replaces(&scene.anna.group);
    // It is kept with the group.
    let rows = made.drain_changes().into_iter();
    let rows = rows.filter_map(|row| Some((row.key, row.value?.to_vec())));
    let held = Group::load(new, rows).unwrap();
    let ben = scene.world.members[BEN].account;
    let may = |account, group: &GroupId, epoch| held.may_read(account, group, epoch);
    assert!(!may(&ben, &old, 0) && may(&ben, &old, 1) && may(&ben, &new, 0));
    assert!(may(&account, &old, 0));
    assert!(held.is_before(&ben, &old, 0) && !held.is_before(&ben, &old, 1));
    let carla = scene.world.members[CARLA].account;
    assert!(!may(&carla, &old, 1) && !may(&carla, &new, 0));
    // Nothing is known of a group that it does not replace.
    assert!(!may(&ben, &GroupId::new([0x55; 16]), 9));
}
