//! The server's secrets: each in a file of its own in the data folder, mode 0600, made at the first start.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dialtone_protocol::opaque::Suite;
use dialtone_protocol::signing::{Purpose, signing_input};
use dialtone_protocol::username::Username;
use dialtone_protocol::{CommunityId, PublicKey, Signature};
use dialtone_store::UsernameHash;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, Mac as _};
use opaque_ke::ServerSetup;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::config::Settings;
use crate::random;

/// What only the server knows. It shows nothing of itself.
pub struct Secrets {
    identity: SigningKey,
    pepper: Zeroizing<Vec<u8>>,
    admin_token: Zeroizing<String>,
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
        let identity = folder.secret("identity key", "identity-key", || {
            random::bytes::<32>().to_vec()
        })?;
        let identity: [u8; 32] = identity
            .as_slice()
            .try_into()
            .map_err(|_| folder.damaged("identity key", "identity-key"))?;
        let opaque = folder.secret("OPAQUE setup", "opaque-setup", || {
            let mut rng = rand_core::OsRng;
            ServerSetup::<Suite>::new(&mut rng).serialize().to_vec()
        })?;
        let opaque = ServerSetup::deserialize(&opaque)
            .map_err(|_| folder.damaged("OPAQUE setup", "opaque-setup"))?;
        let pepper = match &settings.pepper {
            Some(given) => Zeroizing::new(given.0.clone().into_bytes()),
            None => folder.secret("username pepper", "username-pepper", || {
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
        let given = Sha256::digest(token);
        let right = Sha256::digest(self.admin_token.as_bytes());
        given.ct_eq(&right).into()
    }

    /// The OPAQUE keys.
    pub(crate) fn opaque(&self) -> &ServerSetup<Suite> {
        &self.opaque
    }
}

fn admin_token(settings: &Settings, folder: &Folder) -> Result<Zeroizing<String>, SecretsError> {
    match &settings.admin_token {
        Some(given) => Ok(Zeroizing::new(given.0.clone())),
        None => folder
            .secret("admin token", "admin-token", || {
                random::bytes::<32>().to_vec()
            })
            .map(|bytes| Zeroizing::new(URL_SAFE_NO_PAD.encode(&bytes))),
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
    fn secret(
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
                self.write(what, name, &text)?;
                Ok(text)
            }
            Err(error) => Err(SecretsError::File { what, error, path }),
        }
    }

    /// Writes a file whole or not at all, readable by its owner alone.
    pub(crate) fn write(
        &self,
        what: &'static str,
        name: &str,
        text: &str,
    ) -> Result<(), SecretsError> {
        let path = self.path.join(name);
        let draft = self.path.join(format!("{name}.new"));
        let wrote = || -> std::io::Result<()> {
            let mut file = private_file(&draft)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            File::open(&self.path)?.sync_all()
        };
        wrote().map_err(|error| SecretsError::File { what, error, path })
    }
}

fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
