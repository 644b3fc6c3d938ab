//! Recovery files.

use async_trait::async_trait;
use dialtone_protocol::AccountId;
use dialtone_store::{Recovery, RecoveryStore, StoreError, UnixMillis};
use sqlx::Row as _;

use crate::error::db;
use crate::row;
use crate::transaction::SqliteTransaction;

#[async_trait]
impl RecoveryStore for SqliteTransaction {
    async fn put_account(
        &mut self,
        account: &AccountId,
        file: &[u8],
        password_copy: Option<&[u8]>,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO recovery (account_id, account_file, password_copy, updated_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id) DO UPDATE SET account_file = excluded.account_file,
                 password_copy = excluded.password_copy, updated_ms = excluded.updated_ms",
        )
        .bind(&account.0[..])
        .bind(file)
        .bind(password_copy)
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(())
    }

    async fn drop_password_copy(
        &mut self,
        account: &AccountId,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE recovery SET password_copy = NULL, updated_ms = $1
             WHERE account_id = $2 AND password_copy IS NOT NULL",
        )
        .bind(now.0)
        .bind(&account.0[..])
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(())
    }

    async fn put_history(
        &mut self,
        account: &AccountId,
        counter: u64,
        file: &[u8],
        now: UnixMillis,
    ) -> Result<bool, StoreError> {
        let Ok(counter) = i64::try_from(counter) else {
            return Ok(false);
        };
        let updated = sqlx::query(
            "UPDATE recovery SET history_file = $1, counter = $2, updated_ms = $3
             WHERE account_id = $4 AND counter < $2",
        )
        .bind(file)
        .bind(counter)
        .bind(now.0)
        .bind(&account.0[..])
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(updated.rows_affected() == 1)
    }

    async fn find(&mut self, account: &AccountId) -> Result<Option<Recovery>, StoreError> {
        let found = sqlx::query("SELECT * FROM recovery WHERE account_id = $1")
            .bind(&account.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        let Some(found) = found else {
            return Ok(None);
        };
        Ok(Some(Recovery {
            account_file: row::blob(&found, "account_file")?,
            history_file: found.try_get("history_file").map_err(db)?,
            counter: row::number(&found, "counter")?,
            password_copy: found.try_get("password_copy").map_err(db)?,
        }))
    }
}
