//! One community: its task, its state, its connection.
//!
//! ```text
//! supervise  opens the community, and again after a break of the disk or the client
//! backoff    how long to wait before trying again
//! run        the loop: connect, catch up, live; again after a break
//! ahead      a longer member list than the one here was named: fetched, or told
//! lacking    the server has less than it had
//! alarm      trust is broken: kept until the user takes it away
//! gate       whether anything may be sealed or signed now
//! frames     what the server says            -> State
//! commands   what the user wants             -> State, jobs
//! jobs       what is done over HTTP, in order: entries, invites, groups
//! members    roles, removal, leaving
//! messages   what one does with messages: edits, takes back, reacts, pins
//! verification  safety words, and who was verified
//! knocks     who waits to be let in
//! invites    invites that have run out are revoked
//! policy     who may read what came before
//! devices    one's own: seen, named, taken out
//! digests    of voices, that did not come
//! approvals  a new device asks to be added to the account
//! recovery   the recovery key until it is written down; the history file that it opens
//! groups     MLS groups: enter, follow commits, clean
//! private    private channels and direct conversations: made, changed, left
//! packages   how others put this device into a private group
//! keys       asking for channel keys, granting them
//! inbox      events: judged, opened, remembered
//! outbox     events: kept, sealed when sent, sent again
//! files      what people send: sealed and stored, fetched and opened
//! held       why what one wrote waits, and until when
//! clocks     whether this computer's and the server's agree
//! away       nobody touches a computer: told, and taken in
//! signals    call signalling and typing, sealed
//! elsewhere  a call on another machine of the server
//! turn       STUN and TURN servers that the server names
//! voices     whom an admin mutes for everybody, and who is heard before others
//! volumes    how loud one hears people
//! standing   whether one is in, by what is verified
//! lines      which part of the open channel is in memory
//! marks      rows that lead from a message to what was done to it
//! pins       the pinned messages of a channel
//! search     looking for messages
//! drafts     what one has begun to write
//! emojis     which emojis one used last
//! load       State from the local database
//! view       State -> the snapshot's part
//! pace       how often that is built
//! ```

mod administration;
mod ahead;
mod alarm;
mod approvals;
mod arranging;
mod at_hand;
mod away;
mod backoff;
mod calls;
mod clocks;
mod comeback;
mod commands;
mod devices;
mod digests;
mod drafts;
mod elsewhere;
mod emojis;
mod export;
mod files;
mod frames;
mod gate;
mod groups;
mod held;
mod ignoring;
mod inbox;
mod invites;
mod jobs;
mod keys;
mod knocks;
mod lacking;
mod lines;
mod load;
mod marks;
mod members;
mod messages;
mod moving;
mod others;
mod outbox;
mod pace;
mod packages;
mod pins;
mod policy;
mod private;
mod recovery;
mod refusals;
mod relaying;
mod rules;
mod run;
mod search;
mod signals;
mod standing;
mod state;
mod supervise;
#[cfg(test)]
mod tests;
mod turn;
mod vanishing;
mod verification;
mod view;
mod voices;
mod volumes;
mod whispers;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use dialtone_crypto::rows::RowKey;
use dialtone_protocol::turn::TurnServers;
use dialtone_protocol::{AccountId, ChannelId, Hash};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

pub(crate) use ahead::remember_position;
pub(crate) use at_hand::AtHand;
pub(crate) use devices::system_name;
pub(crate) use files::downloads;
pub(crate) use load::remember_link;
pub(crate) use recovery::{remember_recovery, remember_welcome};
pub(crate) use standing::{Standing, Whose, kept_roster, standing};
pub(crate) use state::Identity;

use crate::clock::Clock;
use crate::joining::Joined;
use crate::net::Network;
use crate::settings::IceSettings;
use crate::snapshot::{Community, Connection, Severity};
use crate::voice::{Audio, CallNetwork};
use crate::{CommunityCommand, FileCommand, FileSource};

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
    /// How calls reach the network.
    pub(crate) call_network: CallNetwork,
    /// Where the server is found.
    pub(crate) network: Arc<dyn Network>,
    /// Time and chance.
    pub(crate) clock: Clock,
    /// Set when one has joined just now.
    pub(crate) joined: Option<Joined>,
    /// The channel to show.
    pub(crate) open: Option<ChannelId>,
    /// Whether the user is there.
    pub(crate) at_hand: Arc<AtHand>,
    /// An earlier session of the same community that has not closed its files yet: resolves when it has.
    pub(crate) after: Option<oneshot::Receiver<()>>,
}

/// What reaches a session.
#[derive(Debug)]
pub(crate) enum SessionCommand {
    /// A wish; `asker` is told of an invite's link, or of TURN servers (0: the window).
    User {
        command: CommunityCommand,
        asker: u64,
    },
    /// The user looks at the window, or does not.
    Attend(bool),
    /// Nobody touches this computer, or somebody does again.
    Away(bool),
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
    /// Which STUN and TURN servers the server names, or why that is not known.
    TurnServers {
        asker: u64,
        servers: Result<TurnServers, String>,
    },
    /// A text and its files were not taken to be sent.
    Unsent {
        channel: ChannelId,
        text: String,
        reply_to: Option<Hash>,
        files: Vec<FileSource>,
        reason: String,
    },
    /// A message came for which one may be notified.
    Message {
        channel: ChannelId,
        from: AccountId,
        mentioned: bool,
        text: Option<String>,
    },
    /// Something the user should read.
    Notice(Severity, String),
}

impl SessionUpdate {
    /// The answer to a command that is not taken, where somebody waits for one: the text goes back, the invite is refused.
    pub(crate) fn give_back(command: &CommunityCommand, asker: u64, reason: &str) -> Option<Self> {
        match command {
            CommunityCommand::Submit {
                channel,
                text,
                reply_to,
            } => Some(Self::Unsent {
                channel: *channel,
                text: text.clone(),
                reply_to: *reply_to,
                files: Vec::new(),
                reason: reason.to_owned(),
            }),
            CommunityCommand::File(FileCommand::Send {
                channel,
                files,
                text,
                reply_to,
            }) => Some(Self::Unsent {
                channel: *channel,
                text: text.clone(),
                reply_to: *reply_to,
                files: files.clone(),
                reason: reason.to_owned(),
            }),
            CommunityCommand::CreateInvite { .. } => Some(Self::Invite {
                asker,
                link: Err(reason.to_owned()),
            }),
            CommunityCommand::NameTurnServers => Some(Self::TurnServers {
                asker,
                servers: Err(reason.to_owned()),
            }),
            _ => None,
        }
    }
}

/// A running session.
pub(crate) struct SessionHandle {
    commands: mpsc::Sender<SessionCommand>,
    ended: oneshot::Receiver<()>,
}

impl SessionHandle {
    /// Hands a command over without waiting; gives it back if it was not taken.
    pub(crate) fn send(&self, command: SessionCommand) -> Result<(), SessionCommand> {
        self.commands
            .try_send(command)
            .map_err(mpsc::error::TrySendError::into_inner)
    }

    /// Lets the session end: it says goodbye and closes its files. What is returned resolves when it has.
    pub(crate) fn close(self) -> oneshot::Receiver<()> {
        self.ended
    }
}

/// What is shown of a community while it is being read.
pub(crate) fn opening(identity: &Identity) -> Arc<Community> {
    view::stub(identity, Connection::Opening)
}

/// Starts a session on a thread of its own, since it waits for the disk: nothing else waits with it.
///
/// # Errors
/// When the system gives no thread.
pub(crate) fn start<F, Fut>(config: SessionConfig, tell: F) -> std::io::Result<SessionHandle>
where
    F: Fn(SessionUpdate) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (commands, receiver) = mpsc::channel(COMMANDS);
    let (end, ended) = oneshot::channel::<()>();
    let tell: run::Tell = Arc::new(move |update| -> run::Telling { Box::pin(tell(update)) });
    let runtime = Handle::current();
    std::thread::Builder::new()
        .name("dialtone-session".into())
        .spawn(move || {
            runtime.block_on(supervise::supervise(config, receiver, tell, run::run));
            drop(end);
        })?;
    Ok(SessionHandle { commands, ended })
}
