//! Knocks: accounts that wait to be let in, each with its signed request.

use async_trait::async_trait;
use dialtone_protocol::AccountId;
use dialtone_store::{Knock, KnockStore, StoreError, UnixMillis};
use sqlx::postgres::PgRow;

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl KnockStore for PostgresTransaction {
    async fn put(
        &mut self,
        account: &AccountId,
        bytes: &[u8],
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO knocks (account_id, bytes, created_ms) VALUES ($1, $2, $3)
             ON CONFLICT (account_id) DO UPDATE SET bytes = excluded.bytes, created_ms = excluded.created_ms",
        )
        .bind(&account.0[..])
        .bind(bytes)
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(())
    }

    async fn find(&mut self, account: &AccountId) -> Result<Option<Knock>, StoreError> {
        let found = sqlx::query("SELECT * FROM knocks WHERE account_id = $1")
            .bind(&account.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(knock).transpose()
    }

    async fn list(&mut self, limit: u32) -> Result<Vec<Knock>, StoreError> {
        let rows = sqlx::query("SELECT * FROM knocks ORDER BY created_ms, account_id LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(self.connection())
            .await
            .map_err(db)?;
        rows.iter().map(knock).collect()
    }

    async fn count(&mut self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS knocks FROM knocks")
            .fetch_one(self.connection())
            .await
            .map_err(db)?;
        row::number(&row, "knocks")
    }

    async fn remove(&mut self, account: &AccountId) -> Result<bool, StoreError> {
        let removed = sqlx::query("DELETE FROM knocks WHERE account_id = $1")
            .bind(&account.0[..])
            .execute(self.connection())
            .await
            .map_err(db)?;
        Ok(removed.rows_affected() == 1)
    }
}

fn knock(row: &PgRow) -> Result<Knock, StoreError> {
    Ok(Knock {
        account: AccountId(row::array(row, "account_id")?),
        bytes: row::blob(row, "bytes")?,
        created: row::time(row, "created_ms")?,
    })
}
