//! The open keystore: what it holds, and the passphrase to write it again, where it was typed.
//!
//! ```text
//! by the passphrase   keystore.age ─► secrets;  a change: keystore.age, then the copy, where the profile opens by the keyring as well
//! by the keyring      keystore.ring ─► database key ─► keystore.copy ─► secrets;  a change: the copy alone
//! the passphrase again    keystore.age ─► database key ─► the copy, if it is ahead ─► keystore.age
//! another passphrase      keystore.next.age, the server, then it takes keystore.age's place: in between either one opens
//! ```

use std::fs;
use std::io;
use std::path::PathBuf;

use dialtone_crypto::keyring::{KeyringError, KeyringKey, open_copy, open_ring, seal_copy};
use dialtone_crypto::keystore::{
    self, CommunitySecrets, DatabaseKey, KeystoreError, ProfileSecrets, Work,
};
use dialtone_crypto::{OsRng, normal_password};
use dialtone_protocol::{CommunityId, DeviceId, Hash};

use crate::command::Secret;

/// The longest of the keystore's files that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Where the keystore and what belongs to it are.
#[derive(Debug, Clone)]
pub(crate) struct KeystoreFiles {
    /// The keystore.
    pub(crate) keystore: PathBuf,
    /// The same under the passphrase that is being set.
    pub(crate) next: PathBuf,
    /// The database key under a key that the system's keyring keeps.
    pub(crate) ring: PathBuf,
    /// What the keystore holds, under the database key.
    pub(crate) copy: PathBuf,
    /// How much work guards what a passphrase opens.
    pub(crate) work: Work,
}

/// What the user is to know of what was found when the keystore was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Another passphrase was being set when the program ended: this one opens the keys, the account's may be either.
    ChangeBrokenOff,
    /// The copy was damaged, and with it, perhaps, what changed since the passphrase was typed last.
    CopyDamaged,
}

/// It does not open by the keyring.
#[derive(Debug)]
pub(super) enum ByKeyringError {
    /// The key does not fit, or the copy belongs to another state of the keystore.
    Keyring(KeyringError),
    /// A file cannot be read.
    Io(io::Error),
    /// Another passphrase was being set: which of the two it is is for the user to say.
    ChangeBrokenOff,
}

impl From<KeyringError> for ByKeyringError {
    fn from(error: KeyringError) -> Self {
        Self::Keyring(error)
    }
}

impl From<io::Error> for ByKeyringError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// An open keystore. A passphrase that was typed stays in memory while it is open, wiped when it closes: joining another community
/// writes the file again.
#[derive(Clone)]
pub(crate) struct OpenKeystore {
    pub(super) secrets: ProfileSecrets,
    /// None where the keyring opened it.
    passphrase: Option<Secret>,
    files: KeystoreFiles,
}

impl OpenKeystore {
    /// A new one; written when something is put in.
    pub(super) fn new(files: KeystoreFiles, passphrase: Secret) -> Self {
        Self {
            secrets: ProfileSecrets::new(&mut OsRng),
            passphrase: Some(passphrase),
            files,
        }
    }

    /// Opens the file. Blocks for about a second.
    pub(super) fn load(
        files: KeystoreFiles,
        passphrase: Secret,
    ) -> Result<(Self, Vec<Found>), KeystoreError> {
        let mut found = Vec::new();
        let phrase = passphrase.expose().into();
        let secrets = match keystore::load(&files.keystore, &phrase) {
            Err(KeystoreError::WrongPassphrase) if files.next.exists() => {
                let secrets = keystore::load(&files.next, &phrase)?;
                take_place(&files)?;
                found.push(Found::ChangeBrokenOff);
                secrets
            }
            Ok(secrets) if files.next.exists() => {
                let _ = fs::remove_file(&files.next);
                found.push(Found::ChangeBrokenOff);
                secrets
            }
            loaded => loaded?,
        };
        let mut open = Self {
            secrets,
            passphrase: Some(passphrase),
            files,
        };
        open.catch_up(&mut found);
        Ok((open, found))
    }

    /// Opens the profile by what the keyring keeps.
    pub(super) fn load_by_keyring(
        files: KeystoreFiles,
        key: &KeyringKey,
    ) -> Result<Self, ByKeyringError> {
        if files.next.exists() {
            return Err(ByKeyringError::ChangeBrokenOff);
        }
        let database_key = open_ring(&read(&files.ring)?, key)?;
        let secrets = read_copy(&files, &database_key)?;
        Ok(Self {
            secrets,
            passphrase: None,
            files,
        })
    }

    /// Takes over what the copy has and the file has not, and sets the copy right.
    fn catch_up(&mut self, found: &mut Vec<Found>) {
        match read_copy(&self.files, &self.secrets.database_key) {
            Ok(copy) if copy.is_same(&self.secrets) && self.files.ring.exists() => return,
            Ok(copy) if copy.is_same(&self.secrets) => {}
            Ok(copy) => {
                self.secrets = copy;
                // It stays ahead then, and the next change writes both.
                if let Err(error) = self.save() {
                    tracing::warn!("the keystore stays behind its copy: {error}");
                }
                return;
            }
            Err(ByKeyringError::Keyring(KeyringError::NotOpened)) => {
                found.push(Found::CopyDamaged);
            }
            Err(ByKeyringError::Io(error)) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!("the copy of the keys cannot be read: {error}");
            }
            // It is older, or there is none.
            Err(_) => {}
        }
        self.copy_beside();
    }

    /// What is here of a community: the one that is shown first, then those that are not known to be in yet.
    pub(super) fn of(&self, community: &CommunityId) -> impl Iterator<Item = &CommunitySecrets> {
        let all = self.secrets.communities.iter();
        all.filter(move |known| known.community == *community)
    }

    /// Puts a device of a community in, beside others that are there, and writes the file. Blocks for about a second.
    pub(super) fn put(&mut self, secrets: CommunitySecrets) -> Result<(), KeystoreError> {
        let (community, device) = (secrets.community, secrets.device.device());
        self.change(
            |all| match all.iter_mut().find(|known| is(known, &community, &device)) {
                Some(known) => *known = secrets,
                None => all.push(secrets),
            },
        )
    }

    /// Takes one device of a community out, and writes the file. Blocks for about a second.
    pub(super) fn remove_device(
        &mut self,
        community: &CommunityId,
        device: &DeviceId,
    ) -> Result<(), KeystoreError> {
        self.change(|all| all.retain(|known| !is(known, community, device)))
    }

    /// Takes every other device of the community out, and writes the file: from then on this one is what is here of it. Blocks for about a second.
    pub(super) fn settle(
        &mut self,
        community: &CommunityId,
        device: &DeviceId,
    ) -> Result<(), KeystoreError> {
        if self.of(community).count() == 1 {
            return Ok(());
        }
        self.change(|all| {
            all.retain(|known| known.community != *community || is(known, community, device));
        })
    }

    /// Takes a community out, and writes the file. Blocks for about a second.
    pub(super) fn remove(&mut self, community: &CommunityId) -> Result<(), KeystoreError> {
        self.change(|all| all.retain(|known| known.community != *community))
    }

    /// Whether this is what opens it, as it was typed or in its normal form. Blocks for about a second where the keyring opened it.
    pub(super) fn opens_with(&self, passphrase: &Secret) -> bool {
        let normal = normal_password(passphrase.expose());
        if let Some(own) = &self.passphrase {
            return own == passphrase || own.expose() == normal.as_str();
        }
        let opens = |phrase: &str| keystore::load(&self.files.keystore, &phrase.into()).is_ok();
        opens(normal.as_str())
            || (normal.as_str() != passphrase.expose() && opens(passphrase.expose()))
    }

    /// Writes it beside itself under the passphrase that is to be its next one: from then on either opens it. Blocks for about a second.
    pub(super) fn prepare(&self, passphrase: &Secret) -> Result<(), KeystoreError> {
        let normal = normal_password(passphrase.expose());
        let phrase = normal.as_str().into();
        keystore::save(&self.files.next, &self.secrets, &phrase, self.files.work)
    }

    /// What was prepared counts; the passphrase before opens nothing any more.
    pub(super) fn take_prepared(&mut self, passphrase: &Secret) -> Result<(), KeystoreError> {
        take_place(&self.files)?;
        let normal = normal_password(passphrase.expose());
        self.passphrase = Some(Secret::new(normal.as_str()));
        self.copy_beside();
        Ok(())
    }

    /// What was prepared does not count.
    pub(super) fn drop_prepared(&self) {
        let _ = fs::remove_file(&self.files.next);
    }

    /// Changes what is held, on the disk and here, or neither.
    fn change(
        &mut self,
        how: impl FnOnce(&mut Vec<CommunitySecrets>),
    ) -> Result<(), KeystoreError> {
        let before = self.secrets.communities.clone();
        how(&mut self.secrets.communities);
        let saved = self.save();
        if saved.is_err() {
            self.secrets.communities = before;
        }
        saved
    }

    fn save(&self) -> Result<(), KeystoreError> {
        // It would be older than what is written now.
        self.drop_prepared();
        let Some(passphrase) = &self.passphrase else {
            return self.write_copy().map_err(|source| KeystoreError::Io {
                verb: "written",
                path: self.files.copy.clone(),
                source,
            });
        };
        let phrase = passphrase.expose().into();
        keystore::save(
            &self.files.keystore,
            &self.secrets,
            &phrase,
            self.files.work,
        )?;
        self.copy_beside();
        Ok(())
    }

    /// Makes the copy anew where the keyring opens the profile, and takes it away elsewhere. A copy that is not made anew does not count, for it belongs to
    /// another state of the keystore: then the passphrase is asked for.
    pub(super) fn copy_beside(&self) {
        if self.files.ring.exists() {
            if let Err(error) = self.write_copy() {
                tracing::warn!("the keys will not open by the keyring next time: {error}");
            }
        } else if self.passphrase.is_some() {
            // Without a passphrase it may be ahead of the keystore.
            let _ = fs::remove_file(&self.files.copy);
        }
    }

    fn write_copy(&self) -> io::Result<()> {
        let state = Hash::of(&read(&self.files.keystore)?);
        let sealed = seal_copy(&self.secrets, &state, &mut OsRng).map_err(io::Error::other)?;
        keystore::write_whole(&self.files.copy, &sealed)
    }
}

/// The keystore under the next passphrase takes the place of the one before.
fn take_place(files: &KeystoreFiles) -> Result<(), KeystoreError> {
    let renamed = fs::rename(&files.next, &files.keystore);
    let done = renamed.and_then(|()| keystore::sync_folder(&files.keystore));
    done.map_err(|source| KeystoreError::Io {
        verb: "written",
        path: files.keystore.clone(),
        source,
    })
}

fn read_copy(
    files: &KeystoreFiles,
    database_key: &DatabaseKey,
) -> Result<ProfileSecrets, ByKeyringError> {
    let state = Hash::of(&read(&files.keystore)?);
    Ok(open_copy(&read(&files.copy)?, database_key, &state)?)
}

fn read(path: &std::path::Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    fs::read(path)
}

fn is(known: &CommunitySecrets, community: &CommunityId, device: &DeviceId) -> bool {
    known.community == *community && known.device.device() == *device
}

#[cfg(test)]
mod tests {
    use dialtone_crypto::keyring::{KeyringTag, seal_ring};

    use super::*;
    use crate::profile::Profile;

    #[test]
    fn while_another_passphrase_is_being_set_the_keyring_opens_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let files = profile.keystore_files();
        let keystore = OpenKeystore::new(files.clone(), Secret::new("the one before"));
        let key = KeyringKey::generate(&mut OsRng);
        let tag = KeyringTag::generate(&mut OsRng);
        let ring = seal_ring(&keystore.secrets.database_key, &key, tag, &mut OsRng);
        keystore::write_whole(&files.ring, &ring.unwrap()).unwrap();
        keystore.save().unwrap();
        let by_keyring = || OpenKeystore::load_by_keyring(files.clone(), &key);
        assert!(by_keyring().is_ok());
        keystore.prepare(&Secret::new("the next one")).unwrap();
        // What it would change would be older than what is prepared, or newer: nobody could tell.
        let refused = by_keyring().err();
        assert!(matches!(refused, Some(ByKeyringError::ChangeBrokenOff)));
        let loaded = OpenKeystore::load(files.clone(), Secret::new("the next one"));
        let (next, found) = loaded.ok().unwrap();
        assert_eq!(found, [Found::ChangeBrokenOff]);
        assert!(by_keyring().is_ok() && next.secrets.is_same(&keystore.secrets));
    }
}
