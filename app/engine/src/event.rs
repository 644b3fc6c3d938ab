//! What happens once and is not a state: the engine tells it, nobody has to look.

use dialtone_protocol::{AccountId, ChannelId, CommunityId};

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
    /// A message came for which one may be notified.
    MessageArrived {
        /// Where.
        community: CommunityId,
        /// Where in it.
        channel: ChannelId,
        /// By whom.
        from: AccountId,
    },
    /// The engine has written everything down and stopped.
    Stopped,
}

/// A link opens the community for whoever reads it, so it is not printed.
impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed => f.write_str("Changed"),
            Self::InviteReady { community, .. } => f
                .debug_struct("InviteReady")
                .field("community", community)
                .finish_non_exhaustive(),
            Self::MessageArrived {
                community,
                channel,
                from,
            } => f
                .debug_struct("MessageArrived")
                .field("community", community)
                .field("channel", channel)
                .field("from", from)
                .finish(),
            Self::Stopped => f.write_str("Stopped"),
        }
    }
}
