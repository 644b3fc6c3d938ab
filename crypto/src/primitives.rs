//! The only caller of AEAD, HKDF, HPKE and Ed25519 signing.
//!
//! ```text
//! hkdf          HKDF-SHA-256 (RFC 5869), no salt
//! seal / open   XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), nonce given by the caller
//! hpke_*        HPKE base mode (RFC 9180): X-Wing draft 06, HKDF-SHA-256, ChaCha20-Poly1305
//! sign          Ed25519 (RFC 8032) over protocol::signing's input
//! ```

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use dialtone_protocol::roster::BOX_KEY_BYTES;
use dialtone_protocol::sealed::NONCE_BYTES;
use dialtone_protocol::signing::{Purpose, signing_input};
use dialtone_protocol::{CommunityId, Hash, Signature};
use ed25519_dalek::{Signer as _, SigningKey};
use hkdf::Hkdf;
use openmls_libcrux_crypto::CryptoProvider;
use openmls_traits::crypto::OpenMlsCrypto as _;
use openmls_traits::types::{Ciphersuite, HpkeCiphertext};
use rand_core::CryptoRngCore;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The suite of every group; its HPKE is used for grants too.
pub(crate) const SUITE: Ciphersuite = Ciphersuite::MLS_256_XWING_CHACHA20POLY1305_SHA256_Ed25519;

/// The cryptographic library refused. With the inputs that this crate gives it, it should not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic library failed to {0}; please report this")]
pub struct CryptoError(pub(crate) &'static str);

/// What was to be opened is not intact, or belongs to another key or place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it does not open")]
pub(crate) struct NotOpened;

/// 32 secret bytes, erased when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// `out = HKDF-SHA-256(salt = none, ikm = secret, info = parts joined, N)`
pub(crate) fn hkdf<const N: usize>(secret: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 32, "longer than HKDF-SHA-256 gives") };
    let mut out = Zeroizing::new([0; N]);
    let hkdf = Hkdf::<Sha256>::new(None, secret);
    // The only error is a length over 255 blocks, which the assertion above rules out.
    let _ = hkdf.expand_multi_info(parts, &mut *out);
    out
}

/// 32 bytes that nobody can guess.
pub(crate) fn random<const N: usize>(rng: &mut dyn CryptoRngCore) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// `XChaCha20-Poly1305(key, nonce, aad, plain)`, ciphertext with its tag.
pub(crate) fn seal(
    key: &[u8; 32],
    nonce: &[u8; NONCE_BYTES],
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let payload = Payload { msg: plain, aad };
    XChaCha20Poly1305::new(key.into())
        .encrypt(XNonce::from_slice(nonce), payload)
        .map_err(|_| CryptoError("seal"))
}

/// The reverse of [`seal`].
pub(crate) fn open(
    key: &[u8; 32],
    nonce: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| NotOpened)?;
    let payload = Payload { msg: sealed, aad };
    XChaCha20Poly1305::new(key.into())
        .decrypt(XNonce::from_slice(&nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| NotOpened)
}

/// Ed25519 over `purpose`, `community` and `bytes`.
pub(crate) fn sign(
    key: &SigningKey,
    purpose: Purpose,
    community: &CommunityId,
    bytes: &[u8],
) -> Signature {
    Signature(
        key.sign(&signing_input(purpose, community, bytes))
            .to_bytes(),
    )
}

/// `SHA-256(header) || SHA-256(padded)`: what the signature inside an event or a signal covers.
pub(crate) fn inner_signed(header: &[u8], padded: &[u8]) -> [u8; 64] {
    let mut input = [0; 64];
    input[..32].copy_from_slice(&Hash::of(header).0);
    input[32..].copy_from_slice(&Hash::of(padded).0);
    input
}

/// libcrux, with a random generator seeded by the system.
pub(crate) fn provider() -> Result<CryptoProvider, CryptoError> {
    CryptoProvider::new().map_err(|_| CryptoError("start"))
}

/// An X-Wing key pair from 32 random bytes, `DeriveKeyPair` of RFC 9180: (private, public).
pub(crate) fn box_keypair(seed: &[u8; 32]) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), CryptoError> {
    let pair = provider()?
        .derive_hpke_keypair(SUITE.hpke_config(), seed)
        .map_err(|_| CryptoError("derive a box key"))?;
    Ok((Zeroizing::new(pair.private.to_vec()), pair.public))
}

/// HPKE `SealBase(box key, info, aad = "", plain)`: (encapsulated key, ciphertext).
pub(crate) fn hpke_seal(
    box_key: &[u8],
    info: &[u8],
    plain: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
    // libcrux stops the program at a key that is too short.
    if box_key.len() != BOX_KEY_BYTES {
        return Err(CryptoError("seal to a box key"));
    }
    let sealed = provider()?
        .hpke_seal(SUITE.hpke_config(), box_key, info, b"", plain)
        .map_err(|_| CryptoError("seal to a box key"))?;
    Ok((
        sealed.kem_output.as_slice().to_vec(),
        sealed.ciphertext.as_slice().to_vec(),
    ))
}

/// HPKE `OpenBase`.
pub(crate) fn hpke_open(
    private: &[u8],
    info: &[u8],
    encapsulated: &[u8],
    body: &[u8],
) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    let sealed = HpkeCiphertext {
        kem_output: encapsulated.to_vec().into(),
        ciphertext: body.to_vec().into(),
    };
    provider()
        .map_err(|_| NotOpened)?
        .hpke_open(SUITE.hpke_config(), &sealed, private, info, b"")
        .map(Zeroizing::new)
        .map_err(|_| NotOpened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hkdf_agrees_with_rfc_5869_without_salt() {
        // Appendix A.3: SHA-256, no salt, no info; the first 32 of 42 bytes.
        let out = hkdf::<32>(&[0x0b; 22], &[]);
        let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d";
        assert_eq!(hex::encode(*out), expected);
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let sealed = seal(&[1; 32], &[2; 24], b"aad", b"plain").unwrap();
        assert_eq!(
            *open(&[1; 32], &[2; 24], b"aad", &sealed).unwrap(),
            b"plain"
        );
        assert!(open(&[1; 32], &[2; 24], b"add", &sealed).is_err());
        assert!(open(&[3; 32], &[2; 24], b"aad", &sealed).is_err());
        assert!(open(&[1; 32], &[2; 23], b"aad", &sealed).is_err());
    }

    #[test]
    fn a_box_opens_for_its_owner_alone() {
        let (private, public) = box_keypair(&[7; 32]).unwrap();
        let (other, _) = box_keypair(&[8; 32]).unwrap();
        assert_eq!(public.len(), BOX_KEY_BYTES);
        let (encapsulated, body) = hpke_seal(&public, b"info", b"plain").unwrap();
        let opened = hpke_open(&private, b"info", &encapsulated, &body).unwrap();
        assert_eq!(*opened, b"plain");
        for length in [0, 100, encapsulated.len() - 1] {
            let short = &encapsulated[..length];
            assert!(hpke_open(&private, b"info", short, &body).is_err());
            assert!(hpke_seal(&public[..length.min(public.len() - 1)], b"info", b"plain").is_err());
        }
        assert!(hpke_open(&other, b"info", &encapsulated, &body).is_err());
        assert!(hpke_open(&private, b"other", &encapsulated, &body).is_err());
    }
}
