//! Values of the whole server, and which community it serves.

use async_trait::async_trait;
use dialtone_protocol::CommunityId;
use dialtone_store::{CommunitySet, MetaStore, StoreError};
use sqlx::Row as _;

use crate::error::db;
use crate::row;
use crate::transaction::SqliteTransaction;

/// The key under which the community's id stands.
const COMMUNITY: &str = "store/community";

#[async_trait]
impl MetaStore for SqliteTransaction {
    async fn get(&mut self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let found = sqlx::query("SELECT value FROM meta WHERE key = $1")
            .bind(key)
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found
            .as_ref()
            .map(|row| row::blob(row, "value"))
            .transpose()
    }

    async fn put(&mut self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(key)
        .bind(value)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(())
    }

    async fn put_if_absent(&mut self, key: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        sqlx::query("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING")
            .bind(key)
            .bind(value)
            .execute(self.connection())
            .await
            .map_err(db)?;
        MetaStore::get(self, key)
            .await?
            .ok_or_else(|| StoreError::internal("a value vanished while it was put"))
    }

    async fn swap(
        &mut self,
        key: &str,
        expected: Option<&[u8]>,
        new: Option<&[u8]>,
    ) -> Result<bool, StoreError> {
        let changed = match (expected, new) {
            (None, None) => return Ok(MetaStore::get(self, key).await?.is_none()),
            (None, Some(new)) => {
                let put =
                    "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
                sqlx::query(put).bind(key).bind(new)
            }
            (Some(expected), Some(new)) => {
                let change = "UPDATE meta SET value = $3 WHERE key = $1 AND value = $2";
                sqlx::query(change).bind(key).bind(expected).bind(new)
            }
            (Some(expected), None) => {
                let take = "DELETE FROM meta WHERE key = $1 AND value = $2";
                sqlx::query(take).bind(key).bind(expected)
            }
        };
        let changed = changed.execute(self.connection()).await.map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn community(&mut self) -> Result<Option<CommunityId>, StoreError> {
        MetaStore::get(self, COMMUNITY)
            .await?
            .map(|bytes| community(&bytes))
            .transpose()
    }

    async fn set_community(&mut self, new: CommunityId) -> Result<CommunitySet, StoreError> {
        let stored = community(&self.put_if_absent(COMMUNITY, &new.0).await?)?;
        Ok(if stored == new {
            CommunitySet::Set
        } else {
            CommunitySet::Other(stored)
        })
    }

    async fn schema_version(&mut self) -> Result<i64, StoreError> {
        let row = sqlx::query(
            "SELECT COALESCE(MAX(version), 0) AS version FROM _sqlx_migrations WHERE success",
        )
        .fetch_one(self.connection())
        .await
        .map_err(db)?;
        row.try_get("version").map_err(db)
    }
}

fn community(bytes: &[u8]) -> Result<CommunityId, StoreError> {
    CommunityId::from_slice(bytes).map_err(|_| StoreError::corrupt("the community's id"))
}
