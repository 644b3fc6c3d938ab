//! MLS groups: public state for joiners, and the log of commits, ordered by compare-and-swap on the epoch.

use async_trait::async_trait;
use dialtone_protocol::GroupId;
use dialtone_store::{
    CommitOutcome, Group, GroupStore, NewCommit, NewGroup, StoreError, StoredCommit, UnixMillis,
    read_page,
};
use futures_util::StreamExt as _;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::error::db;
use crate::row;
use crate::transaction::SqliteTransaction;

#[async_trait]
impl GroupStore for SqliteTransaction {
    async fn create(&mut self, new: &NewGroup, now: UnixMillis) -> Result<bool, StoreError> {
        let inserted = sqlx::query(
            "INSERT INTO mls_groups (group_id, epoch, group_info, public_state, tree, changed_ms, nature)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (group_id) DO NOTHING",
        )
        .bind(&new.group.0[..])
        .bind(row::stored(new.epoch, "epoch")?)
        .bind(&new.group_info)
        .bind(&new.public_state)
        .bind(&new.tree)
        .bind(now.0)
        .bind(&new.nature)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(inserted.rows_affected() == 1)
    }

    async fn find(&mut self, id: &GroupId) -> Result<Option<Group>, StoreError> {
        let found = sqlx::query("SELECT * FROM mls_groups WHERE group_id = $1")
            .bind(&id.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(group).transpose()
    }

    async fn epoch(&mut self, id: &GroupId) -> Result<Option<u64>, StoreError> {
        let found = sqlx::query("SELECT epoch FROM mls_groups WHERE group_id = $1")
            .bind(&id.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found
            .as_ref()
            .map(|row| row::number(row, "epoch"))
            .transpose()
    }

    async fn epochs(&mut self) -> Result<Vec<(GroupId, u64)>, StoreError> {
        let rows = sqlx::query("SELECT group_id, epoch FROM mls_groups ORDER BY group_id")
            .fetch_all(self.connection())
            .await
            .map_err(db)?;
        let epoch = |row| {
            let group = GroupId(row::array(row, "group_id")?);
            Ok((group, row::number(row, "epoch")?))
        };
        rows.iter().map(epoch).collect()
    }

    async fn lock_epoch(&mut self, id: &GroupId) -> Result<Option<u64>, StoreError> {
        // There is one writer: nothing else can move the epoch while this transaction is open.
        GroupStore::epoch(self, id).await
    }

    async fn commit(
        &mut self,
        new: &NewCommit,
        now: UnixMillis,
    ) -> Result<CommitOutcome, StoreError> {
        let moved = sqlx::query(
            "UPDATE mls_groups SET epoch = epoch + 1, group_info = $3, public_state = $4, tree = $5, changed_ms = $6, nature = $7
             WHERE group_id = $1 AND epoch = $2",
        )
        .bind(&new.group.0[..])
        .bind(row::bound(new.expected_epoch))
        .bind(&new.group_info)
        .bind(&new.public_state)
        .bind(&new.tree)
        .bind(now.0)
        .bind(&new.nature)
        .execute(self.connection())
        .await
        .map_err(db)?
        .rows_affected();
        if moved == 0 {
            let epoch = GroupStore::epoch(self, &new.group).await?;
            return Ok(
                epoch.map_or(CommitOutcome::UnknownGroup, |epoch| CommitOutcome::Stale {
                    epoch,
                }),
            );
        }
        sqlx::query(
            "INSERT INTO mls_commits (group_id, epoch, bytes, accepted_ms) VALUES ($1, $2, $3, $4)",
        )
        .bind(&new.group.0[..])
        .bind(row::stored(new.expected_epoch, "epoch")?)
        .bind(&new.commit)
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(CommitOutcome::Committed {
            epoch: new.expected_epoch + 1,
        })
    }

    async fn commits(
        &mut self,
        id: &GroupId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredCommit>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM mls_commits WHERE group_id = $1 AND epoch >= $2 ORDER BY epoch LIMIT $3",
        )
        .bind(&id.0[..])
        .bind(row::bound(from))
        .bind(i64::from(limit))
        .fetch(self.connection());
        let commits = rows.map(|row| commit(&row.map_err(db)?));
        read_page(commits, limit, |commit| commit.commit.len()).await
    }

    async fn list(
        &mut self,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<GroupId>, StoreError> {
        let after = after.map(|id| id.0.to_vec()).unwrap_or_default();
        let rows = sqlx::query(
            "SELECT group_id FROM mls_groups WHERE group_id > $1 ORDER BY group_id LIMIT $2",
        )
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(db)?;
        rows.iter()
            .map(|row| row::array(row, "group_id").map(GroupId))
            .collect()
    }

    async fn natures(&mut self) -> Result<Vec<(GroupId, Vec<u8>)>, StoreError> {
        let rows = sqlx::query("SELECT group_id, nature FROM mls_groups WHERE nature IS NOT NULL")
            .fetch_all(self.connection())
            .await
            .map_err(db)?;
        rows.iter()
            .map(|row| {
                let group = GroupId(row::array(row, "group_id")?);
                Ok((group, row::blob(row, "nature")?))
            })
            .collect()
    }
}

fn group(row: &SqliteRow) -> Result<Group, StoreError> {
    Ok(Group {
        group: GroupId(row::array(row, "group_id")?),
        epoch: row::number(row, "epoch")?,
        group_info: row::blob(row, "group_info")?,
        public_state: row::blob(row, "public_state")?,
        tree: row::blob(row, "tree")?,
        changed: row::time(row, "changed_ms")?,
        nature: row.try_get("nature").map_err(db)?,
    })
}

fn commit(row: &SqliteRow) -> Result<StoredCommit, StoreError> {
    Ok(StoredCommit {
        epoch: row::number(row, "epoch")?,
        commit: row::blob(row, "bytes")?,
        accepted: row::time(row, "accepted_ms")?,
    })
}
