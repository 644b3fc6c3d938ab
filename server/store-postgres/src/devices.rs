//! Devices of accounts, with their public keys.

use async_trait::async_trait;
use dialtone_protocol::{AccountId, DeviceId, PublicKey};
use dialtone_store::{Device, DeviceStore, NewDevice, SessionStore, StoreError, UnixMillis};
use sqlx::postgres::PgRow;

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl DeviceStore for PostgresTransaction {
    async fn add(&mut self, new: &NewDevice, now: UnixMillis) -> Result<bool, StoreError> {
        let inserted = sqlx::query(
            "INSERT INTO devices (device_id, account_id, device_key, box_key, created_ms, last_seen_ms)
             VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (device_id) DO NOTHING",
        )
        .bind(&new.device.0[..])
        .bind(&new.account.0[..])
        .bind(&new.device_key.0[..])
        .bind(&new.box_key)
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(inserted.rows_affected() == 1)
    }

    async fn find(&mut self, id: &DeviceId) -> Result<Option<Device>, StoreError> {
        let found = sqlx::query("SELECT * FROM devices WHERE device_id = $1")
            .bind(&id.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(device).transpose()
    }

    async fn list(&mut self, account: &AccountId) -> Result<Vec<Device>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM devices WHERE account_id = $1 ORDER BY created_ms, device_id",
        )
        .bind(&account.0[..])
        .fetch_all(self.connection())
        .await
        .map_err(db)?;
        rows.iter().map(device).collect()
    }

    async fn touch(&mut self, id: &DeviceId, now: UnixMillis) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE devices SET last_seen_ms = CASE WHEN last_seen_ms < $2 THEN $2 ELSE last_seen_ms END
             WHERE device_id = $1",
        )
        .bind(&id.0[..])
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn revoke(&mut self, id: &DeviceId, now: UnixMillis) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE devices SET revoked_ms = $2 WHERE device_id = $1 AND revoked_ms IS NULL",
        )
        .bind(&id.0[..])
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        SessionStore::revoke_device(self, id, now).await?;
        Ok(changed.rows_affected() == 1)
    }
}

fn device(row: &PgRow) -> Result<Device, StoreError> {
    Ok(Device {
        device: DeviceId(row::array(row, "device_id")?),
        account: AccountId(row::array(row, "account_id")?),
        device_key: PublicKey(row::array(row, "device_key")?),
        box_key: row::blob(row, "box_key")?,
        created: row::time(row, "created_ms")?,
        last_seen: row::time(row, "last_seen_ms")?,
        revoked: row::optional_time(row, "revoked_ms")?,
    })
}
