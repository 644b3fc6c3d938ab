//! Invites: issuing them, checking a link against the log, joining by it, and the pack of keys that one may carry.
//!
//! ```text
//! seed (32 random bytes, in the link alone)
//!   ├─ HKDF(seed, "dialtone/v1/invite-key"  || invite id) -> Ed25519 key: signs Joined; its public half is in InviteIssued
//!   └─ HKDF(seed, "dialtone/v1/invite-pack" || invite id) -> seals the pack
//! ```

use dialtone_protocol::link::{Entrance, Link, LinkData};
use dialtone_protocol::roster::{Change, EntryError, Invite, Role, Roster, RosterPosition, Signer};
use dialtone_protocol::sealed::{
    GRANT_KEYS, GRANT_LIMIT, GrantedKey, PackBody, SEALED_VERSION, SealedPack,
};
use dialtone_protocol::signing::Purpose;
use dialtone_protocol::{AccountId, CommunityId, Hash, InviteId, PublicKey, strict};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRngCore;

use crate::entries::{self, RosterSignError};
use crate::keys::{AccountKey, DeviceKey};
use crate::labels;
use crate::primitives::{self, CryptoError};

/// Why an invite cannot be used or made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InviteError {
    /// The link founds or knocks.
    #[error("this link is not a member's invite")]
    NotAnInvite,
    /// The server shows another community than the link names.
    #[error(
        "the server does not hold the community that this link is for; ask the sender whether the server was set up anew"
    )]
    OtherCommunity,
    /// The link pins another server key than the log names: it was changed, or the server's key was since the link was made.
    #[error("this link is for another server than the community's; ask for a new link")]
    OtherServer,
    /// The server shows less of the member list than the link's sender had.
    #[error(
        "the server shows an older member list than the sender of the link had; try again later, and tell the sender if it stays so"
    )]
    RosterBehind,
    /// The server shows another member list than the link's sender had.
    #[error(
        "the server shows another member list than the sender of the link had: do not trust this server, and tell the sender"
    )]
    RosterForked,
    /// The log does not know the invite, or another key for it.
    #[error("the member list does not know this invite; ask for a new one")]
    Unknown,
    /// Used up, revoked, or its issuer is gone.
    #[error("this invite was used or withdrawn; ask for a new one")]
    Void,
    /// The log would not take the entry.
    #[error(transparent)]
    Refused(#[from] RosterSignError),
    /// The pack was changed or is not this invite's.
    #[error(
        "the keys that came with the invite are damaged; names and history will come from the members instead"
    )]
    Pack,
    /// Too many keys for one pack.
    #[error("an invite can carry {GRANT_KEYS} keys at most")]
    TooManyKeys,
    /// The cryptographic library failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

impl From<EntryError> for InviteError {
    fn from(error: EntryError) -> Self {
        Self::Refused(RosterSignError::Refused(error))
    }
}

/// What a new invite allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteTerms {
    /// `host:port` that goes into the link.
    pub server: String,
    /// How many may join by it.
    pub uses: u32,
    /// Seconds since 1970.
    pub expires_s: u64,
    /// What those who join may do.
    pub role: Role,
    /// For display before the log is open.
    pub community_name: String,
    /// For display before the log is open.
    pub inviter_name: String,
}

/// A new invite.
pub struct IssuedInvite {
    /// Which.
    pub id: InviteId,
    /// `InviteIssued`, as it travels.
    pub entry: Vec<u8>,
    /// `SHA-256(token)`, all that the server keeps of it.
    pub token_hash: Hash,
    /// The sealed pack, if there were keys.
    pub pack: Option<Vec<u8>>,
    /// To be handed over in secret, once the server has taken the entry.
    pub link: Link,
}

/// `SHA-256(token)`
pub fn token_hash(token: &Hash) -> Hash {
    Hash::of(&token.0)
}

/// Makes an invite.
///
/// # Errors
/// When this device may not issue it, or the terms are out of bounds.
pub fn issue(
    device: &DeviceKey,
    roster: &Roster,
    terms: InviteTerms,
    pack: &[GrantedKey],
    rng: &mut dyn CryptoRngCore,
) -> Result<IssuedInvite, InviteError> {
    let own = roster.view().device(&device.id());
    let issuer: AccountId = own.ok_or(EntryError::NotActive)?.account;
    let id = InviteId(primitives::random(rng));
    let seed = Hash(primitives::random(rng));
    let token = Hash(primitives::random(rng));
    let change = Change::InviteIssued {
        id,
        key: PublicKey(invite_key(&seed, &id).verifying_key().to_bytes()),
        issuer,
        uses: terms.uses,
        expires_s: terms.expires_s,
        role: terms.role,
    };
    let entry = entries::sign_change(device, roster, change)?;
    let pack = (!pack.is_empty())
        .then(|| seal_pack(&seed, &id, pack, primitives::random(rng)))
        .transpose()?;
    let position = RosterPosition {
        length: roster.position().length + 1,
        head: Hash::of(&entry),
    };
    let entrance = Entrance::Member {
        seed,
        invite: id,
        community: roster.community(),
        position,
        community_name: terms.community_name,
        inviter_name: terms.inviter_name,
    };
    let data = LinkData {
        version: 1,
        token,
        server_key: *roster.view().server_key(),
        entrance,
    };
    Ok(IssuedInvite {
        id,
        entry,
        token_hash: token_hash(&token),
        pack,
        link: Link {
            server: terms.server,
            data,
        },
    })
}

/// What a member's link says about the log.
struct MemberLink<'a> {
    seed: &'a Hash,
    id: &'a InviteId,
    community: &'a CommunityId,
    position: &'a RosterPosition,
    server_key: &'a PublicKey,
}

impl<'a> MemberLink<'a> {
    fn of(link: &'a Link) -> Result<Self, InviteError> {
        match &link.data.entrance {
            Entrance::Member {
                seed,
                invite,
                community,
                position,
                ..
            } => Ok(Self {
                seed,
                id: invite,
                community,
                position,
                server_key: &link.data.server_key,
            }),
            Entrance::Founding | Entrance::Knock { .. } => Err(InviteError::NotAnInvite),
        }
    }

    fn check<'r>(&self, roster: &'r Roster) -> Result<&'r Invite, InviteError> {
        if roster.community() != *self.community {
            return Err(InviteError::OtherCommunity);
        }
        match roster.contains(self.position) {
            None => return Err(InviteError::RosterBehind),
            Some(false) => return Err(InviteError::RosterForked),
            Some(true) => {}
        }
        // Who is asked by the link's pin must be the server that the founder named.
        if roster.view().server_key() != self.server_key {
            return Err(InviteError::OtherServer);
        }
        let invite = roster.view().invites().get(self.id);
        let invite = invite.ok_or(InviteError::Unknown)?;
        if invite.key.0 != invite_key(self.seed, self.id).verifying_key().to_bytes() {
            return Err(InviteError::Unknown);
        }
        if invite.void || invite.uses_left == 0 {
            return Err(InviteError::Void);
        }
        Ok(invite)
    }
}

/// Checks a member's link against the log that the server shows.
///
/// # Errors
/// [`InviteError`]: why one cannot, or should not, join by it.
pub fn check(link: &Link, roster: &Roster) -> Result<(), InviteError> {
    MemberLink::of(link)?.check(roster).map(|_| ())
}

/// `Joined`: the next entry of `roster`, signed by the invite's key and the new account's.
///
/// # Errors
/// As [`check`], or when the log would not take the entry (a banned account, keys that are taken).
pub fn join(
    link: &Link,
    roster: &Roster,
    account: &AccountKey,
    device: &DeviceKey,
) -> Result<Vec<u8>, InviteError> {
    let member = MemberLink::of(link)?;
    member.check(roster)?;
    let change = Change::Joined {
        invite: *member.id,
        account_key: account.public(),
        device: device.public_keys(),
    };
    let body = entries::body(roster.position().head, change);
    let community = roster.community();
    let invite_key = invite_key(member.seed, member.id);
    let by_invite = primitives::sign(&invite_key, Purpose::Roster, &community, &body);
    let by_account = account.sign(Purpose::Roster, &community, &body);
    let signatures = [
        (Signer::Invite(*member.id), by_invite),
        (Signer::Account(account.account()), by_account),
    ];
    let entry = entries::assemble(body, &signatures);
    roster.clone().append(entry.clone())?;
    Ok(entry)
}

/// Opens the pack that came with a member's link. The keys are candidates: each is used only for what it opens.
///
/// # Errors
/// [`InviteError::Pack`] when it is not this invite's, or was changed.
pub fn open_pack(link: &Link, sealed: &[u8]) -> Result<Vec<GrantedKey>, InviteError> {
    let member = MemberLink::of(link)?;
    let sealed: SealedPack = strict::decode(sealed, GRANT_LIMIT).map_err(|_| InviteError::Pack)?;
    let key = pack_key(member.seed, member.id);
    let plain = primitives::open(&key, &sealed.nonce, &member.id.0, &sealed.body)
        .map_err(|_| InviteError::Pack)?;
    let body: PackBody = strict::decode(&plain, GRANT_LIMIT).map_err(|_| InviteError::Pack)?;
    if body.version == SEALED_VERSION && body.keys.len() <= GRANT_KEYS {
        Ok(body.keys)
    } else {
        Err(InviteError::Pack)
    }
}

pub(crate) fn seal_pack(
    seed: &Hash,
    id: &InviteId,
    keys: &[GrantedKey],
    nonce: [u8; 24],
) -> Result<Vec<u8>, InviteError> {
    if keys.len() > GRANT_KEYS {
        return Err(InviteError::TooManyKeys);
    }
    let body = PackBody {
        version: SEALED_VERSION,
        keys: keys.to_vec(),
    };
    let plain = zeroize::Zeroizing::new(strict::encode(&body));
    let sealed = primitives::seal(&pack_key(seed, id), &nonce, &id.0, &plain)?;
    Ok(strict::encode(&SealedPack {
        nonce: nonce.to_vec().into(),
        body: sealed.into(),
    }))
}

pub(crate) fn invite_key(seed: &Hash, id: &InviteId) -> SigningKey {
    let seed = primitives::hkdf::<32>(&seed.0, &[labels::INVITE_KEY, &id.0]);
    SigningKey::from_bytes(&seed)
}

pub(crate) fn pack_key(seed: &Hash, id: &InviteId) -> primitives::Secret {
    primitives::hkdf(&seed.0, &[labels::INVITE_PACK, &id.0])
}
