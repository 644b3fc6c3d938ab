//! Making roster entries: founding, joining, knocking, and every change that a device signs.
//!
//! ```text
//! Change -> Entry { previous = head } -> CBOR -> signatures -> tried on a copy of the roster -> travelled bytes
//! ```
//!
//! Because every entry is tried first, what one may not do is refused here, with the reason, before a server sees it.

use dialtone_protocol::roster::{
    Change, ChannelSetting, DeviceKeys, Entry, EntryError, EntrySignature, HistoryPolicy,
    KnockRequest, Role, Roster, SignedEntry, SignedKnock, Signer, VoiceStanding,
};
use dialtone_protocol::signing::Purpose;
use dialtone_protocol::{
    AccountId, ChannelId, CommunityId, DeviceId, GroupId, Hash, InviteId, PublicKey, Signature,
    strict,
};
use rand_core::CryptoRngCore;

use crate::keys::{AccountKey, DeviceKey};
use crate::primitives;

/// An entry was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RosterSignError {
    /// The log would not take it.
    #[error("the member list does not allow this: {0}")]
    Refused(#[from] EntryError),
}

/// A new community.
pub struct Founding {
    /// The entry, as it travels.
    pub entry: Vec<u8>,
    /// The log with it as its only entry.
    pub roster: Roster,
    /// The group of all devices, to be created next.
    pub lobby: GroupId,
}

/// Founds a community on the server with `server_key`.
///
/// # Errors
/// When the entry would not be valid (a mistake of ours).
pub fn found(
    account: &AccountKey,
    device: &DeviceKey,
    server_key: PublicKey,
    rng: &mut dyn CryptoRngCore,
) -> Result<Founding, RosterSignError> {
    let lobby = GroupId::new(primitives::random(rng));
    let change = Change::Founded {
        account_key: account.public(),
        device: device.public_keys(),
        server_key,
        lobby,
        salt: Hash(primitives::random(rng)),
    };
    let body = body(Hash::ZERO, change);
    let signature = account.sign(Purpose::Roster, &CommunityId::NONE, &body);
    let entry = assemble(body, &[(Signer::Account(account.account()), signature)]);
    let roster = Roster::found(entry.clone())?;
    Ok(Founding {
        entry,
        roster,
        lobby,
    })
}

/// A request to be let in, as it travels.
pub fn knock(community: &CommunityId, account: &AccountKey, device: &DeviceKey) -> Vec<u8> {
    let request = KnockRequest {
        account_key: account.public(),
        device: device.public_keys(),
    };
    let body = strict::encode(&request);
    let signature = account.sign(Purpose::Knock, community, &body);
    strict::encode(&SignedKnock {
        body: body.into(),
        signature,
    })
}

/// Any change that a device signs, as the next entry of `roster`.
///
/// # Errors
/// When this device may not make it now.
pub fn sign_change(
    device: &DeviceKey,
    roster: &Roster,
    change: Change,
) -> Result<Vec<u8>, RosterSignError> {
    append_change(device, &mut roster.clone(), change)
}

/// An entry that one of a member's devices signs alone, taken into `roster` at once: for many in a row, each of which would else
/// be tried on a copy of the whole log.
///
/// # Errors
/// When this device may not make it now; then nothing changes.
pub fn append_change(
    device: &DeviceKey,
    roster: &mut Roster,
    change: Change,
) -> Result<Vec<u8>, RosterSignError> {
    let body = body(roster.position().head, change);
    let signature = device.sign(Purpose::Roster, &roster.community(), &body);
    let entry = assemble(body, &[(Signer::Device(device.id()), signature)]);
    roster.append(entry.clone())?;
    Ok(entry)
}

/// `Admitted`: lets in somebody who knocked.
///
/// # Errors
/// When the knock is not valid or this device may not admit.
pub fn admit(
    device: &DeviceKey,
    roster: &Roster,
    knock: &[u8],
) -> Result<Vec<u8>, RosterSignError> {
    let knock = knock.to_vec().into();
    sign_change(device, roster, Change::Admitted { knock })
}

/// `ChannelCreated`, with a random id.
///
/// # Errors
/// When this device may not create it.
pub fn create_channel(
    device: &DeviceKey,
    roster: &Roster,
    group: GroupId,
    history: HistoryPolicy,
    rng: &mut dyn CryptoRngCore,
) -> Result<(ChannelId, Vec<u8>), RosterSignError> {
    let id = ChannelId(primitives::random(rng));
    let change = Change::ChannelCreated { id, group, history };
    Ok((id, sign_change(device, roster, change)?))
}

/// `ChannelPolicy`
///
/// # Errors
/// When this device may not change it.
pub fn set_policy(
    device: &DeviceKey,
    roster: &Roster,
    id: ChannelId,
    history: HistoryPolicy,
) -> Result<Vec<u8>, RosterSignError> {
    sign_change(device, roster, Change::ChannelPolicy { id, history })
}

/// `ChannelSet`
///
/// # Errors
/// When this device may not set it.
pub fn set_channel(
    device: &DeviceKey,
    roster: &Roster,
    id: ChannelId,
    setting: ChannelSetting,
) -> Result<Vec<u8>, RosterSignError> {
    let (setting, value) = setting.numbers();
    let change = Change::ChannelSet { id, setting, value };
    sign_change(device, roster, change)
}

/// `ChannelClosed`
///
/// # Errors
/// When this device may not close it.
pub fn close_channel(
    device: &DeviceKey,
    roster: &Roster,
    id: ChannelId,
) -> Result<Vec<u8>, RosterSignError> {
    sign_change(device, roster, Change::ChannelClosed { id })
}

/// `InviteRevoked`
///
/// # Errors
/// When this device may not revoke it.
pub fn revoke_invite(
    device: &DeviceKey,
    roster: &Roster,
    id: InviteId,
) -> Result<Vec<u8>, RosterSignError> {
    sign_change(device, roster, Change::InviteRevoked { id })
}

/// `RoleChanged`
///
/// # Errors
/// When this device may not change it.
pub fn change_role(
    device: &DeviceKey,
    roster: &Roster,
    account: AccountId,
    role: Role,
) -> Result<Vec<u8>, RosterSignError> {
    sign_change(device, roster, Change::RoleChanged { account, role })
}

/// `DeviceAdded`, to the account that `device` belongs to.
///
/// # Errors
/// When `device` is not active, or the new one's keys are taken.
pub fn add_device(
    device: &DeviceKey,
    roster: &Roster,
    new: DeviceKeys,
) -> Result<Vec<u8>, RosterSignError> {
    let own = roster.view().device(&device.id());
    let account = own.ok_or(EntryError::NotActive)?.account;
    let change = Change::DeviceAdded {
        account,
        device: new,
    };
    sign_change(device, roster, change)
}

/// `DeviceAdded`, signed by the account's own key: a device that nobody of the account's devices approves.
///
/// # Errors
/// When the account is no member, its key is another by now, or the device's keys are taken.
pub fn recover_device(
    key: &AccountKey,
    account: AccountId,
    roster: &Roster,
    new: DeviceKeys,
) -> Result<Vec<u8>, RosterSignError> {
    let change = Change::DeviceAdded {
        account,
        device: new,
    };
    sign_as_account(key, account, roster, change)
}

/// `DeviceRevoked`
///
/// # Errors
/// When this device may not revoke it.
pub fn revoke_device(
    device: &DeviceKey,
    roster: &Roster,
    revoked: DeviceId,
) -> Result<Vec<u8>, RosterSignError> {
    sign_change(device, roster, Change::DeviceRevoked { device: revoked })
}

/// `MemberRemoved`
///
/// # Errors
/// When this device may not remove them.
pub fn remove_member(
    device: &DeviceKey,
    roster: &Roster,
    account: AccountId,
    ban: bool,
) -> Result<Vec<u8>, RosterSignError> {
    sign_change(device, roster, Change::MemberRemoved { account, ban })
}

/// `VoiceStandingChanged`
///
/// # Errors
/// When this device may not change it.
pub fn change_voice_standing(
    device: &DeviceKey,
    roster: &Roster,
    account: AccountId,
    standing: VoiceStanding,
) -> Result<Vec<u8>, RosterSignError> {
    let change = Change::VoiceStandingChanged { account, standing };
    sign_change(device, roster, change)
}

/// `AccountKeyRotated`, signed by the key that goes.
///
/// # Errors
/// When the account is not a member's, or the new key was ever one.
pub fn rotate_account_key(
    old: &AccountKey,
    account: AccountId,
    new: &AccountKey,
    roster: &Roster,
) -> Result<Vec<u8>, RosterSignError> {
    let new_key = new.public();
    let change = Change::AccountKeyRotated { account, new_key };
    sign_as_account(old, account, roster, change)
}

/// A change signed by an account's own key.
fn sign_as_account(
    key: &AccountKey,
    account: AccountId,
    roster: &Roster,
    change: Change,
) -> Result<Vec<u8>, RosterSignError> {
    let body = body(roster.position().head, change);
    let signature = key.sign(Purpose::Roster, &roster.community(), &body);
    let entry = assemble(body, &[(Signer::Account(account), signature)]);
    roster.clone().append(entry.clone())?;
    Ok(entry)
}

/// `GroupReset`, with a random new id.
///
/// # Errors
/// When this device may not reset it.
pub fn reset_group(
    device: &DeviceKey,
    roster: &Roster,
    group: GroupId,
    rng: &mut dyn CryptoRngCore,
) -> Result<(GroupId, Vec<u8>), RosterSignError> {
    let new_group = GroupId::new(primitives::random(rng));
    let change = Change::GroupReset { group, new_group };
    Ok((new_group, sign_change(device, roster, change)?))
}

/// The signed part of an entry.
pub(crate) fn body(previous: Hash, change: Change) -> Vec<u8> {
    strict::encode(&Entry {
        version: 1,
        previous,
        change,
    })
}

/// The travelled bytes of an entry.
pub(crate) fn assemble(body: Vec<u8>, signatures: &[(Signer, Signature)]) -> Vec<u8> {
    let signatures = signatures
        .iter()
        .map(|(signer, signature)| EntrySignature {
            signer: *signer,
            signature: *signature,
        })
        .collect();
    strict::encode(&SignedEntry {
        body: body.into(),
        signatures,
    })
}
