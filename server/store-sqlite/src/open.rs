//! Opening a database file, and saying clearly why that cannot be.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dialtone_store::{Store, StoreError};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool};

use crate::error::{db, migration};
use crate::file::FileIdentity;
use crate::store::SqliteStore;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Marks the file as Dialtone's (`PRAGMA application_id`, "DIAL"); the first migration sets it.
const APPLICATION_ID: i64 = 0x4449_414c;

/// How long a statement waits for another process that has the file locked.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a caller waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

const READERS: u32 = 4;

/// Files up to this size are checked whole when they are opened; that takes well under a second.
const CHECKED_BYTES: u64 = 64 * 1024 * 1024;

/// Opens the server's database, makes it if there is none, and brings its schema up to date. The file is readable
/// by its owner alone, and locked against a second server.
///
/// # Errors
/// [`StoreError::InUse`]: another server has it. [`StoreError::Corrupt`]: it is damaged, or no database of Dialtone.
/// [`StoreError::NewerSchema`]: a newer server wrote it. [`StoreError::Settings`]: there can be no such file.
pub async fn open(path: impl AsRef<Path>) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(open_store(path.as_ref()).await?))
}

/// See [`open`].
pub(crate) async fn open_store(path: &Path) -> Result<SqliteStore, StoreError> {
    let lock = lock(path)?;
    create_private(path)?;
    check_ours(path).await?;
    let writer = writer(path).await?;
    MIGRATIONS
        .run(&writer)
        .await
        .map_err(|error| migration(error, newest()))?;
    store(path, writer, Some(lock)).await
}

/// Opens the database of a server that may be running, for a command beside it: makes nothing, locks nothing, and leaves the
/// schema as it is.
///
/// # Errors
/// As [`open`]; [`StoreError::Settings`] when there is no database, or the server must bring it up to date first.
pub async fn open_beside_server(path: impl AsRef<Path>) -> Result<Arc<dyn Store>, StoreError> {
    let path = path.as_ref();
    if !path.is_file() {
        return Err(settings(
            path,
            "there is no database yet; start the server once",
        ));
    }
    check_ours(path).await?;
    let store = store(path, writer(path).await?, None).await?;
    let mut tx = store.read().await?;
    match tx.meta().schema_version().await {
        Ok(version) if version == newest() => {}
        Ok(version) if version > newest() => {
            return Err(StoreError::NewerSchema {
                found: version,
                known: newest(),
            });
        }
        _ => {
            return Err(settings(
                path,
                "the database is not up to date; start the server once",
            ));
        }
    }
    drop(tx);
    Ok(Arc::new(store))
}

pub(crate) fn newest() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

pub(crate) async fn store(
    path: &Path,
    writer: SqlitePool,
    lock: Option<File>,
) -> Result<SqliteStore, StoreError> {
    let options = connect_options(path).pragma("query_only", "ON");
    let readers = pool(READERS).connect_with(options).await.map_err(db)?;
    let file = FileIdentity::of(path).map_err(|error| settings(path, &error.to_string()))?;
    Ok(SqliteStore {
        path: path.to_owned(),
        file,
        writer,
        readers,
        lock: Mutex::new(lock),
    })
}

pub(crate) async fn writer(path: &Path) -> Result<SqlitePool, StoreError> {
    let options = connect_options(path)
        .journal_mode(SqliteJournalMode::Wal)
        // Pages: 32 MiB. Events touch the same pages again and again, and each checkpoint writes all of those once more.
        .pragma("wal_autocheckpoint", "8000")
        .pragma("journal_size_limit", "67108864");
    pool(1).connect_with(options).await.map_err(db)
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(connections)
        .acquire_timeout(TURN_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        // SQLite may end a transaction by itself when it fails. Then there is nothing to roll back, which the driver takes
        // for a transaction that goes on: such a connection could never begin another one, and is replaced.
        .before_acquire(|connection, _| {
            Box::pin(async move { Ok(!connection.is_in_transaction()) })
        })
}

pub(crate) fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // An acknowledged message must survive the loss of power, not only of the process.
        .synchronous(SqliteSynchronous::Full)
}

/// Takes the lock file beside the database. A lock on the database itself would get in `SQLite`'s own way.
pub(crate) fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = private(&PathBuf::from(name)).map_err(|error| settings(path, &error.to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
            path: path.display().to_string(),
        }),
        Err(TryLockError::Error(error)) => Err(settings(path, &error.to_string())),
    }
}

/// Makes the file if there is none, before `SQLite` would with wider permissions; its `-wal` and `-shm` files inherit them.
pub(crate) fn create_private(path: &Path) -> Result<(), StoreError> {
    let file = private(path).map_err(|error| settings(path, &error.to_string()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))
            .map_err(|error| settings(path, &error.to_string()))?;
    }
    drop(file);
    Ok(())
}

fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Looks before touching anything: an empty file, or a sound one with our mark.
pub(crate) async fn check_ours(path: &Path) -> Result<(), StoreError> {
    let bytes = std::fs::metadata(path)
        .map_err(|error| settings(path, &error.to_string()))?
        .len();
    if bytes == 0 {
        return Ok(());
    }
    check_content(path, bytes)
        .await
        .map_err(|error| match error {
            StoreError::Corrupt { detail } => {
                StoreError::corrupt(format!("{detail}: {}", path.display()))
            }
            other => other,
        })
}

async fn check_content(path: &Path, bytes: u64) -> Result<(), StoreError> {
    let mut connection = connect_options(path).connect().await.map_err(db)?;
    let checked = check_rows(&mut connection, bytes).await;
    connection.close().await.map_err(db)?;
    checked
}

async fn check_rows(connection: &mut SqliteConnection, bytes: u64) -> Result<(), StoreError> {
    let mark: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *connection)
        .await
        .map_err(db)?;
    let objects: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM sqlite_schema WHERE name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(db)?;
    // Without a mark only an empty database is ours: the first start was cut short.
    if mark != APPLICATION_ID && (mark != 0 || objects != 0) {
        return Err(StoreError::corrupt("a database of another program"));
    }
    if bytes <= CHECKED_BYTES {
        let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut *connection)
            .await
            .map_err(db)?;
        if verdict != "ok" {
            return Err(StoreError::corrupt(verdict));
        }
    }
    Ok(())
}

pub(crate) fn settings(path: &Path, reason: &str) -> StoreError {
    StoreError::Settings {
        detail: format!("{reason}: {}", path.display()),
    }
}
