//! The store: a pool of connections.

use std::fmt;

use async_trait::async_trait;
use dialtone_store::{Store, StoreError, Transaction};
use sqlx::PgPool;

use crate::error::db;
use crate::patient::Patient;
use crate::transaction::PostgresTransaction;

/// The key of the value that [`Store::ping`] writes.
const PING: &str = "store/ping";

/// A database reached through a pool.
pub(crate) struct PostgresStore {
    pub(crate) pool: PgPool,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = self.pool.connect_options();
        f.debug_struct("PostgresStore")
            .field("host", &options.get_host())
            .field("port", &options.get_port())
            .field("database", &options.get_database())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let inner = Patient::begin(
            &self.pool,
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        )
        .await
        .map_err(db)?;
        Ok(Box::new(PostgresTransaction::new(inner)))
    }

    async fn read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let inner = Patient::begin(
            &self.pool,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )
        .await
        .map_err(db)?;
        Ok(Box::new(PostgresTransaction::new(inner)))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.meta().put(PING, b"ok").await?;
        tx.commit().await
    }

    fn kind(&self) -> &'static str {
        "postgres"
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
