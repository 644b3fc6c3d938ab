//! Channels, as far as the server must know them to route: which group seals them, and whether they are closed.

use async_trait::async_trait;
use dialtone_protocol::{ChannelId, GroupId};

use crate::{StoreError, UnixMillis};

/// A stored channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub channel: ChannelId,
    /// The group whose keys seal it.
    pub group: GroupId,
    /// When the server first heard of it.
    pub created: UnixMillis,
    /// Whether it takes no more events.
    pub closed: bool,
    /// How many days what is written in it is kept, 0: for good; `None`: as the server's setting says.
    pub retention_days: Option<u32>,
}

/// Channels by id. The roster is the authority; these rows mirror it.
#[async_trait]
pub trait ChannelStore: Send {
    /// Adds an open channel with an empty stream; `false` when there is one with this id.
    async fn add(
        &mut self,
        channel: &ChannelId,
        group: &GroupId,
        now: UnixMillis,
    ) -> Result<bool, StoreError>;

    /// The channel with this id.
    async fn find(&mut self, channel: &ChannelId) -> Result<Option<Channel>, StoreError>;

    /// All channels, oldest first, closed ones too.
    async fn list(&mut self) -> Result<Vec<Channel>, StoreError>;

    /// Closes the channel; `false` when there is none or it was closed before.
    async fn close(&mut self, channel: &ChannelId) -> Result<bool, StoreError>;

    /// Moves the channel to another group; `false` when there is no such channel.
    async fn set_group(&mut self, channel: &ChannelId, group: &GroupId)
    -> Result<bool, StoreError>;

    /// How many days what is written in the channel is kept, 0: for good; `None`: as the server's setting says. `false` when there is no such
    /// channel.
    async fn set_retention(
        &mut self,
        channel: &ChannelId,
        days: Option<u32>,
    ) -> Result<bool, StoreError>;

    /// The channels that have a retention of their own, and its days, by their ids.
    async fn retentions(&mut self) -> Result<Vec<(ChannelId, u32)>, StoreError>;
}
