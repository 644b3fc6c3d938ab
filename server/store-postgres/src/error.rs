//! What Postgres's errors mean to the store's callers.

use dialtone_store::StoreError;
use sqlx::migrate::MigrateError;

/// For `map_err`: the store's error for a database error.
pub(crate) fn db(error: sqlx::Error) -> StoreError {
    let detail = error.to_string();
    match error {
        sqlx::Error::Database(inner) => {
            by_code(inner.code().as_deref().unwrap_or_default(), detail)
        }
        // A connection that breaks in the middle of an answer shows as a protocol error.
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::BeginFailed
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable { detail },
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::Corrupt { detail },
        sqlx::Error::Configuration(_) | sqlx::Error::Tls(_) => StoreError::Settings { detail },
        _ => StoreError::Internal { detail },
    }
}

/// By SQLSTATE (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn by_code(code: &str, detail: String) -> StoreError {
    match code {
        // Serialisation failure, deadlock, a lock not had in time.
        "40001" | "40P01" | "55P03" => StoreError::Conflict { detail },
        // Statement, lock or idle time limit; shutting down, crashed, starting; not accepting connections.
        "57014" | "25P03" | "57P01" | "57P02" | "57P03" | "57P05" | "55000" => {
            StoreError::Unavailable { detail }
        }
        // No such database, role or password; not allowed.
        "3D000" | "28000" | "28P01" | "42501" => StoreError::Settings { detail },
        // A table that is there before the first migration.
        "42P07" => StoreError::Settings {
            detail: format!("the database holds tables of another program ({detail})"),
        },
        "XX001" | "XX002" => StoreError::Corrupt { detail },
        // Disk full.
        "53100" => StoreError::full(&detail),
        // Connection trouble; too little memory or connections; trouble of the system.
        _ if ["08", "53", "58"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            StoreError::Unavailable { detail }
        }
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
        let error = by_code("53100", "could not extend file".into());
        assert!(error.is_unavailable());
        assert!(error.to_string().contains("make room"), "{error}");
    }
}
