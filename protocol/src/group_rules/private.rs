//! What a private group is, and who may change it: the content of the `GroupContext` extension of type [`PRIVATE_GROUP_EXTENSION`].

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::reader::Reader;
use super::{CommitError, CommitFacts, Committer};
use crate::roster::{HistoryPolicy, Roster};
use crate::strict::{self, StrictError};
use crate::{AccountId, ChannelId};

/// Type of the `GroupContext` extension that says what a private group is (of MLS's range for private use). Every leaf lists it among its
/// capabilities.
pub const PRIVATE_GROUP_EXTENSION: u16 = 0xf0d1;

/// The most accounts in a private channel.
pub const MOST_ACCOUNTS: usize = 1_000;
/// The most accounts in a direct conversation.
pub const MOST_DIRECT_ACCOUNTS: usize = 10;
const LIMIT: usize = 128 + 2 * MOST_ACCOUNTS * 34;

/// What a private group is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum PrivateKind {
    /// A channel whose admins say who belongs to it.
    #[n(0)]
    Channel,
    /// A conversation between the same people for ever.
    #[n(1)]
    Direct,
}

/// What a private group is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PrivateGroup {
    /// What it is for.
    #[n(0)]
    pub kind: PrivateKind,
    /// The one channel that it has.
    #[n(1)]
    pub channel: ChannelId,
    /// Which of its events somebody who comes later may read.
    #[n(2)]
    pub history: HistoryPolicy,
    /// Whose devices may be in it.
    #[n(3)]
    pub accounts: BTreeSet<AccountId>,
    /// Who of them may change it; nobody in a direct conversation.
    #[n(4)]
    pub admins: BTreeSet<AccountId>,
}

impl PrivateGroup {
    /// The extension's content.
    pub fn to_bytes(&self) -> Vec<u8> {
        strict::encode(self)
    }

    /// Reads the extension's content.
    ///
    /// # Errors
    /// When it is not exactly that: accounts are sorted and named once, there is at least one (in a direct conversation two), admins are
    /// among them, and a direct conversation has none.
    pub fn read(bytes: &[u8]) -> Result<Self, StrictError> {
        let group: Self = strict::decode(bytes, LIMIT)?;
        let (fewest, most) = match group.kind {
            PrivateKind::Channel => (1, MOST_ACCOUNTS),
            PrivateKind::Direct => (2, MOST_DIRECT_ACCOUNTS),
        };
        let bounded = (fewest..=most).contains(&group.accounts.len());
        let admins = match group.kind {
            PrivateKind::Channel => group.admins.is_subset(&group.accounts),
            PrivateKind::Direct => group.admins.is_empty(),
        };
        if bounded && admins {
            Ok(group)
        } else {
            Err(StrictError::Malformed("accounts of a private group".into()))
        }
    }

    /// Reads the extensions of a group's context, as MLS serializes them (RFC 9420, section 8.1): none of the lobby, and of a private group exactly
    /// `required_capabilities` with this extension's type alone, then this extension.
    ///
    /// # Errors
    /// [`CommitError::WrongContext`]
    pub fn of_context(extensions: &[u8]) -> Result<Option<Self>, CommitError> {
        read_context(extensions).map_err(|_| CommitError::WrongContext)
    }

    /// Whether the account may say who belongs to it, at a length of the member list: an admin of the group, or anybody in it while none of
    /// its admins is active.
    pub fn may_change(&self, account: &AccountId, roster: &Roster, length: u64) -> bool {
        self.kind == PrivateKind::Channel && self.may_reset(account, roster, length)
    }

    /// Whether the account may start it again (`GroupReset`): an admin of the group, or anybody in it while none of its admins is active, which
    /// is always so in a direct conversation.
    pub fn may_reset(&self, account: &AccountId, roster: &Roster, length: u64) -> bool {
        let active = |admin: &AccountId| roster.view().is_active_at(admin, length);
        self.accounts.contains(account)
            && (self.admins.contains(account) || !self.admins.iter().any(active))
    }

    /// Whether it can be the same group at another time: what makes it what it is never changes, nor who is in a direct conversation.
    pub fn is_same(&self, other: &Self) -> bool {
        let people = self.kind == PrivateKind::Channel || self.accounts == other.accounts;
        (self.kind, self.channel) == (other.kind, other.channel) && people
    }

    /// The same without accounts that are none of the member list's any more; a direct conversation stays as it is.
    #[must_use]
    pub fn with_active(&self, roster: &Roster) -> Self {
        let mut active = self.clone();
        if self.kind == PrivateKind::Channel {
            let length = roster.position().length;
            let is_active = |account: &AccountId| roster.view().is_active_at(account, length);
            active.accounts.retain(is_active);
            active.admins.retain(is_active);
        }
        active
    }

    /// The same without one account: what it leaves behind by leaving.
    #[must_use]
    pub fn without(&self, account: &AccountId) -> Self {
        let mut left = self.clone();
        left.accounts.remove(account);
        left.admins.remove(account);
        left
    }
}

fn read_context(extensions: &[u8]) -> Result<Option<PrivateGroup>, CommitError> {
    let [high, low] = PRIVATE_GROUP_EXTENSION.to_be_bytes();
    let mut outer = Reader::new(extensions);
    let mut extensions = Reader::new(outer.vector()?);
    outer.end()?;
    if extensions.is_empty() {
        return Ok(None);
    }
    // Its type, its length; the list of one type, no proposals, no credentials.
    extensions.expect(&[0, 3, 5, 2, high, low, 0, 0])?;
    extensions.expect(&[high, low])?;
    let content = PrivateGroup::read(extensions.vector()?);
    extensions.end()?;
    content.map(Some).map_err(|_| CommitError::WrongContext)
}

/// Checks what a commit makes of the group's nature. The lobby has none and gets none.
pub(super) fn check_change(facts: &CommitFacts, roster: &Roster) -> Result<(), CommitError> {
    let (before, after) = match (&facts.private_before, &facts.private_after) {
        (None, None) => return Ok(()),
        (Some(before), Some(after)) => (before, after),
        _ => return Err(CommitError::WrongContext),
    };
    if let Committer::Member(own) = facts.committer
        && !before.accounts.contains(&own.identity.account)
    {
        // It has left, and is only there to be removed.
        return Err(CommitError::LeafNotInRoster);
    }
    if before == after {
        return Ok(());
    }
    if before.kind != after.kind || before.channel != after.channel {
        return Err(CommitError::WrongContext);
    }
    let Committer::Member(own) = facts.committer else {
        return Err(CommitError::Shape);
    };
    let account = own.identity.account;
    let length = facts.position.length;
    let leaves = before.kind == PrivateKind::Channel && *after == before.without(&account);
    if !leaves && !before.may_change(&account, roster, length) {
        return Err(CommitError::MayNotChangeGroup);
    }
    let mut new = after.accounts.difference(&before.accounts);
    if new.all(|account| roster.view().is_active_at(account, length)) {
        Ok(())
    } else {
        Err(CommitError::LeafNotInRoster)
    }
}
