//! What the server's operator sees of it: who is there, what it costs, which sessions are open. No names: those are sealed, and clients
//! alone show them.

use serde::{Deserialize, Serialize};

use crate::{AccountId, ChannelId, DeviceId, Hash};

/// Most rows that one page of these has.
pub const ADMIN_PAGE: u32 = 500;

/// Which page: `?after=&limit=`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "described", into_params(parameter_in = Query))]
#[serde(default)]
pub struct AdminQuery {
    /// What [`MemberPage::next`] and its like said.
    pub after: Option<String>,
    /// At most [`ADMIN_PAGE`], which it is if absent.
    pub limit: Option<u32>,
}

/// Answer of `GET /server/members`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct MemberPage {
    /// In the order of their ids.
    pub members: Vec<MemberRow>,
    /// What to ask for next; none: these are the last.
    pub next: Option<String>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct MemberRow {
    /// Which.
    pub account: AccountId,
    /// `member`, `admin` or `founder`; `waiting` until an admin lets it in.
    pub role: String,
    /// When it registered, ms since 1970.
    pub created_ms: u64,
    /// When a device of it was last connected, ms since 1970.
    pub last_seen_ms: u64,
    /// Its devices that are not removed.
    pub devices: Vec<DeviceId>,
    /// How many bytes its files take.
    pub file_bytes: u64,
}

/// Answer of `GET /server/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct SessionPage {
    /// In the order of their ids.
    pub sessions: Vec<SessionRow>,
    /// What to ask for next; none: these are the last.
    pub next: Option<String>,
}

/// An open session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct SessionRow {
    /// SHA-256 of its token.
    pub id: Hash,
    /// Whose.
    pub account: AccountId,
    /// On which device.
    pub device: DeviceId,
    /// When it was opened, ms since 1970.
    pub created_ms: u64,
    /// When it ends, ms since 1970.
    pub expires_ms: u64,
    /// Whether its device is connected; none: not known to who was asked.
    pub online: Option<bool>,
}

/// Answer of `GET /server/channels`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ChannelPage {
    /// In the order of their ids.
    pub channels: Vec<ChannelRow>,
    /// What to ask for next; none: these are the last.
    pub next: Option<String>,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ChannelRow {
    /// Which.
    pub channel: ChannelId,
    /// `directory` (names and profiles), `open`, or `private` (a private channel or a conversation).
    pub kind: String,
    /// Takes no more events.
    pub closed: bool,
    /// How many events it has, vanished ones among them.
    pub events: u64,
    /// How many bytes these take.
    pub bytes: u64,
    /// When the server first heard of it, ms since 1970.
    pub created_ms: u64,
    /// How many days what is written in it is kept, where the operator set that for this channel; 0: for good.
    pub retention_days: Option<u32>,
}

/// The longest retention that can be set, in days: a hundred years.
pub const LONGEST_RETENTION_DAYS: u32 = 36_500;

/// Body of `PUT /server/channels/{id}/retention`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ChannelRetention {
    /// How many days what is written in the channel is kept, at most [`LONGEST_RETENTION_DAYS`]; 0: for good; none: as the server's setting says.
    pub days: Option<u32>,
}

/// Answer of `GET /server/stats`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct ServerStats {
    /// Accounts, waiting ones among them.
    pub accounts: u64,
    /// Channels, closed ones among them.
    pub channels: u64,
    /// Events.
    pub events: u64,
    /// Sealed files.
    pub files: u64,
    /// How many bytes these take.
    pub file_bytes: u64,
    /// Entries of the member list.
    pub roster_entries: u64,
    /// The schema of the database.
    pub schema: u64,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Devices that are connected; none: not known to who was asked.
    pub online: Option<u64>,
}
