//! History grants: sealed blobs that wait for the device that they are for.

use async_trait::async_trait;
use dialtone_protocol::DeviceId;
use dialtone_store::{Grant, GrantId, GrantStore, NewGrant, PutGrant, StoreError, UnixMillis};
use sqlx::postgres::PgRow;

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl GrantStore for PostgresTransaction {
    async fn put(
        &mut self,
        new: &NewGrant,
        capacity: u32,
        now: UnixMillis,
    ) -> Result<PutGrant, StoreError> {
        // Counting up first locks the device's row, so that grants for one device are put one after another.
        let counted = sqlx::query(
            "UPDATE devices SET last_grant = last_grant + 1 WHERE device_id = $1 RETURNING last_grant",
        )
        .bind(&new.to.0[..])
        .fetch_optional(self.connection())
        .await
        .map_err(db)?;
        let Some(counted) = counted else {
            return Ok(PutGrant::UnknownDevice);
        };
        let id = row::number(&counted, "last_grant")?;
        let inserted = sqlx::query(
            "INSERT INTO grants (device_id, grant_id, from_device, bytes, created_ms)
             SELECT $1, $2, $3, $4, $5 WHERE (SELECT COUNT(*) FROM grants WHERE device_id = $1) < $6",
        )
        .bind(&new.to.0[..])
        .bind(row::stored(id, "grant")?)
        .bind(&new.from.0[..])
        .bind(&new.bytes)
        .bind(now.0)
        .bind(i64::from(capacity))
        .execute(self.connection())
        .await
        .map_err(db)?
        .rows_affected();
        Ok(if inserted == 1 {
            PutGrant::Put(GrantId(id))
        } else {
            PutGrant::Full
        })
    }

    async fn list(
        &mut self,
        to: &DeviceId,
        after: Option<GrantId>,
        limit: u32,
    ) -> Result<Vec<Grant>, StoreError> {
        let rows = sqlx::query("SELECT * FROM grants WHERE device_id = $1 AND grant_id > $2 ORDER BY grant_id LIMIT $3")
            .bind(&to.0[..])
            .bind(row::bound(after.map_or(0, |id| id.0)))
            .bind(i64::from(limit))
            .fetch_all(self.connection())
            .await
            .map_err(db)?;
        rows.iter().map(grant).collect()
    }

    async fn delete(&mut self, to: &DeviceId, ids: &[GrantId]) -> Result<u64, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| row::bound(id.0)).collect();
        let deleted = sqlx::query("DELETE FROM grants WHERE device_id = $1 AND grant_id = ANY($2)")
            .bind(&to.0[..])
            .bind(ids)
            .execute(self.connection())
            .await
            .map_err(db)?;
        Ok(deleted.rows_affected())
    }
}

fn grant(row: &PgRow) -> Result<Grant, StoreError> {
    Ok(Grant {
        id: GrantId(row::number(row, "grant_id")?),
        from: DeviceId(row::array(row, "from_device")?),
        bytes: row::blob(row, "bytes")?,
        created: row::time(row, "created_ms")?,
    })
}
