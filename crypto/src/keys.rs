//! Account and device keys: zeroizing, without `Debug`, signing only for a named purpose.
//!
//! ```text
//! AccountKey  Ed25519            account id = SHA-256(public key)
//! DeviceKey   Ed25519 + X-Wing   device id  = SHA-256(public Ed25519 key), which is the MLS leaf key
//! ```
//!
//! The account key signs the first device's entry and is then dropped: no device keeps it. The account file holds it, sealed under
//! the recovery key ([`recovery`](crate::recovery)).

use dialtone_protocol::identity::SessionProof;
use dialtone_protocol::roster::DeviceKeys;
use dialtone_protocol::signing::Purpose;
use dialtone_protocol::{AccountId, CommunityId, DeviceId, PublicKey, Signature, strict};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::primitives::{self, CryptoError, Secret};

/// The key of a person.
pub struct AccountKey(SigningKey);

impl AccountKey {
    /// A new one.
    pub fn generate(rng: &mut dyn CryptoRngCore) -> Self {
        let seed = Zeroizing::new(primitives::random(rng));
        Self(SigningKey::from_bytes(&seed))
    }

    /// From what the account file holds.
    pub(crate) fn from_seed(seed: &Secret) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// For the account file.
    pub(crate) fn seed(&self) -> Secret {
        Zeroizing::new(self.0.to_bytes())
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// `SHA-256(public key)`
    pub fn account(&self) -> AccountId {
        AccountId::of(&self.public())
    }

    pub(crate) fn sign(
        &self,
        purpose: Purpose,
        community: &CommunityId,
        bytes: &[u8],
    ) -> Signature {
        primitives::sign(&self.0, purpose, community, bytes)
    }
}

/// The secret halves of a device's keys, for the keystore.
#[derive(Clone)]
pub struct DeviceSecrets {
    /// Seed of the Ed25519 key (RFC 8032).
    pub(crate) signing_seed: Secret,
    /// Input of `DeriveKeyPair` (RFC 9180) for the X-Wing key.
    pub(crate) box_seed: Secret,
}

impl DeviceSecrets {
    /// Whose they are: `SHA-256(device key)`
    pub fn device(&self) -> DeviceId {
        let signing = SigningKey::from_bytes(&self.signing_seed);
        DeviceId::of(&PublicKey(signing.verifying_key().to_bytes()))
    }
}

/// The keys of one installation.
pub struct DeviceKey {
    signing: SigningKey,
    secrets: DeviceSecrets,
    box_private: Zeroizing<Vec<u8>>,
    public: DeviceKeys,
}

impl DeviceKey {
    /// New ones.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn generate(rng: &mut dyn CryptoRngCore) -> Result<Self, CryptoError> {
        Self::from_secrets(&DeviceSecrets {
            signing_seed: Zeroizing::new(primitives::random(rng)),
            box_seed: Zeroizing::new(primitives::random(rng)),
        })
    }

    /// From what the keystore holds.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn from_secrets(secrets: &DeviceSecrets) -> Result<Self, CryptoError> {
        let signing = SigningKey::from_bytes(&secrets.signing_seed);
        let (box_private, box_public) = primitives::box_keypair(&secrets.box_seed)?;
        let public = DeviceKeys {
            signature_key: PublicKey(signing.verifying_key().to_bytes()),
            box_key: box_public.into(),
        };
        Ok(Self {
            signing,
            secrets: secrets.clone(),
            box_private,
            public,
        })
    }

    /// What the keystore needs to hold.
    pub fn secrets(&self) -> DeviceSecrets {
        self.secrets.clone()
    }

    /// `SHA-256(device key)`
    pub fn id(&self) -> DeviceId {
        self.public.id()
    }

    /// The public halves, as the roster names them.
    pub fn public_keys(&self) -> DeviceKeys {
        self.public.clone()
    }

    /// Signs the opening of a session: the proof's bytes as they travel, and their signature.
    pub fn sign_session(
        &self,
        community: &CommunityId,
        proof: &SessionProof,
    ) -> (Vec<u8>, Signature) {
        let bytes = strict::encode(proof);
        let signature = self.sign(Purpose::Session, community, &bytes);
        (bytes, signature)
    }

    pub(crate) fn sign(
        &self,
        purpose: Purpose,
        community: &CommunityId,
        bytes: &[u8],
    ) -> Signature {
        primitives::sign(&self.signing, purpose, community, bytes)
    }

    /// MLS signs with labels of its own (RFC 9420, section 5.1.2), which no purpose of ours begins with.
    pub(crate) fn sign_mls(&self, payload: &[u8]) -> Vec<u8> {
        use ed25519_dalek::Signer as _;
        self.signing.sign(payload).to_bytes().to_vec()
    }

    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.signing
    }

    pub(crate) fn box_private(&self) -> &[u8] {
        &self.box_private
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::{Hash, signing};
    use rand_core::OsRng;

    use super::*;

    #[test]
    fn a_device_comes_back_from_its_secrets() {
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let again = DeviceKey::from_secrets(&device.secrets()).unwrap();
        assert_eq!(device.public_keys(), again.public_keys());
        assert_eq!(device.box_private(), again.box_private());
    }

    #[test]
    fn a_session_proof_verifies_as_such_only() {
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let home = CommunityId([4; 32]);
        let proof = SessionProof {
            version: 1,
            nonce: Hash([1; 32]),
            server_key: PublicKey([2; 32]),
            tls_key: None,
        };
        let (bytes, signature) = device.sign_session(&home, &proof);
        let key = device.public_keys().signature_key;
        assert!(signing::verify(&key, Purpose::Session, &home, &bytes, &signature).is_ok());
        assert!(signing::verify(&key, Purpose::Event, &home, &bytes, &signature).is_err());
    }
}
