//! What each change does to the view, and whether the actor's rank allows it.
//!
//! Every function looks first and changes last: on an error the view is as before.

use super::rules::EntryError;
use super::view::{Account, Channel, Device, GroupReset, Invite, JoinedBy, RosterView};
use super::{BOX_KEY_BYTES, Change, DeviceKeys, Role, VoiceStanding};
use crate::{AccountId, ChannelId, CommunityId, DeviceId, GroupId, InviteId, PublicKey};

const MOST_INVITE_USES: u32 = 10_000;

/// Who acts: an active member's device.
#[derive(Clone, Copy)]
pub(super) struct Actor {
    pub(super) account: AccountId,
    pub(super) rank: Role,
}

pub(super) fn require(allowed: bool) -> Result<(), EntryError> {
    if allowed {
        Ok(())
    } else {
        Err(EntryError::NotAllowed)
    }
}

impl RosterView {
    pub(super) fn add_account(
        &mut self,
        key: &PublicKey,
        device: &DeviceKeys,
        joined_by: JoinedBy,
        role: Role,
    ) -> Result<(), EntryError> {
        let id = AccountId::of(key);
        if self.banned.contains(key) {
            return Err(EntryError::Banned);
        }
        self.check_new_device(device)?;
        if self.account_keys.contains_key(key) {
            self.take_back(id, key, joined_by, role)?;
        } else {
            let account = Account {
                key: *key,
                joined_by,
                joined_at: self.length,
                removed_at: None,
                removed_by: None,
                roles: vec![(self.length, role)],
                key_changes: 0,
                voice: VoiceStanding::Ordinary,
                voice_by: None,
            };
            self.accounts.insert(id, account);
            self.account_keys.insert(*key, id);
        }
        self.add_device(id, device)
    }

    /// Somebody who left or was removed comes back, with the same key but nothing of what it had; what it was forbidden stays so.
    fn take_back(
        &mut self,
        id: AccountId,
        key: &PublicKey,
        joined_by: JoinedBy,
        role: Role,
    ) -> Result<(), EntryError> {
        let known = self.accounts.get_mut(&id);
        let account = known
            .filter(|account| !account.is_active() && account.key == *key)
            .ok_or(EntryError::Exists("account"))?;
        account.joined_by = joined_by;
        account.joined_at = self.length;
        account.removed_at = None;
        account.removed_by = None;
        account.roles.push((self.length, role));
        // Else whoever is muted would leave and come back to be heard again.
        if account.voice == VoiceStanding::Priority {
            account.voice = VoiceStanding::Ordinary;
            account.voice_by = None;
        }
        Ok(())
    }

    fn check_new_device(&self, device: &DeviceKeys) -> Result<(), EntryError> {
        if device.box_key.len() != BOX_KEY_BYTES {
            return Err(EntryError::OutOfBounds("box key"));
        }
        let taken = self.devices.contains_key(&device.id())
            || self
                .devices
                .values()
                .any(|known| known.keys.box_key == device.box_key);
        if taken {
            Err(EntryError::Exists("device"))
        } else {
            Ok(())
        }
    }

    pub(super) fn add_device(
        &mut self,
        account: AccountId,
        device: &DeviceKeys,
    ) -> Result<(), EntryError> {
        self.check_new_device(device)?;
        if !self.account(&account).is_some_and(Account::is_active) {
            return Err(EntryError::NotActive);
        }
        let added = Device {
            account,
            keys: device.clone(),
            added_at: self.length,
            revoked_at: None,
        };
        self.devices.insert(device.id(), added);
        Ok(())
    }

    pub(super) fn revoke_device(&mut self, id: &DeviceId) -> Result<(), EntryError> {
        let device = self.devices.get_mut(id).filter(|device| device.is_active());
        device.ok_or(EntryError::Unknown("device"))?.revoked_at = Some(self.length);
        Ok(())
    }

    pub(super) fn rotate_key(
        &mut self,
        id: &AccountId,
        new_key: &PublicKey,
    ) -> Result<(), EntryError> {
        // Nobody's key, now or ever: not a former one that may have leaked, nor a banned one.
        if self.account_keys.contains_key(new_key) {
            return Err(EntryError::Exists("account key"));
        }
        let account = self
            .accounts
            .get_mut(id)
            .ok_or(EntryError::Unknown("account"))?;
        account.key = *new_key;
        account.key_changes += 1;
        self.account_keys.insert(*new_key, *id);
        Ok(())
    }

    pub(super) fn change_role(
        &mut self,
        actor: Actor,
        id: &AccountId,
        role: Role,
    ) -> Result<(), EntryError> {
        let length = self.length;
        let target = self.accounts.get(id).filter(|account| account.is_active());
        let old = target.ok_or(EntryError::Unknown("account"))?.role();
        let passes_on =
            role == Role::Founder && actor.rank == Role::Founder && actor.account != *id;
        let steps_down = actor.account == *id && role < old && old != Role::Founder;
        require(passes_on || steps_down || (actor.rank > old && actor.rank > role))?;
        let mut set = |id: &AccountId, role| {
            if let Some(account) = self.accounts.get_mut(id) {
                account.roles.push((length, role));
            }
        };
        set(id, role);
        if passes_on {
            set(&actor.account, Role::Admin);
            // Nobody would be left who could lift it.
            if let Some(founder) = self.accounts.get_mut(id)
                && founder.voice == VoiceStanding::Muted
            {
                founder.voice = VoiceStanding::Ordinary;
                founder.voice_by = Some(actor.account);
            }
        }
        Ok(())
    }

    pub(super) fn change_voice(
        &mut self,
        actor: Actor,
        id: &AccountId,
        standing: VoiceStanding,
    ) -> Result<(), EntryError> {
        let target = self
            .accounts
            .get_mut(id)
            .filter(|account| account.is_active());
        let target = target.ok_or(EntryError::Unknown("account"))?;
        let is_admin = actor.rank >= Role::Admin;
        let outranks = is_admin && actor.rank > target.role();
        // Oneself: neither out of being muted nor into it, for the founder could not be brought back by anybody.
        let muting = [target.voice, standing].contains(&VoiceStanding::Muted);
        let own = is_admin && actor.account == *id && !muting;
        require(outranks || own)?;
        target.voice = standing;
        target.voice_by = Some(actor.account);
        Ok(())
    }

    pub(super) fn remove_member(
        &mut self,
        actor: Actor,
        id: &AccountId,
        ban: bool,
    ) -> Result<(), EntryError> {
        let length = self.length;
        let target = self
            .accounts
            .get_mut(id)
            .filter(|account| account.is_active());
        let target = target.ok_or(EntryError::Unknown("account"))?;
        let outranks = actor.rank >= Role::Admin && actor.rank > target.role();
        let leaves = actor.account == *id && target.role() != Role::Founder;
        require(outranks || leaves)?;
        target.removed_at = Some(length);
        target.removed_by = Some(actor.account);
        if ban {
            // Former keys too: else it would come back with one of them.
            let keys = self.account_keys.iter().filter(|(_, owner)| *owner == id);
            self.banned.extend(keys.map(|(key, _)| *key));
        }
        let came_by = target.joined_by;
        let devices = self
            .devices
            .values_mut()
            .filter(|d| d.account == *id && d.is_active());
        devices.for_each(|device| device.revoked_at = Some(length));
        for (invite_id, invite) in &mut self.invites {
            let brought =
                matches!(came_by, JoinedBy::Invite { invite, .. } if invite == *invite_id);
            invite.void |= brought || invite.issuer == *id;
        }
        Ok(())
    }

    pub(super) fn apply_invite(&mut self, change: &Change, actor: Actor) -> Result<(), EntryError> {
        match change {
            Change::InviteIssued {
                id,
                key,
                issuer,
                uses,
                expires_s,
                role,
            } => {
                require(
                    actor.rank >= Role::Admin && actor.rank > *role && actor.account == *issuer,
                )?;
                if self.invites.contains_key(id) {
                    return Err(EntryError::Exists("invite"));
                }
                if *uses == 0 || *uses > MOST_INVITE_USES {
                    return Err(EntryError::OutOfBounds("number of uses"));
                }
                let invite = Invite {
                    key: *key,
                    issuer: *issuer,
                    uses_left: *uses,
                    expires_s: *expires_s,
                    role: *role,
                    void: false,
                    issued_at: self.length,
                };
                self.invites.insert(*id, invite);
            }
            Change::InviteRevoked { id } => {
                let invite = self.invites.get(id).ok_or(EntryError::Unknown("invite"))?;
                let issuer_rank = self.accounts.get(&invite.issuer).map(Account::role);
                let outranks =
                    actor.rank >= Role::Admin && issuer_rank.is_some_and(|rank| actor.rank > rank);
                require(actor.account == invite.issuer || outranks)?;
                if let Some(invite) = self.invites.get_mut(id) {
                    invite.void = true;
                }
            }
            _ => return Err(EntryError::NotAllowed),
        }
        Ok(())
    }

    pub(super) fn apply_joined(
        &mut self,
        id: InviteId,
        key: &PublicKey,
        device: &DeviceKeys,
    ) -> Result<(), EntryError> {
        let invite = self.invites.get(&id).ok_or(EntryError::Unknown("invite"))?;
        let issuer = self.accounts.get(&invite.issuer);
        // An issuer who was demoted cannot bring anybody in any more either.
        let issuer_may = issuer
            .is_some_and(|a| a.is_active() && a.role() >= Role::Admin && a.role() > invite.role);
        if invite.void || invite.uses_left == 0 || !issuer_may {
            return Err(EntryError::InviteVoid);
        }
        let (issuer, role) = (invite.issuer, invite.role);
        self.add_account(key, device, JoinedBy::Invite { invite: id, issuer }, role)?;
        if let Some(invite) = self.invites.get_mut(&id) {
            invite.uses_left -= 1;
        }
        Ok(())
    }

    pub(super) fn apply_channel(
        &mut self,
        change: &Change,
        actor: Actor,
        community: &CommunityId,
    ) -> Result<(), EntryError> {
        match change {
            Change::ChannelCreated { id, group, history } => {
                // The lobby by any of its ids: one from before a reset leads to it as well.
                let of_lobby = self.current_group(*group) == self.lobby();
                require(actor.rank >= Role::Admin || !of_lobby)?;
                if self.channels.contains_key(id) || *id == community.directory() {
                    return Err(EntryError::Exists("channel"));
                }
                if !of_lobby && self.knows_group(*group) {
                    return Err(EntryError::Exists("group"));
                }
                let channel = Channel {
                    created_by: actor.account,
                    group: *group,
                    history: *history,
                    created_at: self.length,
                    closed: false,
                    settings: Vec::new(),
                };
                self.channels.insert(*id, channel);
            }
            Change::ChannelPolicy { id, history } => {
                require(actor.rank >= Role::Admin)?;
                self.open_channel(id)?.history = *history;
            }
            Change::ChannelClosed { id } => {
                let lobby = self.lobby();
                let known = self.channels.get(id);
                let own = known.is_some_and(|channel| {
                    channel.created_by == actor.account
                        && self.current_group(channel.group) != lobby
                });
                require(actor.rank >= Role::Admin || own)?;
                self.open_channel(id)?.closed = true;
            }
            _ => return Err(EntryError::NotAllowed),
        }
        Ok(())
    }

    /// The lobby's by an admin. Who may reset a private group stands in the group itself, which the roster cannot see: the server and whoever
    /// is in it check that.
    pub(super) fn reset_group(
        &mut self,
        actor: Actor,
        group: GroupId,
        new_group: GroupId,
    ) -> Result<(), EntryError> {
        if group == self.lobby() {
            require(actor.rank >= Role::Admin)?;
        } else {
            let channel = self.private_channel(&group);
            let is_open = channel.is_some_and(|(_, channel)| !channel.closed);
            if !is_open || self.current_group(group) != group {
                return Err(EntryError::Unknown("group"));
            }
        }
        // A successor that was ever used would lead back, or hand the lobby to another group's members.
        if self.knows_group(new_group) {
            return Err(EntryError::Exists("group"));
        }
        let reset = GroupReset {
            new_group,
            by: actor.account,
            at: self.length,
        };
        self.groups_reset.insert(group, reset);
        Ok(())
    }

    fn knows_group(&self, group: GroupId) -> bool {
        group == self.lobby()
            || self.groups_reset.contains_key(&group)
            || self.replaced_by(&group).is_some()
            || self.channels.values().any(|channel| channel.group == group)
    }

    fn open_channel(&mut self, id: &ChannelId) -> Result<&mut Channel, EntryError> {
        self.channels
            .get_mut(id)
            .filter(|channel| !channel.closed)
            .ok_or(EntryError::Unknown("channel"))
    }
}
