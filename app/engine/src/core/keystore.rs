//! The open keystore: what it holds, and the passphrase to write it again.

use std::path::PathBuf;

use dialtone_crypto::keystore::{self, CommunitySecrets, KeystoreError, ProfileSecrets, Work};
use dialtone_crypto::{OsRng, normal_password};
use dialtone_protocol::{CommunityId, DeviceId};

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

    /// Whether this is what opens it, as it was typed or in its normal form.
    pub(super) fn opens_with(&self, passphrase: &Secret) -> bool {
        let normal = normal_password(passphrase.expose());
        self.passphrase == *passphrase || self.passphrase.expose() == normal.as_str()
    }

    /// Writes it anew under another one: all of it, or the one before stays. Blocks for about a second.
    pub(super) fn set_passphrase(&mut self, passphrase: &Secret) -> Result<(), KeystoreError> {
        let normal = Secret::new(normal_password(passphrase.expose()).as_str());
        let before = std::mem::replace(&mut self.passphrase, normal);
        let saved = self.save();
        if saved.is_err() {
            self.passphrase = before;
        }
        saved
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
        keystore::save(
            &self.path,
            &self.secrets,
            &self.passphrase.expose().into(),
            Work::Standard,
        )
    }
}

fn is(known: &CommunitySecrets, community: &CommunityId, device: &DeviceId) -> bool {
    known.community == *community && known.device.device() == *device
}
