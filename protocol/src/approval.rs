//! A device is approved by another one of the account: a code of six digits that people compare, which nobody in between can choose.
//!
//! ```text
//! new device     Ask        commitment = SHA-256("dialtone/v1/approval-commitment" || 0x00 || reveal), name
//! approver       Challenge  nonce, community, account, approver, roster position, server key
//! new device     Reveal     keys, random           the approver compares it with the commitment
//! both           transcript = SHA-256("dialtone/v1/approval" || 0x00 || CBOR of [ask, challenge, reveal]); its code is shown
//! new device     Confirm    signature over the transcript      the person there said that the codes are the same
//! approver       DeviceAdded in the roster, once both people said so; then Welcome, sealed to the new device
//! ```
//!
//! Whoever stands in between has to commit to keys before the approver's nonce is drawn, and to a nonce before the new device reveals:
//! each try is one guess in a million. It can look at the outcome and break off, so tries are counted where the nonce is drawn.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

use crate::content::is_valid_name;
use crate::roster::{
    BOX_KEY_BYTES, Change, DeviceKeys, Roster, RosterPosition, SignedEntry, Signer,
};
use crate::signing::{self, Purpose};
use crate::strict::{self, StrictError};
use crate::{AccountId, CommunityId, DeviceId, Hash, PublicKey, Signature};

/// The longest message of an approval, in bytes.
pub const APPROVAL_LIMIT: usize = 8 * 1024;
/// Version of what is within.
pub const APPROVAL_VERSION: u8 = 1;
/// How long an approval may take from the asking on, in milliseconds: within what a proved password gives.
pub const APPROVAL_LASTS_MS: u64 = 9 * 60 * 1000;
/// Digits of a code.
pub const CODE_DIGITS: usize = 6;

const CODES: u64 = 1_000_000;
const COMMITMENT: &[u8] = b"dialtone/v1/approval-commitment\0";
const TRANSCRIPT: &[u8] = b"dialtone/v1/approval\0";

/// One message of an approval; the server passes it on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ApprovalMessage {
    /// CBOR of [`ApprovalAsk`], by the new device.
    #[n(0)]
    Ask(#[n(0)] ByteVec),
    /// CBOR of [`ApprovalChallenge`], by the approver.
    #[n(1)]
    Challenge(#[n(0)] ByteVec),
    /// CBOR of [`ApprovalReveal`], by the new device.
    #[n(2)]
    Reveal(#[n(0)] ByteVec),
    /// Over the transcript's hash by the new device's key, purpose `approval-confirm`: the person there said that the codes are the same.
    #[n(3)]
    Confirm(#[n(0)] Signature),
    /// CBOR of [`SealedWelcome`], by the approver: the new device is in the roster.
    #[n(4)]
    Welcome(#[n(0)] ByteVec),
    /// It does not go on.
    #[n(5)]
    End(#[n(0)] ApprovalEnd),
}

/// Why an approval does not go on. Nobody signs it: it stops, and adds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ApprovalEnd {
    /// The account's other device was told to refuse.
    #[n(0)]
    Refused,
    /// Somebody said that the codes differ.
    #[n(1)]
    Differ,
    /// The new device does not want any more.
    #[n(2)]
    Cancelled,
    /// It took too long.
    #[n(3)]
    TimedOut,
    /// The other side is not there any more.
    #[n(4)]
    Gone,
    /// Another device of the account goes on with it.
    #[n(5)]
    Elsewhere,
    /// Something did not fit, or the member list did not take the device.
    #[n(6)]
    Failed,
}

/// What a new device asks with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ApprovalAsk {
    /// [`APPROVAL_VERSION`]
    #[n(0)]
    pub version: u8,
    /// To what it will reveal: [`commitment`].
    #[n(1)]
    pub commitment: Hash,
    /// What it calls itself, for people; nobody vouches for it. The server sees it.
    #[n(2)]
    pub name: String,
}

/// What the approver answers with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ApprovalChallenge {
    /// [`APPROVAL_VERSION`]
    #[n(0)]
    pub version: u8,
    /// Random, drawn after the commitment came.
    #[n(1)]
    pub nonce: Hash,
    /// Which community.
    #[n(2)]
    pub community: CommunityId,
    /// Whose device it will be.
    #[n(3)]
    pub account: AccountId,
    /// The device that will sign.
    #[n(4)]
    pub approver: DeviceId,
    /// The roster that the approver knows.
    #[n(5)]
    pub roster: RosterPosition,
    /// The server's identity key there.
    #[n(6)]
    pub server_key: PublicKey,
}

/// What the new device committed to.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ApprovalReveal {
    /// [`APPROVAL_VERSION`]
    #[n(0)]
    pub version: u8,
    /// Its keys.
    #[n(1)]
    pub device: DeviceKeys,
    /// So that nobody guesses the transcript from the keys.
    #[n(2)]
    pub random: Hash,
}

/// What the new device needs, as the approver's device signs it (purpose `approval-welcome`).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct WelcomeBody {
    /// [`APPROVAL_VERSION`]
    #[n(0)]
    pub version: u8,
    /// Of which approval.
    #[n(1)]
    pub transcript: Hash,
    /// The roster with the new device in it.
    #[n(2)]
    pub roster: RosterPosition,
    /// Seals history files; none for an account without a recovery key.
    #[n(3)]
    pub history_key: Option<ByteVec>,
    /// Of the history file last sent or told.
    #[n(4)]
    pub counter: u64,
}

/// Plaintext of a [`SealedWelcome`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignedWelcome {
    /// CBOR of [`WelcomeBody`].
    #[n(0)]
    pub body: ByteVec,
    /// By the approver's device key.
    #[n(1)]
    pub signature: Signature,
}

/// A welcome as it travels: X-Wing HPKE to the new device's box key, `info = "dialtone/v1/approval-welcome" || community id || transcript`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SealedWelcome {
    /// The KEM's encapsulated key.
    #[n(0)]
    pub encapsulated: ByteVec,
    /// Ciphertext of [`SignedWelcome`] with its tag.
    #[n(1)]
    pub body: ByteVec,
}

/// Why an approval is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// Its bytes are not what they should be.
    #[error("a message of the approval cannot be read: {0}")]
    Format(#[from] StrictError),
    /// The keys are not those that were promised before the code could be known.
    #[error(
        "what the new device revealed is not what it had promised: somebody in between tried to choose the code. Do not trust this server"
    )]
    Commitment,
    /// The confirmation is not signed by the new device.
    #[error(
        "the new device's confirmation is not signed by it: somebody in between pretends to be it. Do not trust this server"
    )]
    Confirmation,
    /// The member list is another community's.
    #[error(
        "the server shows another community than your other device knows; do not trust this server"
    )]
    OtherCommunity,
    /// The member list is shorter than the approver's, or another one.
    #[error(
        "the server shows another member list, or an older one, than your other device knows; do not go on, and ask the others"
    )]
    OtherRoster,
    /// The server's key is another one in the member list.
    #[error("the server has another key than your other device knows; do not trust this server")]
    OtherServer,
    /// The device is not in the member list, or not any more.
    #[error("your other device has not added this one to the member list; try again")]
    NotAdded,
    /// It was added with other keys, to another account, or by somebody else.
    #[error(
        "the member list adds this device in another way than your other device was to do it; do not trust this server"
    )]
    AddedOtherwise,
}

/// What a reveal is committed to by.
pub fn commitment(reveal: &[u8]) -> Hash {
    labelled(COMMITMENT, reveal)
}

/// The hash of everything that was said, as it travelled.
pub fn transcript(ask: &[u8], challenge: &[u8], reveal: &[u8]) -> Hash {
    let said = [ask, challenge, reveal].map(|part| ByteVec::from(part.to_vec()));
    labelled(TRANSCRIPT, &strict::encode(&said))
}

fn labelled(label: &[u8], bytes: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(label);
    hasher.update(bytes);
    Hash(hasher.finalize().into())
}

/// The six digits of a transcript: its first 8 bytes, big-endian, modulo a million.
pub fn code(transcript: &Hash) -> String {
    let mut first = [0; 8];
    first.copy_from_slice(&transcript.0[..8]);
    let number = u64::from_be_bytes(first) % CODES;
    format!("{number:0CODE_DIGITS$}")
}

impl ApprovalMessage {
    /// Reads travelled bytes.
    ///
    /// # Errors
    /// When they are too long, malformed, or not canonical.
    pub fn read(bytes: &[u8]) -> Result<Self, StrictError> {
        strict::decode(bytes, APPROVAL_LIMIT)
    }
}

impl ApprovalAsk {
    /// Reads what a new device asks with.
    ///
    /// # Errors
    /// When it is malformed, of another version, or its name is none.
    pub fn read(bytes: &[u8]) -> Result<Self, ApprovalError> {
        let ask: Self = strict::decode(bytes, APPROVAL_LIMIT)?;
        check_version(ask.version)?;
        if !is_valid_name(&ask.name) {
            return Err(StrictError::Malformed("the name".into()).into());
        }
        Ok(ask)
    }
}

impl ApprovalChallenge {
    /// Reads what an approver answers with.
    ///
    /// # Errors
    /// When it is malformed or of another version.
    pub fn read(bytes: &[u8]) -> Result<Self, ApprovalError> {
        let challenge: Self = strict::decode(bytes, APPROVAL_LIMIT)?;
        check_version(challenge.version)?;
        Ok(challenge)
    }

    /// Whether the member list is the one that the approver knows, and has `device` in it as this approval says: added to this account
    /// by the approver itself, with exactly these keys.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check_added(&self, roster: &Roster, device: &DeviceKeys) -> Result<(), ApprovalError> {
        if roster.community() != self.community {
            return Err(ApprovalError::OtherCommunity);
        }
        if roster.contains(&self.roster) != Some(true) {
            return Err(ApprovalError::OtherRoster);
        }
        if *roster.view().server_key() != self.server_key {
            return Err(ApprovalError::OtherServer);
        }
        let added = roster.view().device(&device.id());
        let added = added.filter(|found| found.is_active());
        let at = added.ok_or(ApprovalError::NotAdded)?.added_at;
        let entry = roster.entries_from(at).first();
        let (signed, entry) = SignedEntry::read(entry.ok_or(ApprovalError::NotAdded)?)?;
        let signers: Vec<Signer> = signed.signatures.iter().map(|one| one.signer).collect();
        let wanted = Change::DeviceAdded {
            account: self.account,
            device: device.clone(),
        };
        if entry.change != wanted || signers != [Signer::Device(self.approver)] {
            return Err(ApprovalError::AddedOtherwise);
        }
        Ok(())
    }
}

impl ApprovalReveal {
    /// Reads what a new device reveals, and compares it with what it had committed to.
    ///
    /// # Errors
    /// [`ApprovalError::Commitment`], or when it is malformed or of another version.
    pub fn read(bytes: &[u8], committed: &Hash) -> Result<Self, ApprovalError> {
        if commitment(bytes) != *committed {
            return Err(ApprovalError::Commitment);
        }
        let reveal: Self = strict::decode(bytes, APPROVAL_LIMIT)?;
        check_version(reveal.version)?;
        if reveal.device.box_key.len() != BOX_KEY_BYTES {
            return Err(StrictError::Malformed("the box key's length".into()).into());
        }
        Ok(reveal)
    }

    /// Checks that the new device itself says that the codes are the same.
    ///
    /// # Errors
    /// [`ApprovalError::Confirmation`]
    pub fn check_confirmation(
        &self,
        community: &CommunityId,
        transcript: &Hash,
        signature: &Signature,
    ) -> Result<(), ApprovalError> {
        let (key, purpose) = (&self.device.signature_key, Purpose::ApprovalConfirm);
        signing::verify(key, purpose, community, &transcript.0, signature)
            .map_err(|_| ApprovalError::Confirmation)
    }
}

fn check_version(version: u8) -> Result<(), StrictError> {
    if version == APPROVAL_VERSION {
        Ok(())
    } else {
        Err(StrictError::Malformed(format!("version {version}")))
    }
}

#[cfg(test)]
mod tests;
