//! Opening a profile by a key that the system's keyring keeps, instead of by its passphrase.
//!
//! ```text
//! keyring key = 32 random bytes, in the keyring under a tag of 16 random bytes
//! ring file   = "dialtone keyring 1\n" || tag || nonce || XChaCha20-Poly1305(keyring key, aad = RING || tag, database key)
//! copy        = "dialtone copy 1\n" || SHA-256(keystore file) || nonce || XChaCha20-Poly1305(HKDF(database key, COPY), aad = the hash, secrets)
//! ```
//!
//! The copy has what the keystore has, and is written after it. It may also be ahead of it: whoever came in by the keyring knows no passphrase, so what
//! changes then is in the copy alone until the passphrase is typed again, and opens the keystore, and by its database key the copy. A copy that was made
//! for another state of the keystore's file does not count, so that an older copy never stands in for a newer keystore. Neither file has the passphrase.

use dialtone_protocol::{Hash, strict};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::keystore::{DatabaseKey, ProfileSecrets, SIZE_LIMIT, Stored};
use crate::labels;
use crate::primitives::{self, CryptoError, Secret};

const RING_MAGIC: &[u8] = b"dialtone keyring 1\n";
const COPY_MAGIC: &[u8] = b"dialtone copy 1\n";
const TAG: usize = 16;
const NONCE: usize = 24;
const HASH: usize = 32;

/// A file of this module cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// It is something else, or damaged, or the key is another one.
    #[error("the key from the keyring does not open the keys on this computer")]
    NotOpened,
    /// The copy belongs to another state of the keystore.
    #[error("the keys on this computer were changed since they were kept for the keyring")]
    Stale,
}

/// What the system's keyring keeps for a profile.
#[derive(Clone)]
pub struct KeyringKey(Secret);

impl KeyringKey {
    /// A new one.
    pub fn generate(rng: &mut dyn CryptoRngCore) -> Self {
        Self(Zeroizing::new(primitives::random(rng)))
    }

    /// As the keyring gave it.
    ///
    /// # Errors
    /// When it is not 32 bytes long.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyringError> {
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(KeyringError::NotOpened);
        }
        key.copy_from_slice(bytes);
        Ok(Self(key))
    }

    /// For the keyring, and nobody else.
    pub fn expose(&self) -> &[u8] {
        &*self.0
    }
}

/// Under which name the keyring keeps the key of a profile. Not secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyringTag([u8; TAG]);

impl KeyringTag {
    /// A new one.
    pub fn generate(rng: &mut dyn CryptoRngCore) -> Self {
        Self(primitives::random(rng))
    }

    /// Of the profile that a ring file belongs to.
    ///
    /// # Errors
    /// When it is no ring file.
    pub fn of(file: &[u8]) -> Result<Self, KeyringError> {
        let rest = file.strip_prefix(RING_MAGIC);
        let tag = rest.and_then(|rest| rest.first_chunk::<TAG>());
        tag.copied().map(Self).ok_or(KeyringError::NotOpened)
    }

    fn aad(self) -> Vec<u8> {
        [labels::KEYRING, &self.0].concat()
    }
}

/// In hexadecimal digits.
impl std::fmt::Display for KeyringTag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The ring file: the database key, under a key that the keyring keeps.
///
/// # Errors
/// When the cryptographic library fails.
pub fn seal_ring(
    database_key: &DatabaseKey,
    key: &KeyringKey,
    tag: KeyringTag,
    rng: &mut dyn CryptoRngCore,
) -> Result<Vec<u8>, CryptoError> {
    let nonce = primitives::random::<NONCE>(rng);
    let sealed = primitives::seal(&key.0, &nonce, &tag.aad(), &*database_key.0)?;
    Ok([RING_MAGIC, &tag.0, &nonce, &sealed].concat())
}

/// Opens a ring file.
///
/// # Errors
/// When it is damaged, or sealed under another key.
pub fn open_ring(file: &[u8], key: &KeyringKey) -> Result<DatabaseKey, KeyringError> {
    let tag = KeyringTag::of(file)?;
    let rest = &file[RING_MAGIC.len() + TAG..];
    let (nonce, sealed) = rest
        .split_at_checked(NONCE)
        .ok_or(KeyringError::NotOpened)?;
    let plain = primitives::open(&key.0, nonce, &tag.aad(), sealed);
    let plain = plain.map_err(|_| KeyringError::NotOpened)?;
    let mut opened = Zeroizing::new([0; 32]);
    if plain.len() != opened.len() {
        return Err(KeyringError::NotOpened);
    }
    opened.copy_from_slice(&plain);
    Ok(DatabaseKey(opened))
}

/// The copy of a profile's secrets, for the state of the keystore's file that has this hash.
///
/// # Errors
/// When the cryptographic library fails.
pub fn seal_copy(
    profile: &ProfileSecrets,
    keystore: &Hash,
    rng: &mut dyn CryptoRngCore,
) -> Result<Vec<u8>, CryptoError> {
    let nonce = primitives::random::<NONCE>(rng);
    let plain = Zeroizing::new(strict::encode(&Stored::of(profile)));
    let key = copy_key(&profile.database_key);
    let sealed = primitives::seal(&key, &nonce, &keystore.0, &plain)?;
    Ok([COPY_MAGIC, &keystore.0, &nonce, &sealed].concat())
}

/// Opens a copy that was made for the state of the keystore's file that has this hash.
///
/// # Errors
/// [`KeyringError::Stale`] when it was made for another one; else when it is damaged or of another profile.
pub fn open_copy(
    file: &[u8],
    database_key: &DatabaseKey,
    keystore: &Hash,
) -> Result<ProfileSecrets, KeyringError> {
    if file.len() > SIZE_LIMIT {
        return Err(KeyringError::NotOpened);
    }
    let rest = file.strip_prefix(COPY_MAGIC);
    let split = rest.and_then(|rest| {
        let (of, rest) = rest.split_at_checked(HASH)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE)?;
        Some((of, nonce, sealed))
    });
    let (of, nonce, sealed) = split.ok_or(KeyringError::NotOpened)?;
    if of != keystore.0 {
        return Err(KeyringError::Stale);
    }
    let plain = primitives::open(&copy_key(database_key), nonce, of, sealed);
    let plain = plain.map_err(|_| KeyringError::NotOpened)?;
    let stored = strict::decode::<Stored>(&plain, SIZE_LIMIT);
    let stored = stored.map_err(|_| KeyringError::NotOpened)?;
    let profile = stored.profile().ok_or(KeyringError::NotOpened)?;
    if *profile.database_key.0 == *database_key.0 {
        Ok(profile)
    } else {
        Err(KeyringError::NotOpened)
    }
}

fn copy_key(database_key: &DatabaseKey) -> Secret {
    primitives::hkdf(&*database_key.0, &[labels::KEYSTORE_COPY])
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;
    use crate::keystore::tests::profile;

    #[test]
    fn a_ring_file_opens_with_its_key_alone() {
        let (profile, key) = (profile(), KeyringKey::generate(&mut OsRng));
        let tag = KeyringTag::generate(&mut OsRng);
        let file = seal_ring(&profile.database_key, &key, tag, &mut OsRng).unwrap();
        assert_eq!(KeyringTag::of(&file), Ok(tag));
        assert_eq!(tag.to_string().len(), 2 * TAG);
        let from_keyring = KeyringKey::from_bytes(key.expose()).unwrap();
        let opened = open_ring(&file, &from_keyring).unwrap();
        assert_eq!(*opened.0, *profile.database_key.0);
        let other = KeyringKey::generate(&mut OsRng);
        assert!(open_ring(&file, &other).is_err());
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(open_ring(&changed, &key).is_err(), "byte {at}");
            assert!(open_ring(&file[..at], &key).is_err(), "{at} bytes");
        }
        assert!(KeyringKey::from_bytes(&[1; 31]).is_err());
    }

    #[test]
    fn a_copy_counts_for_one_state_of_the_keystore_and_one_profile() {
        let (profile, state) = (profile(), Hash::of(b"keystore"));
        let file = seal_copy(&profile, &state, &mut OsRng).unwrap();
        let opened = open_copy(&file, &profile.database_key, &state).unwrap();
        assert_eq!(opened.communities[0].username, "ada");
        let seed = &opened.communities[0].device.signing_seed;
        assert_eq!(**seed, *profile.communities[0].device.signing_seed);
        assert!(!file.windows(32).any(|part| part == seed.as_slice()));
        let error = open_copy(&file, &profile.database_key, &Hash::of(b"later"));
        assert_eq!(error.err(), Some(KeyringError::Stale));
        let other = ProfileSecrets::new(&mut OsRng).database_key;
        let error = open_copy(&file, &other, &state);
        assert_eq!(error.err(), Some(KeyringError::NotOpened));
        for at in [0, file.len() - 1, COPY_MAGIC.len() + HASH] {
            let mut changed = file.clone();
            changed[at] ^= 1;
            let error = open_copy(&changed, &profile.database_key, &state);
            assert_eq!(error.err(), Some(KeyringError::NotOpened), "byte {at}");
            assert!(open_copy(&file[..at], &profile.database_key, &state).is_err());
        }
    }
}
