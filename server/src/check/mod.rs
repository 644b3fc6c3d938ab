//! Is everything there, and does it fit? What the server can see of what it keeps, it can also prove: hashes, chains, signatures of the
//! member list, public halves of groups, lengths of files and, where all is read, their bytes.
//!
//! ```text
//! database (pages, references) -> member list -> accounts, devices, invites, sessions -> groups -> streams -> files
//! ```
//!
//! Each looks and changes nothing. The server may be running: what comes and goes meanwhile is looked at once more.

mod files;
mod groups;
mod members;
mod roster;
mod streams;

use std::fmt;

use dialtone_protocol::roster::Roster;
use dialtone_store::{Store, StoreError};

use crate::backup::{BackupError, Report};
use crate::config::Settings;
use crate::database;
use crate::secrets::Secrets;

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Of files, how long they are.
    Quick,
    /// Every byte of every file.
    Deep,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// The database itself.
    Database,
    /// The member list.
    Roster,
    /// Accounts and devices.
    Members,
    /// Invites and sessions.
    Entrances,
    /// Groups and their commits.
    Groups,
    /// Channels and their events.
    Streams,
    /// Sealed files.
    Files,
}

impl fmt::Display for Area {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Database => "database",
            Self::Roster => "member list",
            Self::Members => "accounts",
            Self::Entrances => "invites and sessions",
            Self::Groups => "groups",
            Self::Streams => "channels",
            Self::Files => "files",
        })
    }
}

/// One thing that is wrong, or that cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is about.
    pub area: Area,
    /// In words.
    pub what: String,
    /// It is wrong.
    pub is_fault: bool,
}

impl fmt::Display for Found {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.area, self.what)
    }
}

/// Most that is said of one area; what is beyond is counted.
const MOST: usize = 20;

/// What was found.
struct Findings<'a> {
    found: Vec<Found>,
    beyond: Vec<(Area, usize)>,
    report: Report<'a>,
}

impl Findings<'_> {
    fn add(&mut self, area: Area, what: impl Into<String>) {
        let said = self.found.iter().filter(|one| one.area == area).count();
        if said < MOST {
            let what = what.into();
            self.push(area, what, true);
            return;
        }
        match self.beyond.iter_mut().find(|(known, _)| *known == area) {
            Some((_, count)) => *count += 1,
            None => self.beyond.push((area, 1)),
        }
    }

    /// Something that cannot be told, once for all that it is about.
    fn unknown(&mut self, area: Area, what: String) {
        self.push(area, what, false);
    }

    fn push(&mut self, area: Area, what: String, is_fault: bool) {
        self.found.push(Found {
            area,
            what,
            is_fault,
        });
    }

    fn into_list(mut self) -> Vec<Found> {
        for (area, count) in std::mem::take(&mut self.beyond) {
            self.push(area, format!("and {count} more"), true);
        }
        self.found.sort_by_key(|one| one.area);
        self.found
    }
}

/// Looks at everything that the server of these settings keeps, whether it runs or not.
///
/// # Errors
/// When the database or the place for files cannot be looked at at all.
pub async fn check(
    settings: &Settings,
    depth: Depth,
    report: Report<'_>,
) -> Result<Vec<Found>, BackupError> {
    let store = database::open_beside_server(&settings.database).await?;
    let mut findings = Findings {
        found: Vec::new(),
        beyond: Vec::new(),
        report,
    };
    let checked = run(settings, &*store, depth, &mut findings).await;
    store.close().await;
    checked?;
    Ok(findings.into_list())
}

async fn run(
    settings: &Settings,
    store: &dyn Store,
    depth: Depth,
    findings: &mut Findings<'_>,
) -> Result<(), BackupError> {
    (findings.report)("the database");
    let mut tx = store.read().await?;
    for fault in tx.tables().faults().await? {
        findings.add(Area::Database, fault);
    }
    drop(tx);
    (findings.report)("the member list");
    let roster = roster::check(store, findings).await?;
    check_identity(settings, roster.as_ref(), findings);
    if let Some(roster) = &roster {
        members::check(store, roster, findings).await?;
        groups::check(store, roster, findings).await?;
    }
    streams::check(store, roster.as_ref(), findings).await?;
    files::check(settings, store, depth, findings).await
}

/// The community was founded on this server's key.
fn check_identity(settings: &Settings, roster: Option<&Roster>, findings: &mut Findings<'_>) {
    let Some(roster) = roster else {
        return;
    };
    match Secrets::load_beside_server(settings) {
        Err(error) => findings.add(Area::Roster, error.to_string()),
        Ok(secrets) if secrets.identity_key() != *roster.view().server_key() => findings.add(
            Area::Roster,
            "the community was founded on another server's identity key than the one in the data folder",
        ),
        Ok(_) => {}
    }
}

/// Whether an error says that what is stored cannot be read: that is something found, and no reason to stop.
fn unreadable(error: StoreError) -> Result<String, StoreError> {
    match error {
        StoreError::Corrupt { detail } => Ok(detail),
        other => Err(other),
    }
}
