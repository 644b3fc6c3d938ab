//! Opening a database file: who may, and what is said when it cannot be.
#![expect(clippy::unwrap_used, reason = "a test whose database fails panics")]

use std::fs;
use std::path::PathBuf;

use dialtone_store::{StoreError, UnixMillis};
use dialtone_store_sqlite::{open, open_beside_server};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tempfile::TempDir;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.db");
    (folder, path)
}

async fn raw(path: &PathBuf) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .connect()
        .await
        .unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = folder();
    fs::write(&path, b"").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let store = open(&path).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.meta().put("key", b"value").await.unwrap();
    tx.commit().await.unwrap();
    let mut files = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
        files += 1;
    }
    assert_eq!(files, 4, "the database, its log, its index and the lock");
    store.close().await;
}

#[tokio::test]
async fn a_second_server_is_refused_until_the_first_stops() {
    let (_folder, path) = folder();
    let first = open(&path).await.unwrap();
    let refused = open(&path).await.unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    first.close().await;
    open(&path).await.unwrap().close().await;
}

#[tokio::test]
async fn a_command_works_beside_the_server_and_sees_its_rows() {
    let (_folder, path) = folder();
    let none = open_beside_server(&path).await.unwrap_err();
    assert!(matches!(none, StoreError::Settings { .. }), "{none}");
    let server = open(&path).await.unwrap();
    let mut tx = server.begin().await.unwrap();
    tx.meta().put("key", b"from the server").await.unwrap();
    tx.commit().await.unwrap();

    let command = open_beside_server(&path).await.unwrap();
    let mut tx = command.begin().await.unwrap();
    assert_eq!(
        tx.meta().get("key").await.unwrap().as_deref(),
        Some(&b"from the server"[..])
    );
    tx.meta().put("key", b"from the command").await.unwrap();
    tx.commit().await.unwrap();
    command.close().await;

    let mut tx = server.read().await.unwrap();
    assert_eq!(
        tx.meta().get("key").await.unwrap().as_deref(),
        Some(&b"from the command"[..])
    );
    drop(tx);
    server.close().await;
}

#[tokio::test]
async fn what_is_no_database_is_said_and_left_alone() {
    let (_folder, path) = folder();
    let text =
        b"this is a letter and not a database, and somebody still wants to read it".repeat(100);
    fs::write(&path, &text).unwrap();
    let refused = open(&path).await.unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused}");
    assert!(refused.to_string().contains("server.db"), "{refused}");
    assert_eq!(fs::read(&path).unwrap(), text);
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let (_folder, path) = folder();
    let mut connection = raw(&path).await;
    sqlx::query("CREATE TABLE recipes (name TEXT)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let before = fs::read(&path).unwrap();
    let refused = open(&path).await.unwrap_err();
    assert!(refused.to_string().contains("another program"), "{refused}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn damage_is_found_when_opening() {
    let (_folder, path) = folder();
    let store = open(&path).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    for n in 0..200 {
        tx.meta()
            .put(&format!("key {n}"), &[7; 2000])
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    store.close().await;
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20_000].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    let refused = open(&path).await.unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused}");
}

#[tokio::test]
async fn a_file_cut_short_is_an_error_and_no_panic() {
    let (_folder, path) = folder();
    let store = open(&path).await.unwrap();
    store.close().await;
    let bytes = fs::read(&path).unwrap();
    for length in [10, 99, 4096, 4097, bytes.len() - 4096] {
        fs::write(&path, &bytes[..length]).unwrap();
        let refused = open(&path).await.unwrap_err();
        assert!(
            matches!(refused, StoreError::Corrupt { .. }),
            "at {length}: {refused}"
        );
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (_folder, path) = folder();
    open(&path).await.unwrap().close().await;
    let mut connection = raw(&path).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    let refused = open(&path).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::NewerSchema { found: 9999, .. }),
        "{refused}"
    );
    let refused = open_beside_server(&path).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::NewerSchema { found: 9999, .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let (folder, _) = folder();
    let refused = open(folder.path().join("nowhere").join("server.db"))
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Settings { .. }), "{refused}");
    assert!(refused.to_string().contains("nowhere"), "{refused}");
}

#[tokio::test]
async fn a_start_cut_short_before_the_first_table_is_taken_up() {
    let (_folder, path) = folder();
    let mut connection = raw(&path).await;
    sqlx::query("PRAGMA journal_mode = WAL")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let store = open(&path).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        tx.sessions()
            .delete_ended(UnixMillis(0), UnixMillis(0))
            .await
            .unwrap(),
        0
    );
}
