//! What happens once and is not a state: the engine tells it, nobody has to look.

use dialtone_protocol::{AccountId, ChannelId, CommunityId, Hash};

use crate::command::FileSource;

/// One happening.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The snapshot is another one; draw it.
    Changed,
    /// An invite link was made.
    InviteReady {
        /// Where.
        community: CommunityId,
        /// What to hand to the person one invites. It is a secret between two people.
        link: String,
    },
    /// No invite link was made. It is told as a notice as well.
    InviteFailed {
        /// Where.
        community: CommunityId,
        /// Why, and what to do: a sentence.
        reason: String,
    },
    /// A text was not taken to be sent: it goes back into the composer, so that it is not lost.
    Unsent {
        /// Where.
        community: CommunityId,
        /// Where in it.
        channel: ChannelId,
        /// What was written, as it was given to the engine.
        text: String,
        /// The message that it was to answer.
        reply_to: Option<Hash>,
        /// What was to go with it.
        files: Vec<FileSource>,
        /// Why, and what to do: a sentence.
        reason: String,
    },
    /// A message came for which one may be notified.
    MessageArrived {
        /// Where.
        community: CommunityId,
        /// Where in it.
        channel: ChannelId,
        /// By whom.
        from: AccountId,
        /// It names oneself.
        mentioned: bool,
        /// What it says, in 200 characters at most.
        text: Option<String>,
    },
    /// The program was started once more: the window is to be shown. A link that came with it is being inspected.
    Show,
    /// The engine has written everything down and stopped.
    Stopped,
}

/// A link opens the community for whoever reads it, and what one writes is nobody else's business: neither is printed.
impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed => f.write_str("Changed"),
            Self::InviteReady { community, .. } => f
                .debug_struct("InviteReady")
                .field("community", community)
                .finish_non_exhaustive(),
            Self::InviteFailed { community, reason } => f
                .debug_struct("InviteFailed")
                .field("community", community)
                .field("reason", reason)
                .finish(),
            Self::Unsent {
                community,
                channel,
                reason,
                ..
            } => f
                .debug_struct("Unsent")
                .field("community", community)
                .field("channel", channel)
                .field("reason", reason)
                .finish_non_exhaustive(),
            Self::MessageArrived {
                community,
                channel,
                from,
                mentioned,
                ..
            } => f
                .debug_struct("MessageArrived")
                .field("community", community)
                .field("channel", channel)
                .field("from", from)
                .field("mentioned", mentioned)
                .finish_non_exhaustive(),
            Self::Show => f.write_str("Show"),
            Self::Stopped => f.write_str("Stopped"),
        }
    }
}
