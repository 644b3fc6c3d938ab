//! The log itself: travelled bytes in order, and the view that they give.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::rules::{self, EntryError};
use super::view::RosterView;
use super::{Change, SignedEntry};
use crate::strict::StrictError;
use crate::{CommunityId, GroupId, Hash};

/// How far a log reaches: its length and the hash of its last entry.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cfg_attr(feature = "described", derive(utoipa::ToSchema))]
pub struct RosterPosition {
    /// Entries.
    #[n(0)]
    pub length: u64,
    /// Of the last entry's travelled bytes; zero for an empty log.
    #[n(1)]
    pub head: Hash,
}

impl RosterPosition {
    /// Before the first entry.
    pub const START: Self = Self {
        length: 0,
        head: Hash::ZERO,
    };
}

/// A verified log.
#[derive(Debug, Clone)]
pub struct Roster {
    community: CommunityId,
    entries: Vec<Vec<u8>>,
    heads: Vec<Hash>,
    view: RosterView,
}

impl Roster {
    /// Starts a log from its founding entry.
    ///
    /// # Errors
    /// When the entry is not a valid founding.
    pub fn found(bytes: Vec<u8>) -> Result<Self, EntryError> {
        let (signed, entry) = SignedEntry::read(&bytes)?;
        let community = CommunityId::of_founding(&bytes);
        let view = rules::found(&signed, &entry)?;
        Ok(Self {
            community,
            heads: vec![Hash::of(&bytes)],
            entries: vec![bytes],
            view,
        })
    }

    /// Verifies one more entry and takes it in.
    ///
    /// # Errors
    /// When it does not follow, is not signed by who may make it, or is unknown; then nothing changes.
    pub fn append(&mut self, bytes: Vec<u8>) -> Result<Change, EntryError> {
        let (signed, entry) = SignedEntry::read(&bytes)?;
        if entry.previous != self.position().head {
            return Err(EntryError::DoesNotFollow);
        }
        rules::apply(&mut self.view, &self.community, &signed, &entry)?;
        self.heads.push(Hash::of(&bytes));
        self.entries.push(bytes);
        Ok(entry.change)
    }

    /// Replays a whole log. When an entry is invalid the part before it is kept and told with the reason.
    ///
    /// # Errors
    /// When not even the founding is valid, or there is none.
    pub fn replay(
        entries: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<(Self, Option<EntryError>), EntryError> {
        let mut entries = entries.into_iter();
        let first = entries
            .next()
            .ok_or_else(|| EntryError::Format(StrictError::Malformed("an empty log".into())))?;
        let mut roster = Self::found(first)?;
        for bytes in entries {
            if let Err(error) = roster.append(bytes) {
                return Ok((roster, Some(error)));
            }
        }
        Ok((roster, None))
    }

    /// Which community this is.
    pub fn community(&self) -> CommunityId {
        self.community
    }

    /// How far it reaches.
    pub fn position(&self) -> RosterPosition {
        RosterPosition {
            length: self.heads.len() as u64,
            head: self.heads.last().copied().unwrap_or(Hash::ZERO),
        }
    }

    /// Whether this log went through `position`: if it is long enough and the hash there differs, the logs are forks.
    pub fn contains(&self, position: &RosterPosition) -> Option<bool> {
        if position.length == 0 {
            return Some(position.head == Hash::ZERO);
        }
        let index = usize::try_from(position.length - 1).ok()?;
        self.heads.get(index).map(|head| *head == position.head)
    }

    /// Where the log is with the entry that names the group (its founding, its channel's, or a reset): what the group's first
    /// commit must not go below.
    pub fn named_at(&self, group: &GroupId) -> Option<RosterPosition> {
        let names = |bytes: &Vec<u8>| {
            SignedEntry::read(bytes).is_ok_and(|(_, entry)| entry.change.new_group() == Some(group))
        };
        let index = self.entries.iter().position(names)?;
        Some(RosterPosition {
            length: index as u64 + 1,
            head: *self.heads.get(index)?,
        })
    }

    /// The travelled bytes from entry `from` on.
    pub fn entries_from(&self, from: u64) -> &[Vec<u8>] {
        usize::try_from(from)
            .ok()
            .and_then(|from| self.entries.get(from..))
            .unwrap_or(&[])
    }

    /// What the log says.
    pub fn view(&self) -> &RosterView {
        &self.view
    }
}
