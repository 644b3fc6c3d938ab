//! The public rules of group commits: whether a commit is valid is a pure function of the group's state before it,
//! the commit, and the roster prefix that it names. Clients and the server check by the same function.
//!
//! Who calls this has verified the commit as MLS (RFC 9420) already: signatures, membership tag, confirmation.

mod keys;
mod private;
mod reader;

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use crate::roster::{Roster, RosterPosition};
use crate::strict::{self, StrictError};
use crate::{AccountId, DeviceId, PublicKey};

pub use keys::{
    GROUP_KEY_BYTES, check_commit_keys, check_key, check_package_keys, check_tree_keys,
};
pub use private::{
    MOST_ACCOUNTS, MOST_DIRECT_ACCOUNTS, PRIVATE_GROUP_EXTENSION, PrivateGroup, PrivateKind,
};

/// The authenticated data of every commit: the roster that the committer knew.
pub fn commit_aad(position: &RosterPosition) -> Vec<u8> {
    strict::encode(position)
}

/// Reads [`commit_aad`].
///
/// # Errors
/// When it is not exactly a roster position.
pub fn read_commit_aad(bytes: &[u8]) -> Result<RosterPosition, StrictError> {
    strict::decode(bytes, 64)
}

/// The identity in a leaf's `BasicCredential`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct LeafIdentity {
    /// Whose.
    #[n(0)]
    pub account: AccountId,
    /// Which device.
    #[n(1)]
    pub device: DeviceId,
}

impl LeafIdentity {
    /// The credential's content.
    pub fn to_bytes(&self) -> Vec<u8> {
        strict::encode(self)
    }

    /// Reads a credential's content.
    ///
    /// # Errors
    /// When it is not exactly an account id and a device id.
    pub fn read(bytes: &[u8]) -> Result<Self, StrictError> {
        strict::decode(bytes, 128)
    }
}

/// What the rules look at in a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// From the credential.
    pub identity: LeafIdentity,
    /// The leaf's signature key.
    pub signature_key: PublicKey,
}

/// Who made the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committer {
    /// A member, by its leaf before the commit.
    Member(Leaf),
    /// A device that joins by an external commit.
    External,
}

/// What a commit does to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitFacts {
    /// The roster position in the authenticated data.
    pub position: RosterPosition,
    /// The roster length that the commit before named.
    pub previous_length: u64,
    /// Who made it.
    pub committer: Committer,
    /// Every leaf before it.
    pub before: Vec<Leaf>,
    /// Leaves it adds by Add proposals.
    pub added: Vec<Leaf>,
    /// Leaves it removes.
    pub removed: Vec<Leaf>,
    /// The leaf of its update path.
    pub path: Option<Leaf>,
    /// Proposals other than inline Add, Remove, `ExternalInit` and `GroupContextExtensions`.
    pub other_proposals: bool,
    /// What the group is before it; none of the lobby.
    pub private_before: Option<PrivateGroup>,
    /// What it makes of that.
    pub private_after: Option<PrivateGroup>,
}

/// Why a commit is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// The roster prefix that it names is not here yet; fetch it, then look again.
    #[error("it names a member list that is not here yet")]
    RosterMissing,
    /// The roster prefix that it names is not a prefix of the log that is here.
    #[error("it names another member list")]
    RosterForked,
    /// It names an older roster than the commit before.
    #[error("it goes back to an older member list")]
    RosterShrank,
    /// It carries a kind of proposal that is not allowed.
    #[error("it carries a proposal that is not allowed")]
    ProposalNotAllowed,
    /// What the group is would be something else, or cannot be read.
    #[error("it makes another group of it")]
    WrongContext,
    /// It changes who belongs to a private group, and its maker may not.
    #[error("its maker may not change who belongs to the group")]
    MayNotChangeGroup,
    /// A new or changed leaf is not an active device with exactly its keys, or of nobody who belongs to the group.
    #[error("a leaf is not an active device of the group's members")]
    LeafNotInRoster,
    /// A signature key would be in the group twice.
    #[error("a device would be in the group twice")]
    DuplicateLeaf,
    /// A member's commit changes its own signature key.
    #[error("the committer changed its own key")]
    CommitterKeyChanged,
    /// A member's commit removes a device that belongs there, or leaves one that does not.
    #[error("it removes a device that belongs there or keeps one that does not")]
    WrongRemovals,
    /// An external commit removes another device than its own older leaf.
    #[error("a joining device removed another one")]
    ExternalRemoval,
    /// A key in the tree after it, or the one for joining, is none that can be sealed to.
    #[error("it brings a key that nobody can seal to")]
    BadKey,
    /// A commit without an update path, or an external one that adds more than itself.
    #[error("it is not of an allowed shape")]
    Shape,
}

/// Checks a commit by the public rules.
///
/// # Errors
/// [`CommitError`]: the first rule that it breaks.
pub fn check_commit(facts: &CommitFacts, roster: &Roster) -> Result<(), CommitError> {
    match roster.contains(&facts.position) {
        None => return Err(CommitError::RosterMissing),
        Some(false) => return Err(CommitError::RosterForked),
        Some(true) => {}
    }
    if facts.position.length < facts.previous_length {
        return Err(CommitError::RosterShrank);
    }
    if facts.other_proposals {
        return Err(CommitError::ProposalNotAllowed);
    }
    private::check_change(facts, roster)?;
    let path = facts.path.ok_or(CommitError::Shape)?;
    for leaf in &facts.added {
        check_belongs(leaf, facts, roster)?;
    }
    // Who leaves a private group makes the commit that says so, and is removed by the next one.
    match facts.committer {
        Committer::Member(_) => check_leaf(&path, roster, facts.position.length)?,
        Committer::External => check_belongs(&path, facts, roster)?,
    }
    match facts.committer {
        Committer::Member(own) => check_member_commit(facts, roster, &own, &path)?,
        Committer::External => check_external_commit(facts, &path)?,
    }
    check_unique(facts, &path)
}

/// Checks that a leaf is an active device at `length`, with exactly its roster keys.
///
/// # Errors
/// [`CommitError::LeafNotInRoster`]
pub fn check_leaf(leaf: &Leaf, roster: &Roster, length: u64) -> Result<(), CommitError> {
    roster
        .view()
        .device_at(&leaf.identity.device, length)
        .filter(|device| device.account == leaf.identity.account)
        .filter(|device| device.keys.signature_key == leaf.signature_key)
        .map(|_| ())
        .ok_or(CommitError::LeafNotInRoster)
}

/// Checks that a leaf may be in a group: it is an active device, and of a private group's accounts, if it is one.
///
/// # Errors
/// [`CommitError::LeafNotInRoster`]
pub fn check_in_group(
    leaf: &Leaf,
    private: Option<&PrivateGroup>,
    roster: &Roster,
    length: u64,
) -> Result<(), CommitError> {
    check_leaf(leaf, roster, length)?;
    if private.is_none_or(|group| group.accounts.contains(&leaf.identity.account)) {
        Ok(())
    } else {
        Err(CommitError::LeafNotInRoster)
    }
}

/// Checks that a leaf may be in the group after the commit.
fn check_belongs(leaf: &Leaf, facts: &CommitFacts, roster: &Roster) -> Result<(), CommitError> {
    let after = facts.private_after.as_ref();
    check_in_group(leaf, after, roster, facts.position.length)
}

fn check_member_commit(
    facts: &CommitFacts,
    roster: &Roster,
    own: &Leaf,
    path: &Leaf,
) -> Result<(), CommitError> {
    if own.signature_key != path.signature_key || own.identity != path.identity {
        return Err(CommitError::CommitterKeyChanged);
    }
    let belongs = |leaf: &Leaf| check_belongs(leaf, facts, roster).is_ok();
    let removed: BTreeSet<_> = facts
        .removed
        .iter()
        .map(|leaf| leaf.signature_key)
        .collect();
    let right = facts
        .before
        .iter()
        .filter(|leaf| leaf.signature_key != own.signature_key)
        .all(|leaf| belongs(leaf) != removed.contains(&leaf.signature_key));
    let right = right && !removed.contains(&own.signature_key);
    if right {
        Ok(())
    } else {
        Err(CommitError::WrongRemovals)
    }
}

fn check_external_commit(facts: &CommitFacts, path: &Leaf) -> Result<(), CommitError> {
    if !facts.added.is_empty() {
        return Err(CommitError::Shape);
    }
    let own = |leaf: &Leaf| leaf.signature_key == path.signature_key;
    if facts.removed.iter().all(own) {
        Ok(())
    } else {
        Err(CommitError::ExternalRemoval)
    }
}

/// No signature key twice in the group after the commit: the members before, without the removed ones and without the
/// committer's old leaf, with the added ones and the path's.
fn check_unique(facts: &CommitFacts, path: &Leaf) -> Result<(), CommitError> {
    let removed: BTreeSet<_> = facts
        .removed
        .iter()
        .map(|leaf| leaf.signature_key)
        .collect();
    let own = match facts.committer {
        Committer::Member(leaf) => Some(leaf.signature_key),
        Committer::External => None,
    };
    let kept = facts.before.iter().map(|leaf| leaf.signature_key);
    let kept = kept.filter(|key| !removed.contains(key) && Some(*key) != own);
    let new = facts
        .added
        .iter()
        .chain([path])
        .map(|leaf| leaf.signature_key);
    let mut seen = BTreeSet::new();
    if kept.chain(new).all(|key| seen.insert(key)) {
        Ok(())
    } else {
        Err(CommitError::DuplicateLeaf)
    }
}

#[cfg(test)]
mod tests;
