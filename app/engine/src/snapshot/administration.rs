//! What a window shows of a community's affairs: the entries of its member list in words, its invites.

use std::path::PathBuf;

use dialtone_protocol::{AccountId, InviteId};

use super::Role;

/// Entries of the member list in words, the latest first, while they are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chronicle {
    /// Which are shown.
    pub filter: ChronicleFilter,
    /// They.
    pub entries: Vec<ChronicleEntry>,
    /// How many entries the member list has.
    pub length: u64,
    /// There are earlier ones that the filter lets through.
    pub more: bool,
}

/// Which entries are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChronicleFilter {
    /// Of this kind alone.
    pub kind: Option<ChronicleKind>,
    /// By somebody, or about them, alone.
    pub account: Option<AccountId>,
    /// With these words, in whatever case; empty: all.
    pub text: String,
    /// At most so many.
    pub most: usize,
}

impl ChronicleFilter {
    /// Entries that are shown at once.
    pub const PAGE: usize = 100;
}

impl Default for ChronicleFilter {
    fn default() -> Self {
        Self {
            kind: None,
            account: None,
            text: String::new(),
            most: Self::PAGE,
        }
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChronicleEntry {
    /// Its place in the member list, from 1 on. That is sure; when it was made nobody can prove.
    pub number: u64,
    /// What it is about.
    pub kind: ChronicleKind,
    /// Who made it.
    pub by: Option<AccountId>,
    /// Whom it is about, if somebody else.
    pub about: Option<AccountId>,
    /// What happened, in words.
    pub sentence: String,
    /// Why, as whoever did it wrote.
    pub reason: Option<String>,
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChronicleKind {
    /// Who came, left, was removed.
    People,
    /// Who may do what, and how everybody hears them.
    Roles,
    /// Devices and account keys.
    Devices,
    /// Invites.
    Invites,
    /// Channels.
    Channels,
    /// The keys of groups and of the server.
    Keys,
}

/// One's history that is being taken along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportView {
    /// Where to.
    pub folder: PathBuf,
    /// How far it has come.
    pub state: ExportState,
    /// Messages that are written.
    pub messages: u64,
    /// Files that are written.
    pub files: u64,
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportState {
    /// It goes on.
    Working,
    /// All is written.
    Done,
    /// The user stopped it.
    Stopped,
    /// Why it ended.
    Failed(String),
}

/// An invite that somebody made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteView {
    /// Which.
    pub id: InviteId,
    /// The number of the entry that made it.
    pub number: u64,
    /// Who made it.
    pub by: AccountId,
    /// Their name.
    pub by_name: String,
    /// How many may come by it.
    pub uses: u32,
    /// Who came by it, in that order: their names.
    pub used_by: Vec<(AccountId, String)>,
    /// Until when: ms since 1970.
    pub expires_ms: u64,
    /// What those who come may do.
    pub role: Role,
    /// Whether it can be used.
    pub state: InviteState,
    /// One may take it back.
    pub may_revoke: bool,
}

/// Whether an invite can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteState {
    /// It can.
    Open,
    /// As many came as may.
    UsedUp,
    /// Its time is over.
    Expired,
    /// It was taken back, or whoever made it may not invite any more.
    Void,
}
