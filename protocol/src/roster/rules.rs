//! Who may append what: the verification of one entry against the view before it.

use std::collections::BTreeMap;

use super::view::{Account, Channel, Device, Invite, JoinedBy, RosterView};
use super::{BOX_KEY_BYTES, Change, DeviceKeys, Entry, Role, SignedEntry, SignedKnock, Signer};
use crate::signing::{self, BadSignature, Purpose};
use crate::strict::StrictError;
use crate::{AccountId, CommunityId, DeviceId, Hash, InviteId, PublicKey};

const MOST_INVITE_USES: u32 = 10_000;

/// Why an entry is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// The bytes are not an entry that this version knows.
    #[error("the entry cannot be read: {0}")]
    Format(#[from] StrictError),
    /// It names another entry as the one before.
    #[error("the entry does not follow the last one")]
    DoesNotFollow,
    /// A founding that is not the first, or a first that is not a founding.
    #[error("a log begins with its founding and has no other")]
    Founding,
    /// A signature does not verify.
    #[error(transparent)]
    Signature(#[from] BadSignature),
    /// Not the signatures that this kind of entry asks for.
    #[error("signed by others than this kind of entry asks for")]
    WrongSigners,
    /// The signer is not an active member's device.
    #[error("the signer is not an active device")]
    NotActive,
    /// The signer's rank does not allow it.
    #[error("the signer may not do this")]
    NotAllowed,
    /// It names something that does not exist, or no longer.
    #[error("it names a {0} that does not exist")]
    Unknown(&'static str),
    /// It makes something that exists already.
    #[error("it makes a {0} that exists already")]
    Exists(&'static str),
    /// The invite is used up, revoked, or its issuer is gone.
    #[error("the invite cannot be used any more")]
    InviteVoid,
    /// The account's key was banned.
    #[error("this account was banned")]
    Banned,
    /// A value is out of its bounds.
    #[error("the {0} is out of bounds")]
    OutOfBounds(&'static str),
}

/// Verifies a founding and gives the first view.
pub(super) fn found(signed: &SignedEntry, entry: &Entry) -> Result<RosterView, EntryError> {
    let Change::Founded {
        account_key,
        device,
        server_key,
        lobby,
        ..
    } = &entry.change
    else {
        return Err(EntryError::Founding);
    };
    if entry.previous != Hash::ZERO {
        return Err(EntryError::Founding);
    }
    let account = AccountId::of(account_key);
    let [only] = signed.signatures.as_slice() else {
        return Err(EntryError::WrongSigners);
    };
    if only.signer != Signer::Account(account) {
        return Err(EntryError::WrongSigners);
    }
    signing::verify(
        account_key,
        Purpose::Roster,
        &CommunityId::NONE,
        &signed.body,
        &only.signature,
    )?;
    let mut view = RosterView {
        length: 0,
        accounts: BTreeMap::new(),
        devices: BTreeMap::new(),
        invites: BTreeMap::new(),
        channels: BTreeMap::new(),
        banned: Vec::new(),
        server_key: *server_key,
        lobby: *lobby,
        groups_reset: BTreeMap::new(),
    };
    view.add_account(account_key, device, JoinedBy::Founding, Role::Founder)?;
    view.length = 1;
    Ok(view)
}

/// Verifies an entry and applies it. On an error the view is as before.
pub(super) fn apply(
    view: &mut RosterView,
    community: &CommunityId,
    signed: &SignedEntry,
    entry: &Entry,
) -> Result<(), EntryError> {
    let check = Check {
        view,
        community,
        signed,
    };
    match &entry.change {
        Change::Founded { .. } => return Err(EntryError::Founding),
        Change::InviteIssued { .. } | Change::InviteRevoked { .. } => {
            let actor = check.device()?;
            view.apply_invite(&entry.change, actor)?;
        }
        Change::Joined {
            invite,
            account_key,
            device,
        } => {
            check.invite_and_account(invite, account_key)?;
            view.apply_joined(*invite, account_key, device)?;
        }
        Change::Admitted { knock } => {
            let actor = check.device()?;
            let request = SignedKnock::read(knock, community)?;
            require(actor.rank >= Role::Admin)?;
            let by = JoinedBy::Admission { by: actor.account };
            view.add_account(&request.account_key, &request.device, by, Role::Member)?;
        }
        Change::DeviceAdded { account, device } => {
            require(check.owner(account)?)?;
            view.add_device(*account, device)?;
        }
        Change::DeviceRevoked { device } => {
            let owner = view
                .device(device)
                .ok_or(EntryError::Unknown("device"))?
                .account;
            let rank = view.account(&owner).map(Account::role);
            let allowed = check.owner(&owner)?
                || check.device().is_ok_and(|actor| {
                    actor.rank >= Role::Admin && rank.is_some_and(|rank| actor.rank > rank)
                });
            require(allowed)?;
            view.revoke_device(device)?;
        }
        Change::AccountKeyRotated { account, new_key } => {
            check.account_key(account)?;
            view.rotate_key(account, new_key)?;
        }
        Change::RoleChanged { account, role } => {
            let actor = check.device()?;
            view.change_role(actor, account, *role)?;
        }
        Change::MemberRemoved { account, ban } => {
            let actor = check.device()?;
            view.remove_member(actor, account, *ban)?;
        }
        Change::ChannelCreated { .. }
        | Change::ChannelPolicy { .. }
        | Change::ChannelClosed { .. } => {
            let actor = check.device()?;
            view.apply_channel(&entry.change, actor)?;
        }
        Change::GroupReset { group, new_group } => {
            require(check.device()?.rank >= Role::Admin)?;
            if view.current_group(*group) != *group || view.current_group(*new_group) == *group {
                return Err(EntryError::Unknown("group"));
            }
            view.groups_reset.insert(*group, *new_group);
        }
        Change::ServerKeyChanged { server_key } => {
            require(check.device()?.rank == Role::Founder)?;
            view.server_key = *server_key;
        }
    }
    view.length += 1;
    Ok(())
}

fn require(allowed: bool) -> Result<(), EntryError> {
    if allowed {
        Ok(())
    } else {
        Err(EntryError::NotAllowed)
    }
}

/// Who acts: an active member's device.
#[derive(Clone, Copy)]
struct Actor {
    account: AccountId,
    rank: Role,
}

struct Check<'a> {
    view: &'a RosterView,
    community: &'a CommunityId,
    signed: &'a SignedEntry,
}

impl Check<'_> {
    fn verify(&self, index: usize, key: &PublicKey) -> Result<(), EntryError> {
        let signature = self
            .signed
            .signatures
            .get(index)
            .ok_or(EntryError::WrongSigners)?;
        signing::verify(
            key,
            Purpose::Roster,
            self.community,
            &self.signed.body,
            &signature.signature,
        )?;
        Ok(())
    }

    /// Exactly one signature, by an active device.
    fn device(&self) -> Result<Actor, EntryError> {
        let [only] = self.signed.signatures.as_slice() else {
            return Err(EntryError::WrongSigners);
        };
        let Signer::Device(id) = only.signer else {
            return Err(EntryError::WrongSigners);
        };
        let rank = self.view.rank_of(&id).ok_or(EntryError::NotActive)?;
        let device = self.view.device(&id).ok_or(EntryError::NotActive)?;
        self.verify(0, &device.keys.signature_key)?;
        Ok(Actor {
            account: device.account,
            rank,
        })
    }

    /// Exactly one signature, by the account's own key.
    fn account_key(&self, account: &AccountId) -> Result<(), EntryError> {
        let [only] = self.signed.signatures.as_slice() else {
            return Err(EntryError::WrongSigners);
        };
        if only.signer != Signer::Account(*account) {
            return Err(EntryError::WrongSigners);
        }
        let known = self
            .view
            .account(account)
            .ok_or(EntryError::Unknown("account"))?;
        if !known.is_active() {
            return Err(EntryError::NotActive);
        }
        self.verify(0, &known.key)
    }

    /// Whether the one signer is a device of the account, or its key.
    fn owner(&self, account: &AccountId) -> Result<bool, EntryError> {
        match self.signed.signatures.as_slice() {
            [only] if matches!(only.signer, Signer::Device(_)) => {
                Ok(self.device()?.account == *account)
            }
            _ => self.account_key(account).map(|()| true),
        }
    }

    /// Exactly two signatures: the invite's key, then the new account's key.
    fn invite_and_account(
        &self,
        invite: &InviteId,
        account_key: &PublicKey,
    ) -> Result<(), EntryError> {
        let [first, second] = self.signed.signatures.as_slice() else {
            return Err(EntryError::WrongSigners);
        };
        let account = Signer::Account(AccountId::of(account_key));
        if first.signer != Signer::Invite(*invite) || second.signer != account {
            return Err(EntryError::WrongSigners);
        }
        let known = self
            .view
            .invites
            .get(invite)
            .ok_or(EntryError::Unknown("invite"))?;
        self.verify(0, &known.key)?;
        self.verify(1, account_key)
    }
}

impl RosterView {
    fn add_account(
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
        if self.accounts.contains_key(&id) || self.accounts.values().any(|a| a.key == *key) {
            return Err(EntryError::Exists("account"));
        }
        self.check_new_device(device)?;
        let account = Account {
            key: *key,
            joined_by,
            joined_at: self.length,
            removed_at: None,
            roles: vec![(self.length, role)],
            key_changes: 0,
        };
        self.accounts.insert(id, account);
        self.add_device(id, device)
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

    fn add_device(&mut self, account: AccountId, device: &DeviceKeys) -> Result<(), EntryError> {
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

    fn revoke_device(&mut self, id: &DeviceId) -> Result<(), EntryError> {
        let device = self.devices.get_mut(id).filter(|device| device.is_active());
        device.ok_or(EntryError::Unknown("device"))?.revoked_at = Some(self.length);
        Ok(())
    }

    fn rotate_key(&mut self, id: &AccountId, new_key: &PublicKey) -> Result<(), EntryError> {
        if self
            .accounts
            .values()
            .any(|account| account.key == *new_key)
        {
            return Err(EntryError::Exists("account key"));
        }
        let account = self
            .accounts
            .get_mut(id)
            .ok_or(EntryError::Unknown("account"))?;
        account.key = *new_key;
        account.key_changes += 1;
        Ok(())
    }

    fn change_role(&mut self, actor: Actor, id: &AccountId, role: Role) -> Result<(), EntryError> {
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
        }
        Ok(())
    }

    fn remove_member(&mut self, actor: Actor, id: &AccountId, ban: bool) -> Result<(), EntryError> {
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
        if ban {
            self.banned.push(target.key);
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

    fn apply_invite(&mut self, change: &Change, actor: Actor) -> Result<(), EntryError> {
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

    fn apply_joined(
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

    fn apply_channel(&mut self, change: &Change, actor: Actor) -> Result<(), EntryError> {
        match change {
            Change::ChannelCreated { id, group, history } => {
                require(actor.rank >= Role::Admin || *group != self.lobby())?;
                if self.channels.contains_key(id) {
                    return Err(EntryError::Exists("channel"));
                }
                let channel = Channel {
                    group: *group,
                    history: *history,
                    created_at: self.length,
                    closed: false,
                };
                self.channels.insert(*id, channel);
            }
            Change::ChannelPolicy { id, history } => {
                require(actor.rank >= Role::Admin)?;
                self.open_channel(id)?.history = *history;
            }
            Change::ChannelClosed { id } => {
                require(actor.rank >= Role::Admin)?;
                self.open_channel(id)?.closed = true;
            }
            _ => return Err(EntryError::NotAllowed),
        }
        Ok(())
    }

    fn open_channel(&mut self, id: &crate::ChannelId) -> Result<&mut Channel, EntryError> {
        self.channels
            .get_mut(id)
            .filter(|channel| !channel.closed)
            .ok_or(EntryError::Unknown("channel"))
    }
}
