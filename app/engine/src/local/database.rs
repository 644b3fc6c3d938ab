//! The database file: sealed rows, in transactions.

use std::path::{Path, PathBuf};

use dialtone_crypto::OsRng;
use dialtone_crypto::rows::RowKey;
use dialtone_words::say;
use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};

use super::Table;
use crate::disk::private_file;

/// The local database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum LocalError {
    /// Not a database, or damaged.
    #[error(
        "{}", say!("error-history-damaged", path = path.display().to_string())
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
    },
    /// A row does not open: the file is another profile's, or was changed.
    #[error("{}", say!("engine-row-changed", table = *table))]
    Sealed {
        /// Which table.
        table: &'static str,
    },
    /// Disk full, no permission, and the like.
    #[error("{}", say!("engine-history-unusable", path = path.display().to_string(), reason = reason))]
    Unusable {
        /// The file.
        path: PathBuf,
        /// From the system.
        reason: String,
    },
}

impl LocalError {
    /// The same may work a little later: the disk was full, or in use.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Unusable { .. })
    }
}

/// A row's key and its opened value.
pub(crate) type Row = (Vec<u8>, Vec<u8>);

/// One community's rows.
pub(crate) struct Database {
    // Behind a lock only so that a session may be looked at from another thread while it waits; it is never contended.
    connection: Mutex<Connection>,
    key: RowKey,
    path: PathBuf,
}

/// Writes that happen together or not at all.
pub(crate) struct Transaction<'a> {
    inner: rusqlite::Transaction<'a>,
    key: &'a RowKey,
    path: &'a Path,
}

fn wrong(path: &Path, error: &rusqlite::Error) -> LocalError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => LocalError::Corrupt {
            path: path.to_owned(),
        },
        _ => LocalError::Unusable {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    }
}

impl Database {
    /// Opens or makes the file, readable by its owner alone.
    ///
    /// # Errors
    /// [`LocalError`]
    pub(crate) fn open(path: &Path, key: RowKey) -> Result<Self, LocalError> {
        create_private(path).map_err(|error| LocalError::Unusable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        let open = || -> Result<Connection, rusqlite::Error> {
            let connection = Connection::open(path)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.execute_batch(
                "CREATE TABLE IF NOT EXISTS row (
                     tbl TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
                     PRIMARY KEY (tbl, key)) WITHOUT ROWID",
            )?;
            Ok(connection)
        };
        let connection = open().map_err(|error| wrong(path, &error))?;
        Ok(Self {
            connection: Mutex::new(connection),
            key,
            path: path.to_owned(),
        })
    }

    /// Begins a transaction. Dropped without [`Transaction::commit`], nothing is written.
    ///
    /// # Errors
    /// [`LocalError`]
    pub(crate) fn begin(&mut self) -> Result<Transaction<'_>, LocalError> {
        #[cfg(test)]
        super::faults::check(&self.path)?;
        let inner = self
            .connection
            .get_mut()
            .transaction()
            .map_err(|error| wrong(&self.path, &error))?;
        Ok(Transaction {
            inner,
            key: &self.key,
            path: &self.path,
        })
    }

    /// One row.
    ///
    /// # Errors
    /// [`LocalError`]
    pub(crate) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, LocalError> {
        let sealed: Option<Vec<u8>> = self
            .connection
            .lock()
            .prepare_cached("SELECT value FROM row WHERE tbl = ?1 AND key = ?2")
            .and_then(|mut statement| {
                statement
                    .query_row(params![table.name(), key], |row| row.get(0))
                    .optional()
            })
            .map_err(|error| wrong(&self.path, &error))?;
        sealed
            .map(|sealed| self.unseal(table, key, &sealed))
            .transpose()
    }

    /// Every row of a table whose key begins with `prefix`, in the order of the keys.
    ///
    /// # Errors
    /// [`LocalError`]
    pub(crate) fn all(&self, table: Table, prefix: &[u8]) -> Result<Vec<Row>, LocalError> {
        let mut high = prefix.to_vec();
        high.extend([0xff; 64]);
        self.range(table, prefix, &high, usize::MAX, false)
    }

    /// At most `limit` rows with `low <= key < high`; from the highest key down if `last`. Always in the order of the keys.
    ///
    /// # Errors
    /// [`LocalError`]
    pub(crate) fn range(
        &self,
        table: Table,
        low: &[u8],
        high: &[u8],
        limit: usize,
        last: bool,
    ) -> Result<Vec<Row>, LocalError> {
        let order = if last { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT key, value FROM row WHERE tbl = ?1 AND key >= ?2 AND key < ?3 ORDER BY key {order} LIMIT ?4"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = || -> Result<Vec<Row>, rusqlite::Error> {
            let connection = self.connection.lock();
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params![table.name(), low, high, limit], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            rows.collect()
        };
        let mut rows = read().map_err(|error| wrong(&self.path, &error))?;
        if last {
            rows.reverse();
        }
        rows.into_iter()
            .map(|(key, sealed)| {
                let value = self.unseal(table, &key, &sealed)?;
                Ok((key, value))
            })
            .collect()
    }

    fn unseal(&self, table: Table, key: &[u8], sealed: &[u8]) -> Result<Vec<u8>, LocalError> {
        let opened = self.key.open(table.name(), key, sealed);
        let opened = opened.map_err(|_| LocalError::Sealed {
            table: table.name(),
        })?;
        Ok(opened.to_vec())
    }
}

impl Transaction<'_> {
    /// Writes a row.
    ///
    /// # Errors
    /// [`LocalError`]
    pub(crate) fn put(&self, table: Table, key: &[u8], value: &[u8]) -> Result<(), LocalError> {
        let sealed = self
            .key
            .seal(table.name(), key, value, &mut OsRng)
            .map_err(|_| LocalError::Sealed {
                table: table.name(),
            })?;
        self.inner
            .prepare_cached("INSERT OR REPLACE INTO row (tbl, key, value) VALUES (?1, ?2, ?3)")
            .and_then(|mut statement| statement.execute(params![table.name(), key, sealed]))
            .map_err(|error| wrong(self.path, &error))?;
        Ok(())
    }

    /// Takes a row away.
    ///
    /// # Errors
    /// [`LocalError`]
    pub(crate) fn delete(&self, table: Table, key: &[u8]) -> Result<(), LocalError> {
        self.inner
            .prepare_cached("DELETE FROM row WHERE tbl = ?1 AND key = ?2")
            .and_then(|mut statement| statement.execute(params![table.name(), key]))
            .map_err(|error| wrong(self.path, &error))?;
        Ok(())
    }

    /// Makes it so.
    ///
    /// # Errors
    /// [`LocalError`]
    pub(crate) fn commit(self) -> Result<(), LocalError> {
        let path = self.path;
        #[cfg(test)]
        super::faults::spend(path)?;
        self.inner.commit().map_err(|error| wrong(path, &error))
    }
}

/// Makes an empty file for its owner alone if there is none.
fn create_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    private_file().append(true).open(path).map(|_| ())
}
