//! What `SQLite`'s errors mean to the store's callers.

use dialtone_store::StoreError;
use sqlx::migrate::MigrateError;

/// Primary result codes (<https://www.sqlite.org/rescode.html>): the low byte of the extended ones.
mod code {
    pub(super) const BUSY: i64 = 5;
    pub(super) const LOCKED: i64 = 6;
    /// Plain, a write in a connection with `query_only`: our own mistake. Extended, trouble with the file.
    pub(super) const READONLY: i64 = 8;
    pub(super) const IOERR: i64 = 10;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const CANTOPEN: i64 = 14;
    pub(super) const NOTADB: i64 = 26;
}

/// For `map_err`: the store's error for a database error.
pub(crate) fn db(error: sqlx::Error) -> StoreError {
    let detail = error.to_string();
    match error {
        sqlx::Error::Database(inner) => by_code(inner.code().as_deref(), detail),
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable { detail },
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::Corrupt { detail },
        _ => StoreError::Internal { detail },
    }
}

/// For `map_err` when a transaction begins. The server has one writer, so whoever holds the file is another program, and has
/// held it for all of the time that the writer waits: to run the work again at once is of no use.
pub(crate) fn taken(error: sqlx::Error) -> StoreError {
    match db(error) {
        StoreError::Conflict { detail } => StoreError::Unavailable {
            detail: format!("another program holds the database file ({detail})"),
        },
        other => other,
    }
}

fn by_code(text: Option<&str>, detail: String) -> StoreError {
    let extended = text.and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    match extended & 0xff {
        code::BUSY | code::LOCKED => StoreError::Conflict { detail },
        code::READONLY if extended == code::READONLY => StoreError::Internal { detail },
        code::FULL => StoreError::full(&detail),
        code::READONLY | code::IOERR | code::CANTOPEN => StoreError::Unavailable { detail },
        code::CORRUPT | code::NOTADB => StoreError::Corrupt { detail },
        _ => StoreError::Internal { detail },
    }
}

/// For `map_err`: the store's error for a failed migration, `known` being the newest that this server has.
pub(crate) fn migration(error: MigrateError, known: i64) -> StoreError {
    match error {
        MigrateError::VersionMissing(found) | MigrateError::VersionTooNew(found, _) => {
            StoreError::NewerSchema { found, known }
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => db(error),
        MigrateError::VersionMismatch(version) => StoreError::corrupt(format!(
            "migration {version} was applied in another form than this server has"
        )),
        MigrateError::Dirty(version) => {
            StoreError::corrupt(format!("migration {version} is half applied"))
        }
        other => StoreError::internal(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_keeps_the_server_is_told_that_its_disk_is_full() {
        let error = by_code(Some("13"), "database or disk is full".into());
        assert!(error.is_unavailable());
        assert!(error.to_string().contains("make room"), "{error}");
    }
}
