//! The lobby: the MLS group of all devices. Entering it, following its commits, keeping it clean.

use std::time::Instant;

use dialtone_crypto::group::{EpochSecret, ExternalJoin, Group, GroupError, Processed, SendGate};
use dialtone_protocol::http::{CommitAccepted, CommitPublish, ErrorCode, GroupCreate, GroupState};
use dialtone_protocol::roster::{JoinedBy, Roster};
use dialtone_protocol::{GroupId, Hash};

use super::load::{META_FOUNDS, META_GROUP_LEFT, META_LOBBY};
use super::run::{Ended, Session};
use super::state::Job;
use crate::local::Table;

const TRIES: usize = 6;
/// Nothing is said before the group could not be entered so often.
const TOLD_AFTER: u32 = 4;
/// A device waits so long for each device that is before it in rank.
const RANK_MS: u64 = 150;

impl Session {
    /// Gets into the lobby: creates it if one founded or started it again, or if nobody did yet; else by an external commit.
    pub(super) async fn enter_lobby(&mut self) -> Result<(), Ended> {
        if !self.state.is_member() || !self.state.may_sign() {
            return Ok(());
        }
        let Some(roster) = self.state.roster.clone() else {
            return Ok(());
        };
        let lobby = roster.view().lobby();
        match &self.state.lobby {
            Some(held) if held.id() == lobby => return Ok(()),
            // An admin started the group again: the old one is left behind, its keys stay for what was written under them.
            Some(_) => self.forget_lobby()?,
            None => {}
        }
        if self.state.founds == Some(lobby) && self.create_lobby(lobby, &roster).await? {
            return Ok(());
        }
        for _ in 0..TRIES {
            let joined = match self.join_lobby(lobby).await {
                Err(Ended::Net(error)) if error.code() == Some(ErrorCode::NotFound) => {
                    // Whoever started the group again has not made it yet: any member may.
                    self.create_lobby(lobby, &roster).await?
                }
                other => other?,
            };
            if joined {
                return Ok(());
            }
        }
        // Many join at this moment: once more, a little later.
        self.state.clean_at_ms = Some(self.state.clock.now_ms() + 1_000);
        Ok(())
    }

    /// True: created. False: it is there already, to be joined.
    async fn create_lobby(&mut self, id: GroupId, roster: &Roster) -> Result<bool, Ended> {
        let me = &self.state.me;
        let (group, public, secret) = match Group::create(id, &me.device, me.account, roster) {
            Ok(made) => made,
            Err(error) => {
                self.group_broke("could not be created", &error);
                return Ok(true);
            }
        };
        let body = GroupCreate {
            group_info: public.group_info.into(),
            tree: public.tree.into(),
        };
        let put = self.line()?.put(&format!("/groups/{id}"), &body).await;
        match put {
            Ok(()) => {
                self.entered(group, secret)?;
                Ok(true)
            }
            Err(error) if error.code() == Some(ErrorCode::Exists) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// True: in it (or impossible, and said so). False: another was faster.
    async fn join_lobby(&mut self, id: GroupId) -> Result<bool, Ended> {
        let path = format!("/groups/{id}");
        let state: GroupState = self.line()?.get(&path).await?;
        let Some(roster) = self.state.roster.clone() else {
            return Ok(true);
        };
        let me = self.state.me.clone();
        let not_before = self.known_since(&roster);
        let prepared = ExternalJoin::prepare(
            id,
            &state.group_info.0,
            &state.tree.0,
            &roster,
            &me.device,
            me.account,
            not_before,
        );
        let join = match prepared {
            Ok(join) => join,
            Err(error) => {
                self.enter_later(&error);
                return Ok(true);
            }
        };
        let body = CommitPublish {
            epoch: join.epoch(),
            commit: join.commit().to_vec().into(),
            group_info: join.group_info().to_vec().into(),
            welcome: None,
        };
        let path = format!("/groups/{id}/commits");
        let posted = self.line()?.post::<_, CommitAccepted>(&path, &body).await;
        match posted {
            Ok(_) => {
                let (group, secret) = join.accept();
                self.entered(group, secret)?;
                Ok(true)
            }
            Err(error) if error.code() == Some(ErrorCode::StaleEpoch) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The group as it is cannot be entered. A device that was removed just now may still be in it: once somebody has committed
    /// that, it can be. Told when it goes on.
    fn enter_later(&mut self, error: &GroupError) {
        let again = self.state.entering.next(self.state.clock.random_u32());
        let again = u64::try_from(again.as_millis()).unwrap_or(u64::MAX);
        self.state.clean_at_ms = Some(self.state.clock.now_ms().saturating_add(again));
        self.state.enter_tries = self.state.enter_tries.saturating_add(1);
        if self.state.enter_tries >= TOLD_AFTER {
            self.group_broke("cannot be entered", error);
        }
    }

    /// The length of the member list below which a group's state is not believed: where one's invite was made, where one was let
    /// in, or where the group was that one was in last.
    pub(super) fn known_since(&self, roster: &Roster) -> u64 {
        let Some(account) = roster.view().account(&self.state.me.account) else {
            return 0;
        };
        let came = match account.joined_by {
            JoinedBy::Invite { invite, .. } => roster
                .view()
                .invites()
                .get(&invite)
                .map_or(0, |invite| invite.issued_at + 1),
            JoinedBy::Founding | JoinedBy::Admission { .. } => account.joined_at + 1,
        };
        came.max(self.state.group_left_at)
    }

    pub(super) fn entered(&mut self, mut group: Group, secret: EpochSecret) -> Result<(), Ended> {
        self.state.recovery.keys_came();
        self.state.keys.insert_epoch(secret);
        self.state.signals.follow(&group, Instant::now());
        let id = group.id();
        let changes = group.drain_changes();
        let keys = self.state.keys.drain_changes();
        self.state.lobby = Some(group);
        let used = self.state.use_epoch(self.state.clock.now_ms());
        let transaction = self.database.begin()?;
        if let Some(used) = used {
            used.put(&transaction)?;
        }
        transaction.put(Table::Meta, META_LOBBY, &id.0)?;
        transaction.delete(Table::Meta, META_FOUNDS)?;
        put_changes(&transaction, Table::Mls, changes)?;
        put_changes(&transaction, Table::Keys, keys)?;
        transaction.commit()?;
        self.state.founds = None;
        self.state.group_problem = None;
        self.state.entering.reset();
        self.state.enter_tries = 0;
        self.state.dirty = true;
        self.state.keys_asked_ms = 0;
        self.introduce_myself();
        Ok(())
    }

    /// Follows a commit of another member (or one's own that was not confirmed).
    pub(super) fn commit(
        &mut self,
        group: GroupId,
        epoch: u64,
        commit: &[u8],
    ) -> Result<(), Ended> {
        let Some(roster) = &self.state.roster else {
            return Ok(());
        };
        let Some(lobby) = self
            .state
            .lobby
            .as_mut()
            .filter(|lobby| lobby.id() == group)
        else {
            return Ok(());
        };
        match lobby.process_commit(epoch, commit, roster) {
            Ok(Processed::AlreadyHere) => Ok(()),
            Ok(Processed::Applied(secret) | Processed::OwnConfirmed(secret)) => {
                self.new_epoch(secret)
            }
            Err(GroupError::RosterMissing(position)) => {
                self.note_ahead(position, self.state.clock.now_ms())?;
                Err(Ended::Resync("a commit names a longer member list"))
            }
            Err(GroupError::Ahead { .. }) => Err(Ended::Resync("a commit is missing")),
            Err(GroupError::Invalid(rule)) => {
                self.raise_alarm(format!(
                    "The server passed on a change of the group's keys that breaks the rules: {rule}. Nothing is sent any more."
                ))
            }
            Err(error) => {
                tracing::warn!("the lobby is entered again: {error}");
                self.leave_lobby()
            }
        }
    }

    fn new_epoch(&mut self, secret: EpochSecret) -> Result<(), Ended> {
        self.state.recovery.keys_came();
        self.state.keys.insert_epoch(secret);
        let Some(lobby) = &mut self.state.lobby else {
            return Ok(());
        };
        self.state.signals.follow(lobby, Instant::now());
        let changes = lobby.drain_changes();
        let keys = self.state.keys.drain_changes();
        let used = self.state.use_epoch(self.state.clock.now_ms());
        let transaction = self.database.begin()?;
        if let Some(used) = used {
            used.put(&transaction)?;
        }
        put_changes(&transaction, Table::Mls, changes)?;
        put_changes(&transaction, Table::Keys, keys)?;
        transaction.commit()?;
        self.rekey_call();
        self.state.dirty = true;
        Ok(())
    }

    /// Leaves the group that is held, to enter the present one.
    pub(super) fn leave_lobby(&mut self) -> Result<(), Ended> {
        self.forget_lobby()?;
        self.state.want(Job::EnterLobby);
        Ok(())
    }

    fn forget_lobby(&mut self) -> Result<(), Ended> {
        let left = self.state.lobby.take();
        self.state.signals.end(Instant::now());
        let left_at = left.map_or(0, |lobby| lobby.position().length);
        self.state.group_left_at = self.state.group_left_at.max(left_at);
        self.state.dirty = true;
        let rows = self.database.all(Table::Mls, &[])?;
        let transaction = self.database.begin()?;
        let left_at = self.state.group_left_at.to_be_bytes();
        transaction.put(Table::Meta, META_GROUP_LEFT, &left_at)?;
        for (key, _) in rows {
            transaction.delete(Table::Mls, &key)?;
        }
        transaction.delete(Table::Meta, META_LOBBY)?;
        Ok(transaction.commit()?)
    }

    /// Nothing can be sealed without the group; told until it can be entered, or is started again.
    fn group_broke(&mut self, what: &str, error: &GroupError) {
        tracing::warn!("the lobby {what}: {error}");
        self.state.group_problem = Some(format!(
            "The community's key group {what}: {error}. Nothing is sent; an admin can start the group again with /group reset."
        ));
        self.state.dirty = true;
    }

    /// Removes devices that are not active any more, or replaces keys that are old, by a commit of one's own.
    pub(super) async fn clean_lobby(&mut self) -> Result<(), Ended> {
        self.state.clean_at_ms = None;
        if !self.state.may_sign() {
            return Ok(());
        }
        let Some((roster, lobby)) = self.state.roster.clone().zip(self.state.lobby.as_mut()) else {
            return Ok(());
        };
        // One's own commit that got no answer: what became of it shows when the commits have come again.
        if lobby.has_pending_commit() || lobby.id() != roster.view().lobby() {
            return Ok(());
        }
        let due = self.state.rotation_is_due(self.state.clock.now_ms());
        let Some(lobby) = self.state.lobby.as_mut() else {
            return Ok(());
        };
        match lobby.check_send_gate(&roster) {
            SendGate::CommitFirst => {}
            SendGate::Open if due => {}
            SendGate::Open | SendGate::NotAMember => return Ok(()),
        }
        let pending = match lobby.make_commit(&self.state.me.device, &roster) {
            Ok(pending) => pending,
            Err(error) => {
                self.group_broke("cannot be cleaned", &error);
                return Ok(());
            }
        };
        let path = format!("/groups/{}/commits", lobby.id());
        let body = CommitPublish {
            epoch: pending.epoch,
            commit: pending.commit.into(),
            group_info: pending.group_info.into(),
            welcome: None,
        };
        let posted = self.line()?.post::<_, CommitAccepted>(&path, &body).await;
        let Some(lobby) = &mut self.state.lobby else {
            return Ok(());
        };
        match posted {
            Ok(_) => match lobby.confirm_commit() {
                Ok(secret) => self.new_epoch(secret),
                Err(error) => {
                    tracing::warn!("one's own commit could not be merged: {error}");
                    self.leave_lobby()
                }
            },
            Err(error) if error.code().is_some() => {
                // Another was faster: their commit comes on the socket.
                let _ = lobby.discard_commit();
                let again = self.state.clock.now_ms() + 1_000;
                self.state.commit_after_ms = again;
                self.state.clean_at_ms = Some(again);
                Ok(())
            }
            // Whether it was taken shows when the commits come again.
            Err(error) => Err(error.into()),
        }
    }

    /// All commits that the server has were sent again. One's own that is not among them was never taken: it goes, and another
    /// can be made.
    pub(super) fn settle_pending_commit(&mut self) -> Result<(), Ended> {
        let Some(lobby) = self.state.lobby.as_mut() else {
            return Ok(());
        };
        if !lobby.has_pending_commit() {
            return Ok(());
        }
        if let Err(error) = lobby.discard_commit() {
            tracing::warn!("the lobby is entered again: {error}");
            return self.leave_lobby();
        }
        let changes = lobby.drain_changes();
        let transaction = self.database.begin()?;
        put_changes(&transaction, Table::Mls, changes)?;
        Ok(transaction.commit()?)
    }

    /// Plans the cleaning when the member list shows a device that is not active any more: whoever is first in rank.
    pub(super) fn watch_inactive_devices(&mut self, now_ms: u64) {
        let Some((roster, lobby)) = self.state.roster.as_ref().zip(self.state.lobby.as_ref())
        else {
            return;
        };
        if matches!(lobby.check_send_gate(roster), SendGate::CommitFirst) {
            let rank = self.rank(lobby.epoch());
            self.state.clean_at_ms = Some(now_ms + rank * RANK_MS);
        }
    }

    /// How many connected devices come before this one: by `H(device id || turn)`; the turn of a commit is the epoch.
    pub(super) fn rank(&self, turn: u64) -> u64 {
        let place = |device: &dialtone_protocol::DeviceId| {
            let mut bytes = device.0.to_vec();
            bytes.extend(turn.to_be_bytes());
            Hash::of(&bytes)
        };
        let mine = place(&self.state.me.device.id());
        self.state
            .online
            .iter()
            .filter(|device| place(device) < mine)
            .count() as u64
    }

    /// What is due in the lobby.
    pub(super) fn mind_the_lobby(&mut self, now_ms: u64) {
        if !self.state.caught_up || self.state.clean_at_ms.is_none_or(|at| at > now_ms) {
            return;
        }
        self.state.clean_at_ms = None;
        let job = if self.state.lobby.is_some() {
            Job::CleanLobby
        } else {
            Job::EnterLobby
        };
        self.state.want(job);
    }
}

/// Writes changed rows.
pub(super) fn put_changes(
    transaction: &crate::local::Transaction<'_>,
    table: Table,
    changes: Vec<dialtone_crypto::RowChange>,
) -> Result<(), crate::local::LocalError> {
    for change in changes {
        match change.value {
            Some(value) => transaction.put(table, &change.key, &value)?,
            None => transaction.delete(table, &change.key)?,
        }
    }
    Ok(())
}
