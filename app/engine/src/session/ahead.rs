//! A member list that is longer than the one here: somebody named it, so the server has it or keeps people apart.
//!
//! ```text
//! a message names (length, head) that is not here -> written down, fetched at once, nothing sealed
//! the log contains it -> forgotten          another entry stands there, or 10 s without it -> warning
//! ```

use std::path::Path;

use dialtone_crypto::rows::RowKey;
use dialtone_crypto::{GrantError, OpenError, SignalError};
use dialtone_protocol::roster::RosterPosition;
use dialtone_words::say;
use minicbor::{Decode, Encode};

use super::inbox::encode;
use super::load::META_AHEAD;
use super::run::{Ended, Session};
use super::state::Job;
use crate::local::{Database, LocalError, Table};

/// The server has this long to give the entries that a message names.
const PATIENCE_MS: u64 = 10_000;
/// A question that got no answer so often counts as one that got none of the entries.
const TRIES: u32 = 3;
/// Entries that only an unverified message names are asked for no more often than this.
const ASK_AGAIN_MS: u64 = 2_000;

/// What somebody named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(super) struct Ahead {
    /// The longest that was named.
    #[n(0)]
    pub(super) position: RosterPosition,
    /// Since when something is missing: ms since 1970.
    #[n(1)]
    pub(super) since_ms: u64,
}

/// Writes down that another device of the account knows the member list up to `position`, before there is any list here.
///
/// # Errors
/// When the local database cannot be written; nothing must be confirmed then.
pub(crate) fn remember_position(
    path: &Path,
    row_key: RowKey,
    position: RosterPosition,
    since_ms: u64,
) -> Result<(), LocalError> {
    let ahead = Ahead { position, since_ms };
    let mut database = Database::open(path, row_key)?;
    let transaction = database.begin()?;
    transaction.put(Table::Meta, META_AHEAD, &encode(&ahead))?;
    transaction.commit()
}

impl Session {
    /// Somebody names a member list that is longer than the one here. Nothing is sealed before it is here.
    pub(super) fn note_ahead(
        &mut self,
        position: RosterPosition,
        now_ms: u64,
    ) -> Result<(), Ended> {
        let before = self.state.ahead;
        self.state.want(Job::FetchRoster);
        if before.is_some_and(|ahead| ahead.position.length >= position.length) {
            return Ok(());
        }
        let ahead = Ahead {
            position,
            since_ms: before.map_or(now_ms, |ahead| ahead.since_ms.min(now_ms)),
        };
        self.state.ahead = Some(ahead);
        let transaction = self.database.begin()?;
        transaction.put(Table::Meta, META_AHEAD, &encode(&ahead))?;
        Ok(transaction.commit()?)
    }

    /// Compares what was named with the log that is here; warns when they are forks, or when the server has had its time.
    pub(super) fn mind_ahead(&mut self, now_ms: u64) -> Result<(), Ended> {
        let Some(ahead) = self.state.ahead else {
            return Ok(());
        };
        let roster = self.state.roster.as_ref();
        match roster.and_then(|roster| roster.contains(&ahead.position)) {
            Some(true) => self.forget_ahead(),
            Some(false) => self.roster_forked(),
            None if now_ms.saturating_sub(ahead.since_ms) >= PATIENCE_MS
                && self.state.ahead_asked =>
            {
                self.raise_alarm(say!("notice-ahead", entry = ahead.position.length))
            }
            None => Ok(()),
        }
    }

    /// The log contains what was named, or the user has settled it.
    pub(super) fn forget_ahead(&mut self) -> Result<(), Ended> {
        self.state.ahead = None;
        self.state.ahead_asked = false;
        self.state.ahead_tries = 0;
        let transaction = self.database.begin()?;
        transaction.delete(Table::Meta, META_AHEAD)?;
        Ok(transaction.commit()?)
    }

    /// Fetches the entries that somebody named.
    pub(super) async fn fetch_ahead(&mut self) -> Result<(), Ended> {
        // A connection that breaks may be bad luck; a server that breaks it at this question again and again withholds.
        self.state.ahead_tries = self.state.ahead_tries.saturating_add(1);
        self.state.ahead_asked |= self.state.ahead_tries >= TRIES;
        self.fetch_roster().await?;
        self.state.ahead_asked = self.state.ahead.is_some();
        self.mind_ahead(self.state.clock.now_ms())
    }

    pub(super) fn roster_forked(&mut self) -> Result<(), Ended> {
        self.raise_alarm(say!("notice-different-lists").into())
    }

    /// A position that a message of an unknown device names: worth asking for, proof of nothing.
    fn ask_for_roster(&mut self) {
        let now = self.state.clock.now_ms();
        if now.saturating_sub(self.state.roster_asked_ms) >= ASK_AGAIN_MS {
            self.state.roster_asked_ms = now;
            self.state.want(Job::FetchRoster);
        }
    }

    /// A signal is not used: what that says about the server.
    pub(super) fn signal_refused(&mut self, error: &SignalError) -> Result<(), Ended> {
        match error {
            // The commit is on its way, or the signal is late; whoever sent it announces again.
            SignalError::MissingKey { .. } => Ok(()),
            SignalError::NeedRoster {
                position,
                signed: true,
            } => self.note_ahead(*position, self.state.clock.now_ms()),
            SignalError::NeedRoster { .. } => {
                self.ask_for_roster();
                Ok(())
            }
            SignalError::RosterForked => self.roster_forked(),
            SignalError::Open(OpenError::Fork) => self.group_forked("signal"),
            error => {
                tracing::warn!("a signal was refused: {error}");
                Ok(())
            }
        }
    }

    /// A grant or a request for keys is not used: what that says about the server.
    pub(super) fn keys_refused(&mut self, error: &GrantError) -> Result<(), Ended> {
        match error {
            GrantError::NeedRoster {
                position,
                signed: true,
            } => self.note_ahead(*position, self.state.clock.now_ms()),
            GrantError::NeedRoster { .. } => {
                self.ask_for_roster();
                Ok(())
            }
            GrantError::RosterForked => self.roster_forked(),
            error => {
                tracing::warn!("a message about keys was refused: {error}");
                Ok(())
            }
        }
    }

    /// Something, a "signal" or a "message", was sealed in another group of the same name and epoch.
    pub(super) fn group_forked(&mut self, what: &str) -> Result<(), Ended> {
        self.raise_alarm(say!("engine-fork", what = what))
    }
}
