//! Getting into a group: making it, being welcomed, or coming in by an external commit.

use std::time::Instant;

use dialtone_crypto::group::{
    EpochSecret, ExternalJoin, Group, GroupError, GroupPublic, Invitation,
};
use dialtone_protocol::GroupId;
use dialtone_protocol::http::{
    CommitAccepted, CommitPublish, ErrorCode, GroupCreate, GroupState, WelcomeInfo,
};
use dialtone_protocol::roster::{JoinedBy, Roster};

use super::super::load::META_FOUNDS;
use super::super::run::{Ended, Session};
use super::rows;
use crate::local::Table;
use dialtone_words::say;

const TRIES: usize = 6;
/// Nothing is said before the group could not be entered so often.
const TOLD_AFTER: u32 = 4;

/// A private group whose channel is open.
fn is_open(roster: &Roster, id: &GroupId) -> bool {
    let channel = roster.view().private_channel(id);
    channel.is_some_and(|(_, channel)| !channel.closed)
}

impl Session {
    /// Gets into a group. The lobby is created if one founded or started it again, or if nobody did yet; a private one is entered by a
    /// welcome. Else by an external commit.
    pub(in super::super) async fn enter_group(&mut self, id: GroupId) -> Result<(), Ended> {
        if !self.state.is_member() || !self.state.may_sign() {
            return Ok(());
        }
        let Some(roster) = self.state.roster.clone() else {
            return Ok(());
        };
        if self.state.held(&id).is_some() || roster.view().current_group(id) != id {
            return Ok(());
        }
        if id == roster.view().lobby() {
            self.enter_lobby(id, &roster).await
        } else if is_open(&roster, &id) {
            self.enter_private(id, &roster).await
        } else {
            Ok(())
        }
    }

    async fn enter_lobby(&mut self, id: GroupId, roster: &Roster) -> Result<(), Ended> {
        self.leave_replaced(id)?;
        if self.state.founds == Some(id) && self.create_lobby(id, roster).await? {
            return Ok(());
        }
        for _ in 0..TRIES {
            let joined = match self.join_group(id).await {
                Err(Ended::Net(error)) if error.code() == Some(ErrorCode::NotFound) => {
                    // Whoever started the group again has not made it yet: any member may.
                    self.create_lobby(id, roster).await?
                }
                other => other?,
            };
            if joined {
                return Ok(());
            }
        }
        self.enter_soon(id);
        Ok(())
    }

    async fn enter_private(&mut self, id: GroupId, roster: &Roster) -> Result<(), Ended> {
        if self.refuse_reset(id, roster) {
            return Ok(());
        }
        let named_at = roster.named_at(&id).map_or(0, |named| named.length);
        let is_new = self.state.group_part(id).left_at < named_at;
        if is_new && self.enter_by_welcome(id).await? {
            return Ok(());
        }
        for _ in 0..TRIES {
            match self.join_group(id).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                // It is not for this account, or nobody has made it yet.
                Err(Ended::Net(error)) if error.code() == Some(ErrorCode::NotFound) => {
                    return self.not_there(id, roster).await;
                }
                Err(error) => return Err(error),
            }
        }
        self.enter_soon(id);
        Ok(())
    }

    /// Many join at this moment: once more, a little later.
    fn enter_soon(&mut self, id: GroupId) {
        let again = self.state.clock.now_ms() + 1_000;
        self.state.group_part(id).due_ms = Some(again);
    }

    /// True: created. False: it is there already, to be joined.
    async fn create_lobby(&mut self, id: GroupId, roster: &Roster) -> Result<bool, Ended> {
        let me = &self.state.me;
        let (group, public, secret) = match Group::create(id, &me.device, me.account, roster) {
            Ok(made) => made,
            Err(error) => {
                self.group_broke(id, "create", &error);
                return Ok(true);
            }
        };
        self.publish_group(group, public, secret).await
    }

    /// Gives the server a group that was made just now. `false`: it has one of this id.
    pub(in super::super) async fn publish_group(
        &mut self,
        group: Group,
        public: GroupPublic,
        secret: EpochSecret,
    ) -> Result<bool, Ended> {
        let body = GroupCreate {
            group_info: public.group_info.into(),
            tree: public.tree.into(),
        };
        let path = format!("/groups/{}", group.id());
        match self.line()?.put(&path, &body).await {
            Ok(()) => {
                self.entered(group, secret)?;
                Ok(true)
            }
            Err(error) if error.code() == Some(ErrorCode::Exists) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// True: in it. False: nobody has put this device into it, or it cannot be used; the other way is left.
    async fn enter_by_welcome(&mut self, id: GroupId) -> Result<bool, Ended> {
        let path = format!("/groups/{id}/welcome");
        let line = self.line()?;
        let welcome: WelcomeInfo = match line.get(&path).await {
            Ok(welcome) => welcome,
            Err(error) if error.code().is_some() => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let (Some(roster), Some(package)) = (self.state.roster.clone(), self.own_package()?) else {
            return Ok(false);
        };
        let not_before = self.known_since(&id, &roster);
        let me = &self.state.me;
        let invitation = Invitation {
            welcome: &welcome.welcome.0,
            tree: &welcome.tree.0,
            package: &package,
        };
        let entered =
            Group::from_welcome(id, &invitation, &roster, &me.device, me.account, not_before);
        match entered {
            Ok((group, _)) if !self.is_known_kind(id, group.private().as_ref()) => Ok(false),
            Ok((group, secret)) => {
                self.entered(group, secret)?;
                // It is of no use any more; one that stays does no harm.
                match line.delete(&path).await {
                    Err(error) if error.code().is_none() => return Err(error.into()),
                    _ => {}
                }
                Ok(true)
            }
            Err(GroupError::RosterMissing(position)) => {
                self.note_ahead(position, self.state.clock.now_ms())?;
                Ok(false)
            }
            Err(error) => {
                tracing::warn!("a welcome is not used: {error}");
                Ok(false)
            }
        }
    }

    /// True: in it (or impossible, and said so). False: another was faster.
    async fn join_group(&mut self, id: GroupId) -> Result<bool, Ended> {
        let path = format!("/groups/{id}");
        let state: GroupState = self.line()?.get(&path).await?;
        let Some(roster) = self.state.roster.clone() else {
            return Ok(true);
        };
        let me = self.state.me.clone();
        let not_before = self.known_since(&id, &roster);
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
            // The server says that it is this account's, and the group does not.
            Err(GroupError::NotInvited) => {
                self.drop_group(id)?;
                return Ok(true);
            }
            Err(error) => {
                self.enter_later(id, &error);
                return Ok(true);
            }
        };
        if !self.is_known_kind(id, join.private().as_ref()) {
            return Ok(true);
        }
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
    fn enter_later(&mut self, id: GroupId, error: &GroupError) {
        self.try_later(id);
        let part = self.state.group_part(id);
        part.tries = part.tries.saturating_add(1);
        if part.tries >= TOLD_AFTER {
            self.group_broke(id, "enter", error);
        }
    }

    /// To be entered a little later, each time more so.
    pub(super) fn try_later(&mut self, id: GroupId) {
        let (now_ms, random) = (self.state.clock.now_ms(), self.state.clock.random_u32());
        let part = self.state.group_part(id);
        let again = part.entering.next(random);
        let again = u64::try_from(again.as_millis()).unwrap_or(u64::MAX);
        part.due_ms = Some(now_ms.saturating_add(again));
    }

    /// The length of the member list below which a group's state is not believed: where one's invite was made, where one was let
    /// in, or where the group was when one left it.
    pub(in super::super) fn known_since(&self, id: &GroupId, roster: &Roster) -> u64 {
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
        came.max(self.state.known_at(id))
    }

    pub(in super::super) fn entered(
        &mut self,
        mut group: Group,
        secret: EpochSecret,
    ) -> Result<(), Ended> {
        self.state.recovery.keys_came();
        self.state.keys.insert_epoch(secret);
        self.state.signals.follow(&group, Instant::now());
        let id = group.id();
        let nature = group.private();
        self.tell_who_came(id, nature.as_ref());
        self.take_over(&mut group);
        let changes = group.drain_changes();
        let keys = self.state.keys.drain_changes();
        let now_ms = self.state.clock.now_ms();
        let part = self.state.group_part(id);
        part.nature = nature;
        part.group = Some(group);
        part.use_epoch(now_ms);
        part.problem = None;
        part.due_ms = None;
        part.entering.reset();
        part.tries = 0;
        let transaction = self.database.begin()?;
        part.put(&transaction, &id)?;
        part.put_nature(&transaction, &id)?;
        if self.state.founds == Some(id) {
            transaction.delete(Table::Meta, META_FOUNDS)?;
        }
        rows::put_group(&transaction, &id, changes)?;
        rows::put_changes(&transaction, Table::Keys, keys)?;
        transaction.commit()?;
        let replaces = self.leave_replaced(id)?;
        self.state.founds = self.state.founds.filter(|founds| *founds != id);
        self.state.dirty = true;
        self.state.keys_asked.begin_again();
        self.introduce_myself();
        // It may hold a device that is out since before this one came.
        self.watch_group(id, now_ms);
        // What was written in a private group's channel so far, and the commits after a welcome.
        if replaces || !self.channels_to_follow().is_subset(&self.state.asked) {
            self.ask_for_missed();
        }
        Ok(())
    }

    /// What was to be done with a group ("clean", "create", "again", "enter") did not work. Nothing can be sealed without it; told until it can be entered, or is started again.
    pub(super) fn group_broke(&mut self, id: GroupId, what: &str, error: &GroupError) {
        tracing::warn!("a group broke ({what}): {error}");
        let error = error.to_string();
        let is_lobby = self.state.lobby_id() == Some(id);
        self.state.group_part(id).problem = Some(if is_lobby {
            say!("engine-group-broke", what = what, error = error)
        } else {
            say!("engine-conversation-broke", what = what, error = error)
        });
        self.state.dirty = true;
    }
}
