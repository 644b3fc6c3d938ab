//! What the user does about people, and about the community's affairs.

use std::fmt;
use std::path::PathBuf;

use dialtone_protocol::{AccountId, ChannelId, InviteId};

use crate::snapshot::ChronicleFilter;

/// One wish.
#[derive(Clone, PartialEq, Eq)]
pub enum PeopleCommand {
    /// Show the entries of the member list in words ([`Community::chronicle`](crate::snapshot::Community)), or none any more.
    ShowChronicle(Option<ChronicleFilter>),
    /// Show which invites there are ([`Community::invites`](crate::snapshot::Community)), or none any more.
    ShowInvites(bool),
    /// Take an invite back (who made it, or an admin who outranks them).
    RevokeInvite(InviteId),
    /// Call oneself otherwise: everybody sees it.
    Rename(String),
    /// Remove a member (who outranks them), and say why: the members and whoever is removed read it, the server does not.
    Remove {
        /// Whom.
        account: AccountId,
        /// They may not come back with the same account.
        ban: bool,
        /// Why; may be empty.
        reason: String,
    },
    /// Give a channel another name, topic or kind (admins; those of a private channel).
    SetChannel {
        /// Which.
        channel: ChannelId,
        /// Its name.
        name: String,
        /// Its topic.
        topic: String,
        /// Listed under *Voice*.
        voice: bool,
    },
    /// Put a channel that everybody reads elsewhere in the list (admins).
    PlaceChannel {
        /// Which.
        channel: ChannelId,
        /// Under which heading; empty: under none.
        category: String,
        /// Before which other one; none: at the end.
        before: Option<ChannelId>,
    },
    /// Show what those wrote whom one ignores, in this channel until another one is opened; or fold it again.
    ShowIgnored(ChannelId),
    /// Write what this device can open of one's history into a new folder, in this one or among the downloads: it is not sealed there.
    Export(Option<PathBuf>),
    /// Stop that, or forget how it ended.
    StopExport,
    /// Ignore somebody, on this computer alone: their messages are folded, they notify nobody and are not heard. Or no longer.
    Ignore {
        /// Whom.
        account: AccountId,
        /// From now on.
        on: bool,
    },
}

impl PeopleCommand {
    /// It changes nothing at the server, and can be done by whoever is a member no more.
    pub(crate) fn is_reading(&self) -> bool {
        matches!(
            self,
            Self::ShowChronicle(_)
                | Self::ShowInvites(_)
                | Self::Ignore { .. }
                | Self::ShowIgnored(_)
                | Self::Export(_)
                | Self::StopExport
        )
    }
}

/// Why somebody is removed and what channels are called is nobody else's business, so it is not printed.
impl fmt::Debug for PeopleCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ShowChronicle(_) => "ShowChronicle(…)",
            Self::ShowInvites(_) => "ShowInvites",
            Self::RevokeInvite(_) => "RevokeInvite",
            Self::Rename(_) => "Rename(…)",
            Self::Remove { .. } => "Remove(…)",
            Self::SetChannel { .. } => "SetChannel(…)",
            Self::PlaceChannel { .. } => "PlaceChannel(…)",
            Self::Ignore { .. } => "Ignore(…)",
            Self::ShowIgnored(_) => "ShowIgnored",
            Self::Export(_) => "Export(…)",
            Self::StopExport => "StopExport",
        })
    }
}
