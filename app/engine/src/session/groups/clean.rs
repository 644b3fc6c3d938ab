//! Commits of one's own: devices that are out are removed, and keys replaced that are old.

use dialtone_crypto::group::{PendingCommit, SendGate};
use dialtone_protocol::http::{CommitAccepted, CommitPublish, ErrorCode};
use dialtone_protocol::{DeviceId, GroupId, Hash};

use super::super::run::{Ended, Session};
use super::super::state::Job;
use super::rows;
use crate::net::NetError;

/// A device waits so long for each device that is before it in rank.
const RANK_MS: u64 = 150;
/// After another was faster, in ms.
const AGAIN_MS: u64 = 1_000;

impl Session {
    /// Removes devices that are out, or replaces keys that are old, by a commit of one's own.
    pub(in super::super) async fn clean_group(&mut self, id: GroupId) -> Result<(), Ended> {
        let now_ms = self.state.clock.now_ms();
        let may_sign = self.state.may_sign();
        let roster = self.state.roster.clone();
        let Some((part, roster)) = self.state.groups.get_mut(&id).zip(roster) else {
            return Ok(());
        };
        part.due_ms = None;
        // A lobby that was started again is left alone.
        if !may_sign || roster.view().current_group(id) != id {
            return Ok(());
        }
        let due = part.rotation_is_due(now_ms);
        // One's own commit that got no answer: what became of it shows when the commits have come again.
        let Some(group) = part
            .group
            .as_mut()
            .filter(|group| !group.has_pending_commit())
        else {
            return Ok(());
        };
        match group.check_send_gate(&roster) {
            SendGate::CommitFirst => {}
            SendGate::Open if due => {}
            SendGate::Open | SendGate::NotAMember => return Ok(()),
        }
        match group.make_commit(&self.state.me.device, &roster) {
            Ok(pending) => self.publish_commit(id, pending).await.map(|_| ()),
            Err(error) => {
                self.group_broke(id, "clean", &error);
                Ok(())
            }
        }
    }

    /// Gives the server a commit that was made just now. `false`: another was faster, and it must be made anew once theirs is here.
    pub(in super::super) async fn publish_commit(
        &mut self,
        id: GroupId,
        pending: PendingCommit,
    ) -> Result<bool, Ended> {
        let path = format!("/groups/{id}/commits");
        let body = CommitPublish {
            epoch: pending.epoch,
            commit: pending.commit.into(),
            group_info: pending.group_info.into(),
            welcome: pending.welcome.map(Into::into),
        };
        let posted = self.line()?.post::<_, CommitAccepted>(&path, &body).await;
        let now_ms = self.state.clock.now_ms();
        if posted.as_ref().err().and_then(NetError::code) == Some(ErrorCode::NotFound) {
            // Somebody has taken this account out.
            self.state.want(Job::FindGroups);
        }
        let part = self.state.group_part(id);
        let Some(group) = &mut part.group else {
            return Ok(false);
        };
        match posted {
            Ok(_) => {
                match group.confirm_commit() {
                    Ok(secret) => self.new_epoch(id, secret)?,
                    Err(error) => {
                        tracing::warn!("one's own commit could not be merged: {error}");
                        self.leave_group(id)?;
                    }
                }
                Ok(true)
            }
            Err(error) if error.code().is_some() => {
                // Another was faster: their commit comes on the socket.
                let _ = group.discard_commit();
                part.commit_after_ms = now_ms + AGAIN_MS;
                part.due_ms = Some(now_ms + AGAIN_MS);
                Ok(false)
            }
            // Whether it was taken shows when the commits come again.
            Err(error) => Err(error.into()),
        }
    }

    /// All commits that the server has were sent again. One's own that is not among them was never taken: it goes, and another
    /// can be made.
    pub(in super::super) fn settle_pending_commits(&mut self) -> Result<(), Ended> {
        let waits = |group: &dialtone_crypto::group::Group| group.has_pending_commit();
        let parts = self.state.groups.iter();
        let pending = parts.filter(|(_, part)| part.group.as_ref().is_some_and(waits));
        let pending: Vec<GroupId> = pending.map(|(id, _)| *id).collect();
        for id in pending {
            let Some(group) = self.state.held_mut(&id) else {
                continue;
            };
            if let Err(error) = group.discard_commit() {
                tracing::warn!("a group is entered again: {error}");
                self.leave_group(id)?;
                continue;
            }
            let changes = group.drain_changes();
            let transaction = self.database.begin()?;
            rows::put_group(&transaction, &id, changes)?;
            transaction.commit()?;
        }
        Ok(())
    }

    /// Plans the cleaning of groups that hold a device that is out.
    pub(in super::super) fn watch_inactive_devices(&mut self, now_ms: u64) {
        let groups: Vec<GroupId> = self.state.groups.keys().copied().collect();
        for id in groups {
            self.watch_group(id, now_ms);
        }
    }

    /// Plans the cleaning of a group if it holds a device that is out: whoever is first in rank does it.
    pub(super) fn watch_group(&mut self, id: GroupId, now_ms: u64) {
        let Some((roster, group)) = self.state.roster.as_ref().zip(self.state.held(&id)) else {
            return;
        };
        if matches!(group.check_send_gate(roster), SendGate::CommitFirst) {
            let rank = self.rank_in(&id, group.epoch());
            self.state.group_part(id).due_ms = Some(now_ms + rank * RANK_MS);
        }
    }

    /// How many connected devices come before this one: by `H(device id || turn)`; the turn of a commit is the epoch.
    pub(in super::super) fn rank(&self, turn: u64) -> u64 {
        self.rank_among(turn, |_| true)
    }

    /// The same among the devices of a private group; of the lobby all that are connected count.
    pub(in super::super) fn rank_in(&self, id: &GroupId, turn: u64) -> u64 {
        let held = self.state.held(id).filter(|held| held.private().is_some());
        let Some(held) = held else {
            return self.rank(turn);
        };
        let members = held.members();
        self.rank_among(turn, |device| {
            members.iter().any(|member| member.device == *device)
        })
    }

    /// The same among those that count.
    pub(in super::super) fn rank_among(
        &self,
        turn: u64,
        counts: impl Fn(&DeviceId) -> bool,
    ) -> u64 {
        let place = |device: &DeviceId| {
            let mut bytes = device.0.to_vec();
            bytes.extend(turn.to_be_bytes());
            Hash::of(&bytes)
        };
        let mine = place(&self.state.me.device.id());
        let online = self.state.online.iter();
        let before = online.filter(|device| place(device) < mine && counts(device));
        before.count() as u64
    }

    /// What is due in the groups.
    pub(in super::super) fn mind_groups(&mut self, now_ms: u64) {
        if !self.state.caught_up {
            return;
        }
        let mut wanted = Vec::new();
        for (id, part) in &mut self.state.groups {
            if part.due_ms.take_if(|at| *at <= now_ms).is_some() {
                wanted.push(match part.group {
                    Some(_) => Job::CleanGroup(*id),
                    None => Job::EnterGroup(*id),
                });
            }
        }
        for job in wanted {
            self.state.want(job);
        }
    }
}
