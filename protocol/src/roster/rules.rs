//! Who may append what: the verification of one entry against the view before it.
//!
//! ```text
//! found / apply: whose signatures does this kind ask for -> Check -> Actor -> changes: is it allowed, and what it does
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{self, Actor};
use super::view::{Account, JoinedBy, RosterView};
use super::{Change, Entry, Role, SignedEntry, SignedKnock, Signer};
use crate::signing::{self, BadSignature, Purpose};
use crate::strict::StrictError;
use crate::{AccountId, CommunityId, Hash, InviteId, PublicKey};

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
        account_keys: BTreeMap::new(),
        banned: BTreeSet::new(),
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
            changes::require(actor.rank >= Role::Admin)?;
            let by = JoinedBy::Admission { by: actor.account };
            view.add_account(&request.account_key, &request.device, by, Role::Member)?;
        }
        Change::DeviceAdded { account, device } => {
            changes::require(check.owner(account)?)?;
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
            changes::require(allowed)?;
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
            view.apply_channel(&entry.change, actor, community)?;
        }
        Change::GroupReset { group, new_group } => {
            let actor = check.device()?;
            view.reset_group(actor, *group, *new_group)?;
        }
        Change::ServerKeyChanged { server_key } => {
            changes::require(check.device()?.rank == Role::Founder)?;
            view.server_key = *server_key;
        }
        Change::VoiceStandingChanged { account, standing } => {
            let actor = check.device()?;
            view.change_voice(actor, account, *standing)?;
        }
        Change::ChannelSet { id, setting, value } => {
            let actor = check.device()?;
            view.set_channel(actor, id, *setting, *value)?;
        }
    }
    view.length += 1;
    Ok(())
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
