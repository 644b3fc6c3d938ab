//! The server's secrets: each in a file of its own in the data folder, mode 0600, made at the first start.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dialtone_protocol::opaque::Suite;
use dialtone_protocol::signing::{Purpose, signing_input};
use dialtone_protocol::username::Username;
use dialtone_protocol::{CommunityId, Hash, PublicKey, Signature};
use dialtone_store::UsernameHash;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, Mac as _};
use opaque_ke::ServerSetup;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::config::Settings;
use crate::random;
use crate::token::Expected;

/// In the data folder: the seed of the identity key.
const IDENTITY_FILE: &str = "identity-key";
const OPAQUE_FILE: &str = "opaque-setup";
const PEPPER_FILE: &str = "username-pepper";
const ADMIN_FILE: &str = "admin-token";

/// In the data folder: what makes a server that server, and all its instances share.
pub const SECRET_FILES: [&str; 4] = [IDENTITY_FILE, OPAQUE_FILE, PEPPER_FILE, ADMIN_FILE];

/// What only the server knows. It shows nothing of itself.
pub struct Secrets {
    identity: SigningKey,
    pepper: Zeroizing<Vec<u8>>,
    admin_token: Expected,
    opaque: ServerSetup<Suite>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// A secret's file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretsError {
    /// Reading or writing failed.
    #[error("the {what} cannot be kept: {error}; check the data folder's owner and space ({path})")]
    File {
        /// Which secret.
        what: &'static str,
        /// What the system said.
        error: std::io::Error,
        /// Which file.
        path: PathBuf,
    },
    /// No server has made its secrets here.
    #[error(
        "there is no server's {what} here: name the data folder of the server that runs ({path})"
    )]
    Missing {
        /// Which secret.
        what: &'static str,
        /// Which file.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("the {what} is damaged; restore the file from a backup ({path})")]
    Damaged {
        /// Which secret.
        what: &'static str,
        /// Which file.
        path: PathBuf,
    },
}

impl Secrets {
    /// Reads the secrets of a data folder, making those that are missing.
    ///
    /// # Errors
    /// [`SecretsError`]
    pub fn load(settings: &Settings) -> Result<Self, SecretsError> {
        let folder = Folder::open(&settings.data_dir)?;
        let identity = folder.secret("identity key", IDENTITY_FILE, || {
            random::bytes::<32>().to_vec()
        })?;
        let identity: [u8; 32] = identity
            .as_slice()
            .try_into()
            .map_err(|_| folder.damaged("identity key", IDENTITY_FILE))?;
        let opaque = folder.secret("OPAQUE setup", OPAQUE_FILE, || {
            let mut rng = rand_core::OsRng;
            ServerSetup::<Suite>::new(&mut rng).serialize().to_vec()
        })?;
        let opaque = ServerSetup::deserialize(&opaque)
            .map_err(|_| folder.damaged("OPAQUE setup", OPAQUE_FILE))?;
        let pepper = match &settings.pepper {
            Some(given) => Zeroizing::new(given.reveal().as_bytes().to_vec()),
            None => folder.secret("username pepper", PEPPER_FILE, || {
                random::bytes::<32>().to_vec()
            })?,
        };
        Ok(Self {
            identity: SigningKey::from_bytes(&identity),
            pepper,
            admin_token: admin_token(settings, &folder)?,
            opaque,
        })
    }

    /// Reads the secrets of a server that was started before, for a command beside it: another identity key than the server's
    /// would make links that nobody can use.
    ///
    /// # Errors
    /// As [`Secrets::load`], and [`SecretsError::Missing`].
    pub fn load_beside_server(settings: &Settings) -> Result<Self, SecretsError> {
        let path = settings.data_dir.join(IDENTITY_FILE);
        if !path.is_file() {
            return Err(SecretsError::Missing {
                what: "identity key",
                path,
            });
        }
        Self::load(settings)
    }

    /// The server's identity key, public half.
    pub fn identity_key(&self) -> PublicKey {
        PublicKey(self.identity.verifying_key().to_bytes())
    }

    /// Signs as the server, over no community.
    pub(crate) fn sign(&self, purpose: Purpose, bytes: &[u8]) -> Signature {
        let input = signing_input(purpose, &CommunityId::NONE, bytes);
        Signature(self.identity.sign(&input).to_bytes())
    }

    /// `HMAC-SHA-256(pepper, normalised name)`
    pub(crate) fn username(&self, name: &Username) -> UsernameHash {
        // A key of any length is fine for HMAC, so the error cannot happen; then no name would match another.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.pepper) else {
            return UsernameHash(random::bytes());
        };
        mac.update(name.as_str().as_bytes());
        UsernameHash(mac.finalize().into_bytes().into())
    }

    /// Whether `token` is the admin token; takes the same time for any.
    pub(crate) fn is_admin_token(&self, token: &[u8]) -> bool {
        self.admin_token.is(token)
    }

    /// The same for all instances of one server, and nothing that helps to guess the secrets: they are random.
    pub(crate) fn fingerprint(&self) -> Hash {
        let mut hash = Sha256::new();
        hash.update(b"dialtone instance");
        hash.update(Sha256::digest(self.identity.to_bytes()));
        hash.update(Sha256::digest(&*self.pepper));
        self.admin_token.part(&mut hash);
        hash.update(Sha256::digest(self.opaque.serialize()));
        Hash(hash.finalize().into())
    }

    /// The OPAQUE keys.
    pub(crate) fn opaque(&self) -> &ServerSetup<Suite> {
        &self.opaque
    }
}

fn admin_token(settings: &Settings, folder: &Folder) -> Result<Expected, SecretsError> {
    match &settings.admin_token {
        Some(given) => Ok(Expected::new(given.reveal())),
        None => folder
            .secret("admin token", ADMIN_FILE, || random::bytes::<32>().to_vec())
            .map(|bytes| Expected::new(&Zeroizing::new(URL_SAFE_NO_PAD.encode(&bytes)))),
    }
}

/// A data folder.
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens the folder, making it where it is missing, readable by its owner alone.
    pub(crate) fn open(path: &Path) -> Result<Self, SecretsError> {
        let folder = Self {
            path: path.to_owned(),
        };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|error| SecretsError::File {
            what: "data folder",
            error,
            path: path.to_owned(),
        })?;
        Ok(folder)
    }

    fn damaged(&self, what: &'static str, name: &str) -> SecretsError {
        SecretsError::Damaged {
            what,
            path: self.path.join(name),
        }
    }

    /// The bytes in a file, as base64url; made by `make` when there is no file.
    pub(crate) fn secret(
        &self,
        what: &'static str,
        name: &str,
        make: impl FnOnce() -> Vec<u8>,
    ) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
        let text = self.text(what, name, || URL_SAFE_NO_PAD.encode(make()))?;
        URL_SAFE_NO_PAD
            .decode(text.trim())
            .map(Zeroizing::new)
            .map_err(|_| self.damaged(what, name))
    }

    /// The text in a file; made by `make` when there is no file.
    pub(crate) fn text(
        &self,
        what: &'static str,
        name: &str,
        make: impl FnOnce() -> String,
    ) -> Result<Zeroizing<String>, SecretsError> {
        let path = self.path.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Zeroizing::new(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = Zeroizing::new(make());
                self.write_first(name, &text)
                    .map_err(|error| SecretsError::File { what, error, path })
            }
            Err(error) => Err(SecretsError::File { what, error, path }),
        }
    }

    /// Writes a file that is not there yet, and gives what stands in it then: where another process was faster, what that
    /// one wrote. So two first starts at the same time agree.
    fn write_first(&self, name: &str, text: &str) -> std::io::Result<Zeroizing<String>> {
        let path = self.path.join(name);
        let draft = self.draft(name, text)?;
        // Unlike renaming, a link never replaces what is there.
        let linked = fs::hard_link(&draft, &path);
        fs::remove_file(&draft)?;
        match linked {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            // A file system without links.
            Err(_) => match private_file(&path) {
                Ok(mut file) => {
                    file.write_all(text.as_bytes())?;
                    file.sync_all()?;
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            },
        }
        self.sync()?;
        fs::read_to_string(&path).map(Zeroizing::new)
    }

    /// A file beside `name` with the text in it, on the disk.
    fn draft(&self, name: &str, text: &str) -> std::io::Result<PathBuf> {
        let unique = URL_SAFE_NO_PAD.encode(random::bytes::<12>());
        let draft = self.path.join(format!("{name}.{unique}.new"));
        let mut file = private_file(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(draft)
    }

    /// Makes names in the folder survive a loss of power. Only Unix has, and needs, a way to ask for that.
    fn sync(&self) -> std::io::Result<()> {
        if cfg!(unix) {
            File::open(&self.path)?.sync_all()?;
        }
        Ok(())
    }

    /// Writes a file whole or not at all, readable by its owner alone.
    pub(crate) fn write(
        &self,
        what: &'static str,
        name: &str,
        text: &str,
    ) -> Result<(), SecretsError> {
        let path = self.path.join(name);
        let wrote = || -> std::io::Result<()> {
            fs::rename(self.draft(name, text)?, &path)?;
            self.sync()
        };
        wrote().map_err(|error| SecretsError::File { what, error, path })
    }
}

/// A new file that its owner alone reads.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn starts_at_the_same_time_agree_on_a_secret() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let start = Barrier::new(8);
            let found: BTreeSet<Vec<u8>> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| {
                            let folder = Folder::open(folder.path()).unwrap();
                            start.wait();
                            let make = || random::bytes::<32>().to_vec();
                            folder.secret("key", "key", make).unwrap().to_vec()
                        })
                    })
                    .collect();
                threads.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert_eq!(found.len(), 1);
            let again = Folder::open(folder.path()).unwrap();
            let kept = again.secret("key", "key", Vec::new).unwrap();
            assert!(found.contains(kept.as_slice()));
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_a_damaged_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Folder::open(folder.path()).unwrap();
        secrets.write("address", "address", "first").unwrap();
        secrets.write("address", "address", "second").unwrap();
        let text = secrets.text("address", "address", String::new).unwrap();
        assert_eq!(text.as_str(), "second");
        fs::write(folder.path().join("key"), "no base64!").unwrap();
        let damaged = secrets.secret("identity key", "key", Vec::new).unwrap_err();
        assert!(damaged.to_string().contains("identity key is damaged"));
    }
}
