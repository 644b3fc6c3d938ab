//! Following a group: commits of others, new epochs, leaving.

use std::time::Instant;

use dialtone_crypto::group::{EpochSecret, Group, GroupError, Processed};
use dialtone_protocol::GroupId;

use super::super::run::{Ended, Session};
use super::super::state::Job;
use super::rows;
use crate::local::Table;
use dialtone_words::say;

/// How many accounts and devices are in a private group.
fn private_size(group: &Group) -> Option<(usize, usize)> {
    let private = group.private()?;
    Some((private.accounts.len(), group.members().len()))
}

impl Session {
    /// Follows a commit of another member (or one's own that was not confirmed).
    pub(in super::super) fn commit(
        &mut self,
        id: GroupId,
        epoch: u64,
        commit: &[u8],
    ) -> Result<(), Ended> {
        let Some(roster) = self.state.roster.clone() else {
            return Ok(());
        };
        let Some(group) = self.state.held_mut(&id) else {
            self.may_be_in(id);
            return Ok(());
        };
        let before = private_size(group);
        match group.process_commit(epoch, commit, &roster) {
            Ok(Processed::AlreadyHere) => Ok(()),
            Ok(Processed::Applied(secret) | Processed::OwnConfirmed(secret)) => {
                let sizes = before.zip(private_size(group));
                let has_come =
                    sizes.is_some_and(|(before, now)| before.0 == now.0 && before.1 < now.1);
                self.new_epoch(id, secret)?;
                if has_come {
                    self.name_for_newcomer(id)?;
                }
                Ok(())
            }
            Err(GroupError::RosterMissing(position)) => {
                self.note_ahead(position, self.state.clock.now_ms())?;
                Err(Ended::Resync(say!("engine-gap-commit-list")))
            }
            Err(GroupError::Ahead { .. }) => {
                if self.state.commit_comes_again(&id, epoch) {
                    return Ok(());
                }
                Err(Ended::Resync(say!("engine-gap-commit")))
            }
            Err(GroupError::Invalid(rule)) => {
                self.raise_alarm(say!("engine-commit-breaks-rules", rule = rule.to_string()))
            }
            Err(GroupError::Removed) if group.private().is_some() => self.taken_out(id),
            Err(error) => {
                tracing::warn!("a group is entered again: {error}");
                self.leave_group(id)
            }
        }
    }

    /// A commit of a private group that this device is not in: it is for this account, as the server says. Whether that is so shows in the
    /// group itself.
    fn may_be_in(&mut self, id: GroupId) {
        let roster = self.state.roster.as_ref();
        if roster.is_some_and(|roster| roster.view().private_channel(&id).is_some()) {
            self.state.want(Job::EnterGroup(id));
        }
    }

    pub(super) fn new_epoch(&mut self, id: GroupId, secret: EpochSecret) -> Result<(), Ended> {
        self.state.recovery.keys_came();
        self.state.keys.insert_epoch(secret);
        let now_ms = self.state.clock.now_ms();
        let keys = self.state.keys.drain_changes();
        let Some(part) = self.state.groups.get_mut(&id) else {
            return Ok(());
        };
        let Some(group) = &mut part.group else {
            return Ok(());
        };
        self.state.signals.follow(group, Instant::now());
        let changes = group.drain_changes();
        let nature = group.private();
        let is_other = nature != part.nature;
        part.nature = nature;
        part.use_epoch(now_ms);
        let transaction = self.database.begin()?;
        part.put(&transaction, &id)?;
        if is_other {
            part.put_nature(&transaction, &id)?;
        }
        rows::put_group(&transaction, &id, changes)?;
        rows::put_changes(&transaction, Table::Keys, keys)?;
        transaction.commit()?;
        self.rekey_call();
        self.state.dirty = true;
        let nature = self
            .state
            .groups
            .get(&id)
            .and_then(|part| part.nature.as_ref());
        let Some(nature) = nature else {
            return Ok(());
        };
        if !nature.accounts.contains(&self.state.me.account) {
            // One's own commit took this account out.
            return self.drop_group(id);
        }
        // Whoever has left by this commit is still there.
        self.watch_group(id, now_ms);
        Ok(())
    }

    /// Leaves a group, to enter it as it is now.
    pub(in super::super) fn leave_group(&mut self, id: GroupId) -> Result<(), Ended> {
        self.forget_group(id)?;
        self.state.want(Job::EnterGroup(id));
        Ok(())
    }

    /// This device was removed from a private group: the account with it, or the device alone, which comes back then.
    fn taken_out(&mut self, id: GroupId) -> Result<(), Ended> {
        let after = self.state.held(&id).and_then(Group::private);
        let me = self.state.me.account;
        if after.is_some_and(|after| after.accounts.contains(&me)) {
            return self.leave_group(id);
        }
        let why = say!("engine-why-taken-out");
        self.is_out(id, why)
    }

    /// This account belongs to a private group no more, and is told why.
    pub(in super::super) fn is_out(&mut self, id: GroupId, why: &str) -> Result<(), Ended> {
        if let Some(name) = self.state.private_name(&id) {
            self.later(say!("engine-not-in", name = name, why = why));
        }
        self.drop_group(id)
    }

    /// Leaves the group that is held.
    pub(super) fn forget_group(&mut self, id: GroupId) -> Result<(), Ended> {
        let rows = rows::mls_rows(&self.database, &id)?;
        self.state.signals.end(id, Instant::now());
        self.state.dirty = true;
        let part = self.state.group_part(id);
        let left = part.group.take();
        let left_at = left.map_or(0, |group| group.position().length);
        part.left_at = part.left_at.max(left_at);
        let transaction = self.database.begin()?;
        part.put(&transaction, &id)?;
        for (key, _) in rows {
            transaction.delete(Table::Mls, &key)?;
        }
        Ok(transaction.commit()?)
    }

    /// A private group that this account does not belong to any more. The keys of its time stay, and how far it had come: whoever is put
    /// in again believes no older state of it.
    pub(in super::super) fn drop_group(&mut self, id: GroupId) -> Result<(), Ended> {
        self.forget_group(id)?;
        self.leave_replaced(id)?;
        let part = self.state.group_part(id);
        part.nature = None;
        part.problem = None;
        part.due_ms = None;
        part.changes.clear();
        let transaction = self.database.begin()?;
        part.put_nature(&transaction, &id)?;
        part.put_wishes(&transaction, &id)?;
        transaction.commit()?;
        self.drop_plan(&id)?;
        self.state
            .jobs
            .retain(|job| !matches!(job, Job::EnterGroup(of) | Job::CleanGroup(of) if *of == id));
        // What is written meanwhile is asked for if it is entered again.
        let roster = self.state.roster.as_ref();
        if let Some((channel, _)) = roster.and_then(|roster| roster.view().private_channel(&id)) {
            self.state.asked.remove(channel);
        }
        let open = self.state.open;
        if open.is_some_and(|open| self.state.group_of(&open) == Some(id)) {
            self.state.open = None;
        }
        let call = self.state.call.as_ref();
        if call.is_some_and(|call| self.state.group_of(&call.channel) == Some(id)) {
            self.state.want(Job::LeaveCall);
        }
        self.state.dirty = true;
        Ok(())
    }
}
