//! Absences: sealed events that the server has answered it will not store.

use async_trait::async_trait;
use dialtone_protocol::{ChannelId, ClientEventId, DeviceId};
use dialtone_store::{
    Absence, AbsenceStore, MessageStore, RecordedAbsence, StoreError, UnixMillis,
};

use crate::error::db;
use crate::messages::lock_stream;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl AbsenceStore for PostgresTransaction {
    async fn record(
        &mut self,
        absence: &Absence,
        now: UnixMillis,
    ) -> Result<RecordedAbsence, StoreError> {
        if lock_stream(self.connection(), &absence.channel)
            .await?
            .is_none()
        {
            return Ok(RecordedAbsence::UnknownChannel);
        }
        let stored = MessageStore::find(
            self,
            &absence.channel,
            &absence.device,
            &absence.client_event_id,
        )
        .await?;
        if let Some(message) = stored.filter(|message| message.event_hash == absence.event_hash) {
            return Ok(RecordedAbsence::Stored {
                sequence: message.sequence,
                stream_hash: message.stream_hash,
                stored: message.stored,
            });
        }
        sqlx::query(
            "INSERT INTO absences (channel_id, device_id, client_event_id, event_hash, recorded_ms)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(&absence.channel.0[..])
        .bind(&absence.device.0[..])
        .bind(&absence.client_event_id.0[..])
        .bind(&absence.event_hash.0[..])
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(RecordedAbsence::Recorded)
    }

    async fn is_absent(&mut self, absence: &Absence) -> Result<bool, StoreError> {
        let found = sqlx::query(
            "SELECT 1 FROM absences
             WHERE channel_id = $1 AND device_id = $2 AND client_event_id = $3 AND event_hash = $4",
        )
        .bind(&absence.channel.0[..])
        .bind(&absence.device.0[..])
        .bind(&absence.client_event_id.0[..])
        .bind(&absence.event_hash.0[..])
        .fetch_optional(self.connection())
        .await
        .map_err(db)?;
        Ok(found.is_some())
    }

    async fn has_absent(
        &mut self,
        channel: &ChannelId,
        device: &DeviceId,
        client_event_id: &ClientEventId,
    ) -> Result<bool, StoreError> {
        let found = sqlx::query(
            "SELECT 1 FROM absences WHERE channel_id = $1 AND device_id = $2 AND client_event_id = $3 LIMIT 1",
        )
        .bind(&channel.0[..])
        .bind(&device.0[..])
        .bind(&client_event_id.0[..])
        .fetch_optional(self.connection())
        .await
        .map_err(db)?;
        Ok(found.is_some())
    }
}
