//! Absences: sealed events that the server has answered it will not store, so that they may be sealed anew.
//!
//! What is refused for ever is the very bytes (by their hash): sealed anew, the event may come under the same client event
//! id and the same device sequence. Recording waits for appends to the same channel and they wait for it, so that
//! an event is either stored or absent, never both.

use async_trait::async_trait;
use dialtone_protocol::{ChannelId, ClientEventId, DeviceId, Hash};

use crate::{StoreError, UnixMillis};

/// The event that is not to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// The channel it was for.
    pub channel: ChannelId,
    /// The device that sealed it.
    pub device: DeviceId,
    /// The client's name for it.
    pub client_event_id: ClientEventId,
    /// The hash of its bytes.
    pub event_hash: Hash,
}

/// What became of recording an absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordedAbsence {
    /// These bytes will never be stored (now, or recorded before).
    Recorded,
    /// They are stored already: acknowledge them instead.
    Stored {
        /// Their place in the channel.
        sequence: u64,
        /// `S_i` at that place.
        stream_hash: Hash,
        /// When they were stored.
        stored: UnixMillis,
    },
    /// There is no such channel.
    UnknownChannel,
}

/// Recorded absences.
#[async_trait]
pub trait AbsenceStore: Send {
    /// Records that the event is not stored and never will be, unless it is stored. Answer `stale_epoch` only after commit.
    async fn record(
        &mut self,
        absence: &Absence,
        now: UnixMillis,
    ) -> Result<RecordedAbsence, StoreError>;

    /// Whether the event was recorded as absent.
    async fn is_absent(&mut self, absence: &Absence) -> Result<bool, StoreError>;

    /// Whether any bytes of this client event id were recorded as absent.
    async fn has_absent(
        &mut self,
        channel: &ChannelId,
        device: &DeviceId,
        client_event_id: &ClientEventId,
    ) -> Result<bool, StoreError>;
}
