//! Recovery: the recovery key, kept here until it is written down, and the history file that it opens.
//!
//! ```text
//! keys come -> after a while: counter + 1, sealed to the recovery key's public half -> server, then a checkpoint in the directory
//! a bare machine -> file with counter n; checkpoints of one's own devices up to m > n in the directory -> told: the file is an old one
//! ```

use dialtone_crypto::KeyRing;
use dialtone_crypto::approval::Welcome;
use dialtone_crypto::recovery::{HISTORY_KEYS, HistoryFile, HistoryKey, RecoveryKey, seal_history};
use dialtone_crypto::rows::RowKey;
use dialtone_protocol::content::EventBody;
use dialtone_protocol::http::{ErrorCode, HistoryPut};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::sealed::{GrantedKey, SEALED_VERSION};
use dialtone_protocol::{ChannelId, GroupId, Hash, strict};
use dialtone_words::say;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use std::path::Path;

use super::gate::Gate;
use super::inbox::encode;
use super::load::{LoadError, META_RECOVERY, META_RECOVERY_WORDS};
use super::run::{Ended, Session};
use super::state::Job;
use crate::command::Secret;
use crate::local::{Database, LocalError, Table, Transaction};
use crate::snapshot::RecoveryView;

/// A history file is refreshed no more often than this, in ms.
const REST_MS: u64 = 15 * 60 * 1000;

/// What is written down of it.
#[derive(Clone, Encode, Decode)]
struct Row {
    /// Public: seals history files.
    #[n(0)]
    history_key: ByteVec,
    /// Of the file last sent; 0 before the first.
    #[n(1)]
    counter: u64,
    /// Of what was sent last.
    #[n(2)]
    sent: Hash,
    /// The counter of the file that this device came back with, until it was compared.
    #[n(3)]
    came_with: Option<u64>,
}

/// What brings the account back on another machine.
#[derive(Default)]
pub(super) struct Recovery {
    row: Option<Row>,
    words: Option<Secret>,
    /// The greatest counter that a device of one's own has told.
    told: u64,
    /// Keys came since the last look.
    is_stale: bool,
    /// No file is sent before: ms since 1970.
    rests_until_ms: u64,
    /// The server has a copy that the password opens, as far as it was asked.
    by_password: bool,
}

impl Recovery {
    /// Writes a new recovery key down: its words, until they are confirmed, and what seals history files.
    pub(super) fn put_new(
        transaction: &Transaction<'_>,
        key: &RecoveryKey,
    ) -> Result<(), LocalError> {
        let (Ok(words), Ok(history_key)) = (key.words(), key.history_key()) else {
            tracing::warn!("there is no recovery key: the cryptographic library failed");
            return Ok(());
        };
        transaction.put(Table::Meta, META_RECOVERY_WORDS, words.as_bytes())?;
        put_row(transaction, &new_row(&history_key, 0, None))
    }

    /// From the disk.
    pub(super) fn load(database: &Database) -> Result<Self, LoadError> {
        let words = database.get(Table::Meta, META_RECOVERY_WORDS)?;
        let words = words.and_then(|words| String::from_utf8(words).ok());
        Ok(Self {
            row: super::load::single(database, META_RECOVERY)?,
            words: words.map(Secret::new),
            is_stale: true,
            ..Self::default()
        })
    }

    /// There are keys that the history file may not have.
    pub(super) fn keys_came(&mut self) {
        self.is_stale = true;
    }

    /// A device of one's own has told of a file.
    pub(super) fn checkpoint(&mut self, counter: u64) {
        self.told = self.told.max(counter);
    }

    /// As the window shows it.
    pub(super) fn view(&self) -> RecoveryView {
        RecoveryView {
            exists: self.row.is_some(),
            file: self.row.as_ref().map_or(0, |row| row.counter),
            words: self.words.clone(),
            by_password: self.by_password,
        }
    }

    /// What the server says of a copy of the recovery key that the password opens.
    pub(super) fn password_opens(&mut self, opens: bool) {
        self.by_password = opens;
    }
}

fn new_row(key: &HistoryKey, counter: u64, came_with: Option<u64>) -> Row {
    Row {
        history_key: key.as_bytes().to_vec().into(),
        counter,
        sent: Hash::ZERO,
        came_with,
    }
}

fn put_row(transaction: &Transaction<'_>, row: &Row) -> Result<(), LocalError> {
    transaction.put(Table::Meta, META_RECOVERY, &encode(row))
}

/// What the history file brought, written down before the server makes this device true.
///
/// # Errors
/// When the local database cannot be written; nothing must be sent then.
pub(crate) fn remember_recovery(
    path: &Path,
    row_key: RowKey,
    history_key: &HistoryKey,
    counter: u64,
    granted: &[GrantedKey],
) -> Result<(), LocalError> {
    let mut keys = KeyRing::default();
    for key in granted {
        keys.insert_granted(None, key);
    }
    let mut database = Database::open(path, row_key)?;
    let transaction = database.begin()?;
    super::groups::put_changes(&transaction, Table::Keys, keys.drain_changes())?;
    put_row(&transaction, &new_row(history_key, counter, Some(counter)))?;
    transaction.commit()
}

/// What the device that approved this one sent, written down.
///
/// # Errors
/// When the local database cannot be written.
pub(crate) fn remember_welcome(
    path: &Path,
    row_key: RowKey,
    welcome: &Welcome,
) -> Result<(), LocalError> {
    let Some(key) = &welcome.history_key else {
        return Ok(());
    };
    let mut database = Database::open(path, row_key)?;
    let transaction = database.begin()?;
    put_row(&transaction, &new_row(key, welcome.counter, None))?;
    transaction.commit()
}

impl Recovery {
    /// What a new device of the account needs to send history files as well: the key that seals them, and the last counter.
    pub(super) fn for_new_device(&self) -> (Option<HistoryKey>, u64) {
        let key = self.row.as_ref();
        let key = key.and_then(|row| HistoryKey::from_bytes(row.history_key.to_vec()));
        let counter = self.row.as_ref().map_or(0, |row| row.counter);
        (key, counter.max(self.told))
    }
}

impl Session {
    /// The words are written down: they are kept nowhere else.
    pub(super) fn confirm_recovery(&mut self) -> Result<(), Ended> {
        let transaction = self.database.begin()?;
        transaction.delete(Table::Meta, META_RECOVERY_WORDS)?;
        transaction.commit()?;
        self.state.recovery.words = None;
        self.state.dirty = true;
        Ok(())
    }

    /// Compares what this device came back with, once everything is here; wants a newer history file when it is due.
    pub(super) fn mind_recovery(&mut self, now_ms: u64) {
        let recovery = &mut self.state.recovery;
        if !self.state.caught_up || recovery.row.is_none() {
            return;
        }
        self.compare_recovery();
        let recovery = &mut self.state.recovery;
        if recovery.is_stale
            && now_ms >= recovery.rests_until_ms
            && matches!(self.state.gate(), Gate::Open(..))
        {
            self.state.recovery.is_stale = false;
            self.state.want(Job::RefreshHistory);
        }
    }

    fn compare_recovery(&mut self) {
        let directory = self.state.directory_id();
        let waits = |part: &super::state::ChannelState| !part.waiting.is_empty();
        if self.state.channels.get(&directory).is_none_or(waits) {
            return;
        }
        let recovery = &mut self.state.recovery;
        let Some(row) = &mut recovery.row else {
            return;
        };
        let Some(came_with) = row.came_with.take() else {
            return;
        };
        if came_with < recovery.told {
            let words = say!(
                "engine-older-recovery",
                came = came_with,
                sent = recovery.told
            );
            self.later(words);
        }
        if let Err(error) = self.put_recovery() {
            tracing::warn!("recovery was not written down: {error}");
        }
    }

    fn put_recovery(&mut self) -> Result<(), LocalError> {
        let Some(row) = &self.state.recovery.row else {
            return Ok(());
        };
        let transaction = self.database.begin()?;
        put_row(&transaction, row)?;
        transaction.commit()
    }

    /// Sends a newer history file, if there is anything new in it, and tells its counter in the directory.
    pub(super) async fn refresh_history(&mut self) -> Result<(), Ended> {
        let now = self.state.clock.now_ms();
        let Some(roster) = self.state.roster.clone() else {
            return Ok(());
        };
        let mut keys = self
            .state
            .keys
            .everything(|group| channels_of(&roster, group));
        keys.truncate(HISTORY_KEYS);
        let digest = Hash::of(&strict::encode(&keys));
        let recovery = &self.state.recovery;
        let Some(row) = recovery.row.clone().filter(|row| row.sent != digest) else {
            return Ok(());
        };
        let Some(key) = HistoryKey::from_bytes(row.history_key.to_vec()) else {
            return Ok(());
        };
        let counter = row.counter.max(recovery.told) + 1;
        let file = HistoryFile {
            version: SEALED_VERSION,
            community: roster.community(),
            counter,
            server_key: *roster.view().server_key(),
            roster: roster.position(),
            keys,
        };
        let sealed = match seal_history(&key, &self.state.me.account, &file) {
            Ok(sealed) => sealed,
            Err(error) => {
                tracing::warn!("the history file was not sealed: {error}");
                return Ok(());
            }
        };
        let hash = Hash::of(&sealed);
        let body = HistoryPut {
            counter,
            file: sealed.into(),
        };
        self.state.recovery.rests_until_ms = now + REST_MS;
        let put = self.line()?.put("/recovery/history", &body).await;
        match put {
            Ok(()) => {}
            Err(error) if error.code() == Some(ErrorCode::Exists) => {
                // Another device was faster; its checkpoint tells the counter.
                self.state.recovery.is_stale = true;
                return Ok(());
            }
            Err(error) if error.code().is_some() => {
                tracing::warn!("the history file was not taken: {error}");
                return Ok(());
            }
            Err(error) => {
                self.state.recovery.is_stale = true;
                self.state.recovery.rests_until_ms = 0;
                return Err(error.into());
            }
        }
        self.state.recovery.row = Some(Row {
            counter,
            sent: digest,
            ..row
        });
        self.put_recovery()?;
        self.state.dirty = true;
        let directory = self.state.directory_id();
        let checkpoint = EventBody::RecoveryCheckpoint {
            counter,
            file: hash,
        };
        self.enqueue(directory, checkpoint)?;
        Ok(())
    }
}

/// The channels, closed or not, whose keys come from a group.
fn channels_of(roster: &Roster, group: &GroupId) -> Vec<ChannelId> {
    let view = roster.view();
    let group = view.current_group(*group);
    let directory = Some(roster.community().directory()).filter(|_| group == view.lobby());
    let channels = view.channels().iter();
    let of_group = channels.filter(|(_, channel)| view.current_group(channel.group) == group);
    of_group.map(|(id, _)| *id).chain(directory).collect()
}
