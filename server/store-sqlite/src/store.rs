//! The store: one connection that writes, several that read.

use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use dialtone_store::{Store, StoreError, Transaction};
use sqlx::SqlitePool;

use crate::error::db;
use crate::transaction::SqliteTransaction;

/// An open database file.
pub(crate) struct SqliteStore {
    pub(crate) path: PathBuf,
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

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        // IMMEDIATE: a transaction that first read and then found another writer ahead of it could not go on.
        let inner = self
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(db)?;
        Ok(Box::new(SqliteTransaction::new(inner)))
    }

    async fn read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let inner = self.readers.begin().await.map_err(db)?;
        Ok(Box::new(SqliteTransaction::new(inner)))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT COUNT(*) FROM roster_head")
            .execute(&self.readers)
            .await
            .map_err(db)?;
        Ok(())
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
