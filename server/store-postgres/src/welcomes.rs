//! Welcomes of devices that were put into a group.

use async_trait::async_trait;
use dialtone_protocol::{DeviceId, GroupId};
use dialtone_store::{NewWelcome, StoreError, StoredWelcome, WelcomeStore};

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl WelcomeStore for PostgresTransaction {
    async fn put(&mut self, new: &NewWelcome) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO welcomes (group_id, epoch, bytes, tree) VALUES ($1, $2, $3, $4)")
            .bind(&new.group.0[..])
            .bind(row::stored(new.epoch, "epoch")?)
            .bind(&new.welcome)
            .bind(&new.tree)
            .execute(self.connection())
            .await
            .map_err(db)?;
        for device in &new.devices {
            sqlx::query(
                "INSERT INTO welcomed (group_id, device_id, epoch) VALUES ($1, $2, $3)
                 ON CONFLICT (group_id, device_id) DO UPDATE SET epoch = excluded.epoch",
            )
            .bind(&new.group.0[..])
            .bind(&device.0[..])
            .bind(row::stored(new.epoch, "epoch")?)
            .execute(self.connection())
            .await
            .map_err(db)?;
        }
        self.forget_unread(&new.group).await
    }

    async fn find(
        &mut self,
        group: &GroupId,
        device: &DeviceId,
    ) -> Result<Option<StoredWelcome>, StoreError> {
        let found = sqlx::query(
            "SELECT welcomes.epoch, bytes, tree FROM welcomes JOIN welcomed USING (group_id, epoch)
             WHERE group_id = $1 AND device_id = $2",
        )
        .bind(&group.0[..])
        .bind(&device.0[..])
        .fetch_optional(self.connection())
        .await
        .map_err(db)?;
        let Some(found) = found else {
            return Ok(None);
        };
        Ok(Some(StoredWelcome {
            epoch: row::number(&found, "epoch")?,
            welcome: row::blob(&found, "bytes")?,
            tree: row::blob(&found, "tree")?,
        }))
    }

    async fn take(&mut self, group: &GroupId, device: &DeviceId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM welcomed WHERE group_id = $1 AND device_id = $2")
            .bind(&group.0[..])
            .bind(&device.0[..])
            .execute(self.connection())
            .await
            .map_err(db)?;
        self.forget_unread(group).await
    }
}

impl PostgresTransaction {
    /// A welcome that waits for nobody is of no use.
    async fn forget_unread(&mut self, group: &GroupId) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM welcomes WHERE group_id = $1 AND NOT EXISTS
             (SELECT 1 FROM welcomed WHERE welcomed.group_id = welcomes.group_id AND welcomed.epoch = welcomes.epoch)",
        )
        .bind(&group.0[..])
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(())
    }
}
