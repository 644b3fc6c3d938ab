//! The keystore: an age file (scrypt) with the secrets of one profile.
//!
//! ```text
//! ProfileSecrets -> CBOR -> age (scrypt recipient, passphrase) -> temporary file, fsync, rename; mode 0600
//! ```
//!
//! [`seal_profile`] and [`open_profile`] are pure; [`save`] and [`load`] are the only file access of this crate.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use age::{DecryptError, scrypt};
use dialtone_protocol::{AccountId, CommunityId, Hash, PublicKey, strict};
use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;
use zeroize::{Zeroize as _, Zeroizing};

use crate::keys::DeviceSecrets;
use crate::primitives::{self, Secret};

/// The most scrypt work that is done to open a keystore: `N = 2^20`, 1 GiB.
const MOST_WORK: u8 = 20;
/// The longest keystore, in bytes.
pub(crate) const SIZE_LIMIT: usize = 4 * 1024 * 1024;

/// Why a keystore cannot be opened or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeystoreError {
    /// The passphrase does not fit.
    #[error("this password does not open the keys on this computer; try again")]
    WrongPassphrase,
    /// The file is damaged.
    #[error(
        "the file with the keys on this computer is damaged; restore it from a backup, or begin again in a new profile with a new invite"
    )]
    Corrupt,
    /// The file is something else.
    #[error("this file is not a keystore of Dialtone")]
    NotAKeystore,
    /// The file asks for more work than a keystore of ours ever does.
    #[error(
        "opening this keystore would take more memory than is allowed; it was not written by Dialtone"
    )]
    TooMuchWork,
    /// There is no file.
    #[error("there is no keystore yet at {}", .0.display())]
    Missing(PathBuf),
    /// The file could not be read or written.
    #[error("the keystore cannot be {verb}: {source} ({})", .path.display())]
    Io {
        /// `read` or `written`
        verb: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The age library failed.
    #[error("the keystore could not be sealed; please report this")]
    Seal,
}

/// What a keystore is opened with. Never logged.
pub struct Passphrase(pub(crate) SecretString);

impl From<String> for Passphrase {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl From<&str> for Passphrase {
    fn from(text: &str) -> Self {
        Self(SecretString::from(text.to_owned()))
    }
}

/// How much scrypt work guards a keystore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Work {
    /// `N = 2^17`, 128 MiB: some tenths of a second.
    #[default]
    Standard,
    /// `N = 2^4`: guards nothing.
    ForTests,
}

impl Work {
    /// `log2 N`
    pub(crate) fn factor(self) -> u8 {
        match self {
            Self::Standard => 17,
            Self::ForTests => 4,
        }
    }
}

/// Opens the client's database.
#[derive(Clone)]
pub struct DatabaseKey(pub(crate) Secret);

/// The secrets of one profile.
#[derive(Clone)]
pub struct ProfileSecrets {
    /// Opens the client's database.
    pub database_key: DatabaseKey,
    /// One for each server. While a new device comes into a community of which there is an older one here, the older one comes first; it goes when the
    /// new one is in.
    pub communities: Vec<CommunitySecrets>,
}

/// What one needs to come back to a community.
#[derive(Clone)]
pub struct CommunitySecrets {
    /// Which.
    pub community: CommunityId,
    /// `host:port`
    pub server: String,
    /// The server's identity key, pinned.
    pub server_key: PublicKey,
    /// One's account.
    pub account: AccountId,
    /// As typed at registration.
    pub username: String,
    /// The keys of this device there.
    pub device: DeviceSecrets,
}

impl ProfileSecrets {
    /// A profile without communities, with a new database key.
    pub fn new(rng: &mut dyn CryptoRngCore) -> Self {
        Self {
            database_key: DatabaseKey(Zeroizing::new(primitives::random(rng))),
            communities: Vec::new(),
        }
    }

    /// Whether another one holds the same.
    pub fn is_same(&self, other: &Self) -> bool {
        let bytes = |one: &Self| Zeroizing::new(strict::encode(&Stored::of(one)));
        bytes(self) == bytes(other)
    }
}

/// The secrets of a profile as they are written.
#[derive(Encode, Decode)]
pub(crate) struct Stored {
    #[n(0)]
    version: u8,
    #[n(1)]
    database_key: Hash,
    #[n(2)]
    communities: Vec<StoredCommunity>,
}

#[derive(Encode, Decode)]
struct StoredCommunity {
    #[n(0)]
    community: CommunityId,
    #[n(1)]
    server: String,
    #[n(2)]
    server_key: PublicKey,
    #[n(3)]
    account: AccountId,
    #[n(4)]
    username: String,
    #[n(5)]
    signing_seed: Hash,
    #[n(6)]
    box_seed: Hash,
}

impl Drop for Stored {
    fn drop(&mut self) {
        self.database_key.0.zeroize();
        for community in &mut self.communities {
            community.signing_seed.0.zeroize();
            community.box_seed.0.zeroize();
        }
    }
}

impl Stored {
    pub(crate) fn of(profile: &ProfileSecrets) -> Self {
        let communities = profile.communities.iter().map(|one| StoredCommunity {
            community: one.community,
            server: one.server.clone(),
            server_key: one.server_key,
            account: one.account,
            username: one.username.clone(),
            signing_seed: Hash(*one.device.signing_seed),
            box_seed: Hash(*one.device.box_seed),
        });
        Self {
            version: 1,
            database_key: Hash(*profile.database_key.0),
            communities: communities.collect(),
        }
    }

    /// None where a later version wrote it.
    pub(crate) fn profile(&self) -> Option<ProfileSecrets> {
        if self.version != 1 {
            return None;
        }
        let communities = self.communities.iter().map(|one| CommunitySecrets {
            community: one.community,
            server: one.server.clone(),
            server_key: one.server_key,
            account: one.account,
            username: one.username.clone(),
            device: DeviceSecrets {
                signing_seed: Zeroizing::new(one.signing_seed.0),
                box_seed: Zeroizing::new(one.box_seed.0),
            },
        });
        Some(ProfileSecrets {
            database_key: DatabaseKey(Zeroizing::new(self.database_key.0)),
            communities: communities.collect(),
        })
    }
}

/// Seals a profile. Slow on purpose: run it off the event loop.
///
/// # Errors
/// [`KeystoreError::Seal`], when the library fails.
pub fn seal_profile(
    profile: &ProfileSecrets,
    passphrase: &Passphrase,
    work: Work,
) -> Result<Vec<u8>, KeystoreError> {
    let mut recipient = scrypt::Recipient::new(passphrase.0.clone());
    recipient.set_work_factor(work.factor());
    let plain = Zeroizing::new(strict::encode(&Stored::of(profile)));
    age::encrypt(&recipient, &plain).map_err(|_| KeystoreError::Seal)
}

/// Opens a profile. Slow on purpose; the work is bounded.
///
/// # Errors
/// Whether the passphrase or the file is wrong.
pub fn open_profile(
    bytes: &[u8],
    passphrase: &Passphrase,
) -> Result<ProfileSecrets, KeystoreError> {
    if !bytes.starts_with(b"age-encryption.org/") || bytes.len() > SIZE_LIMIT {
        return Err(KeystoreError::NotAKeystore);
    }
    let mut identity = scrypt::Identity::new(passphrase.0.clone());
    identity.set_max_work_factor(MOST_WORK);
    let plain = age::decrypt(&identity, bytes).map(Zeroizing::new);
    let plain = plain.map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            KeystoreError::WrongPassphrase
        }
        DecryptError::ExcessiveWork { .. } => KeystoreError::TooMuchWork,
        DecryptError::NoMatchingKeys => KeystoreError::NotAKeystore,
        _ => KeystoreError::Corrupt,
    })?;
    let stored: Stored =
        strict::decode(&plain, SIZE_LIMIT).map_err(|_| KeystoreError::NotAKeystore)?;
    stored.profile().ok_or(KeystoreError::NotAKeystore)
}

/// Writes a keystore: all of it or nothing, readable by its owner alone.
///
/// # Errors
/// When it cannot be sealed or written; then the old one is still there.
pub fn save(
    path: &Path,
    profile: &ProfileSecrets,
    passphrase: &Passphrase,
    work: Work,
) -> Result<(), KeystoreError> {
    let bytes = seal_profile(profile, passphrase, work)?;
    write_whole(path, &bytes).map_err(|source| KeystoreError::Io {
        verb: "written",
        path: path.to_owned(),
        source,
    })
}

/// Reads and opens a keystore.
///
/// # Errors
/// When it is missing, unreadable, damaged, or the passphrase is another.
pub fn load(path: &Path, passphrase: &Passphrase) -> Result<ProfileSecrets, KeystoreError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => KeystoreError::Missing(path.to_owned()),
        _ => KeystoreError::Io {
            verb: "read",
            path: path.to_owned(),
            source,
        },
    };
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > SIZE_LIMIT as u64 {
        return Err(KeystoreError::NotAKeystore);
    }
    open_profile(&fs::read(path).map_err(failed)?, passphrase)
}

/// Writes a file beside the keystore in the same way: all of it or nothing, durable, readable by its owner alone.
///
/// # Errors
/// When it cannot be written; then the old one is still there.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let temporary = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    // One left behind by a crash keeps its own mode.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&temporary, path)?;
    sync_folder(path)
}

/// Makes the name of a file itself durable, where folders can be synced.
///
/// # Errors
/// When the folder cannot be synced.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix)
        && let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use rand_core::OsRng;

    use super::*;
    use crate::keys::DeviceKey;

    /// A profile with one community.
    pub(crate) fn profile() -> ProfileSecrets {
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let mut profile = ProfileSecrets::new(&mut OsRng);
        profile.communities.push(CommunitySecrets {
            community: CommunityId([1; 32]),
            server: "localhost:7440".into(),
            server_key: PublicKey([2; 32]),
            account: AccountId([3; 32]),
            username: "ada".into(),
            device: device.secrets(),
        });
        profile
    }

    fn sealed() -> Vec<u8> {
        seal_profile(&profile(), &"right".into(), Work::ForTests).unwrap()
    }

    #[test]
    fn opens_with_its_passphrase_alone() {
        let profile = profile();
        let bytes = seal_profile(&profile, &"right".into(), Work::ForTests).unwrap();
        let opened = open_profile(&bytes, &"right".into()).unwrap();
        assert_eq!(*opened.database_key.0, *profile.database_key.0);
        assert_eq!(opened.communities[0].username, "ada");
        let seed = &opened.communities[0].device.signing_seed;
        assert_eq!(**seed, *profile.communities[0].device.signing_seed);
        let device = DeviceKey::from_secrets(&opened.communities[0].device).unwrap();
        assert_eq!(opened.communities[0].device.device(), device.id());
        let wrong = open_profile(&bytes, &"wrong".into()).err().unwrap();
        assert!(matches!(wrong, KeystoreError::WrongPassphrase), "{wrong}");
    }

    #[test]
    fn damage_and_other_files_are_told_apart() {
        let mut bytes = sealed();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let error = open_profile(&bytes, &"right".into()).err().unwrap();
        assert!(matches!(error, KeystoreError::Corrupt), "{error}");
        let cut = &sealed()[..100];
        let error = open_profile(cut, &"right".into()).err().unwrap();
        assert!(matches!(error, KeystoreError::Corrupt), "{error}");
        let error = open_profile(b"hello", &"right".into()).err().unwrap();
        assert!(matches!(error, KeystoreError::NotAKeystore), "{error}");
    }

    #[test]
    fn work_is_bounded() {
        let bytes = sealed();
        let line = bytes.windows(3).position(|end| end == b" 4\n").unwrap();
        let mut costly = bytes[..line].to_vec();
        costly.extend_from_slice(b" 21");
        costly.extend_from_slice(&bytes[line + 2..]);
        let error = open_profile(&costly, &"right".into()).err().unwrap();
        assert!(matches!(error, KeystoreError::TooMuchWork), "{error}");
    }

    #[test]
    fn is_written_whole_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profile.age");
        let missing = load(&path, &"right".into()).err().unwrap();
        assert!(matches!(missing, KeystoreError::Missing(_)), "{missing}");
        save(&path, &profile(), &"right".into(), Work::ForTests).unwrap();
        save(&path, &profile(), &"right".into(), Work::ForTests).unwrap();
        assert_eq!(load(&path, &"right".into()).unwrap().communities.len(), 1);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
