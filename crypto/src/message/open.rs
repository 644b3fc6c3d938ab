//! Opening an event that was checked in its stream.

use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::roster::{Role, Roster};
use dialtone_protocol::sealed::{EVENT_LIMIT, EventHeader, WantedKey};
use dialtone_protocol::signing::{self, Purpose};
use dialtone_protocol::{
    AccountId, ChannelId, CommunityId, DeviceId, Hash, PublicKey, Signature, strict,
};
use zeroize::Zeroizing;

use super::padding::unpad;
use super::stream::Checked;
use crate::primitives::{self, NotOpened};
use crate::ring::{KeyFound, KeyRing};

/// Why an event is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Its key has not come yet. Keep it, ask for the key, try again.
    #[error("the key for this message has not come yet; it was asked for")]
    MissingKey(WantedKey),
    /// The sender is in another group of the same name.
    #[error(
        "the server shows you and the sender of this message different groups: do not trust this server"
    )]
    Fork,
    /// The sender's device was not, or no longer, active.
    #[error("this message comes from a device that is not in the member list")]
    NotActive,
    /// It names a group that the channel does not use.
    #[error("this message was sealed for another group than its channel's")]
    WrongGroup,
    /// It was changed on the way, or sealed under another key than it says.
    #[error("this message was changed after it was written")]
    Tampered,
    /// Who sealed it is not who it says.
    #[error("this message is not by the person it names")]
    BadSignature,
    /// It is authentic, and its sender may not write in this channel.
    #[error("only admins write in this channel")]
    NotForThem,
    /// It is authentic, but this version does not know such content.
    #[error("this message needs a newer version of Dialtone")]
    UnknownContent,
}

/// An event whose sender and content are beyond doubt. Nothing else leads to its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedEvent {
    hash: Hash,
    sequence: u64,
    header: EventHeader,
    account: AccountId,
    role: Role,
    content: EventContent,
}

impl VerifiedEvent {
    /// Names it in replies, edits and reactions.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Its place in the stream.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The clear part.
    pub fn header(&self) -> &EventHeader {
        &self.header
    }

    /// Which device sealed it.
    pub fn device(&self) -> DeviceId {
        self.header.device
    }

    /// Whose device that is.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// What that account might do at the roster length that the event names.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What it says.
    pub fn content(&self) -> &EventContent {
        &self.content
    }
}

/// Opens an event.
///
/// # Errors
/// [`OpenError`]; [`OpenError::MissingKey`] is passing, the others are not.
pub fn open_event(
    checked: &Checked,
    ring: &KeyRing,
    roster: &Roster,
) -> Result<VerifiedEvent, OpenError> {
    let header = &checked.header;
    let view = roster.view();
    let device = view
        .device_at(&header.device, checked.active_length)
        .ok_or(OpenError::NotActive)?;
    check_group(header, roster)?;
    let key = match ring.find(header) {
        KeyFound::Found(key) => key,
        KeyFound::Missing(wanted) => return Err(OpenError::MissingKey(wanted)),
        KeyFound::Fork => return Err(OpenError::Fork),
    };
    let padded = open_signed(
        &key.secret,
        &device.keys.signature_key,
        Purpose::Event,
        &header.community,
        (
            &checked.sealed.header,
            &checked.sealed.nonce,
            &checked.sealed.body,
        ),
    )?;
    let plain = unpad(&padded).ok_or(OpenError::UnknownContent)?;
    let content: EventContent =
        strict::decode(plain, EVENT_LIMIT).map_err(|_| OpenError::UnknownContent)?;
    if is_written(&content)
        && !view.may_write_at(&device.account, &header.channel, checked.active_length)
    {
        return Err(OpenError::NotForThem);
    }
    let account = view.account(&device.account);
    let role = account.and_then(|account| account.role_at(header.roster.length));
    Ok(VerifiedEvent {
        hash: checked.hash,
        sequence: checked.sequence,
        header: header.clone(),
        account: device.account,
        role: role.unwrap_or(Role::Member),
        content,
    })
}

/// What is written, and not only done to what others wrote: reactions, and taking one's own back, are for everybody.
fn is_written(content: &EventContent) -> bool {
    !matches!(
        content.body,
        EventBody::Reaction { .. } | EventBody::Delete { .. }
    )
}

/// The header's group is the channel's, or one that it replaced.
fn check_group(header: &EventHeader, roster: &Roster) -> Result<(), OpenError> {
    let view = roster.view();
    let of_channel = group_of(&header.community, &header.channel, roster);
    let of_channel = of_channel.ok_or(OpenError::WrongGroup)?;
    if view.current_group(header.group) == of_channel {
        Ok(())
    } else {
        Err(OpenError::WrongGroup)
    }
}

fn group_of(
    community: &CommunityId,
    channel: &ChannelId,
    roster: &Roster,
) -> Option<dialtone_protocol::GroupId> {
    let view = roster.view();
    if *channel == community.directory() {
        return Some(view.lobby());
    }
    let channel = view.channels().get(channel)?;
    Some(view.current_group(channel.group))
}

/// The reverse of `seal_signed`: the padded plaintext, its signature verified.
pub(crate) fn open_signed(
    key: &[u8; 32],
    signer: &PublicKey,
    purpose: Purpose,
    community: &CommunityId,
    (header, nonce, body): (&[u8], &[u8], &[u8]),
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let mut opened =
        primitives::open(key, nonce, header, body).map_err(|NotOpened| OpenError::Tampered)?;
    let length = opened
        .len()
        .checked_sub(Signature::LEN)
        .ok_or(OpenError::BadSignature)?;
    let signature =
        Signature::from_slice(&opened[length..]).map_err(|_| OpenError::BadSignature)?;
    opened.truncate(length);
    let covered = primitives::inner_signed(header, &opened);
    signing::verify(signer, purpose, community, &covered, &signature)
        .map_err(|_| OpenError::BadSignature)?;
    Ok(opened)
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;
    use crate::keys::DeviceKey;

    #[test]
    fn what_another_device_signed_under_the_same_key_is_refused() {
        let (ada, mallory) = (
            DeviceKey::generate(&mut OsRng).unwrap(),
            DeviceKey::generate(&mut OsRng).unwrap(),
        );
        let (key, nonce, header) = ([1; 32], [2; 24], b"Ada's header");
        let community = CommunityId([3; 32]);
        let sealed_by = |device: &DeviceKey, purpose| {
            let covered = primitives::inner_signed(header, b"padded");
            let signature = device.sign(purpose, &community, &covered);
            let plain = [b"padded".as_slice(), &signature.0].concat();
            primitives::seal(&key, &nonce, header, &plain).unwrap()
        };
        let open = |body: &[u8]| {
            let signer = ada.public_keys().signature_key;
            let parts = (header.as_slice(), nonce.as_slice(), body);
            open_signed(&key, &signer, Purpose::Event, &community, parts)
        };
        assert!(open(&sealed_by(&ada, Purpose::Event)).is_ok());
        for body in [
            sealed_by(&mallory, Purpose::Event),
            sealed_by(&ada, Purpose::Signal),
            primitives::seal(&key, &nonce, header, b"short").unwrap(),
        ] {
            assert_eq!(open(&body), Err(OpenError::BadSignature));
        }
    }
}
