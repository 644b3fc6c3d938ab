//! Key packages of devices.

use async_trait::async_trait;
use dialtone_protocol::DeviceId;
use dialtone_store::{PackageStore, StoreError, UnixMillis};

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl PackageStore for PostgresTransaction {
    async fn put(
        &mut self,
        device: &DeviceId,
        package: &[u8],
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO key_packages (device_id, bytes, stored_ms) VALUES ($1, $2, $3)
             ON CONFLICT (device_id) DO UPDATE SET bytes = excluded.bytes, stored_ms = excluded.stored_ms",
        )
        .bind(&device.0[..])
        .bind(package)
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(())
    }

    async fn find(&mut self, device: &DeviceId) -> Result<Option<Vec<u8>>, StoreError> {
        let found = sqlx::query("SELECT bytes FROM key_packages WHERE device_id = $1")
            .bind(&device.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found
            .as_ref()
            .map(|found| row::blob(found, "bytes"))
            .transpose()
    }
}
