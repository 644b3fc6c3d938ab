//! Sessions: what a bearer token stands for. Only the token's hash is stored.

use async_trait::async_trait;
use dialtone_protocol::DeviceId;
use dialtone_store::{NewSession, Session, SessionStore, StoreError, TokenHash, UnixMillis};
use sqlx::postgres::PgRow;

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl SessionStore for PostgresTransaction {
    async fn add(&mut self, new: &NewSession, now: UnixMillis) -> Result<bool, StoreError> {
        let inserted = sqlx::query(
            "INSERT INTO sessions (token_hash, device_id, created_ms, expires_ms)
             VALUES ($1, $2, $3, $4) ON CONFLICT (token_hash) DO NOTHING",
        )
        .bind(&new.token.0[..])
        .bind(&new.device.0[..])
        .bind(now.0)
        .bind(new.expires.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(inserted.rows_affected() == 1)
    }

    async fn find(&mut self, token: &TokenHash) -> Result<Option<Session>, StoreError> {
        let found = sqlx::query("SELECT * FROM sessions WHERE token_hash = $1")
            .bind(&token.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(session).transpose()
    }

    async fn list(&mut self, device: &DeviceId) -> Result<Vec<Session>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM sessions WHERE device_id = $1 ORDER BY created_ms, token_hash",
        )
        .bind(&device.0[..])
        .fetch_all(self.connection())
        .await
        .map_err(db)?;
        rows.iter().map(session).collect()
    }

    async fn extend(&mut self, token: &TokenHash, expires: UnixMillis) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE sessions SET expires_ms = $2 WHERE token_hash = $1 AND revoked_ms IS NULL",
        )
        .bind(&token.0[..])
        .bind(expires.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn revoke(&mut self, token: &TokenHash, now: UnixMillis) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE sessions SET revoked_ms = $2 WHERE token_hash = $1 AND revoked_ms IS NULL",
        )
        .bind(&token.0[..])
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn revoke_device(
        &mut self,
        device: &DeviceId,
        now: UnixMillis,
    ) -> Result<u64, StoreError> {
        let changed = sqlx::query(
            "UPDATE sessions SET revoked_ms = $2 WHERE device_id = $1 AND revoked_ms IS NULL",
        )
        .bind(&device.0[..])
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(changed.rows_affected())
    }

    async fn page(
        &mut self,
        after: Option<&TokenHash>,
        now: UnixMillis,
        limit: u32,
    ) -> Result<Vec<Session>, StoreError> {
        // No hash is as short as nothing, so that all stand behind it.
        let after = after.map_or(&[][..], |after| &after.0[..]);
        let rows = sqlx::query(
            "SELECT * FROM sessions WHERE token_hash > $1 AND revoked_ms IS NULL AND expires_ms > $2
             ORDER BY token_hash LIMIT $3",
        )
        .bind(after)
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(db)?;
        rows.iter().map(session).collect()
    }

    async fn revoked_since(
        &mut self,
        since: UnixMillis,
        limit: u32,
    ) -> Result<Vec<Session>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM sessions WHERE revoked_ms IS NOT NULL AND revoked_ms >= $1
             ORDER BY revoked_ms DESC LIMIT $2",
        )
        .bind(since.0)
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(db)?;
        rows.iter().map(session).collect()
    }

    async fn delete_ended(
        &mut self,
        now: UnixMillis,
        revoked: UnixMillis,
    ) -> Result<u64, StoreError> {
        let deleted = sqlx::query(
            "DELETE FROM sessions
             WHERE expires_ms <= $1 OR (revoked_ms IS NOT NULL AND revoked_ms <= $2)",
        )
        .bind(now.0)
        .bind(revoked.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(deleted.rows_affected())
    }
}

fn session(row: &PgRow) -> Result<Session, StoreError> {
    Ok(Session {
        token: TokenHash(row::array(row, "token_hash")?),
        device: DeviceId(row::array(row, "device_id")?),
        created: row::time(row, "created_ms")?,
        expires: row::time(row, "expires_ms")?,
        revoked: row::optional_time(row, "revoked_ms")?,
    })
}
