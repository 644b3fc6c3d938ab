//! One community: its task, its state, its connection.
//!
//! ```text
//! run        the loop: connect, catch up, live; again after a break
//! ahead      a longer member list than the one here was named: fetched, or told
//! alarm      trust is broken: kept until the user takes it away
//! gate       whether anything may be sealed or signed now
//! frames     what the server says            -> State
//! commands   what the user wants             -> State, jobs
//! jobs       what is done over HTTP, in order: entries, invites, groups
//! invites    invites that have run out are revoked
//! lobby      the MLS group: enter, follow commits, clean
//! rotation   keys do not get old
//! keys       asking for channel keys, granting them
//! inbox      events: judged, opened, remembered
//! outbox     events: kept, sealed when sent, sent again
//! signals    call signalling and typing, sealed
//! load       State from the local database
//! view       State -> the snapshot's part
//! ```

mod ahead;
mod alarm;
mod calls;
mod commands;
mod frames;
mod gate;
mod inbox;
mod invites;
mod jobs;
mod keys;
mod load;
mod lobby;
mod others;
mod outbox;
mod refusals;
mod rotation;
mod run;
mod signals;
mod state;
#[cfg(test)]
mod tests;
mod view;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use dialtone_crypto::rows::RowKey;
use dialtone_protocol::{AccountId, ChannelId};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub(crate) use state::Identity;

use crate::CommunityCommand;
use crate::core::JoinDetails;
use crate::joining::Joined;
use crate::settings::IceSettings;
use crate::snapshot::{Community, Severity};
use crate::voice::Audio;

const COMMANDS: usize = 128;

/// What a session needs.
pub(crate) struct SessionConfig {
    /// Who one is.
    pub(crate) identity: Identity,
    /// Seals the rows of the local database.
    pub(crate) row_key: RowKey,
    /// The local database's file.
    pub(crate) database: PathBuf,
    /// Sound.
    pub(crate) audio: Arc<Audio>,
    /// Connecting calls.
    pub(crate) ice: IceSettings,
    /// Calls between programs on this machine.
    pub(crate) loopback_calls: bool,
    /// Set when one has joined just now.
    pub(crate) joined: Option<(Joined, JoinDetails)>,
}

/// What reaches a session.
#[derive(Debug)]
pub(crate) enum SessionCommand {
    /// A wish; `asker` is told of an invite's link (0: the window).
    User {
        command: CommunityCommand,
        asker: u64,
    },
    /// Connect now.
    Reconnect,
}

/// What a session tells.
pub(crate) enum SessionUpdate {
    /// Another state.
    View(Arc<Community>),
    /// An invite was made, or not.
    Invite {
        asker: u64,
        link: Result<String, String>,
    },
    /// A message came for which one may be notified.
    Message { channel: ChannelId, from: AccountId },
    /// Something the user should read.
    Notice(Severity, String),
}

/// A running session.
pub(crate) struct SessionHandle {
    commands: mpsc::Sender<SessionCommand>,
    task: JoinHandle<()>,
}

impl SessionHandle {
    /// Hands a command over without waiting; false: it was not taken.
    pub(crate) fn send(&self, command: SessionCommand) -> bool {
        self.commands.try_send(command).is_ok()
    }

    /// Ends the session: says goodbye, writes everything down.
    pub(crate) async fn stop(self) {
        drop(self.commands);
        let _ = tokio::time::timeout(std::time::Duration::from_secs(5), self.task).await;
    }
}

/// Starts a session's task.
pub(crate) fn start<F, Fut>(config: SessionConfig, tell: F) -> SessionHandle
where
    F: Fn(SessionUpdate) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (commands, receiver) = mpsc::channel(COMMANDS);
    let tell = move |update| -> run::Telling { Box::pin(tell(update)) };
    let task = tokio::spawn(run::run(config, receiver, Box::new(tell)));
    SessionHandle { commands, task }
}
