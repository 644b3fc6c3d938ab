//! Whether anything may be sealed or signed now: the one place that says so.

use std::sync::Arc;

use dialtone_crypto::group::{Group, SendGate};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{ChannelId, GroupId};

use super::state::{Job, State};

/// Whether something may be sealed.
pub(super) enum Gate<'a> {
    /// With this member list, in this group's present epoch.
    Open(&'a Arc<Roster>, &'a Group),
    /// The group holds a device that is not active any more, or of somebody who left it: commit its removal first.
    CommitFirst(GroupId),
    /// Not now: trust is broken, the member list is not whole, or this device is not in the present group.
    Closed,
}

impl State {
    /// Asked before anything is sealed for all members: grants, files.
    pub(super) fn gate(&self) -> Gate<'_> {
        self.gate_to(self.lobby_id())
    }

    /// Asked before anything is sealed for who reads a channel: events, signals, voice.
    pub(super) fn gate_of(&self, channel: &ChannelId) -> Gate<'_> {
        self.gate_to(self.group_of(channel))
    }

    fn gate_to(&self, group: Option<GroupId>) -> Gate<'_> {
        let held = group.and_then(|group| self.held(&group));
        let Some((roster, held)) = self.roster.as_ref().zip(held) else {
            return Gate::Closed;
        };
        if !self.may_sign() || self.ahead.is_some() {
            return Gate::Closed;
        }
        match held.check_send_gate(roster) {
            SendGate::Open => Gate::Open(roster, held),
            SendGate::CommitFirst => Gate::CommitFirst(held.id()),
            SendGate::NotAMember => Gate::Closed,
        }
    }

    /// As [`Self::gate`]; the removal that must come first is wanted by that. `None`: not now.
    pub(super) fn pass_gate(&mut self, now_ms: u64) -> Option<(Arc<Roster>, &Group)> {
        self.pass(self.lobby_id(), now_ms)
    }

    /// As [`Self::gate_of`], and [`Self::pass_gate`].
    pub(super) fn pass_gate_of(
        &mut self,
        channel: &ChannelId,
        now_ms: u64,
    ) -> Option<(Arc<Roster>, &Group)> {
        self.pass(self.group_of(channel), now_ms)
    }

    fn pass(&mut self, group: Option<GroupId>, now_ms: u64) -> Option<(Arc<Roster>, &Group)> {
        // Asked once: it looks at every device of the group.
        let roster = match self.gate_to(group) {
            Gate::Open(roster, _) => Arc::clone(roster),
            Gate::CommitFirst(id) => {
                self.want_commit(id, now_ms);
                return None;
            }
            Gate::Closed => return None,
        };
        Some((roster, self.held(&group?)?))
    }

    /// Wants a commit, unless one has just been refused: asking again before the other's commit was read would not end.
    pub(super) fn want_commit(&mut self, group: GroupId, now_ms: u64) {
        if self.group_part(group).commit_after_ms <= now_ms {
            self.want(Job::CleanGroup(group));
        }
    }

    /// Asked before anything is signed: entries of the member list, commits, requests for keys.
    pub(super) fn may_sign(&self) -> bool {
        self.alarm.is_none()
    }
}
