//! The bytes of roster entries.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::strict::{self, StrictError};
use crate::{
    AccountId, ChannelId, CommunityId, DeviceId, GroupId, Hash, InviteId, PublicKey, Signature,
};

/// The longest a signed entry may be, in bytes.
pub const ENTRY_LIMIT: usize = 8 * 1024;

/// Length of an X-Wing public key (ML-KEM-768 and X25519) in bytes.
pub const BOX_KEY_BYTES: usize = 1216;

/// An entry as it travels: the body's bytes and who signed them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignedEntry {
    /// CBOR of [`Entry`].
    #[n(0)]
    pub body: ByteVec,
    /// Over exactly `body`, purpose `roster`; in the order that the kind of entry asks for.
    #[n(1)]
    pub signatures: Vec<EntrySignature>,
}

/// One signature of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct EntrySignature {
    /// Whose key.
    #[n(0)]
    pub signer: Signer,
    /// Over the body.
    #[n(1)]
    pub signature: Signature,
}

/// Whose key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Signer {
    /// A device of a member.
    #[n(0)]
    Device(#[n(0)] DeviceId),
    /// An account's own key.
    #[n(1)]
    Account(#[n(0)] AccountId),
    /// The key of an invite.
    #[n(2)]
    Invite(#[n(0)] InviteId),
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Entry {
    /// 1
    #[n(0)]
    pub version: u8,
    /// Hash of the entry before, over its travelled bytes; zero for the first.
    #[n(1)]
    pub previous: Hash,
    /// What changes.
    #[n(2)]
    pub change: Change,
}

/// The public keys of a device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct DeviceKeys {
    /// Ed25519: signs, and is the MLS leaf key.
    #[n(0)]
    pub signature_key: PublicKey,
    /// X-Wing, [`BOX_KEY_BYTES`] long: what is sealed to this device is sealed to it.
    #[n(1)]
    pub box_key: ByteVec,
}

impl DeviceKeys {
    /// `SHA-256(device key)`
    pub fn id(&self) -> DeviceId {
        DeviceId::of(&self.signature_key)
    }
}

/// What a member may do; the order is the rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Reads, writes, talks.
    #[n(0)]
    Member,
    /// Also channels, invites, admission, removal of members, and who is muted for all or heard before them.
    #[n(1)]
    Admin,
    /// Also admins.
    #[n(2)]
    Founder,
}

/// How a member is heard in calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum VoiceStanding {
    /// As everybody.
    #[default]
    #[n(0)]
    Ordinary,
    /// By nobody: the relay does not forward it, and nobody plays it.
    #[n(1)]
    Muted,
    /// Always forwarded, and everybody else is lowered while this member speaks.
    #[n(2)]
    Priority,
}

/// Which of a channel's events somebody who comes later may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum HistoryPolicy {
    /// All of them.
    #[n(0)]
    All,
    /// Those after joining.
    #[n(1)]
    FromJoining,
}

/// One change of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Change {
    /// The first entry. Signed by the account's key, over no community.
    #[n(0)]
    Founded {
        /// Founder's account key.
        #[n(0)]
        account_key: PublicKey,
        /// Founder's first device.
        #[n(1)]
        device: DeviceKeys,
        /// The server's identity key.
        #[n(2)]
        server_key: PublicKey,
        /// The group of all devices.
        #[n(3)]
        lobby: GroupId,
        /// Random, so that no two communities share an id.
        #[n(4)]
        salt: Hash,
    },
    /// Signed by a device of an admin.
    #[n(1)]
    InviteIssued {
        /// Random.
        #[n(0)]
        id: InviteId,
        /// Signs `Joined`.
        #[n(1)]
        key: PublicKey,
        /// The account of the signing device.
        #[n(2)]
        issuer: AccountId,
        /// How many may join by it.
        #[n(3)]
        uses: u32,
        /// Seconds since 1970; enforced by the server.
        #[n(4)]
        expires_s: u64,
        /// What those who join may do; below the issuer's own.
        #[n(5)]
        role: Role,
    },
    /// Signed by a device of the issuer, or of somebody of higher rank.
    #[n(2)]
    InviteRevoked {
        /// Which.
        #[n(0)]
        id: InviteId,
    },
    /// Signed by the invite's key, then by the new account's key.
    #[n(3)]
    Joined {
        /// By which invite.
        #[n(0)]
        invite: InviteId,
        /// The new account's key.
        #[n(1)]
        account_key: PublicKey,
        /// Its first device.
        #[n(2)]
        device: DeviceKeys,
    },
    /// Signed by a device of an admin: somebody who knocked is let in on the server's word.
    #[n(4)]
    Admitted {
        /// CBOR of [`SignedKnock`].
        #[n(0)]
        knock: ByteVec,
    },
    /// Signed by a device of the account, or by the account's key.
    #[n(5)]
    DeviceAdded {
        /// Whose.
        #[n(0)]
        account: AccountId,
        /// The new device.
        #[n(1)]
        device: DeviceKeys,
    },
    /// Signed by a device of the account, by the account's key, or by an admin of higher rank.
    #[n(6)]
    DeviceRevoked {
        /// Which.
        #[n(0)]
        device: DeviceId,
    },
    /// Signed by the old account key.
    #[n(7)]
    AccountKeyRotated {
        /// Whose.
        #[n(0)]
        account: AccountId,
        /// The new key.
        #[n(1)]
        new_key: PublicKey,
    },
    /// Signed by a device of somebody of higher rank than the old and the new role; the founder can pass the role on.
    #[n(8)]
    RoleChanged {
        /// Whose.
        #[n(0)]
        account: AccountId,
        /// The new role.
        #[n(1)]
        role: Role,
    },
    /// Signed by a device of somebody of higher rank, or of oneself.
    #[n(9)]
    MemberRemoved {
        /// Whom.
        #[n(0)]
        account: AccountId,
        /// The account's keys, former ones too, may not come back; else it may, by a new invite and with a new device.
        #[n(1)]
        ban: bool,
    },
    /// Signed by a device of an admin (a channel of the lobby) or of any member (one with a group of its own, which no
    /// other channel has). The directory's id cannot be taken.
    #[n(10)]
    ChannelCreated {
        /// Random.
        #[n(0)]
        id: ChannelId,
        /// Whose keys it uses.
        #[n(1)]
        group: GroupId,
        /// Who may read what came before.
        #[n(2)]
        history: HistoryPolicy,
    },
    /// Signed by a device of an admin.
    #[n(11)]
    ChannelPolicy {
        /// Which.
        #[n(0)]
        id: ChannelId,
        /// From here on.
        #[n(1)]
        history: HistoryPolicy,
    },
    /// Signed by a device of an admin, or, where the channel has a group of its own, of whoever created it.
    #[n(12)]
    ChannelClosed {
        /// Which.
        #[n(0)]
        id: ChannelId,
    },
    /// Signed by a device of an admin. Of the lobby alone, and to an id that was never used.
    #[n(13)]
    GroupReset {
        /// The group that cannot be used any more.
        #[n(0)]
        group: GroupId,
        /// Its successor.
        #[n(1)]
        new_group: GroupId,
    },
    /// Signed by a device of the founder.
    #[n(14)]
    ServerKeyChanged {
        /// The new identity key.
        #[n(0)]
        server_key: PublicKey,
    },
    /// Signed by a device of an admin of higher rank; priority also by an admin's or the founder's on themselves, unless they are
    /// muted.
    #[n(15)]
    VoiceStandingChanged {
        /// Whose.
        #[n(0)]
        account: AccountId,
        /// From here on.
        #[n(1)]
        standing: VoiceStanding,
    },
    /// Signed by a device of an admin. Of channels of the lobby alone.
    #[n(16)]
    ChannelSet {
        /// Which channel.
        #[n(0)]
        id: ChannelId,
        /// Which of its settings: see [`ChannelSetting`](super::ChannelSetting). One that is not known changes nothing.
        #[n(1)]
        setting: u32,
        /// What it is from here on.
        #[n(2)]
        value: u64,
    },
}

/// A request to be let in, as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignedKnock {
    /// CBOR of [`KnockRequest`].
    #[n(0)]
    pub body: ByteVec,
    /// By the account key that it names, purpose `knock`.
    #[n(1)]
    pub signature: Signature,
}

/// What somebody who knocks signs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KnockRequest {
    /// The account that wants in.
    #[n(0)]
    pub account_key: PublicKey,
    /// Its first device.
    #[n(1)]
    pub device: DeviceKeys,
}

impl Change {
    /// The group that it names for the first time.
    pub(super) fn new_group(&self) -> Option<&GroupId> {
        match self {
            Self::Founded { lobby, .. } => Some(lobby),
            Self::ChannelCreated { group, .. } => Some(group),
            Self::GroupReset { new_group, .. } => Some(new_group),
            _ => None,
        }
    }
}

impl SignedEntry {
    /// Reads travelled bytes and the entry within.
    ///
    /// # Errors
    /// When they are too long, malformed, of an unknown kind or version, or not canonical.
    pub fn read(bytes: &[u8]) -> Result<(Self, Entry), StrictError> {
        let signed: Self = strict::decode(bytes, ENTRY_LIMIT)?;
        let entry: Entry = strict::decode(&signed.body, ENTRY_LIMIT)?;
        if entry.version != 1 {
            return Err(StrictError::Malformed(format!("version {}", entry.version)));
        }
        if let Some(group) = entry.change.new_group().filter(|group| !group.is_known()) {
            let version = group.0[0];
            return Err(StrictError::Malformed(format!("group version {version}")));
        }
        Ok((signed, entry))
    }
}

impl SignedKnock {
    /// Reads and verifies a request for `community`.
    ///
    /// # Errors
    /// When it is malformed or not signed by the key it names.
    pub fn read(bytes: &[u8], community: &CommunityId) -> Result<KnockRequest, StrictError> {
        let signed: Self = strict::decode(bytes, ENTRY_LIMIT)?;
        let request: KnockRequest = strict::decode(&signed.body, ENTRY_LIMIT)?;
        crate::signing::verify(
            &request.account_key,
            crate::signing::Purpose::Knock,
            community,
            &signed.body,
            &signed.signature,
        )
        .map_err(|error| StrictError::Malformed(error.to_string()))?;
        Ok(request)
    }
}
