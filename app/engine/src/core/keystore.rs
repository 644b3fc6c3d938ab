//! The open keystore: what it holds, and the passphrase to write it again.

use std::path::PathBuf;

use dialtone_crypto::OsRng;
use dialtone_crypto::keystore::{self, CommunitySecrets, KeystoreError, ProfileSecrets, Work};
use dialtone_protocol::CommunityId;

use crate::command::Secret;

/// An open keystore. The passphrase stays in memory while it is open, wiped when it closes: joining another community
/// writes the file again.
#[derive(Clone)]
pub(crate) struct OpenKeystore {
    pub(super) secrets: ProfileSecrets,
    passphrase: Secret,
    path: PathBuf,
}

impl OpenKeystore {
    /// A new one; written when something is put in.
    pub(super) fn new(path: PathBuf, passphrase: Secret) -> Self {
        Self {
            secrets: ProfileSecrets::new(&mut OsRng),
            passphrase,
            path,
        }
    }

    /// Opens the file. Blocks for about a second.
    pub(super) fn load(path: PathBuf, passphrase: Secret) -> Result<Self, KeystoreError> {
        let secrets = keystore::load(&path, &passphrase.expose().into())?;
        Ok(Self {
            secrets,
            passphrase,
            path,
        })
    }

    /// Puts a community in (in place of one with the same id), and writes the file. Blocks for about a second.
    pub(super) fn put(&mut self, community: CommunitySecrets) -> Result<(), KeystoreError> {
        self.secrets
            .communities
            .retain(|known| known.community != community.community);
        self.secrets.communities.push(community);
        self.save()
    }

    /// Takes a community out, and writes the file. Blocks for about a second.
    pub(super) fn remove(&mut self, community: &CommunityId) -> Result<(), KeystoreError> {
        self.secrets
            .communities
            .retain(|known| known.community != *community);
        self.save()
    }

    fn save(&self) -> Result<(), KeystoreError> {
        keystore::save(
            &self.path,
            &self.secrets,
            &self.passphrase.expose().into(),
            Work::Standard,
        )
    }
}
