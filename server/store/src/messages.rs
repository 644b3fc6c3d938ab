//! Streams of sealed events: one a channel, with a gapless sequence from 1 and a hash over the order.
//!
//! ```text
//! append: channel locked -> stored before under this client event id?  same hash: Duplicate, other hash: Clash
//!                        -> other bytes under this device sequence?    Clash
//!                        -> answered "stale epoch" before?             Absent
//!                        -> sequence + 1, S_i = SHA-256(S_{i-1} || event hash)
//! ```

use std::ops::RangeInclusive;

use async_trait::async_trait;
use dialtone_protocol::{ChannelId, ClientEventId, DeviceId, Hash};

use crate::{StoreError, UnixMillis};

/// Most events that one page answers with, whatever was asked for.
pub const MAX_PAGE: u32 = 200;

/// Most events that one [`MessageStore::append_batch`] takes.
pub const MAX_BATCH: usize = 1024;

/// A sealed event to append.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The channel.
    pub channel: ChannelId,
    /// The device that sealed it.
    pub device: DeviceId,
    /// The device's own count of its events in this channel.
    pub device_sequence: u64,
    /// The client's name for the event, the same when it is sent again.
    pub client_event_id: ClientEventId,
    /// The sealed event, as it came.
    pub sealed: Vec<u8>,
    /// The hash of the sealed event, which the next event of the device names.
    pub event_hash: Hash,
    /// When it need be kept no longer.
    pub expires: Option<UnixMillis>,
}

/// A stored event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its place in the channel, from 1.
    pub sequence: u64,
    /// The device that sealed it.
    pub device: DeviceId,
    /// The device's own count of its events in this channel.
    pub device_sequence: u64,
    /// The client's name for the event.
    pub client_event_id: ClientEventId,
    /// The sealed event, as it came.
    pub sealed: Vec<u8>,
    /// The hash of the sealed event.
    pub event_hash: Hash,
    /// `S_i`: the hash over the order up to this event.
    pub stream_hash: Hash,
    /// When the server stored it.
    pub stored: UnixMillis,
    /// It was erased: what [`MessageStore::erase`] left stands in the place of `sealed`.
    pub gone: bool,
}

/// An event that need be kept no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiredMessage {
    /// The channel.
    pub channel: ChannelId,
    /// Its place in it.
    pub sequence: u64,
    /// The sealed event, as it came.
    pub sealed: Vec<u8>,
}

/// What became of appending an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is stored.
    Stored {
        /// Its place in the channel, from 1.
        sequence: u64,
        /// `S_i` at that place.
        stream_hash: Hash,
    },
    /// The very same event was stored before.
    Duplicate {
        /// Its place in the channel.
        sequence: u64,
        /// `S_i` at that place.
        stream_hash: Hash,
        /// When it was stored.
        stored: UnixMillis,
    },
    /// The device has another event under this client event id or this device sequence. Nothing was stored.
    Clash {
        /// The place of that other event.
        sequence: u64,
        /// The hash of that other event.
        event_hash: Hash,
    },
    /// The server has answered before that it does not store this event. Nothing was stored.
    Absent,
    /// There is no such channel.
    UnknownChannel,
    /// The channel takes no more events.
    Closed,
}

/// Where a channel's stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamHead {
    /// The last event's place; 0 when there is none.
    pub sequence: u64,
    /// `S_i` at that place; [`Hash::ZERO`] when there is none.
    pub stream_hash: Hash,
}

impl StreamHead {
    /// Where it stands after the event with this hash.
    #[must_use]
    pub fn next(&self, event_hash: &Hash) -> Self {
        Self {
            sequence: self.sequence + 1,
            stream_hash: self.stream_hash.chain(event_hash),
        }
    }
}

/// A device's last event in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceHead {
    /// The device's own count.
    pub device_sequence: u64,
    /// The hash of the event.
    pub event_hash: Hash,
    /// Its place in the channel.
    pub sequence: u64,
}

/// The channels' streams.
#[async_trait]
pub trait MessageStore: Send {
    /// Appends one event. Appends to one channel wait for each other until commit.
    async fn append(&mut self, new: &NewMessage, now: UnixMillis) -> Result<Appended, StoreError>;

    /// Appends many events, of several channels, each as [`MessageStore::append`] would; the outcomes stand in the order
    /// asked, and events of one channel are stored in that order.
    ///
    /// # Errors
    /// [`StoreError::Internal`] for more than [`MAX_BATCH`].
    async fn append_batch(
        &mut self,
        new: &[NewMessage],
        now: UnixMillis,
    ) -> Result<Vec<Appended>, StoreError>;

    /// The latest events before place `before` (or of all), in order of place, at most `limit`, [`MAX_PAGE`]
    /// and [`MAX_PAGE_BYTES`](crate::MAX_PAGE_BYTES).
    async fn page(
        &mut self,
        channel: &ChannelId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StoredMessage>, StoreError>;

    /// The first events after place `after`, in order of place, at most `limit`, [`MAX_PAGE`]
    /// and [`MAX_PAGE_BYTES`](crate::MAX_PAGE_BYTES).
    async fn after(
        &mut self,
        channel: &ChannelId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredMessage>, StoreError>;

    /// Where the stream stands; `None` when there is no such channel.
    async fn head(&mut self, channel: &ChannelId) -> Result<Option<StreamHead>, StoreError>;

    /// The place of the last event of every channel, in the order of ids; 0 where there is none.
    async fn heads(&mut self) -> Result<Vec<(ChannelId, u64)>, StoreError>;

    /// How many bytes the sealed events of the channel take.
    async fn size(&mut self, channel: &ChannelId) -> Result<u64, StoreError>;

    /// The device's event with the highest device sequence in this channel.
    async fn last_by_device(
        &mut self,
        channel: &ChannelId,
        device: &DeviceId,
    ) -> Result<Option<DeviceHead>, StoreError>;

    /// The event that the device stored under this client event id.
    async fn find(
        &mut self,
        channel: &ChannelId,
        device: &DeviceId,
        client_event_id: &ClientEventId,
    ) -> Result<Option<StoredMessage>, StoreError>;

    /// Events that need be kept no longer at `now` and are not erased, the oldest of them first, at most `limit` and [`MAX_PAGE`].
    async fn expired(
        &mut self,
        now: UnixMillis,
        limit: u32,
    ) -> Result<Vec<ExpiredMessage>, StoreError>;

    /// Sets that events with these places, which are not erased, are kept for at most `age_ms` after they were stored; how many that concerns.
    async fn keep_at_most(
        &mut self,
        channel: &ChannelId,
        places: RangeInclusive<u64>,
        age_ms: i64,
    ) -> Result<u64, StoreError>;

    /// Puts `left` in the place of a sealed event. Its place, its hashes and what names it stay.
    async fn erase(
        &mut self,
        channel: &ChannelId,
        sequence: u64,
        left: &[u8],
    ) -> Result<(), StoreError>;
}
