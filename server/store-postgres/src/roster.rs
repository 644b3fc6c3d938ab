//! The roster log: signed entries in order, appended by compare-and-swap on length and head.

use async_trait::async_trait;
use dialtone_protocol::Hash;
use dialtone_store::{
    MAX_ROSTER_RANGE, RosterAppended, RosterEntry, RosterHead, RosterStore, StoreError, UnixMillis,
};
use sqlx::postgres::PgRow;

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl RosterStore for PostgresTransaction {
    async fn head(&mut self) -> Result<RosterHead, StoreError> {
        let row = sqlx::query("SELECT length, head FROM roster_head WHERE id = 1")
            .fetch_one(self.connection())
            .await
            .map_err(db)?;
        Ok(RosterHead {
            length: row::number(&row, "length")?,
            head: Hash(row::array(&row, "head")?),
        })
    }

    async fn append(
        &mut self,
        expected: RosterHead,
        bytes: &[u8],
        hash: Hash,
        now: UnixMillis,
    ) -> Result<RosterAppended, StoreError> {
        let moved = sqlx::query(
            "UPDATE roster_head SET length = length + 1, head = $3 WHERE id = 1 AND length = $1 AND head = $2",
        )
        .bind(row::bound(expected.length))
        .bind(&expected.head.0[..])
        .bind(&hash.0[..])
        .execute(self.connection())
        .await
        .map_err(db)?
        .rows_affected();
        if moved == 0 {
            return Ok(RosterAppended::Conflict(RosterStore::head(self).await?));
        }
        sqlx::query(
            "INSERT INTO roster (position, bytes, hash, appended_ms) VALUES ($1, $2, $3, $4)",
        )
        .bind(row::stored(expected.length, "roster length")?)
        .bind(bytes)
        .bind(&hash.0[..])
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(RosterAppended::Appended {
            position: expected.length,
        })
    }

    async fn range(&mut self, from: u64, limit: u32) -> Result<Vec<RosterEntry>, StoreError> {
        let rows =
            sqlx::query("SELECT * FROM roster WHERE position >= $1 ORDER BY position LIMIT $2")
                .bind(row::bound(from))
                .bind(i64::from(limit.min(MAX_ROSTER_RANGE)))
                .fetch_all(self.connection())
                .await
                .map_err(db)?;
        rows.iter().map(entry).collect()
    }
}

fn entry(row: &PgRow) -> Result<RosterEntry, StoreError> {
    Ok(RosterEntry {
        position: row::number(row, "position")?,
        bytes: row::blob(row, "bytes")?,
        hash: Hash(row::array(row, "hash")?),
    })
}
