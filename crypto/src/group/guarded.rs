//! libcrux, with the lengths of HPKE's inputs checked first: openmls does not check them, and libcrux stops the program at a key or
//! an encapsulated key that is too short. SHA-256 is `sha2`'s, which uses the processor's instructions for it.

use dialtone_protocol::Hash;
use dialtone_protocol::group_rules::GROUP_KEY_BYTES;
use openmls::prelude::tls_codec::SecretVLBytes;
use openmls_libcrux_crypto::CryptoProvider;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::{
    AeadType, Ciphersuite, CryptoError, ExporterSecret, HashType, HpkeCiphertext, HpkeConfig,
    HpkeKeyPair, KemOutput, SignatureScheme,
};

/// Length of an encapsulated key of X-Wing in bytes.
const ENCAPSULATED_BYTES: usize = 1120;

/// libcrux behind its checks.
pub(super) struct GuardedCrypto(CryptoProvider);

impl GuardedCrypto {
    pub(super) fn new(inner: CryptoProvider) -> Self {
        Self(inner)
    }

    pub(super) fn inner(&self) -> &CryptoProvider {
        &self.0
    }
}

fn check_length(bytes: &[u8], length: usize) -> Result<(), CryptoError> {
    if bytes.len() == length {
        Ok(())
    } else {
        Err(CryptoError::InvalidLength)
    }
}

impl OpenMlsCrypto for GuardedCrypto {
    fn supports(&self, ciphersuite: Ciphersuite) -> Result<(), CryptoError> {
        self.0.supports(ciphersuite)
    }

    fn supported_ciphersuites(&self) -> Vec<Ciphersuite> {
        self.0.supported_ciphersuites()
    }

    fn hkdf_extract(
        &self,
        hash_type: HashType,
        salt: &[u8],
        ikm: &[u8],
    ) -> Result<SecretVLBytes, CryptoError> {
        self.0.hkdf_extract(hash_type, salt, ikm)
    }

    fn hmac(
        &self,
        hash_type: HashType,
        key: &[u8],
        message: &[u8],
    ) -> Result<SecretVLBytes, CryptoError> {
        self.0.hmac(hash_type, key, message)
    }

    fn hkdf_expand(
        &self,
        hash_type: HashType,
        prk: &[u8],
        info: &[u8],
        okm_len: usize,
    ) -> Result<SecretVLBytes, CryptoError> {
        self.0.hkdf_expand(hash_type, prk, info, okm_len)
    }

    fn hash(&self, hash_type: HashType, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        match hash_type {
            // A commit in a large group hashes megabytes of its tree.
            HashType::Sha2_256 => Ok(Hash::of(data).0.to_vec()),
            other => self.0.hash(other, data),
        }
    }

    fn aead_encrypt(
        &self,
        alg: AeadType,
        key: &[u8],
        data: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        self.0.aead_encrypt(alg, key, data, nonce, aad)
    }

    fn aead_decrypt(
        &self,
        alg: AeadType,
        key: &[u8],
        ct_tag: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        self.0.aead_decrypt(alg, key, ct_tag, nonce, aad)
    }

    fn signature_key_gen(&self, alg: SignatureScheme) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        self.0.signature_key_gen(alg)
    }

    fn verify_signature(
        &self,
        alg: SignatureScheme,
        data: &[u8],
        pk: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.0.verify_signature(alg, data, pk, signature)
    }

    fn sign(&self, alg: SignatureScheme, data: &[u8], key: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.0.sign(alg, data, key)
    }

    fn hpke_seal(
        &self,
        config: HpkeConfig,
        pk_r: &[u8],
        info: &[u8],
        aad: &[u8],
        ptxt: &[u8],
    ) -> Result<HpkeCiphertext, CryptoError> {
        check_length(pk_r, GROUP_KEY_BYTES)?;
        self.0.hpke_seal(config, pk_r, info, aad, ptxt)
    }

    fn hpke_open(
        &self,
        config: HpkeConfig,
        input: &HpkeCiphertext,
        sk_r: &[u8],
        info: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        check_length(input.kem_output.as_slice(), ENCAPSULATED_BYTES)?;
        self.0.hpke_open(config, input, sk_r, info, aad)
    }

    fn hpke_setup_sender_and_export(
        &self,
        config: HpkeConfig,
        pk_r: &[u8],
        info: &[u8],
        exporter_context: &[u8],
        exporter_length: usize,
    ) -> Result<(KemOutput, ExporterSecret), CryptoError> {
        check_length(pk_r, GROUP_KEY_BYTES)?;
        self.0
            .hpke_setup_sender_and_export(config, pk_r, info, exporter_context, exporter_length)
    }

    fn hpke_setup_receiver_and_export(
        &self,
        config: HpkeConfig,
        enc: &[u8],
        sk_r: &[u8],
        info: &[u8],
        exporter_context: &[u8],
        exporter_length: usize,
    ) -> Result<ExporterSecret, CryptoError> {
        check_length(enc, ENCAPSULATED_BYTES)?;
        self.0.hpke_setup_receiver_and_export(
            config,
            enc,
            sk_r,
            info,
            exporter_context,
            exporter_length,
        )
    }

    fn derive_hpke_keypair(
        &self,
        config: HpkeConfig,
        ikm: &[u8],
    ) -> Result<HpkeKeyPair, CryptoError> {
        let pair = self.0.derive_hpke_keypair(config, ikm)?;
        #[cfg(test)]
        let pair = tests::spoil(pair);
        Ok(pair)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use dialtone_protocol::group_rules::CommitError;

    use super::*;
    use crate::group::{ExternalJoin, Group, GroupError};
    use crate::primitives;
    use crate::scene::{Person, found, newcomer};

    /// How a bad key looks.
    #[derive(Clone, Copy)]
    enum Bad {
        Short,
        NotReduced,
    }

    thread_local! {
        /// Which of the next key pairs gets a bad public half.
        static SPOILED: Cell<Option<(usize, Bad)>> = const { Cell::new(None) };
    }

    pub(super) fn spoil(mut pair: HpkeKeyPair) -> HpkeKeyPair {
        match SPOILED.take() {
            Some((0, Bad::Short)) => pair.public.truncate(100),
            Some((0, Bad::NotReduced)) => pair.public[..3].fill(0xff),
            Some((left, bad)) => SPOILED.set(Some((left - 1, bad))),
            None => {}
        }
        pair
    }

    #[test]
    fn a_key_that_is_too_short_is_an_error() {
        let crypto = GuardedCrypto::new(primitives::provider().unwrap());
        let config = || primitives::SUITE.hpke_config();
        for length in [0, 100, 1215, 1217] {
            let key = vec![0; length];
            assert!(crypto.hpke_seal(config(), &key, b"", b"", b"x").is_err());
            let exported = crypto.hpke_setup_sender_and_export(config(), &key, b"", b"", 32);
            assert!(exported.is_err());
        }
        let pair = crypto.derive_hpke_keypair(config(), &[7; 32]).unwrap();
        for length in [0, 100, 1119, 1121] {
            let enc = vec![0; length];
            let opened =
                crypto.hpke_setup_receiver_and_export(config(), &enc, &pair.private, b"", b"", 32);
            assert!(opened.is_err());
            let sealed = HpkeCiphertext {
                kem_output: enc.into(),
                ciphertext: vec![0; 32].into(),
            };
            assert!(
                crypto
                    .hpke_open(config(), &sealed, &pair.private, b"", b"")
                    .is_err()
            );
        }
    }

    #[test]
    fn a_commit_that_brings_a_bad_key_is_refused() {
        for bad in [Bad::Short, Bad::NotReduced] {
            let refused = (0..8).filter(|nth| joins_with((*nth, bad)) == Some(CommitError::BadKey));
            assert!(refused.count() > 0);
        }
    }

    /// A newcomer joins, with one of its keys bad. Gives the rule by which the founder refuses the commit.
    fn joins_with(spoiled: (usize, Bad)) -> Option<CommitError> {
        let (founder, founding) = found();
        let (lobby, mut roster) = (founding.lobby, founding.roster);
        let (mut group, public, _) =
            Group::create(lobby, &founder.device, founder.account, &roster).unwrap();
        let Person { account, device } = newcomer(&mut roster, &founder.device);
        let (info, tree) = (&public.group_info, &public.tree);
        SPOILED.set(Some(spoiled));
        let join = ExternalJoin::prepare(lobby, info, tree, &roster, &device, account, 1);
        SPOILED.set(None);
        let join = join.ok()?;
        match group.process_commit(join.epoch(), join.commit(), &roster) {
            Err(GroupError::Invalid(error)) => Some(error),
            _ => None,
        }
    }
}
