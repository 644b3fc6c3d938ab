//! The roster over HTTP.

use serde::{Deserialize, Serialize};

use super::Bytes;
use crate::roster::RosterPosition;

/// `GET /roster?from=&limit=`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "described", into_params(parameter_in = Query))]
pub struct RosterQuery {
    /// Entries before the first that is wanted.
    #[serde(default)]
    pub from: u64,
    /// At most so many; 500 if absent, 1,000 at most.
    pub limit: Option<u32>,
}

/// Answer of `GET /roster`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct RosterPage {
    /// Signed entries.
    pub entries: Vec<Bytes>,
    /// Where the whole log is.
    pub position: RosterPosition,
}

/// `POST /roster`: one entry, appended if it follows the last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct RosterAppend {
    /// The signed entry.
    pub entry: Bytes,
}

/// Where the log is after an append.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct RosterHead {
    /// Length and head.
    pub position: RosterPosition,
}
