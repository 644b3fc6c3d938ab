//! The store: one connection that writes, several that read.

use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use dialtone_store::{Store, StoreError, Transaction};
use sqlx::SqlitePool;

use crate::error::{db, taken};
use crate::file::FileIdentity;
use crate::transaction::SqliteTransaction;

/// The key of the value that [`Store::ping`] writes.
const PING: &str = "store/ping";

/// An open database file.
pub(crate) struct SqliteStore {
    pub(crate) path: PathBuf,
    /// The file that was opened there.
    pub(crate) file: FileIdentity,
    /// A pool of one: it is the queue for writing.
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    /// Held locked while a server has the file open; freed when the store is closed, or by the system
    /// however the process ends.
    pub(crate) lock: Mutex<Option<File>>,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// A file that was deleted can still be written to by whoever has it open, and nobody will read it again.
    fn check_file(&self) -> Result<(), StoreError> {
        match FileIdentity::of(&self.path) {
            Ok(file) if file == self.file => Ok(()),
            _ => Err(StoreError::Unavailable {
                detail: format!(
                    "the database file was deleted, moved or replaced while the server runs: stop the server, put the \
                     file back, start it again: {}",
                    self.path.display()
                ),
            }),
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.check_file()?;
        // IMMEDIATE: a transaction that first read and then found another writer ahead of it could not go on.
        let inner = self
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(taken)?;
        Ok(Box::new(SqliteTransaction::new(inner)))
    }

    async fn read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let inner = self.readers.begin().await.map_err(db)?;
        Ok(Box::new(SqliteTransaction::new(inner)))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.meta().put(PING, b"ok").await?;
        tx.commit().await
    }

    fn kind(&self) -> &'static str {
        "sqlite"
    }

    async fn close(&self) {
        self.readers.close().await;
        // Last: it moves what the write-ahead log still holds into the file.
        self.writer.close().await;
        drop(
            self.lock
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::open::open_store;

    async fn fresh() -> (tempfile::TempDir, SqliteStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(&folder.path().join("server.db")).await.unwrap();
        (folder, store)
    }

    async fn raw_write(store: &SqliteStore, statement: &'static str) {
        let mut connection = store.writer.acquire().await.unwrap();
        sqlx::query(statement)
            .execute(&mut *connection)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn writing_goes_on_after_the_database_ended_a_transaction_by_itself() {
        let (_folder, store) = fresh().await;
        let mut inner = store.writer.begin_with("BEGIN IMMEDIATE").await.unwrap();
        // What SQLite does by itself when it cannot write.
        sqlx::query("ROLLBACK").execute(&mut *inner).await.unwrap();
        let failed = Box::new(SqliteTransaction::new(inner)).commit().await;
        assert!(failed.is_err());
        store.ping().await.unwrap();
        store.ping().await.unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_is_unavailable_and_does_not_last() {
        let (_folder, store) = fresh().await;
        // As long as this connection lives, the file cannot grow by much.
        raw_write(&store, "PRAGMA max_page_count = 1").await;
        let large = vec![7; 1_000_000];
        let mut tx = store.begin().await.unwrap();
        let full = tx.meta().put("key", &large).await.unwrap_err();
        assert!(full.is_unavailable(), "{full}");
        drop(tx);
        // The connection was replaced, and the limit went with it: there is room again.
        let mut tx = store.begin().await.unwrap();
        tx.meta().put("key", &large).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn what_is_committed_is_on_the_disk_and_what_hangs_together_is_checked() {
        let (_folder, store) = fresh().await;
        for (pool, pragma, expected) in [
            (&store.writer, "PRAGMA journal_mode", "wal"),
            (&store.readers, "PRAGMA journal_mode", "wal"),
        ] {
            let row = sqlx::query(pragma).fetch_one(pool).await.unwrap();
            assert_eq!(row.get::<String, _>(0), expected);
        }
        for (pool, pragma, expected) in [
            // 2 is FULL: synced at each commit.
            (&store.writer, "PRAGMA synchronous", 2),
            (&store.writer, "PRAGMA foreign_keys", 1),
            (&store.readers, "PRAGMA query_only", 1),
        ] {
            let row = sqlx::query(pragma).fetch_one(pool).await.unwrap();
            assert_eq!(row.get::<i64, _>(0), expected, "{pragma}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_deleted_file_is_noticed_and_a_file_put_back_is_taken() {
        let (folder, store) = fresh().await;
        let (path, aside) = (store.path.clone(), folder.path().join("aside"));
        std::fs::rename(&path, &aside).unwrap();
        let gone = store.ping().await.unwrap_err();
        assert!(gone.is_unavailable(), "{gone}");
        assert!(gone.to_string().contains("server.db"), "{gone}");
        assert!(store.begin().await.is_err());
        std::fs::write(&path, b"").unwrap();
        assert!(store.ping().await.is_err(), "another file is not ours");
        std::fs::rename(&aside, &path).unwrap();
        store.ping().await.unwrap();
    }
}
