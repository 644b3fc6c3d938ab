//! Channels and their history.

use serde::{Deserialize, Serialize};

use super::Bytes;
use crate::{ChannelId, Hash};

/// `GET /channels`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ChannelHeads {
    /// Every channel that one may see, the directory among them.
    pub channels: Vec<ChannelHead>,
}

/// Where a channel's stream is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ChannelHead {
    /// Which.
    pub channel: ChannelId,
    /// The last sequence; 0 for none.
    pub sequence: u64,
    /// `S_i` there.
    pub stream: Hash,
}

/// `GET /channels/{id}/events`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "described", into_params(parameter_in = Query))]
pub struct EventQuery {
    /// Only events before this sequence, the latest of them.
    pub before: Option<u64>,
    /// Only events after this sequence, the earliest of them.
    pub after: Option<u64>,
    /// At most so many; 50 if absent, 200 at most.
    pub limit: Option<u32>,
}

/// Answer of `GET /channels/{id}/events`, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct EventPage {
    /// Events.
    pub events: Vec<EventInfo>,
    /// Where the whole stream is.
    pub head: ChannelHead,
}

/// One stored event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct EventInfo {
    /// From 1, without gaps.
    pub sequence: u64,
    /// The server's clock when it was stored, ms since 1970.
    pub time_ms: u64,
    /// `S_i` after it.
    pub stream: Hash,
    /// [`SealedEvent`](crate::sealed::SealedEvent); of one that was to vanish and is gone, its header alone.
    pub event: Bytes,
    /// It was to vanish, and the server keeps it no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}
