//! What is kept of groups in the local database.
//!
//! ```text
//! Meta  "group/" || id   GroupRow: there while it is of interest
//! Meta  "nature/" || id  what a private one is
//! Meta  "changes/" || id what this device is to change of a private one
//! Mls   id || openmls's own key
//! ```
//!
//! Earlier versions knew the lobby alone, and kept its rows without its id.

use std::time::Instant;

use dialtone_crypto::RowChange;
use dialtone_crypto::group::Group;
use dialtone_protocol::GroupId;
use dialtone_protocol::group_rules::PrivateGroup;
use minicbor::{Decode, Encode};

use super::super::inbox::encode;
use super::super::load::{LoadError, damaged, single};
use super::super::private::PrivateChange;
use super::super::state::State;
use super::GroupPart;
use super::rotation::EpochUse;
use crate::local::{Database, LocalError, Row, Table, Transaction};

const GROUP: &[u8] = b"group/";
const NATURE: &[u8] = b"nature/";
const CHANGES: &[u8] = b"changes/";

/// Of earlier versions: the lobby that one is in, its last commit's place in the member list when it was left, the use of its epoch.
const OLD_LOBBY: &[u8] = b"lobby";
const OLD_LEFT: &[u8] = b"group-left";
const OLD_EPOCH: &[u8] = b"epoch";

/// One group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
struct GroupRow {
    #[n(0)]
    left_at: u64,
    #[n(1)]
    used: Option<EpochUse>,
}

fn named(prefix: &[u8], group: &GroupId) -> Vec<u8> {
    [prefix, &group.0].concat()
}

impl GroupPart {
    /// Writes down everything but the group itself.
    pub(in super::super) fn put(
        &self,
        transaction: &Transaction<'_>,
        group: &GroupId,
    ) -> Result<(), LocalError> {
        let row = GroupRow {
            left_at: self.left_at,
            used: self.used,
        };
        transaction.put(Table::Meta, &named(GROUP, group), &encode(&row))
    }

    /// Writes down what a private group is.
    pub(super) fn put_nature(
        &self,
        transaction: &Transaction<'_>,
        group: &GroupId,
    ) -> Result<(), LocalError> {
        let name = named(NATURE, group);
        match &self.nature {
            Some(nature) => transaction.put(Table::Meta, &name, &nature.to_bytes()),
            None => transaction.delete(Table::Meta, &name),
        }
    }

    /// Writes down what this device is to change of a private group.
    pub(super) fn put_wishes(
        &self,
        transaction: &Transaction<'_>,
        group: &GroupId,
    ) -> Result<(), LocalError> {
        let name = named(CHANGES, group);
        if self.changes.is_empty() {
            return transaction.delete(Table::Meta, &name);
        }
        let changes: Vec<&PrivateChange> = self.changes.iter().collect();
        transaction.put(Table::Meta, &name, &encode(&changes))
    }
}

/// Takes away what is kept of a group.
pub(super) fn forget(transaction: &Transaction<'_>, group: &GroupId) -> Result<(), LocalError> {
    transaction.delete(Table::Meta, &named(GROUP, group))?;
    transaction.delete(Table::Meta, &named(NATURE, group))?;
    transaction.delete(Table::Meta, &named(CHANGES, group))
}

/// The rows of a group itself.
pub(super) fn mls_rows(database: &Database, group: &GroupId) -> Result<Vec<Row>, LocalError> {
    database.all(Table::Mls, &group.0)
}

/// Writes changed rows of a group.
pub(super) fn put_group(
    transaction: &Transaction<'_>,
    group: &GroupId,
    changes: Vec<RowChange>,
) -> Result<(), LocalError> {
    let of_group = |change: RowChange| RowChange {
        key: [&group.0[..], &change.key].concat(),
        value: change.value,
    };
    let changes = changes.into_iter().map(of_group).collect();
    put_changes(transaction, Table::Mls, changes)
}

/// Writes changed rows.
pub(in super::super) fn put_changes(
    transaction: &Transaction<'_>,
    table: Table,
    changes: Vec<RowChange>,
) -> Result<(), LocalError> {
    for change in changes {
        match change.value {
            Some(value) => transaction.put(table, &change.key, &value)?,
            None => transaction.delete(table, &change.key)?,
        }
    }
    Ok(())
}

/// Every group, from the disk.
pub(in super::super) fn load(state: &mut State, database: &mut Database) -> Result<(), LoadError> {
    bring_up_to_date(state, database)?;
    for (name, row) in database.all(Table::Meta, GROUP)? {
        let id = GroupId::from_slice(name.get(GROUP.len()..).unwrap_or_default());
        let id = id.map_err(damaged)?;
        let row: GroupRow = minicbor::decode(&row).map_err(damaged)?;
        let nature = database.get(Table::Meta, &named(NATURE, &id))?;
        let nature = nature.map(|bytes| PrivateGroup::read(&bytes));
        let part = state.group_part(id);
        part.left_at = row.left_at;
        part.used = row.used;
        part.nature = nature.transpose().map_err(damaged)?;
        let changes: Option<Vec<PrivateChange>> = single(database, &named(CHANGES, &id))?;
        part.changes = changes.unwrap_or_default().into();
        let rows = mls_rows(database, &id)?;
        if rows.is_empty() {
            continue;
        }
        let of_group = |(key, value): Row| (key[id.0.len()..].to_vec(), value);
        match Group::load(id, rows.into_iter().map(of_group)) {
            Ok(group) => {
                part.group = Some(group);
            }
            // It is entered again by an external commit.
            Err(error) => tracing::warn!("a group is entered again: {error}"),
        }
        if let Some(group) = state.groups.get(&id).and_then(|part| part.group.as_ref()) {
            state.signals.follow(group, Instant::now());
        }
    }
    Ok(())
}

/// Gives what an earlier version kept of the lobby its id.
fn bring_up_to_date(state: &State, database: &mut Database) -> Result<(), LoadError> {
    let lobby = database.get(Table::Meta, OLD_LOBBY)?;
    let left = database.get(Table::Meta, OLD_LEFT)?;
    let used: Option<EpochUse> = single(database, OLD_EPOCH)?;
    if lobby.is_none() && left.is_none() && used.is_none() {
        return Ok(());
    }
    let held = lobby.map(|id| GroupId::from_slice(&id)).transpose();
    let Some(id) = held.map_err(damaged)?.or_else(|| state.lobby_id()) else {
        return Ok(());
    };
    let left_at = left.map(|length| <[u8; 8]>::try_from(length.as_slice()));
    let left_at = left_at.transpose().map_err(damaged)?;
    let row = GroupRow {
        left_at: left_at.map_or(0, u64::from_be_bytes),
        used: used.filter(|used| used.group == id),
    };
    let rows = database.all(Table::Mls, &[])?;
    let transaction = database.begin()?;
    for (key, value) in rows {
        transaction.put(Table::Mls, &[&id.0[..], &key].concat(), &value)?;
        transaction.delete(Table::Mls, &key)?;
    }
    transaction.put(Table::Meta, &named(GROUP, &id), &encode(&row))?;
    for old in [OLD_LOBBY, OLD_LEFT, OLD_EPOCH] {
        transaction.delete(Table::Meta, old)?;
    }
    Ok(transaction.commit()?)
}
