//! History: keys that one device grants to another, and requests for them.
//!
//! ```text
//! grant    GrantBody -> signed by the grantor -> HPKE to the grantee's box key, info = "dialtone/v1/grant" || community id
//! request  KeyRequestBody -> signed by who asks; in the clear
//! ```
//!
//! A granted key is a candidate: the ring uses it only where its `key_id` equals the event's, and the event's own signature must
//! verify under the sender's device key. So a grantor can withhold, never alter.

use dialtone_protocol::roster::{Device, HistoryPolicy, Roster, RosterPosition};
use dialtone_protocol::sealed::{
    GRANT_KEYS, GRANT_LIMIT, GrantBody, GrantedKey, KeyRequest, KeyRequestBody, SEALED_VERSION,
    SealedGrant, SignedGrant, WantedKey,
};
use dialtone_protocol::signing::{self, Purpose};
use dialtone_protocol::strict::{self, StrictError};
use dialtone_protocol::{AccountId, CommunityId, DeviceId, GroupId};
use zeroize::Zeroizing;

use crate::group::Group;
use crate::keys::DeviceKey;
use crate::labels;
use crate::primitives::{self, CryptoError};

/// Why a grant or request is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GrantError {
    /// The grantee is not an active device.
    #[error("keys are given to devices of the member list only")]
    GranteeNotActive,
    /// The signer is not an active device.
    #[error("keys came from, or were asked for by, a device that is not in the member list")]
    SignerNotActive,
    /// It is for another device.
    #[error("these keys are for another device")]
    NotForThisDevice,
    /// Its signature does not verify.
    #[error("keys came with a signature that is not valid; another device will be asked")]
    BadSignature,
    /// It does not open.
    #[error("keys came damaged; another device will be asked")]
    Tampered,
    /// It names entries of the roster that are not here. Fetch them; if it is signed and the server does not give them
    /// within 10 s, warn.
    #[error("the member list must be fetched first, up to entry {}", .position.length)]
    NeedRoster {
        /// What it names.
        position: RosterPosition,
        /// Signed by a device of the member list that is here; else anybody may have written it.
        signed: bool,
    },
    /// The signer knows another member list.
    #[error(
        "the server shows you and another member different member lists: do not trust this server"
    )]
    RosterForked,
    /// More than [`GRANT_KEYS`].
    #[error("at most {GRANT_KEYS} keys go at once")]
    TooMany,
    /// Its bytes are not what they should be.
    #[error("a message about keys cannot be read: {0}")]
    Malformed(#[from] StrictError),
    /// The cryptographic library failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

/// Keys that another device grants.
pub struct VerifiedGrant {
    /// Who granted them: to be named if they turn out wrong.
    pub grantor: DeviceId,
    /// Candidates for [`KeyRing::insert_granted`](crate::KeyRing::insert_granted).
    pub keys: Vec<GrantedKey>,
}

/// A request whose signer is certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedKeyRequest {
    /// Who asks.
    pub device: DeviceId,
    /// Whose device that is.
    pub account: AccountId,
    /// What it lacks, as it says.
    pub wanted: Vec<WantedKey>,
}

/// Seals keys to another device. The caller has passed the send gate and asked [`entitled`].
///
/// # Errors
/// When the grantee is not active or there are too many keys.
pub fn seal_grant(
    grantor: &DeviceKey,
    roster: &Roster,
    grantee: DeviceId,
    keys: Vec<GrantedKey>,
) -> Result<Vec<u8>, GrantError> {
    if keys.len() > GRANT_KEYS {
        return Err(GrantError::TooMany);
    }
    let position = roster.position();
    let to = roster.view().device_at(&grantee, position.length);
    let box_key = &to.ok_or(GrantError::GranteeNotActive)?.keys.box_key;
    let body = strict::encode(&GrantBody {
        version: SEALED_VERSION,
        grantor: grantor.id(),
        grantee,
        roster: position,
        keys,
    });
    let community = roster.community();
    let signature = grantor.sign(Purpose::Grant, &community, &body);
    let plain = Zeroizing::new(strict::encode(&SignedGrant {
        body: body.into(),
        signature,
    }));
    let (encapsulated, body) = primitives::hpke_seal(box_key, &grant_info(&community), &plain)?;
    Ok(strict::encode(&SealedGrant {
        encapsulated: encapsulated.into(),
        body: body.into(),
    }))
}

/// Opens a grant.
///
/// # Errors
/// When it is not for this device, or not by an active one.
pub fn open_grant(
    bytes: &[u8],
    device: &DeviceKey,
    roster: &Roster,
) -> Result<VerifiedGrant, GrantError> {
    let sealed: SealedGrant = strict::decode(bytes, GRANT_LIMIT)?;
    let community = roster.community();
    let info = grant_info(&community);
    let plain = primitives::hpke_open(
        device.box_private(),
        &info,
        &sealed.encapsulated,
        &sealed.body,
    )
    .map_err(|_| GrantError::Tampered)?;
    let signed: SignedGrant = strict::decode(&plain, GRANT_LIMIT)?;
    let body: GrantBody = strict::decode(&signed.body, GRANT_LIMIT)?;
    check_bounds(body.version, body.keys.len())?;
    if body.grantee != device.id() {
        return Err(GrantError::NotForThisDevice);
    }
    let key = signer(roster, &body.grantor, &body.roster)?
        .keys
        .signature_key;
    signing::verify(
        &key,
        Purpose::Grant,
        &community,
        &signed.body,
        &signed.signature,
    )
    .map_err(|_| GrantError::BadSignature)?;
    check_position(roster, &body.roster)?;
    Ok(VerifiedGrant {
        grantor: body.grantor,
        keys: body.keys,
    })
}

/// Asks for keys.
///
/// # Errors
/// When they are too many for one request.
pub fn sign_key_request(
    device: &DeviceKey,
    roster: &Roster,
    wanted: Vec<WantedKey>,
) -> Result<Vec<u8>, GrantError> {
    if wanted.len() > GRANT_KEYS {
        return Err(GrantError::TooMany);
    }
    let body = strict::encode(&KeyRequestBody {
        version: SEALED_VERSION,
        device: device.id(),
        roster: roster.position(),
        wanted,
    });
    let signature = device.sign(Purpose::KeyRequest, &roster.community(), &body);
    Ok(strict::encode(&KeyRequest {
        body: body.into(),
        signature,
    }))
}

/// Reads and verifies a request.
///
/// # Errors
/// When it is not signed by an active device.
pub fn read_key_request(bytes: &[u8], roster: &Roster) -> Result<VerifiedKeyRequest, GrantError> {
    let request: KeyRequest = strict::decode(bytes, GRANT_LIMIT)?;
    let body: KeyRequestBody = strict::decode(&request.body, GRANT_LIMIT)?;
    check_bounds(body.version, body.wanted.len())?;
    let device = signer(roster, &body.device, &body.roster)?;
    let key = device.keys.signature_key;
    let community = roster.community();
    signing::verify(
        &key,
        Purpose::KeyRequest,
        &community,
        &request.body,
        &request.signature,
    )
    .map_err(|_| GrantError::BadSignature)?;
    check_position(roster, &body.roster)?;
    Ok(VerifiedKeyRequest {
        device: body.device,
        account: device.account,
        wanted: body.wanted,
    })
}

/// What of a request may be granted: under [`HistoryPolicy::All`] everything of the channel; under
/// [`HistoryPolicy::FromJoining`] only epochs whose commit named a roster that had the account in it. The directory's
/// policy is [`HistoryPolicy::All`]. Only keys of the channel's own group are granted, and those of a private one to whoever belongs to it as
/// this device knows it, under the policy that the group itself has.
///
/// `epoch_length` gives the roster length of the commit that made an epoch
/// ([`KeyRing::epoch_length`](crate::KeyRing::epoch_length)), `held` a private group that this device is in.
pub fn entitled<'a>(
    request: &VerifiedKeyRequest,
    roster: &Roster,
    epoch_length: impl Fn(&GroupId, u64) -> Option<u64>,
    held: impl Fn(&GroupId) -> Option<&'a Group>,
) -> Vec<WantedKey> {
    let view = roster.view();
    let Some(account) = view.account(&request.account).filter(|one| one.is_active()) else {
        return Vec::new();
    };
    let directory = roster.community().directory();
    let may = |wanted: &&WantedKey| {
        let (group, policy) = if wanted.channel == directory {
            (view.lobby(), HistoryPolicy::All)
        } else {
            match view.channels().get(&wanted.channel) {
                Some(channel) => (view.current_group(channel.group), channel.history),
                None => return false,
            }
        };
        if view.current_group(wanted.group) != group {
            return false;
        }
        if group != view.lobby() {
            return held(&group)
                .is_some_and(|held| held.may_read(&request.account, &wanted.group, wanted.epoch));
        }
        match policy {
            HistoryPolicy::All => true,
            HistoryPolicy::FromJoining => epoch_length(&wanted.group, wanted.epoch)
                .is_some_and(|length| length > account.joined_at),
        }
    };
    request.wanted.iter().filter(may).copied().collect()
}

fn check_bounds(version: u8, count: usize) -> Result<(), GrantError> {
    if version != SEALED_VERSION {
        return Err(StrictError::Malformed(format!("version {version}")).into());
    }
    if count > GRANT_KEYS {
        return Err(GrantError::TooMany);
    }
    Ok(())
}

/// The device that is said to have signed, if it is active now. `position` is what the message names: a device that is not
/// here may be in entries that are not here either.
fn signer<'a>(
    roster: &'a Roster,
    device: &DeviceId,
    position: &RosterPosition,
) -> Result<&'a Device, GrantError> {
    let newest = roster.position().length;
    let found = roster.view().device_at(device, newest);
    found.ok_or_else(|| match roster.contains(position) {
        None => GrantError::NeedRoster {
            position: *position,
            signed: false,
        },
        Some(_) => GrantError::SignerNotActive,
    })
}

/// The position that a signed message names. Asked after its signature: only what a member signed says something about the
/// server's member list.
fn check_position(roster: &Roster, position: &RosterPosition) -> Result<(), GrantError> {
    match roster.contains(position) {
        Some(true) => Ok(()),
        Some(false) => Err(GrantError::RosterForked),
        None => Err(GrantError::NeedRoster {
            position: *position,
            signed: true,
        }),
    }
}

fn grant_info(community: &CommunityId) -> Vec<u8> {
    let mut info = labels::GRANT.to_vec();
    info.extend_from_slice(&community.0);
    info
}
