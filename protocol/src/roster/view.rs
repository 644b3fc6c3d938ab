//! What the log says, now and at any earlier length.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::ChannelRules;
use super::{DeviceKeys, HistoryPolicy, Role, VoiceStanding};
use crate::{AccountId, ChannelId, DeviceId, GroupId, InviteId, PublicKey};

/// How somebody came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinedBy {
    /// Founded the community.
    Founding,
    /// By an invite of this member.
    Invite {
        /// Which.
        invite: InviteId,
        /// Whose.
        issuer: AccountId,
    },
    /// Let in on the server's word by this member.
    Admission {
        /// By whom.
        by: AccountId,
    },
}

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its key now.
    pub key: PublicKey,
    /// How it came in.
    pub joined_by: JoinedBy,
    /// The log's length before it came in, the last time.
    pub joined_at: u64,
    /// The log's length before it was removed.
    pub removed_at: Option<u64>,
    /// Who removed it, oneself perhaps; while it is not a member.
    pub removed_by: Option<AccountId>,
    /// Every role it had, each with the log's length from which on.
    pub roles: Vec<(u64, Role)>,
    /// How often its key was changed.
    pub key_changes: u32,
    /// How it is heard in calls. Whoever left while muted comes back muted.
    pub voice: VoiceStanding,
    /// Who changed that last.
    pub voice_by: Option<AccountId>,
}

impl Account {
    /// The role now, whether removed or not.
    pub fn role(&self) -> Role {
        self.roles.last().map_or(Role::Member, |(_, role)| *role)
    }

    /// The role in a log of `length` entries.
    pub fn role_at(&self, length: u64) -> Option<Role> {
        self.roles
            .iter()
            .rev()
            .find(|(from, _)| *from < length)
            .map(|(_, role)| *role)
    }

    /// A member now.
    pub fn is_active(&self) -> bool {
        self.removed_at.is_none()
    }
}

/// A device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Whose.
    pub account: AccountId,
    /// Its keys.
    pub keys: DeviceKeys,
    /// The log's length before it was added.
    pub added_at: u64,
    /// The log's length before it was revoked, or its account removed.
    pub revoked_at: Option<u64>,
}

impl Device {
    /// Active in a log of `length` entries.
    pub fn is_active_at(&self, length: u64) -> bool {
        self.added_at < length && self.revoked_at.is_none_or(|revoked| revoked >= length)
    }

    /// Active now.
    pub fn is_active(&self) -> bool {
        self.revoked_at.is_none()
    }
}

/// An invite.
#[derive(Debug, Clone)]
pub struct Invite {
    /// Signs `Joined`.
    pub key: PublicKey,
    /// Whose.
    pub issuer: AccountId,
    /// How many may still join by it.
    pub uses_left: u32,
    /// Seconds since 1970.
    pub expires_s: u64,
    /// What those who join may do.
    pub role: Role,
    /// Revoked, or its issuer removed.
    pub void: bool,
    /// The log's length before it was issued.
    pub issued_at: u64,
}

/// A channel.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Who made it.
    pub created_by: AccountId,
    /// Whose keys it uses.
    pub group: GroupId,
    /// Who may read what came before.
    pub history: HistoryPolicy,
    /// The log's length before it was created.
    pub created_at: u64,
    /// Closed.
    pub closed: bool,
    /// What was set for it, each time with the log's length from which on; see [`Channel::rules`].
    pub settings: Vec<(u64, ChannelRules)>,
}

/// A group that was started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupReset {
    /// What stands for it since.
    pub new_group: GroupId,
    /// Whose device started it again.
    pub by: AccountId,
    /// The log's length before the entry.
    pub at: u64,
}

/// The state that a log describes.
#[derive(Debug, Clone)]
pub struct RosterView {
    pub(super) length: u64,
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) devices: BTreeMap<DeviceId, Device>,
    pub(super) invites: BTreeMap<InviteId, Invite>,
    pub(super) channels: BTreeMap<ChannelId, Channel>,
    /// Every key that any account ever had, and whose.
    pub(super) account_keys: BTreeMap<PublicKey, AccountId>,
    pub(super) banned: BTreeSet<PublicKey>,
    pub(super) server_key: PublicKey,
    pub(super) lobby: GroupId,
    pub(super) groups_reset: BTreeMap<GroupId, GroupReset>,
}

impl RosterView {
    /// Entries that led here.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Every account that ever was.
    pub fn accounts(&self) -> &BTreeMap<AccountId, Account> {
        &self.accounts
    }

    /// One account.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// Every device that ever was.
    pub fn devices(&self) -> &BTreeMap<DeviceId, Device> {
        &self.devices
    }

    /// One device.
    pub fn device(&self, id: &DeviceId) -> Option<&Device> {
        self.devices.get(id)
    }

    /// One device, if it was active in a log of `length` entries.
    pub fn device_at(&self, id: &DeviceId, length: u64) -> Option<&Device> {
        self.devices
            .get(id)
            .filter(|device| device.is_active_at(length))
    }

    /// Whether an account had an active device when the log was `length` entries long: not before it joined, nor after it was removed.
    pub fn is_active_at(&self, account: &AccountId, length: u64) -> bool {
        let mut devices = self.devices.values();
        devices.any(|device| device.account == *account && device.is_active_at(length))
    }

    /// How a device is heard in calls; as everybody when nobody knows it.
    pub fn voice_of(&self, device: &DeviceId) -> VoiceStanding {
        let account = self.devices.get(device).map(|device| device.account);
        let account = account.and_then(|account| self.accounts.get(&account));
        account.map(|account| account.voice).unwrap_or_default()
    }

    /// Every device that is not heard as everybody is; those that are active no more among them, so that nobody is heard for the
    /// moment in which they are put out.
    pub fn voice_standings(&self) -> impl Iterator<Item = (DeviceId, VoiceStanding)> + '_ {
        let devices = self.devices.keys();
        let standings = devices.map(|device| (*device, self.voice_of(device)));
        standings.filter(|(_, standing)| *standing != VoiceStanding::Ordinary)
    }

    /// The rank of a device's account now, if both are active.
    pub fn rank_of(&self, device: &DeviceId) -> Option<Role> {
        let device = self
            .devices
            .get(device)
            .filter(|device| device.is_active())?;
        let account = self
            .accounts
            .get(&device.account)
            .filter(|account| account.is_active())?;
        Some(account.role())
    }

    /// Every invite that ever was.
    pub fn invites(&self) -> &BTreeMap<InviteId, Invite> {
        &self.invites
    }

    /// Every channel that ever was, the directory not among them.
    pub fn channels(&self) -> &BTreeMap<ChannelId, Channel> {
        &self.channels
    }

    /// The channel of a private group, by its present id or one before a reset; none for the lobby, and for a group that no channel names.
    pub fn private_channel(&self, group: &GroupId) -> Option<(&ChannelId, &Channel)> {
        let group = self.current_group(*group);
        let mut channels = self.channels.iter();
        let names = |channel: &Channel| self.current_group(channel.group) == group;
        channels.find(|(_, channel)| self.lobby() != group && names(channel))
    }

    /// The server's identity key.
    pub fn server_key(&self) -> &PublicKey {
        &self.server_key
    }

    /// The group of all devices.
    pub fn lobby(&self) -> GroupId {
        self.current_group(self.lobby)
    }

    /// The group that stands for `group` after every reset.
    pub fn current_group(&self, mut group: GroupId) -> GroupId {
        while let Some(next) = self.groups_reset.get(&group) {
            group = next.new_group;
        }
        group
    }

    /// The group that `group` stands for since a reset, and that reset; none for one that was never reset into.
    pub fn replaced_by(&self, group: &GroupId) -> Option<(GroupId, GroupReset)> {
        let mut resets = self.groups_reset.iter();
        let found = resets.find(|(_, reset)| reset.new_group == *group);
        found.map(|(old, reset)| (*old, *reset))
    }

    /// The groups that `group` stands for since their resets, the latest first.
    pub fn earlier_groups(&self, group: &GroupId) -> impl Iterator<Item = GroupId> + '_ {
        let before = |group: &GroupId| self.replaced_by(group).map(|(before, _)| before);
        std::iter::successors(before(group), before)
    }
}
