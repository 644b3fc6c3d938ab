//! The database that the settings name: opening it, and its schema.

use std::sync::Arc;

use dialtone_store::{SchemaState, Store, StoreError};

use crate::config::Database;

/// Opens the server's own database, making or updating its schema.
///
/// # Errors
/// [`StoreError`] says what to do.
pub(crate) async fn open(database: &Database) -> Result<Arc<dyn Store>, StoreError> {
    match database {
        Database::Sqlite(path) => dialtone_store_sqlite::open(path).await,
        Database::Postgres(url) => dialtone_store_postgres::connect(url).await,
    }
}

/// Brings the schema up to date.
///
/// # Errors
/// [`StoreError`] says what to do.
pub async fn migrate(database: &Database) -> Result<(), StoreError> {
    open(database).await?.close().await;
    Ok(())
}

/// Opens the database of a server that may be running.
///
/// # Errors
/// [`StoreError`] says what to do.
pub(crate) async fn open_beside_server(database: &Database) -> Result<Arc<dyn Store>, StoreError> {
    match database {
        Database::Sqlite(path) => dialtone_store_sqlite::open_beside_server(path).await,
        Database::Postgres(url) => dialtone_store_postgres::connect_beside_server(url).await,
    }
}

/// Makes a database with the schema's steps up to `version`, for an archive of that age.
///
/// # Errors
/// [`StoreError`] says what to do.
pub(crate) async fn create(
    database: &Database,
    version: i64,
) -> Result<Arc<dyn Store>, StoreError> {
    match database {
        Database::Sqlite(path) => dialtone_store_sqlite::create(path, version).await,
        Database::Postgres(url) => dialtone_store_postgres::create(url, version).await,
    }
}

/// Which of the schema's steps the database has; `None` when there is none yet.
///
/// # Errors
/// [`StoreError::NewerSchema`] when it has steps that this server does not know.
pub async fn schema(database: &Database) -> Result<Option<SchemaState>, StoreError> {
    match database {
        Database::Sqlite(path) => dialtone_store_sqlite::schema(path).await,
        Database::Postgres(url) => dialtone_store_postgres::schema(url).await,
    }
}
