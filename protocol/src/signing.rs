//! What every Ed25519 signature of Dialtone covers, and its verification.
//!
//! `signed = "dialtone/v1/" || purpose || 0x00 || community id || bytes`, verified strictly (RFC 8032 with
//! the checks of `ed25519_dalek::VerifyingKey::verify_strict`). Signed objects travel as opaque bytes and are verified
//! over exactly those bytes.

use ed25519_dalek::VerifyingKey;

use crate::{CommunityId, PublicKey, Signature};

/// What a signature is for; one of a different purpose never verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A roster entry.
    Roster,
    /// A request to be let in.
    Knock,
    /// A sealed event.
    Event,
    /// A history grant.
    Grant,
    /// A request for keys.
    KeyRequest,
    /// Call signalling.
    Signal,
    /// Opening a session.
    Session,
    /// The server's statement on its TLS key.
    ServerIdentity,
    /// A new device says that the codes of its approval are the same.
    ApprovalConfirm,
    /// What an approver's device tells the new one.
    ApprovalWelcome,
    /// A digest of voice frames.
    VoiceDigest,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Knock => "knock",
            Self::Event => "event",
            Self::Grant => "grant",
            Self::KeyRequest => "key-request",
            Self::Signal => "signal",
            Self::Session => "session",
            Self::ServerIdentity => "server-identity",
            Self::ApprovalConfirm => "approval-confirm",
            Self::ApprovalWelcome => "approval-welcome",
            Self::VoiceDigest => "voice-digest",
        }
    }
}

/// A signature does not belong to the bytes, the key, the purpose or the community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
pub struct BadSignature;

/// The most bytes that stand before those that a signature covers.
pub const SIGNED_ROOM: usize = 64;

/// The bytes that a signature covers.
pub fn signing_input(purpose: Purpose, community: &CommunityId, bytes: &[u8]) -> Vec<u8> {
    let mut input = Vec::with_capacity(SIGNED_ROOM + bytes.len());
    begin_signing_input(&mut input, purpose, community);
    input.extend_from_slice(bytes);
    input
}

/// Writes what stands before the bytes that a signature covers: at most [`SIGNED_ROOM`].
pub fn begin_signing_input(input: &mut Vec<u8>, purpose: Purpose, community: &CommunityId) {
    let label = purpose.label();
    input.extend_from_slice(b"dialtone/v1/");
    input.extend_from_slice(label.as_bytes());
    input.push(0);
    input.extend_from_slice(&community.0);
}

/// Checks one signature.
///
/// # Errors
/// [`BadSignature`] when it does not verify, or the key is not a valid point.
pub fn verify(
    key: &PublicKey,
    purpose: Purpose,
    community: &CommunityId,
    bytes: &[u8],
    signature: &Signature,
) -> Result<(), BadSignature> {
    let key = VerifyingKey::from_bytes(&key.0).map_err(|_| BadSignature)?;
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    key.verify_strict(&signing_input(purpose, community, bytes), &signature)
        .map_err(|_| BadSignature)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    #[test]
    fn another_purpose_community_or_byte_is_refused() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let public = PublicKey(key.verifying_key().to_bytes());
        let home = CommunityId([9; 32]);
        let signature = Signature(
            key.sign(&signing_input(Purpose::Event, &home, b"hello"))
                .to_bytes(),
        );
        assert!(verify(&public, Purpose::Event, &home, b"hello", &signature).is_ok());
        assert!(verify(&public, Purpose::Grant, &home, b"hello", &signature).is_err());
        assert!(
            verify(
                &public,
                Purpose::Event,
                &CommunityId::NONE,
                b"hello",
                &signature
            )
            .is_err()
        );
        assert!(verify(&public, Purpose::Event, &home, b"hellp", &signature).is_err());
    }
}
