//! Streams of sealed events: one a channel, with a gapless sequence from 1 and a hash over the order.
//!
//! The channel's head is read once and written once a batch; what is between them is in [`append`].

use std::ops::RangeInclusive;

use async_trait::async_trait;
use dialtone_protocol::{ChannelId, ClientEventId, DeviceId, Hash};
use dialtone_store::{
    Appended, DeviceHead, ExpiredMessage, MAX_BATCH, MAX_PAGE, MessageStore, NewMessage,
    StoreError, StoredMessage, StreamHead, UnixMillis, read_page,
};
use futures_util::StreamExt as _;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::append;
use crate::error::db;
use crate::patient::Patient;
use crate::row;
use crate::transaction::PostgresTransaction;

/// A channel's stream while this transaction appends to it.
pub(crate) struct LockedStream {
    pub(crate) head: StreamHead,
    pub(crate) closed: bool,
}

/// Reads the channel's head so that nothing else can move it until this transaction ends.
pub(crate) async fn lock_stream(
    connection: &mut Patient,
    channel: &ChannelId,
) -> Result<Option<LockedStream>, StoreError> {
    // NO KEY: the lock is for other appends, not for the foreign keys that refer to the row.
    let found = sqlx::query(
        "SELECT last_sequence, stream_hash, closed FROM channels WHERE channel_id = $1 FOR NO KEY UPDATE",
    )
    .bind(&channel.0[..])
    .fetch_optional(connection)
    .await
    .map_err(db)?;
    found
        .map(|row| {
            Ok(LockedStream {
                head: stream_head(&row)?,
                closed: row.try_get("closed").map_err(db)?,
            })
        })
        .transpose()
}

#[async_trait]
impl MessageStore for PostgresTransaction {
    async fn append(&mut self, new: &NewMessage, now: UnixMillis) -> Result<Appended, StoreError> {
        let outcomes = self.append_batch(std::slice::from_ref(new), now).await?;
        outcomes
            .first()
            .copied()
            .ok_or_else(|| StoreError::internal("an append without an outcome"))
    }

    async fn append_batch(
        &mut self,
        new: &[NewMessage],
        now: UnixMillis,
    ) -> Result<Vec<Appended>, StoreError> {
        if new.len() > MAX_BATCH {
            return Err(StoreError::internal(format!(
                "a batch of {} events",
                new.len()
            )));
        }
        // Channels in one order everywhere; within a channel, the order asked.
        let mut order: Vec<usize> = (0..new.len()).collect();
        order.sort_by_key(|&index| new[index].channel);
        let mut outcomes = vec![Appended::UnknownChannel; new.len()];
        for run in order.chunk_by(|&a, &b| new[a].channel == new[b].channel) {
            let channel = new[run[0]].channel;
            let Some(mut stream) = lock_stream(self.connection(), &channel).await? else {
                continue;
            };
            let before = stream.head;
            let run_of: Vec<&NewMessage> = run.iter().map(|&index| &new[index]).collect();
            let appended = append::run(self.connection(), &mut stream, &run_of, now).await?;
            for (&index, outcome) in run.iter().zip(appended) {
                outcomes[index] = outcome;
            }
            if stream.head != before {
                save_head(self.connection(), &channel, stream.head).await?;
            }
        }
        Ok(outcomes)
    }

    async fn page(
        &mut self,
        channel: &ChannelId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        let latest_first = "SELECT * FROM messages WHERE channel_id = $1 AND sequence < $2
                            ORDER BY sequence DESC LIMIT $3";
        let before = row::bound(before.unwrap_or(u64::MAX));
        let mut page = find(self.connection(), latest_first, channel, before, limit).await?;
        page.reverse();
        Ok(page)
    }

    async fn after(
        &mut self,
        channel: &ChannelId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        let first_first = "SELECT * FROM messages WHERE channel_id = $1 AND sequence > $2
                           ORDER BY sequence LIMIT $3";
        let after = row::bound(after);
        find(self.connection(), first_first, channel, after, limit).await
    }

    async fn head(&mut self, channel: &ChannelId) -> Result<Option<StreamHead>, StoreError> {
        let found =
            sqlx::query("SELECT last_sequence, stream_hash FROM channels WHERE channel_id = $1")
                .bind(&channel.0[..])
                .fetch_optional(self.connection())
                .await
                .map_err(db)?;
        found.as_ref().map(stream_head).transpose()
    }

    async fn heads(&mut self) -> Result<Vec<(ChannelId, u64)>, StoreError> {
        let rows =
            sqlx::query("SELECT channel_id, last_sequence FROM channels ORDER BY channel_id")
                .fetch_all(self.connection())
                .await
                .map_err(db)?;
        let head = |row| {
            let channel = ChannelId(row::array(row, "channel_id")?);
            Ok((channel, row::number(row, "last_sequence")?))
        };
        rows.iter().map(head).collect()
    }

    async fn size(&mut self, channel: &ChannelId) -> Result<u64, StoreError> {
        let sum = sqlx::query(
            "SELECT CAST(COALESCE(SUM(LENGTH(sealed)), 0) AS BIGINT) AS size FROM messages WHERE channel_id = $1",
        )
        .bind(&channel.0[..])
        .fetch_one(self.connection())
        .await
        .map_err(db)?;
        row::number(&sum, "size")
    }

    async fn last_by_device(
        &mut self,
        channel: &ChannelId,
        device: &DeviceId,
    ) -> Result<Option<DeviceHead>, StoreError> {
        let found = sqlx::query(
            "SELECT device_sequence, event_hash, sequence FROM messages
             WHERE channel_id = $1 AND device_id = $2 ORDER BY device_sequence DESC LIMIT 1",
        )
        .bind(&channel.0[..])
        .bind(&device.0[..])
        .fetch_optional(self.connection())
        .await
        .map_err(db)?;
        found.as_ref().map(device_head).transpose()
    }

    async fn find(
        &mut self,
        channel: &ChannelId,
        device: &DeviceId,
        client_event_id: &ClientEventId,
    ) -> Result<Option<StoredMessage>, StoreError> {
        let found = sqlx::query(
            "SELECT * FROM messages WHERE channel_id = $1 AND device_id = $2 AND client_event_id = $3",
        )
        .bind(&channel.0[..])
        .bind(&device.0[..])
        .bind(&client_event_id.0[..])
        .fetch_optional(self.connection())
        .await
        .map_err(db)?;
        found.as_ref().map(message).transpose()
    }

    async fn expired(
        &mut self,
        now: UnixMillis,
        limit: u32,
    ) -> Result<Vec<ExpiredMessage>, StoreError> {
        let limit = limit.min(MAX_PAGE);
        let rows = sqlx::query(
            "SELECT channel_id, sequence, sealed FROM messages
             WHERE expires_ms IS NOT NULL AND expires_ms <= $1 ORDER BY expires_ms LIMIT $2",
        )
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch(self.connection());
        let found = rows.map(|row| expired(&row.map_err(db)?));
        read_page(found, limit, |message| message.sealed.len()).await
    }

    async fn keep_at_most(
        &mut self,
        channel: &ChannelId,
        places: RangeInclusive<u64>,
        age_ms: i64,
    ) -> Result<u64, StoreError> {
        let changed = sqlx::query(
            "UPDATE messages SET expires_ms = stored_ms + $4
             WHERE channel_id = $1 AND sequence BETWEEN $2 AND $3 AND NOT gone
               AND (expires_ms IS NULL OR expires_ms > stored_ms + $4)",
        )
        .bind(&channel.0[..])
        .bind(row::bound(*places.start()))
        .bind(row::bound(*places.end()))
        .bind(age_ms)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(changed.rows_affected())
    }

    async fn erase(
        &mut self,
        channel: &ChannelId,
        sequence: u64,
        left: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE messages SET sealed = $3, gone = TRUE, expires_ms = NULL
             WHERE channel_id = $1 AND sequence = $2",
        )
        .bind(&channel.0[..])
        .bind(row::bound(sequence))
        .bind(left)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(())
    }
}

async fn save_head(
    connection: &mut Patient,
    channel: &ChannelId,
    head: StreamHead,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE channels SET last_sequence = $2, stream_hash = $3 WHERE channel_id = $1")
        .bind(&channel.0[..])
        .bind(row::stored(head.sequence, "sequence")?)
        .bind(&head.stream_hash.0[..])
        .execute(connection)
        .await
        .map_err(db)?;
    Ok(())
}

fn stream_head(row: &PgRow) -> Result<StreamHead, StoreError> {
    Ok(StreamHead {
        sequence: row::number(row, "last_sequence")?,
        stream_hash: Hash(row::array(row, "stream_hash")?),
    })
}

fn device_head(row: &PgRow) -> Result<DeviceHead, StoreError> {
    Ok(DeviceHead {
        device_sequence: row::number(row, "device_sequence")?,
        event_hash: Hash(row::array(row, "event_hash")?),
        sequence: row::number(row, "sequence")?,
    })
}

/// The messages that a statement finds, as many as fit a page.
async fn find(
    connection: &mut Patient,
    statement: &'static str,
    channel: &ChannelId,
    bound: i64,
    limit: u32,
) -> Result<Vec<StoredMessage>, StoreError> {
    let limit = limit.min(MAX_PAGE);
    let rows = sqlx::query(statement)
        .bind(&channel.0[..])
        .bind(bound)
        .bind(i64::from(limit))
        .fetch(connection);
    let messages = rows.map(|row| message(&row.map_err(db)?));
    read_page(messages, limit, |message| message.sealed.len()).await
}

fn message(row: &PgRow) -> Result<StoredMessage, StoreError> {
    Ok(StoredMessage {
        sequence: row::number(row, "sequence")?,
        device: DeviceId(row::array(row, "device_id")?),
        device_sequence: row::number(row, "device_sequence")?,
        client_event_id: ClientEventId(row::array(row, "client_event_id")?),
        sealed: row::blob(row, "sealed")?,
        event_hash: Hash(row::array(row, "event_hash")?),
        stream_hash: Hash(row::array(row, "stream_hash")?),
        stored: row::time(row, "stored_ms")?,
        gone: row.try_get("gone").map_err(db)?,
    })
}

fn expired(row: &PgRow) -> Result<ExpiredMessage, StoreError> {
    Ok(ExpiredMessage {
        channel: ChannelId(row::array(row, "channel_id")?),
        sequence: row::number(row, "sequence")?,
        sealed: row::blob(row, "sealed")?,
    })
}
