//! What happens once and is not a state: the engine tells it, nobody has to look.

use dialtone_protocol::{AccountId, ChannelId, CommunityId};

/// One happening.
#[derive(Debug, Clone, PartialEq, Eq)]
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
