//! Changes of private groups that are right as MLS and that their maker may not make: a member's own client may, so every other one
//! refuses them.

use dialtone_protocol::group_rules::{CommitError, PrivateGroup, PrivateKind};
use dialtone_protocol::roster::{HistoryPolicy, Roster};
use dialtone_protocol::{ChannelId, GroupId};
use rand_core::OsRng;

use super::error::GroupError;
use super::join::ExternalJoin;
use super::package::{DevicePackage, OwnPackage};
use super::state::Group;
use crate::entries;
use crate::scene::{Person, found, newcomer};

const GROUP: GroupId = GroupId([1; 17]);

/// Ada founded the community and a private channel, whose admin she is; Ben is in it, Carla in the log alone.
struct Scene {
    roster: Roster,
    lobby: GroupId,
    channel: ChannelId,
    ada: Person,
    ben: Person,
    carla: Person,
    adas: Group,
    bens: Group,
}

impl Scene {
    fn new() -> Self {
        let (ada, founding) = found();
        let (lobby, mut roster) = (founding.lobby, founding.roster);
        let ben = newcomer(&mut roster, &ada.device);
        let carla = newcomer(&mut roster, &ada.device);
        let history = HistoryPolicy::All;
        let (channel, entry) =
            entries::create_channel(&ada.device, &roster, GROUP, history, &mut OsRng).unwrap();
        roster.append(entry).unwrap();
        let private = PrivateGroup {
            kind: PrivateKind::Channel,
            channel,
            history,
            accounts: [ada.account, ben.account].into(),
            admins: [ada.account].into(),
        };
        let (adas, bens) = pair(&roster, GROUP, &ada, &ben, Some(&private));
        Self {
            roster,
            lobby,
            channel,
            ada,
            ben,
            carla,
            adas,
            bens,
        }
    }

    fn private(&self) -> PrivateGroup {
        self.adas.private().unwrap()
    }

    /// Why Ada refuses what Ben makes of the group, with Carla put in if he wants.
    fn refused(&mut self, after: &PrivateGroup, added: bool) -> Option<GroupError> {
        let package = OwnPackage::generate(&self.carla.device, self.carla.account, now_s());
        let package = DevicePackage::read(&package.unwrap().public).unwrap();
        let added = if added { vec![package] } else { Vec::new() };
        let (device, roster) = (&self.ben.device, &self.roster);
        let made = self.bens.make(device, roster, Some(after), added).unwrap();
        let refused = self.adas.process_commit(made.epoch, &made.commit, roster);
        self.bens.discard_commit().unwrap();
        refused.err()
    }
}

fn now_s() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// A group that the first made and the second joined.
fn pair(
    roster: &Roster,
    id: GroupId,
    first: &Person,
    second: &Person,
    private: Option<&PrivateGroup>,
) -> (Group, Group) {
    let (device, account) = (&first.device, first.account);
    let made = match private {
        Some(private) => Group::create_private(id, device, account, roster, private),
        None => Group::create(id, device, account, roster),
    };
    let (mut group, public, _) = made.unwrap();
    let (info, tree) = (&public.group_info, &public.tree);
    let (device, account) = (&second.device, second.account);
    let join = ExternalJoin::prepare(id, info, tree, roster, device, account, 1).unwrap();
    group
        .process_commit(join.epoch(), join.commit(), roster)
        .unwrap();
    (group, join.accept().0)
}

#[test]
fn who_is_no_admin_puts_nobody_in() {
    let mut scene = Scene::new();
    let mut after = scene.private();
    after.accounts.insert(scene.carla.account);
    let expected = Some(GroupError::Invalid(CommitError::MayNotChangeGroup));
    assert_eq!(scene.refused(&after, true), expected);
    assert_eq!(scene.refused(&after, false), expected);
    let mut takes_over = scene.private();
    takes_over.admins.insert(scene.ben.account);
    assert_eq!(scene.refused(&takes_over, false), expected);
    let same = scene.private();
    let stranger = Some(GroupError::Invalid(CommitError::LeafNotInRoster));
    assert_eq!(scene.refused(&same, true), stranger);
}

#[test]
fn a_private_group_gets_no_other_channel() {
    let mut scene = Scene::new();
    let mut after = scene.private();
    after.channel = ChannelId([9; 16]);
    let expected = Some(GroupError::Invalid(CommitError::WrongContext));
    assert_eq!(scene.refused(&after, false), expected);
}

#[test]
fn the_lobby_is_not_made_private() {
    let mut scene = Scene::new();
    let after = scene.private();
    (scene.adas, scene.bens) = pair(&scene.roster, scene.lobby, &scene.ada, &scene.ben, None);
    assert_eq!(after.channel, scene.channel);
    let expected = Some(GroupError::Invalid(CommitError::WrongContext));
    assert_eq!(scene.refused(&after, false), expected);
}
