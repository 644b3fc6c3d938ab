//! Connecting to a database, and saying clearly why that cannot be.

use std::sync::Arc;
use std::time::Duration;

use dialtone_store::{Store, StoreError};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection, PgPool};
use tokio::time::timeout;

use crate::error::{db, migration};
use crate::store::PostgresStore;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Connections of one server; Postgres allows 100 in all by default.
const CONNECTIONS: u32 = 16;

/// How long a caller waits for a connection, and so for the word that the database is gone.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection that was not in use may take to answer before another one is taken.
const TEST_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the first connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Limits on the database's side: of a statement, of waiting for a row, of a transaction whose server has gone silent.
const LIMITS: &str = "SET statement_timeout = '15s'; SET lock_timeout = '10s'; \
                      SET idle_in_transaction_session_timeout = '30s'";

/// An acknowledged message must survive the loss of power: a database that is set up to answer before it has written is
/// told to wait for these connections. Stricter settings stay.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false) \
                       WHERE current_setting('synchronous_commit') = 'off'";

/// What no connection can set for itself, and a database that is set up to be quick, as for tests, has switched off.
const CARELESS: &str = "SELECT name FROM unnest(ARRAY['fsync', 'full_page_writes']) AS name \
                        WHERE current_setting(name, true) = 'off'";

/// Connects to the database that `url` names (`postgres://user:password@host:port/database`) and brings its schema up to
/// date. Servers that start at once wait for each other there. What the database would lose with the power is told in the log.
///
/// # Errors
/// [`StoreError::Settings`]: a wrong URL, name or password, or a database of another program.
/// [`StoreError::Unavailable`]: it does not answer. [`StoreError::NewerSchema`]: a newer server uses it.
pub async fn connect(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    let options = parse(url)?;
    migrate(&options).await?;
    let pool = pool(options).await?;
    for words in careless(&pool).await? {
        tracing::warn!("{words}");
    }
    Ok(Arc::new(PostgresStore { pool }))
}

/// What an operator must know of how the database writes.
async fn careless(pool: &PgPool) -> Result<Vec<&'static str>, StoreError> {
    let off: Vec<String> = sqlx::query_scalar(CARELESS)
        .fetch_all(pool)
        .await
        .map_err(db)?;
    Ok(off.iter().filter_map(|name| words(name)).collect())
}

fn words(off: &str) -> Option<&'static str> {
    match off {
        "fsync" => Some(
            "the database runs with fsync = off: after a loss of power, messages that were acknowledged are gone or all of it is damaged; \
             set fsync = on in postgresql.conf, and reload it",
        ),
        // Some file systems never write half a page, and some that offer Postgres as a service have their own way.
        "full_page_writes" => Some(
            "the database runs with full_page_writes = off: after a loss of power it may be damaged, unless what it is kept on never writes \
             half a page, as ZFS; else set full_page_writes = on in postgresql.conf, and reload it",
        ),
        _ => None,
    }
}

/// Connects to the database of a server that may be running, for a command beside it: leaves the schema as it is.
///
/// # Errors
/// As [`connect`]; [`StoreError::Settings`] when the server must bring the database up to date first.
pub async fn connect_beside_server(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    let options = parse(url)?;
    let mut connection = connect_once(&options).await?;
    let ready: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut connection)
        .await
        .map_err(db)?;
    connection.close().await.map_err(db)?;
    let outdated = || StoreError::Settings {
        detail: "the database is not up to date; start the server once".to_owned(),
    };
    if !ready {
        return Err(outdated());
    }
    let store = open(options).await?;
    let mut tx = store.read().await?;
    let found = tx.meta().schema_version().await?;
    drop(tx);
    match newest() {
        known if found == known => Ok(store),
        known if found > known => Err(StoreError::NewerSchema { found, known }),
        _ => Err(outdated()),
    }
}

pub(crate) async fn open(options: PgConnectOptions) -> Result<Arc<dyn Store>, StoreError> {
    let pool = pool(options).await?;
    Ok(Arc::new(PostgresStore { pool }))
}

async fn pool(options: PgConnectOptions) -> Result<PgPool, StoreError> {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(TURN_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, _| {
            Box::pin(async move {
                let answer = timeout(TEST_TIMEOUT, connection.ping()).await;
                Ok(matches!(answer, Ok(Ok(()))))
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute(LIMITS).await?;
                connection.execute(DURABLE).await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await
        .map_err(db)
}

pub(crate) fn newest() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

pub(crate) fn parse(url: &str) -> Result<PgConnectOptions, StoreError> {
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
    let mut connection = connect_once(options).await?;
    // Not `run`: its future cannot be sent between threads (the bounds of `Acquire` are not general enough).
    MIGRATIONS
        .run_direct(None, &mut connection, false)
        .await
        .map_err(|error| migration(error, newest()))?;
    connection.close().await.map_err(db)
}

/// A connection outside of any pool.
pub(crate) async fn connect_once(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    let connecting = timeout(CONNECT_TIMEOUT, options.connect()).await;
    connecting
        .map_err(|_| StoreError::Unavailable {
            detail: format!("no answer from {} in 10 s", options.get_host()),
        })?
        .map_err(|error| unreachable(options, error))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `None` where the tests are to be skipped.
    fn url() -> Option<String> {
        let url = std::env::var("DIALTONE_TEST_POSTGRES_URL").ok();
        assert!(
            url.is_some()
                || std::env::var("DIALTONE_SKIP_POSTGRES").is_ok_and(|value| value == "1"),
            "this test needs a Postgres server: run it through `./dev test`, which starts one"
        );
        url
    }

    #[tokio::test]
    async fn every_connection_waits_until_a_commit_is_on_the_disk() {
        let Some(url) = url() else { return };
        // As a database would be that is set up to answer early.
        let options = parse(&url)
            .unwrap()
            .options([("synchronous_commit", "off")]);
        let pool = pool(options).await.unwrap();
        let setting: String = sqlx::query_scalar("SHOW synchronous_commit")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(setting, "on");
        pool.close().await;
    }

    /// The testbed's Postgres has both off; where another one is used for the tests, it may have them on.
    #[tokio::test]
    async fn a_database_that_does_not_sync_is_told_in_words() {
        let Some(url) = url() else { return };
        let pool = pool(parse(&url).unwrap()).await.unwrap();
        let told = careless(&pool).await.unwrap();
        for name in ["fsync", "full_page_writes"] {
            let setting: String = sqlx::query_scalar("SELECT current_setting($1)")
                .bind(name)
                .fetch_one(&pool)
                .await
                .unwrap();
            let says = told
                .iter()
                .any(|words| words.contains(&format!("{name} = off")));
            assert_eq!(says, setting == "off", "{name}: {told:?}");
            assert!(words(name).unwrap().contains(&format!("set {name} = on")));
        }
        pool.close().await;
    }
}
