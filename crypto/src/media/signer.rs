//! What signs the digests of one's own voice.

use std::sync::Arc;

use dialtone_protocol::signing::{Purpose, begin_signing_input};
use dialtone_protocol::{CommunityId, DeviceId, PublicKey, Signature};
use ed25519_dalek::{Signer as _, SigningKey};

use crate::keys::DeviceKey;

/// A device's hand on its signing key, for the thread that seals its voice: it signs digests, and nothing else. Clones share it.
#[derive(Clone)]
pub struct VoiceSigner(Arc<Inner>);

struct Inner {
    key: SigningKey,
    community: CommunityId,
    device: DeviceId,
}

impl VoiceSigner {
    pub(crate) fn new(key: &SigningKey, community: CommunityId) -> Self {
        let device = DeviceId::of(&PublicKey(key.verifying_key().to_bytes()));
        Self(Arc::new(Inner {
            key: key.clone(),
            community,
            device,
        }))
    }

    /// Whose.
    pub fn device(&self) -> DeviceId {
        self.0.device
    }

    /// The key that its digests are verified with.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.key.verifying_key().to_bytes())
    }

    /// In which community.
    pub fn community(&self) -> CommunityId {
        self.0.community
    }

    /// Writes what stands before the bytes that are signed.
    pub(super) fn begin(&self, input: &mut Vec<u8>) {
        begin_signing_input(input, Purpose::VoiceDigest, &self.0.community);
    }

    /// Signs a whole input, begun by [`Self::begin`]; allocates nothing.
    pub(super) fn sign(&self, input: &[u8]) -> Signature {
        Signature(self.0.key.sign(input).to_bytes())
    }
}

impl DeviceKey {
    /// For the digests of this device's voice in a community's calls.
    pub fn voice_signer(&self, community: CommunityId) -> VoiceSigner {
        VoiceSigner::new(self.signing_key(), community)
    }
}
