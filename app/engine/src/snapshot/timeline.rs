//! The messages of a channel as they are shown: each with what was done to it since, and what was found among them.

use std::sync::Arc;

use dialtone_protocol::{AccountId, ChannelId, ClientEventId, Hash};

use super::FileView;

/// The loaded part of a channel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    /// In order.
    pub items: Vec<Arc<TimelineItem>>,
    /// Earlier ones exist and can be loaded.
    pub has_earlier: bool,
    /// Later ones exist and can be loaded: the present is not among `items`.
    pub has_later: bool,
    /// A page is on its way.
    pub loading: bool,
    /// The first item that was not seen when the channel was opened: its sequence.
    pub first_unread: Option<u64>,
    /// Where the user wanted to go last.
    pub jumped: Option<Jumped>,
}

/// Where the user wanted to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jumped {
    /// The item's sequence; none: to the present.
    pub to: Option<u64>,
    /// Rises with every jump, so that each is followed once.
    pub count: u64,
}

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineItem {
    /// Server's sequence; `None` while it is being sent.
    pub sequence: Option<u64>,
    /// The event's hash, once it is sealed.
    pub hash: Option<Hash>,
    /// The client's id of it.
    pub client_id: ClientEventId,
    /// By whom.
    pub from: AccountId,
    /// The name to show.
    pub from_name: String,
    /// The sender's clock, ms since 1970.
    pub time_ms: u64,
    /// The server's clock, if it differs by more than five minutes.
    pub server_time_ms: Option<u64>,
    /// What.
    pub body: ItemBody,
    /// How far sending has come.
    pub sending: Sending,
    /// A later event of an active device vouches for it and for what came before; until then only the server says that this
    /// is the order, and the whole, of what was written.
    pub confirmed: bool,
    /// What was done to it since.
    pub marks: Marks,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemBody {
    /// A message.
    Text(String),
    /// A message with files.
    Files {
        /// What is written with them; may be empty.
        text: String,
        /// At least one.
        files: Vec<FileView>,
    },
    /// A message that was taken back.
    Deleted {
        /// The name of the admin who did; none: who wrote it.
        by: Option<String>,
    },
    /// So many messages in a row of somebody whom one ignores, this item's author.
    Ignored(usize),
    /// Something the client says itself, such as the answer to a slash command.
    Notice(String),
    /// Cannot be opened yet: why, in words ("Waiting for a member to share earlier messages").
    Waiting(String),
    /// Refused: why, in words.
    Refused(String),
}

impl ItemBody {
    /// What somebody wrote; none of what nobody wrote.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Files { text, .. } => Some(text),
            Self::Deleted { .. }
            | Self::Ignored(_)
            | Self::Notice(_)
            | Self::Waiting(_)
            | Self::Refused(_) => None,
        }
    }
}

/// How far sending has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// On the server.
    Sent,
    /// On its way.
    Pending,
    /// Given up: why. It can be retried or dropped.
    Failed(String),
}

/// What was done to a message since it was written, and what one may do to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is shown by a mark of its own"
)]
pub struct Marks {
    /// What it answers.
    pub reply: Option<Arc<Quote>>,
    /// Its earlier texts, the oldest first; none: it was never edited.
    pub versions: Vec<Version>,
    /// In the order in which each emoji was first set.
    pub reactions: Vec<Reaction>,
    /// Its name is in it.
    pub mentions_me: bool,
    /// It is pinned.
    pub pinned: bool,
    /// It vanishes then: ms since 1970.
    pub vanishes_ms: Option<u64>,
    /// One may write another text in its place: it is one's own.
    pub may_edit: bool,
    /// One may take it back: it is one's own, or one is an admin.
    pub may_delete: bool,
}

/// An earlier text of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// When it was replaced: the clock of who did, ms since 1970.
    pub until_ms: u64,
    /// As written.
    pub text: String,
}

/// An emoji that people have set to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// One emoji.
    pub emoji: String,
    /// Who, in the order in which they did.
    pub accounts: Vec<AccountId>,
    /// Oneself is among them.
    pub mine: bool,
}

/// What a message answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The event's hash.
    pub target: Hash,
    /// Who wrote it, if it is here.
    pub from: Option<AccountId>,
    /// Their name; empty where it is not here.
    pub from_name: String,
    /// What is shown of it.
    pub said: Quoted,
}

/// What is shown of an answered message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quoted {
    /// The beginning of its text, in one line.
    Text(String),
    /// So many files without words.
    Files(usize),
    /// It was taken back.
    Deleted,
    /// It is not here, or cannot be opened.
    Missing,
}

/// The pinned messages of a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Pins {
    /// Which channel.
    pub channel: ChannelId,
    /// The one that was pinned last comes first.
    pub items: Vec<Arc<TimelineItem>>,
}

/// What was looked for, and found.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// As typed.
    pub text: String,
    /// The newest first.
    pub found: Vec<Found>,
    /// There is more, which [`more`](crate::MessageCommand::Search) brings.
    pub has_more: bool,
    /// How much of what is stored was read so far, in percent; none: all.
    pub progress_percent: Option<u8>,
    /// What of it is not understood, in words with what to write.
    pub problem: Option<String>,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Where.
    pub channel: ChannelId,
    /// The message.
    pub item: Arc<TimelineItem>,
    /// Where in its text the words are: bytes from and to.
    pub places: Vec<(usize, usize)>,
}

/// What one had begun to write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// As typed.
    pub text: String,
    /// The message that it is to answer.
    pub reply_to: Option<Hash>,
}
