//! How loud one hears people: kept on this computer, for every call with them.

use std::collections::BTreeMap;

use dialtone_protocol::AccountId;

use super::load::{LoadError, damaged};
use super::run::{Ended, Session};
use super::state::State;
use crate::local::{Database, Table};

/// Rows of [`Table::Meta`], each with an account behind it: two bytes, in percent. Who is heard as they are has none.
const VOLUME: &[u8] = b"volume/";
/// The loudest, in percent.
const LOUDEST: u16 = 400;
/// As they are, in percent.
const AS_IT_IS: u16 = 100;

fn row(account: &AccountId) -> Vec<u8> {
    [VOLUME, &account.0].concat()
}

/// From the disk.
pub(super) fn load(database: &Database) -> Result<BTreeMap<AccountId, u16>, LoadError> {
    let mut volumes = BTreeMap::new();
    for (name, percent) in database.all(Table::Meta, VOLUME)? {
        let account = name.get(VOLUME.len()..).unwrap_or_default();
        let account = AccountId::from_slice(account).map_err(damaged)?;
        let percent = <[u8; 2]>::try_from(percent.as_slice()).map_err(damaged)?;
        volumes.insert(account, u16::from_be_bytes(percent).min(LOUDEST));
    }
    Ok(volumes)
}

impl Session {
    /// How loud one hears somebody, now and in calls to come: 0 to 400 percent.
    pub(super) fn set_volume(&mut self, account: AccountId, percent: u16) -> Result<(), Ended> {
        let percent = percent.min(LOUDEST);
        let transaction = self.database.begin()?;
        if percent == AS_IT_IS {
            self.state.volumes.remove(&account);
            transaction.delete(Table::Meta, &row(&account))?;
        } else {
            self.state.volumes.insert(account, percent);
            transaction.put(Table::Meta, &row(&account), &percent.to_be_bytes())?;
        }
        transaction.commit()?;
        self.state.dirty = true;
        self.hear_as_wanted(&account);
        Ok(())
    }

    /// How loud one hears somebody has changed, or whether one ignores them.
    pub(super) fn hear_as_wanted(&mut self, account: &AccountId) {
        let volumes = self.state.heard_volumes();
        let percent = volumes.get(account).copied().unwrap_or(AS_IT_IS);
        let Some(call) = &mut self.state.call else {
            return;
        };
        call.volumes = volumes;
        for device in call.devices_of(account) {
            if let Some(talker) = call.talker_id(&device) {
                self.audio
                    .set_volume(self.state.me.community, talker, percent);
            }
        }
    }
}

impl State {
    /// How loud one hears people in a call, in percent: whom one ignores not at all.
    pub(super) fn heard_volumes(&self) -> BTreeMap<AccountId, u16> {
        let mut volumes = self.volumes.clone();
        volumes.extend(self.ignored.iter().map(|account| (*account, 0)));
        volumes
    }
}
