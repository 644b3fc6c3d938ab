//! Sealed containers: what a server may see of what people say.
//!
//! ```text
//! SealedEvent = [ header bytes, 24-byte nonce, XChaCha20-Poly1305(K, nonce, aad = header bytes, padded plaintext || signature) ]
//! event hash  = SHA-256(SealedEvent bytes)
//! S_i         = SHA-256(S_{i-1} || event hash_i), in the order of the server
//! ```
//!
//! The header is in the clear: the server routes and orders by it, and checks none of the secrets.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::roster::RosterPosition;
use crate::strict::{self, StrictError};
use crate::{
    CallId, ChannelId, ClientEventId, CommunityId, DeviceId, GroupId, Hash, KeyId, Signature,
    StreamId,
};

/// The longest a sealed event may be, in bytes.
pub const EVENT_LIMIT: usize = 64 * 1024;
/// The longest a sealed signal may be, in bytes.
pub const SIGNAL_LIMIT: usize = 32 * 1024;
/// The longest a sealed grant may be, in bytes.
pub const GRANT_LIMIT: usize = 256 * 1024;
/// Version of the sealed containers.
pub const SEALED_VERSION: u8 = 1;
/// Length of the `XChaCha20` nonce in bytes.
pub const NONCE_BYTES: usize = 24;

/// Where a channel's stream stood for the sender: the last event it had processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct StreamPosition {
    /// Server's sequence; 0 before the first event.
    #[n(0)]
    pub sequence: u64,
    /// `S_i` there; zero before the first event.
    #[n(1)]
    pub hash: Hash,
}

impl StreamPosition {
    /// Before the first event.
    pub const START: Self = Self {
        sequence: 0,
        hash: Hash::ZERO,
    };

    /// The position after one more event.
    #[must_use]
    pub fn advance(&self, event: &Hash) -> Self {
        Self {
            sequence: self.sequence.saturating_add(1),
            hash: self.hash.chain(event),
        }
    }
}

/// The part of an event that is not secret. It is authenticated as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct EventHeader {
    /// [`SEALED_VERSION`]
    #[n(0)]
    pub version: u8,
    /// Where.
    #[n(1)]
    pub community: CommunityId,
    /// Whose epoch the key comes from.
    #[n(2)]
    pub group: GroupId,
    /// Which stream.
    #[n(3)]
    pub channel: ChannelId,
    /// The group's epoch.
    #[n(4)]
    pub epoch: u64,
    /// Names the key.
    #[n(5)]
    pub key_id: KeyId,
    /// The device that sealed and signed it.
    #[n(6)]
    pub device: DeviceId,
    /// Counts this device's events in this channel, from 1.
    #[n(7)]
    pub device_sequence: u64,
    /// Hash of this device's previous event in this channel; zero before the first.
    #[n(8)]
    pub previous: Hash,
    /// Drawn by the sender; the same when it is sent again.
    #[n(9)]
    pub client_id: ClientEventId,
    /// The roster that the sender knew.
    #[n(10)]
    pub roster: RosterPosition,
    /// The stream that the sender knew.
    #[n(11)]
    pub seen: StreamPosition,
}

impl EventHeader {
    /// Reads the clear part alone: all that is left of an event that the server has erased.
    ///
    /// # Errors
    /// When it is too long, malformed, of another version, or not canonical.
    pub fn read(bytes: &[u8]) -> Result<Self, StrictError> {
        let header: Self = strict::decode(bytes, 1024)?;
        check_version(header.version)?;
        Ok(header)
    }
}

/// A sealed event as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SealedEvent {
    /// CBOR of [`EventHeader`].
    #[n(0)]
    pub header: ByteVec,
    /// [`NONCE_BYTES`] random bytes.
    #[n(1)]
    pub nonce: ByteVec,
    /// Ciphertext with its tag.
    #[n(2)]
    pub body: ByteVec,
}

impl SealedEvent {
    /// Reads travelled bytes and the header within.
    ///
    /// # Errors
    /// When they are too long, malformed, of another version, or not canonical.
    pub fn read(bytes: &[u8]) -> Result<(Self, EventHeader), StrictError> {
        let sealed: Self = strict::decode(bytes, EVENT_LIMIT)?;
        let header: EventHeader = strict::decode(&sealed.header, 1024)?;
        check_envelope(header.version, &sealed.nonce)?;
        Ok((sealed, header))
    }
}

/// The part of a signal that is not secret: call signalling and typing, which are never stored.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignalHeader {
    /// [`SEALED_VERSION`]
    #[n(0)]
    pub version: u8,
    /// Where.
    #[n(1)]
    pub community: CommunityId,
    /// Whose epoch the key comes from.
    #[n(2)]
    pub group: GroupId,
    /// The group's epoch.
    #[n(3)]
    pub epoch: u64,
    /// Names the key.
    #[n(4)]
    pub key_id: KeyId,
    /// What it belongs to.
    #[n(5)]
    pub scope: SignalScope,
    /// The device that sealed and signed it.
    #[n(6)]
    pub device: DeviceId,
    /// For whom; `None`: everybody in the scope.
    #[n(7)]
    pub to: Option<DeviceId>,
    /// The sender's stay in the call: a random id drawn at every join and restart.
    #[n(8)]
    pub stream: StreamId,
    /// Counts the sender's signals of this stream, from 1, whomever they are for: replays and reordering show.
    #[n(9)]
    pub counter: u64,
    /// The roster that the sender knew.
    #[n(10)]
    pub roster: RosterPosition,
}

/// What a signal belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
pub enum SignalScope {
    /// One call in one channel.
    #[n(0)]
    Call {
        /// Its channel.
        #[n(0)]
        channel: ChannelId,
        /// Which.
        #[n(1)]
        call: CallId,
    },
    /// Typing in a channel.
    #[n(1)]
    Typing {
        /// Its channel.
        #[n(0)]
        channel: ChannelId,
    },
}

impl SignalScope {
    /// The channel it is in.
    pub fn channel(&self) -> ChannelId {
        match self {
            Self::Call { channel, .. } | Self::Typing { channel } => *channel,
        }
    }
}

/// A sealed signal as it travels; the same shape as an event.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SealedSignal {
    /// CBOR of [`SignalHeader`].
    #[n(0)]
    pub header: ByteVec,
    /// [`NONCE_BYTES`] random bytes.
    #[n(1)]
    pub nonce: ByteVec,
    /// Ciphertext with its tag.
    #[n(2)]
    pub body: ByteVec,
}

impl SealedSignal {
    /// Reads travelled bytes and the header within.
    ///
    /// # Errors
    /// When they are too long, malformed, of another version, or not canonical.
    pub fn read(bytes: &[u8]) -> Result<(Self, SignalHeader), StrictError> {
        let sealed: Self = strict::decode(bytes, SIGNAL_LIMIT)?;
        let header: SignalHeader = strict::decode(&sealed.header, 1024)?;
        check_envelope(header.version, &sealed.nonce)?;
        Ok((sealed, header))
    }
}

fn check_version(version: u8) -> Result<(), StrictError> {
    if version != SEALED_VERSION {
        return Err(StrictError::Malformed(format!("version {version}")));
    }
    Ok(())
}

fn check_envelope(version: u8, nonce: &[u8]) -> Result<(), StrictError> {
    check_version(version)?;
    if nonce.len() != NONCE_BYTES {
        return Err(StrictError::Malformed("nonce length".into()));
    }
    Ok(())
}

/// One channel's key of one epoch, as it is granted: `K`, never the exporter secret.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct GrantedKey {
    /// Whose epoch.
    #[n(0)]
    pub group: GroupId,
    /// Which epoch.
    #[n(1)]
    pub epoch: u64,
    /// Which channel.
    #[n(2)]
    pub channel: ChannelId,
    /// 32 bytes. Secret.
    #[n(3)]
    pub key: ByteVec,
}

impl std::fmt::Debug for GrantedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "GrantedKey({:?}, epoch {}, {:?})",
            self.group, self.epoch, self.channel
        )
    }
}

/// What a grantor signs (purpose `grant`): these keys, for this device, at this roster position.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GrantBody {
    /// [`SEALED_VERSION`]
    #[n(0)]
    pub version: u8,
    /// The device that grants.
    #[n(1)]
    pub grantor: DeviceId,
    /// The device that may use them.
    #[n(2)]
    pub grantee: DeviceId,
    /// The roster that the grantor knew.
    #[n(3)]
    pub roster: RosterPosition,
    /// At most [`GRANT_KEYS`].
    #[n(4)]
    pub keys: Vec<GrantedKey>,
}

/// The most keys in one grant.
pub const GRANT_KEYS: usize = 1_000;

/// A grant with its signature: the plaintext of a sealed grant. Secret: the keys stand in its body.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignedGrant {
    /// CBOR of [`GrantBody`].
    #[n(0)]
    pub body: ByteVec,
    /// By the grantor's device key.
    #[n(1)]
    pub signature: Signature,
}

impl std::fmt::Debug for SignedGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedGrant({} B)", self.body.len())
    }
}

/// A grant as it travels: X-Wing HPKE (RFC 9180 base mode) to the grantee's box key,
/// `info = "dialtone/v1/grant" || community id`, no associated data.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SealedGrant {
    /// The KEM's encapsulated key.
    #[n(0)]
    pub encapsulated: ByteVec,
    /// Ciphertext of [`SignedGrant`] with its tag.
    #[n(1)]
    pub body: ByteVec,
}

/// What a device asks of others (purpose `key-request`): the keys of these epochs that it lacks.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KeyRequestBody {
    /// [`SEALED_VERSION`]
    #[n(0)]
    pub version: u8,
    /// Who asks.
    #[n(1)]
    pub device: DeviceId,
    /// The roster that it knew.
    #[n(2)]
    pub roster: RosterPosition,
    /// What it lacks, at most [`GRANT_KEYS`].
    #[n(3)]
    pub wanted: Vec<WantedKey>,
}

/// One key that somebody lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct WantedKey {
    /// Whose epoch.
    #[n(0)]
    pub group: GroupId,
    /// Which epoch.
    #[n(1)]
    pub epoch: u64,
    /// Which channel.
    #[n(2)]
    pub channel: ChannelId,
}

/// A signed request for keys, as it travels. It is no secret: it names no channel by its name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KeyRequest {
    /// CBOR of [`KeyRequestBody`].
    #[n(0)]
    pub body: ByteVec,
    /// By the asking device.
    #[n(1)]
    pub signature: Signature,
}

/// The keys that an invite carries: plaintext of the pack, sealed under a key from the invite's seed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PackBody {
    /// [`SEALED_VERSION`]
    #[n(0)]
    pub version: u8,
    /// At most [`GRANT_KEYS`].
    #[n(1)]
    pub keys: Vec<GrantedKey>,
}

/// An invite's pack as it travels: XChaCha20-Poly1305 under
/// `HKDF-SHA-256(seed, "dialtone/v1/invite-pack" || invite id)`, associated data the invite id.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SealedPack {
    /// [`NONCE_BYTES`] random bytes.
    #[n(0)]
    pub nonce: ByteVec,
    /// Ciphertext of [`PackBody`] with its tag.
    #[n(1)]
    pub body: ByteVec,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_grant_are_not_printed() {
        let grant = SignedGrant {
            body: vec![0xab; 7].into(),
            signature: Signature([0xab; 64]),
        };
        assert_eq!(format!("{grant:?}"), "SignedGrant(7 B)");
    }

    #[test]
    fn another_version_or_nonce_is_not_read() {
        assert_eq!(check_envelope(SEALED_VERSION, &[0; NONCE_BYTES]), Ok(()));
        for version in [0, SEALED_VERSION + 1, u8::MAX] {
            assert!(check_envelope(version, &[0; NONCE_BYTES]).is_err());
        }
        for length in [0, 12, NONCE_BYTES - 1, NONCE_BYTES + 1] {
            assert!(check_envelope(SEALED_VERSION, &vec![0; length]).is_err());
        }
    }
}
