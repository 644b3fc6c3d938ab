//! Which steps a database has, and making its tables with steps up to a certain one.

use std::sync::Arc;

use dialtone_store::{SchemaState, Store, StoreError};
use sqlx::{Connection as _, PgConnection};

use crate::connect::{MIGRATIONS, connect_once, newest, open, parse};
use crate::error::{db, migration};

/// Looks which steps the database has, and changes nothing; `None` when it is empty.
///
/// # Errors
/// [`StoreError::NewerSchema`]: it has steps that this server does not know. Else as [`connect`](crate::connect).
pub async fn schema(url: &str) -> Result<Option<SchemaState>, StoreError> {
    let mut connection = connect_once(&parse(url)?).await?;
    let found = found(&mut connection).await?;
    connection.close().await.map_err(db)?;
    let Some(found) = found else {
        return Ok(None);
    };
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

async fn found(connection: &mut PgConnection) -> Result<Option<i64>, StoreError> {
    let there: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .map_err(db)?;
    if !there {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success")
        .fetch_one(connection)
        .await
        .map(Some)
        .map_err(db)
}

/// Makes the tables with the steps up to `version`, for an archive of that age. Tables of exactly that age may be there: that they are
/// empty is for the caller to see.
///
/// # Errors
/// [`StoreError::Settings`]: there are tables of another age. Else as [`connect`](crate::connect).
pub async fn create(url: &str, version: i64) -> Result<Arc<dyn Store>, StoreError> {
    if version > newest() {
        return Err(StoreError::NewerSchema {
            found: version,
            known: newest(),
        });
    }
    let options = parse(url)?;
    let mut connection = connect_once(&options).await?;
    if found(&mut connection)
        .await?
        .is_some_and(|found| found != version)
    {
        return Err(StoreError::Settings {
            detail: "there are tables in the database already; name an empty one".to_owned(),
        });
    }
    MIGRATIONS
        .run_direct(Some(version), &mut connection, false)
        .await
        .map_err(|error| migration(error, newest()))?;
    connection.close().await.map_err(db)?;
    open(options).await
}
