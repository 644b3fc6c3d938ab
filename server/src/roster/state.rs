//! The log in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dialtone_protocol::PublicKey;
use dialtone_protocol::roster::{Roster, RosterPosition};
use dialtone_store::{MAX_ROSTER_RANGE, Store};
use parking_lot::RwLock;
use tokio::sync::Mutex;

use super::RosterError;

/// The verified log, and the lock of its one writer.
pub(crate) struct RosterState {
    current: RwLock<Option<Arc<Roster>>>,
    /// Held while an entry is appended.
    pub(super) writer: Mutex<()>,
    /// The store may be ahead: a commit's answer got lost.
    pub(super) behind: AtomicBool,
}

impl RosterState {
    /// Loads and verifies the stored log.
    pub(crate) async fn load(store: &dyn Store) -> Result<Self, RosterError> {
        Ok(Self {
            current: RwLock::new(read_log(store).await?.map(Arc::new)),
            writer: Mutex::new(()),
            behind: AtomicBool::new(false),
        })
    }

    /// Checks that this server is the one that the community was founded on.
    pub(crate) fn check_identity(&self, key: &PublicKey) -> Result<(), RosterError> {
        match self.current() {
            Some(roster) if roster.view().server_key() != key => Err(RosterError::OtherIdentity),
            _ => Ok(()),
        }
    }

    /// The log as it is now; `None` before the founding.
    pub(crate) fn current(&self) -> Option<Arc<Roster>> {
        self.current.read().clone()
    }

    /// The log as it is now.
    pub(crate) fn founded(&self) -> Result<Arc<Roster>, RosterError> {
        self.current().ok_or(RosterError::NotFounded)
    }

    /// Where the log is.
    pub(crate) fn position(&self) -> RosterPosition {
        self.current()
            .map_or(RosterPosition::START, |roster| roster.position())
    }

    pub(super) fn replace(&self, roster: Arc<Roster>) {
        *self.current.write() = Some(roster);
    }

    pub(super) fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Acquire)
    }

    pub(super) fn set_behind(&self, behind: bool) {
        self.behind.store(behind, Ordering::Release);
    }
}

/// Reads what stands behind `known`, and verifies that; the whole log where there is none, or another one.
pub(super) async fn read_on(
    store: &dyn Store,
    known: Option<Arc<Roster>>,
) -> Result<Option<Roster>, RosterError> {
    let Some(known) = known else {
        return read_log(store).await;
    };
    let mut roster = Roster::clone(&known);
    let mut tx = store.read().await?;
    loop {
        let from = roster.position().length;
        let page = tx.roster().range(from, MAX_ROSTER_RANGE).await?;
        if page.is_empty() {
            return Ok(Some(roster));
        }
        for entry in page {
            if roster.append(entry.bytes).is_err() {
                drop(tx);
                return read_log(store).await;
            }
        }
    }
}

/// Reads the whole log and verifies it.
pub(crate) async fn read_log(store: &dyn Store) -> Result<Option<Roster>, RosterError> {
    let mut tx = store.read().await?;
    let mut entries = Vec::new();
    loop {
        let page = tx
            .roster()
            .range(entries.len() as u64, MAX_ROSTER_RANGE)
            .await?;
        if page.is_empty() {
            break;
        }
        entries.extend(page.into_iter().map(|entry| entry.bytes));
    }
    if entries.is_empty() {
        return Ok(None);
    }
    match Roster::replay(entries) {
        Ok((roster, None)) => Ok(Some(roster)),
        Ok((roster, Some(reason))) => Err(RosterError::StoredLog {
            at: roster.position().length,
            reason,
        }),
        Err(reason) => Err(RosterError::StoredLog { at: 0, reason }),
    }
}
