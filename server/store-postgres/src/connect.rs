//! Connecting to a database, and saying clearly why that cannot be.

use std::sync::Arc;
use std::time::Duration;

use dialtone_store::{Store, StoreError};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use crate::error::{db, migration};
use crate::store::PostgresStore;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Connections of one server; Postgres allows 100 in all by default.
const CONNECTIONS: u32 = 16;

/// How long a caller waits for a connection, and so for the word that the database is gone.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the first connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Limits on the database's side: of a statement, of waiting for a row, of a transaction whose server has gone silent.
const LIMITS: &str = "SET statement_timeout = '15s'; SET lock_timeout = '10s'; \
                      SET idle_in_transaction_session_timeout = '30s'";

/// Connects to the database that `url` names (`postgres://user:password@host:port/database`) and brings its schema up to
/// date. Servers that start at once wait for each other there.
///
/// # Errors
/// [`StoreError::Settings`]: a wrong URL, name or password, or a database of another program.
/// [`StoreError::Unavailable`]: it does not answer. [`StoreError::NewerSchema`]: a newer server uses it.
pub async fn connect(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    let options = parse(url)?;
    migrate(&options).await?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(TURN_TIMEOUT)
        .test_before_acquire(true)
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute(LIMITS).await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await
        .map_err(db)?;
    Ok(Arc::new(PostgresStore { pool }))
}

fn parse(url: &str) -> Result<PgConnectOptions, StoreError> {
    // Never the URL itself: it holds the password.
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(StoreError::Settings {
            detail: "the database URL does not begin with postgres://".to_owned(),
        });
    }
    let options: PgConnectOptions = url.parse().map_err(db)?;
    Ok(options.application_name("dialtone-server"))
}

/// Over a connection of its own, without time limits: another server's migration may take its time.
async fn migrate(options: &PgConnectOptions) -> Result<(), StoreError> {
    let newest = MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    let connecting = tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await;
    let mut connection = connecting
        .map_err(|_| StoreError::Unavailable {
            detail: format!("no answer from {} in 10 s", options.get_host()),
        })?
        .map_err(|error| unreachable(options, error))?;
    // Not `run`: its future cannot be sent between threads (the bounds of `Acquire` are not general enough).
    MIGRATIONS
        .run_direct(None, &mut connection, false)
        .await
        .map_err(|error| migration(error, newest))?;
    connection.close().await.map_err(db)
}

/// Names the host: "connection refused" alone does not help anyone.
fn unreachable(options: &PgConnectOptions, error: sqlx::Error) -> StoreError {
    match db(error) {
        StoreError::Unavailable { detail } => StoreError::Unavailable {
            detail: format!("{detail}: {}:{}", options.get_host(), options.get_port()),
        },
        other => other,
    }
}
