//! Opening the database that the settings name.

use std::sync::Arc;

use dialtone_store::{Store, StoreError};

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
