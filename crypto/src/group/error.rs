//! What can go wrong with a group, and what to do then.

use dialtone_protocol::group_rules::CommitError;
use dialtone_protocol::roster::RosterPosition;

use crate::primitives::CryptoError;

/// Why a group operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GroupError {
    /// The commit names a roster prefix that is not here yet, and a member has signed that. Fetch it, then try the same bytes again; if
    /// the server does not give it within 10 s, warn.
    #[error("the member list must be fetched first, up to entry {}", .0.length)]
    RosterMissing(RosterPosition),
    /// MLS accepts the commit, the public rules do not. The commit is the evidence against its sender.
    #[error("a change of the group's keys is not valid: {0}")]
    Invalid(CommitError),
    /// The commit was made in a later epoch. Fetch the ones before.
    #[error("key changes are missing: this device is at {ours}, the change was made at {theirs}")]
    Ahead {
        /// The epoch here.
        ours: u64,
        /// The epoch that the commit was made in.
        theirs: u64,
    },
    /// This device was taken out of the group.
    #[error("this device is not in the group any more")]
    Removed,
    /// A commit of one's own waits for its confirmation.
    #[error("a key change of this device is under way already")]
    PendingCommit,
    /// There is no commit of one's own to confirm.
    #[error("no key change of this device is under way")]
    NoPendingCommit,
    /// This device is not active in the roster.
    #[error("this device is not in the member list, or was revoked")]
    NotActive,
    /// The group's public state is older than the joiner may accept, or names devices that never were active together.
    #[error(
        "the server shows a group with devices that are not in the member list; it cannot be joined"
    )]
    UntrustedGroup,
    /// The group belongs to another id, or uses another suite.
    #[error("the server shows another group than was asked for")]
    OtherGroup,
    /// The group is private, and this device's account does not belong to it.
    #[error("this conversation is for others")]
    NotInvited,
    /// Bytes that are no MLS message of the expected kind, or too long.
    #[error("a message of the group cannot be read")]
    Malformed,
    /// MLS refuses: a wrong signature, membership tag, confirmation or tree. The reason is for logs.
    #[error("a change of the group's keys does not verify ({0})")]
    Broken(String),
    /// The saved state is damaged or of another group. Rejoin by an external commit.
    #[error("the saved state of the group is damaged; it will be joined anew")]
    State,
    /// The cryptographic library failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

impl From<CommitError> for GroupError {
    fn from(error: CommitError) -> Self {
        Self::Invalid(error)
    }
}

impl GroupError {
    /// What the rules say of a commit that names `position`.
    pub(super) fn of(error: CommitError, position: RosterPosition) -> Self {
        match error {
            CommitError::RosterMissing => Self::RosterMissing(position),
            other => Self::Invalid(other),
        }
    }
}

/// An error of openmls, told as one of ours.
pub(super) fn broken(error: impl std::fmt::Display) -> GroupError {
    GroupError::Broken(error.to_string())
}
