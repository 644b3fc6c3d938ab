//! What this computer has of a community already, when one comes into it anew.
//!
//! ```text
//! rows and keys of the new device, beside the old ones -> the server is asked -> no: the new ones go, the old ones are as they were
//!                                                                             -> yes: the keystore has the new ones alone; then the old rows go
//!                                                                             -> no answer: both stay, until the new device's own session knows
//! ```
//!
//! The keystore is written as a whole, so it says at any moment, also after a crash, which rows are the community's. They never mix: each device has
//! a file of its own. Where one is in, by what is verified, nothing is replaced.

use std::path::Path;

use dialtone_crypto::keystore::CommunitySecrets;
use dialtone_crypto::rows::RowKey;
use dialtone_protocol::roster::{Account, Device, Roster};
use dialtone_protocol::{CommunityId, DeviceId};
use dialtone_words::say;

use super::keystore::OpenKeystore;
use crate::joining::Joined;
use crate::local::LocalError;
use crate::profile::Profile;
use crate::session::{self, Standing, Whose};
use crate::snapshot::Here;

/// How `secrets` stand by the list that is kept with them, and the one that was `shown`.
fn stands(
    profile: &Profile,
    keystore: &OpenKeystore,
    secrets: &CommunitySecrets,
    shown: Option<&Roster>,
) -> Result<Standing, String> {
    let whose = Whose {
        community: secrets.community,
        account: secrets.account,
        device: secrets.device.device(),
    };
    let path = profile.database(&whose.community, &whose.device);
    let row_key = RowKey::new(&keystore.secrets.database_key);
    session::standing(&whose, &path, row_key, shown)
}

/// What is here of a community; `shown` is its member list as a server shows it now, verified.
///
/// # Errors
/// In words: it cannot be told, or the server's list is a fork of the one here.
pub(super) fn here(
    profile: &Profile,
    keystore: &OpenKeystore,
    community: &CommunityId,
    shown: Option<&Roster>,
) -> Result<Option<Here>, String> {
    here_beside(profile, keystore, community, shown, None)
}

/// As [`here`], but for what a newcomer itself has written.
fn here_beside(
    profile: &Profile,
    keystore: &OpenKeystore,
    community: &CommunityId,
    shown: Option<&Roster>,
    newcomer: Option<DeviceId>,
) -> Result<Option<Here>, String> {
    let mut here = None;
    let others = keystore.of(community);
    for secrets in others.filter(|one| Some(one.device.device()) != newcomer) {
        let one = match stands(profile, keystore, secrets, shown)? {
            Standing::In => return Ok(Some(Here::In(*community))),
            Standing::DeviceOut => Here::DeviceOut,
            Standing::Out => Here::Out,
            Standing::Unknown => Here::Waiting,
        };
        here.get_or_insert(one);
    }
    Ok(here)
}

/// Whether a newcomer, who may be in, replaces what else is here of the community: it is in, and nothing else is.
pub(super) fn may_take_over(
    profile: &Profile,
    keystore: &OpenKeystore,
    community: &CommunityId,
    device: &DeviceId,
) -> bool {
    let row_key = RowKey::new(&keystore.secrets.database_key);
    let path = profile.database(community, device);
    let Ok(Some(roster)) = session::kept_roster(community, &path, row_key) else {
        return false;
    };
    keystore.of(community).all(|secrets| {
        let is_in =
            stands(profile, keystore, secrets, Some(&roster)).map(|one| one == Standing::In);
        is_in == Ok(secrets.device.device() == *device)
    })
}

/// A new device's rows and keys, until it is known whether it is in.
pub(super) struct Newcomer<'a> {
    pub(super) profile: &'a Profile,
    pub(super) keystore: &'a mut OpenKeystore,
    /// What was written.
    pub(super) kept: Option<(CommunityId, DeviceId)>,
}

impl Newcomer<'_> {
    /// Refuses where one is in already. The list that is shown may have the newcomer in it: when others changed the list first, it signs
    /// its entry anew, and has written its keys before.
    pub(super) fn check(&self, community: &CommunityId, shown: &Roster) -> Result<(), String> {
        let own = self.kept.map(|(_, device)| device);
        match here_beside(self.profile, self.keystore, community, Some(shown), own)? {
            Some(Here::In(_)) => Err(say!("notice-in-already").into()),
            _ => Ok(()),
        }
    }

    /// Has `rows` written into the new device's file, and then its keys.
    pub(super) fn keep(
        &mut self,
        secrets: CommunitySecrets,
        rows: impl FnOnce(&Path, RowKey) -> Result<(), LocalError>,
    ) -> Result<(), String> {
        let makes = (secrets.community, secrets.device.device());
        if self.kept.is_some_and(|kept| kept != makes) {
            self.discard()?;
        }
        let path = self.profile.database(&makes.0, &makes.1);
        let row_key = RowKey::new(&self.keystore.secrets.database_key);
        let kept = rows(&path, row_key).map_err(|error| error.to_string());
        let kept = kept.and_then(|()| {
            let put = self.keystore.put(secrets);
            put.map_err(|error| error.to_string())
        });
        match kept {
            Ok(()) => self.kept = Some(makes),
            // Without keys nobody opens it.
            Err(_) if self.kept.is_none() => self.remove_rows(&makes),
            Err(_) => {}
        }
        kept
    }

    /// It is not in, and will not be: what was written goes.
    pub(super) fn discard(&mut self) -> Result<(), String> {
        let Some((community, device)) = self.kept.take() else {
            return Ok(());
        };
        let removed = self.keystore.remove_device(&community, &device);
        removed.map_err(|error| error.to_string())?;
        self.remove_rows(&(community, device));
        Ok(())
    }

    /// It is in, where the member list says so: what else the keystore has of the community goes. Files follow when nobody uses them any more.
    pub(super) fn settle(&mut self, joined: &Joined) {
        let account = joined.roster.view().account(&joined.account);
        let device = joined.roster.view().device(&joined.device);
        let is_in =
            account.is_some_and(Account::is_active) && device.is_some_and(Device::is_active);
        if !is_in {
            return;
        }
        if let Err(error) = self.keystore.settle(&joined.community, &joined.device) {
            tracing::warn!("what was replaced stays for now: {error}");
        }
    }

    fn remove_rows(&self, (community, device): &(CommunityId, DeviceId)) {
        if let Err(error) = self.profile.remove_database(community, device) {
            tracing::warn!("the file of a device that did not come in stays: {error}");
        }
    }
}
