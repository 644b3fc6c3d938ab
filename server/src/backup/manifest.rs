//! What an archive says about itself: at its beginning what it is, at its end what is in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of the format.
pub(super) const FORMAT: u32 = 1;
/// The first part.
pub(super) const HEAD: &str = "dialtone-backup.json";
/// The last part.
pub(super) const MANIFEST: &str = "manifest.json";
/// Longest of the two that are read: a million files make 100 MB.
pub(super) const LONGEST: u64 = 512 * 1024 * 1024;

/// The first part: what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The version of the format.
    pub(super) format: u32,
    /// The newest step of the schema that the rows are of.
    pub(super) schema: i64,
    /// When the snapshot was taken, in milliseconds since 1970 UTC.
    pub(super) taken_ms: i64,
    /// Which server took it.
    pub(super) server: String,
    /// The kind of database that the rows come from.
    pub(super) database: String,
    /// Whether the keys are in it.
    pub(super) secrets: bool,
    /// Where the sealed files are, if not in it.
    pub(super) bucket: Option<String>,
    /// Every table, with its columns in the order of the rows.
    pub(super) tables: Vec<TableHead>,
}

/// A table's columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TableHead {
    /// Its name.
    pub(super) name: String,
    /// The columns in the order of the rows.
    pub(super) columns: Vec<String>,
}

/// The last part: what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The version of the format.
    pub(super) format: u32,
    /// How many rows each table has.
    pub(super) rows: BTreeMap<String, u64>,
    /// How many sealed files there are.
    pub(super) files: u64,
    /// How long they are together.
    pub(super) file_bytes: u64,
    /// Objects that rows name and that were deleted before they were copied.
    pub(super) deleted: Vec<String>,
    /// Objects that rows name and that are not where they should be.
    pub(super) missing: Vec<String>,
    /// Every other part, in order.
    pub(super) parts: Vec<Part>,
}

/// A part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// Its name.
    pub(super) name: String,
    /// Its length in bytes.
    pub(super) size: u64,
    /// SHA-256 of it, hexadecimal.
    pub(super) sha256: String,
}
