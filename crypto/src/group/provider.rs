//! What openmls runs on: libcrux, storage in memory, and the device's key as its signer.

use dialtone_protocol::AccountId;
use dialtone_protocol::group_rules::{LeafIdentity, PRIVATE_GROUP_EXTENSION};
use openmls::group::GroupContext;
use openmls::prelude::{
    BasicCredential, Capabilities, CredentialWithKey, ExtensionType, Extensions,
    MlsGroupCreateConfig, MlsGroupJoinConfig, OpenMlsProvider, PURE_PLAINTEXT_WIRE_FORMAT_POLICY,
    SignatureScheme,
};
use openmls_libcrux_crypto::CryptoProvider;
use openmls_traits::signatures::{Signer, SignerError};

use super::guarded::GuardedCrypto;
use super::storage::Rows;
use crate::keys::DeviceKey;
use crate::primitives::{self, CryptoError, SUITE};

/// libcrux and storage in memory.
pub(super) struct Provider {
    crypto: GuardedCrypto,
    storage: Rows,
}

impl OpenMlsProvider for Provider {
    type CryptoProvider = GuardedCrypto;
    type RandProvider = CryptoProvider;
    type StorageProvider = Rows;

    fn storage(&self) -> &Rows {
        &self.storage
    }

    fn crypto(&self) -> &GuardedCrypto {
        &self.crypto
    }

    fn rand(&self) -> &CryptoProvider {
        self.crypto.inner()
    }
}

impl Provider {
    pub(super) fn new() -> Result<Self, CryptoError> {
        Ok(Self {
            crypto: GuardedCrypto::new(primitives::provider()?),
            storage: Rows::default(),
        })
    }
}

/// Signs for openmls with the device key.
pub(super) struct LeafSigner<'a>(pub(super) &'a DeviceKey);

impl Signer for LeafSigner<'_> {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign_mls(payload))
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// The credential of a device's leaf.
pub(super) fn credential(device: &DeviceKey, account: AccountId) -> CredentialWithKey {
    let identity = LeafIdentity {
        account,
        device: device.id(),
    };
    CredentialWithKey {
        credential: BasicCredential::new(identity.to_bytes()).into(),
        signature_key: device.public_keys().signature_key.0.to_vec().into(),
    }
}

/// Every leaf says that it knows the suite (openmls refuses the group otherwise) and the extension of private groups: one that does
/// not could be in no group which carries it.
pub(super) fn capabilities() -> Capabilities {
    capabilities_with(&[])
}

/// The same for the leaf of a key package, which carries the extension of one that is a last resort.
pub(super) fn package_capabilities() -> Capabilities {
    capabilities_with(&[ExtensionType::LastResort])
}

fn capabilities_with(more: &[ExtensionType]) -> Capabilities {
    let mut extensions = vec![ExtensionType::Unknown(PRIVATE_GROUP_EXTENSION)];
    extensions.extend_from_slice(more);
    Capabilities::new(None, Some(&[SUITE]), Some(&extensions), None, None)
}

pub(super) fn create_config(context: Extensions<GroupContext>) -> MlsGroupCreateConfig {
    MlsGroupCreateConfig::builder()
        .ciphersuite(SUITE)
        .capabilities(capabilities())
        .with_group_context_extensions(context)
        .use_ratchet_tree_extension(false)
        .max_past_epochs(0)
        .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .build()
}

pub(super) fn join_config() -> MlsGroupJoinConfig {
    create_config(Extensions::empty()).join_config().clone()
}
