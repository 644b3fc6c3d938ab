//! Sealed files: whose they are, how long, and which object holds their bytes.

use async_trait::async_trait;
use dialtone_protocol::{AccountId, BlobId, Hash};
use dialtone_store::{
    Blob, BlobStore, NewBlob, ObjectId, ReservedBlob, Room, StoreError, UnixMillis,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::error::db;
use crate::row;
use crate::transaction::SqliteTransaction;

#[async_trait]
impl BlobStore for SqliteTransaction {
    async fn reserve(
        &mut self,
        new: &NewBlob,
        room: Room,
        now: UnixMillis,
    ) -> Result<ReservedBlob, StoreError> {
        // There is one writer, so what is read here stays.
        let account = sqlx::query("SELECT account_id FROM accounts WHERE account_id = $1")
            .bind(&new.account.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        if account.is_none() {
            return Ok(ReservedBlob::NoAccount);
        }
        let earlier = match BlobStore::find(self, &new.blob).await? {
            None => None,
            Some(found) if found.account != new.account => return Ok(ReservedBlob::Taken),
            Some(found) if found.stored && found.size == new.size => {
                return Ok(ReservedBlob::Stored);
            }
            Some(found) if found.stored => return Ok(ReservedBlob::Taken),
            Some(found) if found.object == new.object => return Ok(ReservedBlob::Reserved),
            Some(found) => Some(found),
        };
        let given_back = earlier.map_or(0, |earlier| earlier.size);
        let used = self.used(&new.account).await?.saturating_sub(given_back);
        if used.saturating_add(new.size) > room.account {
            return Ok(ReservedBlob::Full { used });
        }
        if room.total < u64::MAX {
            let used = self.total().await?.saturating_sub(given_back);
            if used.saturating_add(new.size) > room.total {
                return Ok(ReservedBlob::ServerFull { used });
            }
        }
        if let Some(earlier) = earlier {
            self.release(&earlier.object, now).await?;
        }
        sqlx::query(
            "INSERT INTO blobs (blob_id, account_id, size, state, object_id, changed_ms, expires_ms)
             VALUES ($1, $2, $3, 0, $4, $5, $6)",
        )
        .bind(&new.blob.0[..])
        .bind(&new.account.0[..])
        .bind(row::stored(new.size, "size")?)
        .bind(&new.object.0[..])
        .bind(now.0)
        .bind(new.expires.map(|at| at.0))
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(ReservedBlob::Reserved)
    }

    async fn keep(
        &mut self,
        object: &ObjectId,
        hash: &Hash,
        now: UnixMillis,
    ) -> Result<bool, StoreError> {
        let kept = sqlx::query(
            "UPDATE blobs SET state = 1, changed_ms = $2, hash = $3 WHERE object_id = $1",
        )
        .bind(&object.0[..])
        .bind(now.0)
        .bind(&hash.0[..])
        .execute(self.connection())
        .await
        .map_err(db)?;
        if kept.rows_affected() == 1 {
            return Ok(true);
        }
        self.leave(&object.0, now).await?;
        Ok(false)
    }

    async fn find(&mut self, id: &BlobId) -> Result<Option<Blob>, StoreError> {
        let found = sqlx::query("SELECT * FROM blobs WHERE blob_id = $1")
            .bind(&id.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(blob).transpose()
    }

    async fn release(&mut self, object: &ObjectId, now: UnixMillis) -> Result<bool, StoreError> {
        let released = sqlx::query("DELETE FROM blobs WHERE object_id = $1 AND state = 0")
            .bind(&object.0[..])
            .execute(self.connection())
            .await
            .map_err(db)?;
        if released.rows_affected() == 0 {
            return Ok(false);
        }
        self.leave(&object.0, now).await?;
        Ok(true)
    }

    async fn delete(&mut self, id: &BlobId, now: UnixMillis) -> Result<bool, StoreError> {
        let deleted = sqlx::query("DELETE FROM blobs WHERE blob_id = $1 RETURNING object_id")
            .bind(&id.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        let Some(deleted) = deleted else {
            return Ok(false);
        };
        let object: [u8; 16] = row::array(&deleted, "object_id")?;
        self.leave(&object, now).await?;
        Ok(true)
    }

    async fn by_object(&mut self, object: &ObjectId) -> Result<Option<Blob>, StoreError> {
        let found = sqlx::query("SELECT * FROM blobs WHERE object_id = $1")
            .bind(&object.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(blob).transpose()
    }

    async fn expired(&mut self, now: UnixMillis, limit: u32) -> Result<Vec<Blob>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM blobs WHERE expires_ms IS NOT NULL AND expires_ms <= $1 AND state = 1
             ORDER BY expires_ms, blob_id LIMIT $2",
        )
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(db)?;
        rows.iter().map(blob).collect()
    }

    async fn total(&mut self) -> Result<u64, StoreError> {
        let sum = sqlx::query("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) AS used FROM blobs")
            .fetch_one(self.connection())
            .await
            .map_err(db)?;
        row::number(&sum, "used")
    }

    async fn used(&mut self, account: &AccountId) -> Result<u64, StoreError> {
        let sum = sqlx::query(
            "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) AS used FROM blobs WHERE account_id = $1",
        )
        .bind(&account.0[..])
        .fetch_one(self.connection())
        .await
        .map_err(db)?;
        row::number(&sum, "used")
    }

    async fn pending(&mut self, before: UnixMillis, limit: u32) -> Result<Vec<Blob>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM blobs WHERE state = 0 AND changed_ms < $1 ORDER BY changed_ms, blob_id LIMIT $2",
        )
        .bind(before.0)
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(db)?;
        rows.iter().map(blob).collect()
    }

    async fn leftovers(&mut self, limit: u32) -> Result<Vec<ObjectId>, StoreError> {
        let rows = sqlx::query(
            "SELECT object_id FROM blob_leftovers ORDER BY since_ms, object_id LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(db)?;
        rows.iter()
            .map(|row| row::array(row, "object_id").map(ObjectId))
            .collect()
    }

    async fn forget(&mut self, object: &ObjectId) -> Result<bool, StoreError> {
        let forgotten = sqlx::query("DELETE FROM blob_leftovers WHERE object_id = $1")
            .bind(&object.0[..])
            .execute(self.connection())
            .await
            .map_err(db)?;
        Ok(forgotten.rows_affected() == 1)
    }
}

impl SqliteTransaction {
    /// Puts an object among the leftovers.
    async fn leave(&mut self, object: &[u8; 16], now: UnixMillis) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO blob_leftovers (object_id, since_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(&object[..])
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(())
    }
}

fn blob(row: &SqliteRow) -> Result<Blob, StoreError> {
    let state: i64 = row.try_get("state").map_err(db)?;
    Ok(Blob {
        blob: BlobId(row::array(row, "blob_id")?),
        account: AccountId(row::array(row, "account_id")?),
        size: row::number(row, "size")?,
        object: ObjectId(row::array(row, "object_id")?),
        stored: state == 1,
        changed: row::time(row, "changed_ms")?,
        expires: row::optional_time(row, "expires_ms")?,
        hash: row::optional_array(row, "hash")?.map(Hash),
    })
}
