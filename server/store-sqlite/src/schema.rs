//! Which steps a file has, and making one that has steps up to a certain one.

use std::path::Path;
use std::sync::Arc;

use dialtone_store::{SchemaState, Store, StoreError};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::error::{db, migration};
use crate::open::{
    MIGRATIONS, check_ours, connect_options, create_private, lock, newest, settings, store, writer,
};

/// Looks which steps the file has, and changes nothing; `None` when there is no file, or an empty one.
///
/// # Errors
/// [`StoreError::NewerSchema`]: it has steps that this server does not know. [`StoreError::Corrupt`]: it is damaged, or no database of Dialtone.
pub async fn schema(path: impl AsRef<Path>) -> Result<Option<SchemaState>, StoreError> {
    let path = path.as_ref();
    if !std::fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        return Ok(None);
    }
    check_ours(path).await?;
    let mut connection = connect_options(path).connect().await.map_err(db)?;
    let there: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations')",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(db)?;
    let found: i64 = if there {
        sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success")
            .fetch_one(&mut connection)
            .await
            .map_err(db)?
    } else {
        0
    };
    connection.close().await.map_err(db)?;
    let known = newest();
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    let pending = MIGRATIONS.iter().filter(|step| step.version > found);
    Ok(Some(SchemaState {
        found,
        known,
        pending: pending
            .map(|step| (step.version, step.description.to_string()))
            .collect(),
    }))
}

/// Makes a database with the steps up to `version`, for an archive of that age.
///
/// # Errors
/// [`StoreError::Settings`]: there is one already. Else as [`open`](crate::open).
pub async fn create(path: impl AsRef<Path>, version: i64) -> Result<Arc<dyn Store>, StoreError> {
    let path = path.as_ref();
    if version > newest() {
        return Err(StoreError::NewerSchema {
            found: version,
            known: newest(),
        });
    }
    let lock = lock(path)?;
    if std::fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        return Err(settings(path, "there is a database already"));
    }
    create_private(path)?;
    let writer = writer(path).await?;
    MIGRATIONS
        .run_to(version, &writer)
        .await
        .map_err(|error| migration(error, newest()))?;
    Ok(Arc::new(store(path, writer, Some(lock)).await?))
}
