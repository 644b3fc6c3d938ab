//! Recovery: what brings an account back on a bare machine.
//!
//! ```text
//! recovery key   128 random bits, shown once as 12 words of BIP-39 (English, with its checksum); no device keeps it
//! account file   age (scrypt, passphrase = the words, joined by single spaces): the account key. Changes only with that key
//! history file   X-Wing HPKE to a public key whose private half is DeriveKeyPair(HKDF(recovery key, "dialtone/v1/recovery-box")):
//!                channel keys, server identity, member list. Devices keep the public half alone and refresh the file with it
//! ```
//!
//! So a stolen device opens neither. HPKE's info is `"dialtone/v1/recovery-history" || community id || account id`.

use age::secrecy::SecretString;
use age::{DecryptError, scrypt};
use bip39::{Language, Mnemonic};
use dialtone_protocol::http::{ACCOUNT_FILE_LIMIT, HISTORY_FILE_LIMIT};
use dialtone_protocol::roster::{BOX_KEY_BYTES, RosterPosition};
use dialtone_protocol::sealed::{GrantedKey, SEALED_VERSION};
use dialtone_protocol::strict;
use dialtone_protocol::{AccountId, CommunityId, Hash, PublicKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;
use zeroize::{Zeroize as _, Zeroizing};

use crate::keys::AccountKey;
use crate::labels;
use crate::primitives::{self, CryptoError};

/// How many words a recovery key has.
pub const WORDS: usize = 12;
/// The most keys in a history file.
pub const HISTORY_KEYS: usize = 20_000;

/// `N = 2^14`: the key is random, so that stretching it adds little.
const WORK: u8 = 14;
const MOST_WORK: u8 = 18;
const KEY_BYTES: usize = 16;

/// Why recovery does not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryError {
    /// Not as many words as there must be.
    #[error("a recovery key has 12 words; these are {0}")]
    Count(usize),
    /// A word is not one of the list.
    #[error("\"{0}\" is not a word of a recovery key; look for a slip of the pen")]
    Word(String),
    /// The words are of the list, but do not belong together.
    #[error("these words do not belong together: one of them is another, or their order is")]
    Checksum,
    /// The file was sealed under another recovery key.
    #[error(
        "this recovery key does not open the account; look for another one that you wrote down"
    )]
    OtherKey,
    /// The file is damaged, or none of ours.
    #[error("the recovery file on the server is damaged or was replaced: {0}")]
    File(&'static str),
    /// The cryptographic library failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

/// The recovery key. Erased when dropped.
pub struct RecoveryKey(Zeroizing<[u8; KEY_BYTES]>);

impl RecoveryKey {
    /// A new one.
    pub fn generate(rng: &mut dyn CryptoRngCore) -> Self {
        Self(Zeroizing::new(primitives::random(rng)))
    }

    /// What is to be sealed under a password.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &*self.0
    }

    /// From what was sealed under a password.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = <[u8; KEY_BYTES]>::try_from(bytes).ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    /// As it is written down: 12 words between single spaces.
    ///
    /// # Errors
    /// When the library refuses 16 bytes, which it does not.
    pub fn words(&self) -> Result<Zeroizing<String>, CryptoError> {
        let mnemonic = Mnemonic::from_entropy_in(Language::English, &*self.0)
            .map_err(|_| CryptoError("write the recovery key as words"))?;
        let words: Vec<&str> = mnemonic.words().collect();
        Ok(Zeroizing::new(words.join(" ")))
    }

    /// From what somebody typed: words in any case, between any white space.
    ///
    /// # Errors
    /// What is wrong with the words.
    pub fn parse(typed: &str) -> Result<Self, RecoveryError> {
        let lower = Zeroizing::new(typed.to_lowercase());
        let words: Vec<&str> = lower.split_whitespace().collect();
        if words.len() != WORDS {
            return Err(RecoveryError::Count(words.len()));
        }
        let unknown = words
            .iter()
            .find(|word| Language::English.find_word(word).is_none());
        if let Some(word) = unknown {
            return Err(RecoveryError::Word((*word).to_owned()));
        }
        let joined = Zeroizing::new(words.join(" "));
        let mnemonic = Mnemonic::parse_in_normalized(Language::English, &joined)
            .map_err(|_| RecoveryError::Checksum)?;
        let (mut entropy, length) = mnemonic.to_entropy_array();
        let key = <[u8; KEY_BYTES]>::try_from(&entropy[..length.min(KEY_BYTES)]);
        entropy.zeroize();
        key.map(|key| Self(Zeroizing::new(key)))
            .map_err(|_| RecoveryError::Checksum)
    }

    /// What devices keep: seals history files.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn history_key(&self) -> Result<HistoryKey, CryptoError> {
        let (_, public) = self.history_pair()?;
        Ok(HistoryKey(public))
    }

    fn history_pair(&self) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), CryptoError> {
        let seed = primitives::hkdf::<32>(&*self.0, &[labels::RECOVERY_BOX]);
        primitives::box_keypair(&seed)
    }
}

/// Seals history files, and opens none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryKey(Vec<u8>);

impl HistoryKey {
    /// From what a device kept.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() == BOX_KEY_BYTES).then_some(Self(bytes))
    }

    /// For the device to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What an account file holds.
pub struct AccountFile {
    /// Which community.
    pub community: CommunityId,
    /// Which account; its key may have changed since its id was made.
    pub account: AccountId,
    /// Its key.
    pub key: AccountKey,
}

#[derive(Encode, Decode)]
struct StoredAccount {
    #[n(0)]
    version: u8,
    #[n(1)]
    community: CommunityId,
    #[n(2)]
    account: AccountId,
    #[n(3)]
    seed: Hash,
}

impl Drop for StoredAccount {
    fn drop(&mut self) {
        self.seed.0.zeroize();
    }
}

/// Seals an account file. Takes some hundredths of a second.
///
/// # Errors
/// When a library fails.
pub fn seal_account(
    key: &RecoveryKey,
    community: CommunityId,
    account: AccountId,
    account_key: &AccountKey,
) -> Result<Vec<u8>, CryptoError> {
    let stored = StoredAccount {
        version: SEALED_VERSION,
        community,
        account,
        seed: Hash(*account_key.seed()),
    };
    let plain = Zeroizing::new(strict::encode(&stored));
    let mut recipient = scrypt::Recipient::new(passphrase(key)?);
    recipient.set_work_factor(WORK);
    age::encrypt(&recipient, &plain).map_err(|_| CryptoError("seal the account file"))
}

/// Opens an account file.
///
/// # Errors
/// [`RecoveryError::OtherKey`], [`RecoveryError::File`]
pub fn open_account(key: &RecoveryKey, bytes: &[u8]) -> Result<AccountFile, RecoveryError> {
    if bytes.len() > ACCOUNT_FILE_LIMIT {
        return Err(RecoveryError::File("it is too long"));
    }
    let mut identity = scrypt::Identity::new(passphrase(key)?);
    identity.set_max_work_factor(MOST_WORK);
    let plain = age::decrypt(&identity, bytes).map(Zeroizing::new);
    let plain = plain.map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            RecoveryError::OtherKey
        }
        DecryptError::ExcessiveWork { .. } => RecoveryError::File("it would cost too much to open"),
        _ => RecoveryError::File("it cannot be read"),
    })?;
    let stored: StoredAccount = strict::decode(&plain, ACCOUNT_FILE_LIMIT)
        .map_err(|_| RecoveryError::File("it is no account file"))?;
    if stored.version != SEALED_VERSION {
        return Err(RecoveryError::File("it is of a newer version"));
    }
    Ok(AccountFile {
        community: stored.community,
        account: stored.account,
        key: AccountKey::from_seed(&Zeroizing::new(stored.seed.0)),
    })
}

fn passphrase(key: &RecoveryKey) -> Result<SecretString, CryptoError> {
    Ok(SecretString::from(key.words()?.as_str().to_owned()))
}

/// What a history file holds.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct HistoryFile {
    /// [`SEALED_VERSION`]
    #[n(0)]
    pub version: u8,
    /// Which community.
    #[n(1)]
    pub community: CommunityId,
    /// Grows with each refresh; told to others in a recovery checkpoint.
    #[n(2)]
    pub counter: u64,
    /// The server's identity key.
    #[n(3)]
    pub server_key: PublicKey,
    /// The member list that the device knew.
    #[n(4)]
    pub roster: RosterPosition,
    /// At most [`HISTORY_KEYS`]. Secret.
    #[n(5)]
    pub keys: Vec<GrantedKey>,
}

impl std::fmt::Debug for HistoryFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HistoryFile({}, {} keys)", self.counter, self.keys.len())
    }
}

#[derive(Encode, Decode)]
struct SealedHistory {
    #[n(0)]
    encapsulated: ByteVec,
    #[n(1)]
    body: ByteVec,
}

/// Seals a history file; whoever does it cannot open it again.
///
/// # Errors
/// When a library fails.
pub fn seal_history(
    key: &HistoryKey,
    account: &AccountId,
    file: &HistoryFile,
) -> Result<Vec<u8>, CryptoError> {
    let plain = Zeroizing::new(strict::encode(file));
    let info = history_info(&file.community, account);
    let (encapsulated, body) = primitives::hpke_seal(&key.0, &info, &plain)?;
    Ok(strict::encode(&SealedHistory {
        encapsulated: encapsulated.into(),
        body: body.into(),
    }))
}

/// Opens a history file.
///
/// # Errors
/// [`RecoveryError::File`]: it is damaged, or another account's.
pub fn open_history(
    key: &RecoveryKey,
    community: &CommunityId,
    account: &AccountId,
    bytes: &[u8],
) -> Result<HistoryFile, RecoveryError> {
    let sealed: SealedHistory = strict::decode(bytes, HISTORY_FILE_LIMIT)
        .map_err(|_| RecoveryError::File("the history file cannot be read"))?;
    let (private, _) = key.history_pair()?;
    let info = history_info(community, account);
    let plain = primitives::hpke_open(&private, &info, &sealed.encapsulated, &sealed.body)
        .map_err(|_| RecoveryError::File("the history file does not open"))?;
    let file: HistoryFile = strict::decode(&plain, HISTORY_FILE_LIMIT)
        .map_err(|_| RecoveryError::File("the history file is none"))?;
    if file.version != SEALED_VERSION || file.keys.len() > HISTORY_KEYS {
        return Err(RecoveryError::File(
            "the history file is of a newer version",
        ));
    }
    if file.community != *community {
        return Err(RecoveryError::File("the history file is of elsewhere"));
    }
    Ok(file)
}

fn history_info(community: &CommunityId, account: &AccountId) -> Vec<u8> {
    [labels::RECOVERY_HISTORY, &community.0, &account.0].concat()
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::{ChannelId, GroupId};
    use rand_core::OsRng;

    use super::*;

    const HOME: CommunityId = CommunityId([1; 32]);

    fn history() -> HistoryFile {
        HistoryFile {
            version: SEALED_VERSION,
            community: HOME,
            counter: 7,
            server_key: PublicKey([2; 32]),
            roster: RosterPosition::START,
            keys: vec![GrantedKey {
                group: GroupId::new([3; 16]),
                epoch: 4,
                channel: ChannelId([5; 16]),
                key: vec![6; 32].into(),
            }],
        }
    }

    #[test]
    fn words_are_read_as_they_were_written() {
        let key = RecoveryKey::generate(&mut OsRng);
        let words = key.words().unwrap();
        assert_eq!(words.split(' ').count(), WORDS);
        let typed = format!("  {}\n", words.to_uppercase().replace(' ', " \t "));
        let again = RecoveryKey::parse(&typed).unwrap();
        assert_eq!(*again.0, *key.0);
        // BIP-39's own vector for 16 zero bytes.
        let zero = RecoveryKey(Zeroizing::new([0; 16]));
        let vector = "abandon ".repeat(11) + "about";
        assert_eq!(*zero.words().unwrap(), vector);
    }

    #[test]
    fn slips_of_the_pen_are_told() {
        let reason = |typed: &str| RecoveryKey::parse(typed).err().unwrap();
        assert_eq!(reason(""), RecoveryError::Count(0));
        assert_eq!(reason(&"abandon ".repeat(11)), RecoveryError::Count(11));
        let wrong = "abandon ".repeat(11) + "abouts";
        assert_eq!(reason(&wrong), RecoveryError::Word("abouts".into()));
        let checksum = "abandon ".repeat(11) + "abandon";
        assert_eq!(reason(&checksum), RecoveryError::Checksum);
    }

    #[test]
    fn an_account_comes_back_by_its_recovery_key_alone() {
        let (key, other) = (
            RecoveryKey::generate(&mut OsRng),
            RecoveryKey::generate(&mut OsRng),
        );
        let account = AccountKey::generate(&mut OsRng);
        let sealed = seal_account(&key, HOME, account.account(), &account).unwrap();
        assert!(sealed.len() < ACCOUNT_FILE_LIMIT);
        let opened = open_account(&key, &sealed).unwrap();
        assert_eq!(opened.key.public(), account.public());
        assert_eq!(
            (opened.community, opened.account),
            (HOME, account.account())
        );
        assert_eq!(
            open_account(&other, &sealed).err(),
            Some(RecoveryError::OtherKey)
        );
        let mut damaged = sealed.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert!(open_account(&key, &damaged).is_err());
        assert!(open_account(&key, b"nothing").is_err());
        assert!(open_account(&key, &vec![0; ACCOUNT_FILE_LIMIT + 1]).is_err());
    }

    #[test]
    fn a_history_file_opens_by_the_recovery_key_and_not_by_what_devices_keep() {
        let (key, other) = (
            RecoveryKey::generate(&mut OsRng),
            RecoveryKey::generate(&mut OsRng),
        );
        let account = AccountId([9; 32]);
        let kept = key.history_key().unwrap();
        let kept = HistoryKey::from_bytes(kept.as_bytes().to_vec()).unwrap();
        let sealed = seal_history(&kept, &account, &history()).unwrap();
        assert_eq!(open_history(&key, &HOME, &account, &sealed), Ok(history()));
        assert!(open_history(&other, &HOME, &account, &sealed).is_err());
        assert!(open_history(&key, &CommunityId([8; 32]), &account, &sealed).is_err());
        assert!(open_history(&key, &HOME, &AccountId([8; 32]), &sealed).is_err());
        assert!(open_history(&key, &HOME, &account, &sealed[1..]).is_err());
        assert!(HistoryKey::from_bytes(vec![0; 32]).is_none());
        assert_eq!(format!("{:?}", history()), "HistoryFile(7, 1 keys)");
    }
}
