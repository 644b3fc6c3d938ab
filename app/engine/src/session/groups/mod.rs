//! The MLS groups that this device is in, or is to be in: the lobby of all devices, and private ones.
//!
//! ```text
//! enter     making one, being welcomed, coming in by an external commit
//! follow    commits of others; leaving
//! clean     commits of one's own: devices that are out, old keys
//! rotation  keys do not get old
//! reset     private ones that were started again
//! rows      what is kept of them
//! ```

mod clean;
mod enter;
mod follow;
mod reset;
mod rotation;
mod rows;

use std::collections::VecDeque;
use std::time::Duration;

use dialtone_crypto::group::Group;
use dialtone_protocol::group_rules::PrivateGroup;
use dialtone_protocol::{ChannelId, GroupId};

use super::backoff::Backoff;
use super::private::PrivateChange;
use super::run::{Ended, Session};
use super::state::State;
use rotation::EpochUse;

pub(super) use rows::{load, put_changes};

/// A group that cannot be entered is tried again after this long at first.
const ENTER_AGAIN: Duration = Duration::from_secs(1);
/// And after this long at last: its tree is large.
const ENTER_AGAIN_LATEST: Duration = Duration::from_mins(1);

/// One group, and what this device does for it.
pub(super) struct GroupPart {
    /// Once this device is in it.
    pub(super) group: Option<Group>,
    /// What a private one is, as this device knew it last.
    pub(super) nature: Option<PrivateGroup>,
    /// How much its present epoch was used.
    pub(super) used: Option<EpochUse>,
    /// The member list's length of the last commit that was known when it, or the one that it replaces, was left: no older state of it is
    /// believed.
    pub(super) left_at: u64,
    /// No commit is tried before this time, ms since 1970: another was faster, and theirs is on its way.
    pub(super) commit_after_ms: u64,
    /// When this device enters it, or commits if nobody else did before: ms since 1970.
    pub(super) due_ms: Option<u64>,
    /// Why it cannot be used, in words, until it can.
    pub(super) problem: Option<String>,
    /// How long to wait before it is tried again to enter it.
    entering: Backoff,
    /// How often it was tried in vain.
    tries: u32,
    /// What this device is to change of a private one, in order; written down ([`Session::set_changes`]).
    pub(super) changes: VecDeque<PrivateChange>,
    /// How often others were faster than the first of these.
    pub(super) change_tries: u32,
}

impl GroupPart {
    /// One that this device is not in yet.
    pub(super) fn new() -> Self {
        Self {
            group: None,
            nature: None,
            used: None,
            left_at: 0,
            commit_after_ms: 0,
            due_ms: None,
            problem: None,
            entering: Backoff::new(ENTER_AGAIN, ENTER_AGAIN_LATEST),
            tries: 0,
            changes: VecDeque::new(),
            change_tries: 0,
        }
    }
}

impl Session {
    /// Changes what this device is to change of a private group.
    pub(super) fn set_changes(
        &mut self,
        id: GroupId,
        set: impl FnOnce(&mut VecDeque<PrivateChange>),
    ) -> Result<(), Ended> {
        let part = self.state.group_part(id);
        set(&mut part.changes);
        let transaction = self.database.begin()?;
        part.put_wishes(&transaction, &id)?;
        Ok(transaction.commit()?)
    }
}

impl State {
    /// The group of all devices, as the member list names it now.
    pub(super) fn lobby_id(&self) -> Option<GroupId> {
        Some(self.roster.as_ref()?.view().lobby())
    }

    /// The lobby, once this device is in it.
    pub(super) fn lobby(&self) -> Option<&Group> {
        self.held(&self.lobby_id()?)
    }

    /// A group that this device is in.
    pub(super) fn held(&self, group: &GroupId) -> Option<&Group> {
        self.groups.get(group)?.group.as_ref()
    }

    pub(super) fn held_mut(&mut self, group: &GroupId) -> Option<&mut Group> {
        self.groups.get_mut(group)?.group.as_mut()
    }

    /// What this device knows of a group; nothing, on first use.
    pub(super) fn group_part(&mut self, group: GroupId) -> &mut GroupPart {
        self.groups.entry(group).or_insert_with(GroupPart::new)
    }

    /// The group whose keys a channel uses now.
    pub(super) fn group_of(&self, channel: &ChannelId) -> Option<GroupId> {
        let view = self.roster.as_ref()?.view();
        if *channel == self.directory_id() {
            return Some(view.lobby());
        }
        let channel = view.channels().get(channel)?;
        Some(view.current_group(channel.group))
    }

    /// What the private group of a channel is: while this device is in it, or was in it last and comes back.
    pub(super) fn nature_of(&self, channel: &ChannelId) -> Option<&PrivateGroup> {
        self.nature(&self.group_of(channel)?)
    }
}
