//! Whether anything may be sealed or signed now: the one place that says so.

use std::sync::Arc;

use dialtone_crypto::group::{Group, SendGate};
use dialtone_protocol::roster::Roster;

use super::state::{Job, State};

/// Whether something may be sealed.
pub(super) enum Gate<'a> {
    /// With this member list, in this group's present epoch.
    Open(&'a Arc<Roster>, &'a Group),
    /// The group holds a device that is not active any more: commit its removal first.
    CommitFirst,
    /// Not now: trust is broken, the member list is not whole, or this device is not in the community's present group.
    Closed,
}

impl State {
    /// Asked before anything is sealed: events, signals, grants.
    pub(super) fn gate(&self) -> Gate<'_> {
        let Some((roster, lobby)) = self.roster.as_ref().zip(self.lobby.as_ref()) else {
            return Gate::Closed;
        };
        if !self.may_sign() || self.ahead.is_some() || lobby.id() != roster.view().lobby() {
            return Gate::Closed;
        }
        match lobby.check_send_gate(roster) {
            SendGate::Open => Gate::Open(roster, lobby),
            SendGate::CommitFirst => Gate::CommitFirst,
            SendGate::NotAMember => Gate::Closed,
        }
    }

    /// As [`Self::gate`]; the removal that must come first is wanted by that. `None`: not now.
    pub(super) fn pass_gate(&mut self, now_ms: u64) -> Option<(Arc<Roster>, &Group)> {
        if matches!(self.gate(), Gate::CommitFirst) {
            self.want_commit(now_ms);
        }
        match self.gate() {
            Gate::Open(roster, lobby) => Some((Arc::clone(roster), lobby)),
            Gate::CommitFirst | Gate::Closed => None,
        }
    }

    /// Wants a commit, unless one has just been refused: asking again before the other's commit was read would not end.
    pub(super) fn want_commit(&mut self, now_ms: u64) {
        if self.commit_after_ms <= now_ms {
            self.want(Job::CleanLobby);
        }
    }

    /// Asked before anything is signed: entries of the member list, commits, requests for keys.
    pub(super) fn may_sign(&self) -> bool {
        self.alarm.is_none()
    }
}
