//! What the user does with messages, and among them.

use std::fmt;

use dialtone_protocol::{ChannelId, Hash};

use crate::snapshot::Draft;

/// One wish.
#[derive(Clone, PartialEq, Eq)]
pub enum MessageCommand {
    /// Write another text in place of one's own.
    Edit {
        /// Where.
        channel: ChannelId,
        /// The message's hash.
        target: Hash,
        /// The text as typed.
        text: String,
    },
    /// Take a message back: one's own, or another's as an admin.
    Delete {
        /// Where.
        channel: ChannelId,
        /// The message's hash.
        target: Hash,
    },
    /// Set an emoji to a message, or take it off again.
    React {
        /// Where.
        channel: ChannelId,
        /// The message's hash.
        target: Hash,
        /// One emoji.
        emoji: String,
        /// Set it.
        set: bool,
    },
    /// Pin a message, or take the pin off.
    Pin {
        /// Where.
        channel: ChannelId,
        /// The message's hash.
        target: Hash,
        /// Pin it.
        set: bool,
    },
    /// Load the page after the latest event that is shown.
    LoadLater(ChannelId),
    /// Show another part of a channel, which is opened for it ([`Timeline::jumped`](crate::snapshot::Timeline)).
    Jump(ChannelId, JumpTo),
    /// Keep what one has begun to write; an empty one is forgotten.
    SaveDraft(ChannelId, Draft),
    /// Remember that one used this emoji ([`Community::emojis`](crate::snapshot::Community)).
    UseEmoji(String),
    /// Show the pinned messages of a channel ([`Community::pins`](crate::snapshot::Community)), or none any more.
    ShowPins(Option<ChannelId>),
    /// Look for messages ([`Community::search`](crate::snapshot::Community)), or for none any more. Words must all be in a message;
    /// `from:`, `in:`, `before:`, `after:`, `on:` and `has:` narrow it.
    Search {
        /// As typed; empty: look for nothing.
        text: String,
        /// At most so many are shown.
        most: usize,
    },
}

impl MessageCommand {
    /// It sends nothing.
    pub(crate) fn is_reading(&self) -> bool {
        !matches!(
            self,
            Self::Edit { .. } | Self::Delete { .. } | Self::React { .. } | Self::Pin { .. }
        )
    }
}

/// A part of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JumpTo {
    /// Around a message: its hash.
    Message(Hash),
    /// The first message at or after this moment: ms since 1970.
    Moment(u64),
    /// The first that was not seen when the channel was opened.
    FirstUnread,
    /// The latest.
    Present,
}

/// What people write and look for is nobody else's business, so it is not printed.
impl fmt::Debug for MessageCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Edit { .. } => "Edit(…)",
            Self::Delete { .. } => "Delete",
            Self::React { .. } => "React(…)",
            Self::Pin { .. } => "Pin",
            Self::LoadLater(_) => "LoadLater",
            Self::Jump(..) => "Jump",
            Self::SaveDraft(..) => "SaveDraft(…)",
            Self::UseEmoji(_) => "UseEmoji(…)",
            Self::ShowPins(_) => "ShowPins",
            Self::Search { .. } => "Search(…)",
        };
        f.write_str(name)
    }
}
