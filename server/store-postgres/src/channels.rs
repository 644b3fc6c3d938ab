//! Channels: which group seals them, and whether they are closed.

use async_trait::async_trait;
use dialtone_protocol::{ChannelId, GroupId};
use dialtone_store::{Channel, ChannelStore, StoreError, UnixMillis};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl ChannelStore for PostgresTransaction {
    async fn add(
        &mut self,
        id: &ChannelId,
        group: &GroupId,
        now: UnixMillis,
    ) -> Result<bool, StoreError> {
        let inserted = sqlx::query(
            "INSERT INTO channels (channel_id, group_id, created_ms) VALUES ($1, $2, $3)
             ON CONFLICT (channel_id) DO NOTHING",
        )
        .bind(&id.0[..])
        .bind(&group.0[..])
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(inserted.rows_affected() == 1)
    }

    async fn find(&mut self, id: &ChannelId) -> Result<Option<Channel>, StoreError> {
        let found = sqlx::query("SELECT * FROM channels WHERE channel_id = $1")
            .bind(&id.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(channel).transpose()
    }

    async fn list(&mut self) -> Result<Vec<Channel>, StoreError> {
        let rows = sqlx::query("SELECT * FROM channels ORDER BY created_ms, channel_id")
            .fetch_all(self.connection())
            .await
            .map_err(db)?;
        rows.iter().map(channel).collect()
    }

    async fn close(&mut self, id: &ChannelId) -> Result<bool, StoreError> {
        let changed =
            sqlx::query("UPDATE channels SET closed = TRUE WHERE channel_id = $1 AND NOT closed")
                .bind(&id.0[..])
                .execute(self.connection())
                .await
                .map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn set_group(&mut self, id: &ChannelId, group: &GroupId) -> Result<bool, StoreError> {
        let changed = sqlx::query("UPDATE channels SET group_id = $2 WHERE channel_id = $1")
            .bind(&id.0[..])
            .bind(&group.0[..])
            .execute(self.connection())
            .await
            .map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn set_retention(
        &mut self,
        id: &ChannelId,
        days: Option<u32>,
    ) -> Result<bool, StoreError> {
        let changed = sqlx::query("UPDATE channels SET retention_days = $2 WHERE channel_id = $1")
            .bind(&id.0[..])
            .bind(days.map(i64::from))
            .execute(self.connection())
            .await
            .map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn retentions(&mut self) -> Result<Vec<(ChannelId, u32)>, StoreError> {
        let rows = sqlx::query(
            "SELECT channel_id, retention_days FROM channels WHERE retention_days IS NOT NULL
             ORDER BY channel_id",
        )
        .fetch_all(self.connection())
        .await
        .map_err(db)?;
        let read = rows.iter().map(|row| {
            let days = row::small_number(row, "retention_days")?;
            Ok((ChannelId(row::array(row, "channel_id")?), days))
        });
        read.collect()
    }
}

fn channel(row: &PgRow) -> Result<Channel, StoreError> {
    Ok(Channel {
        channel: ChannelId(row::array(row, "channel_id")?),
        group: GroupId(row::array(row, "group_id")?),
        created: row::time(row, "created_ms")?,
        closed: row.try_get("closed").map_err(db)?,
        retention_days: row::optional_small_number(row, "retention_days")?,
    })
}
