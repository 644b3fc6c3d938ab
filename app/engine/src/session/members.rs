//! Members: their roles, their removal, one's own leaving. Each is an entry of the member list, signed here and checked by all.

use dialtone_protocol::AccountId;
use dialtone_protocol::roster::{Change, Role as Rank};
use dialtone_words::say;

use tokio::sync::mpsc;

use super::run::{Ended, Session};
use super::state::{self, Append, Job, State};
use super::supervise::End;
use super::{SessionCommand, SessionUpdate};
use crate::snapshot::{Connection, Role, Severity};
use crate::{CommunityCommand, FileCommand};

impl Session {
    /// What the user wants of a member.
    pub(super) async fn member_command(&mut self, command: CommunityCommand) -> Result<(), Ended> {
        match command {
            CommunityCommand::ChangeRole { account, role } => self.change_role(account, role).await,
            CommunityCommand::RemoveMember { account, ban } => {
                self.remove_member(account, ban).await
            }
            CommunityCommand::SetVoiceStanding { account, standing } => {
                self.set_voice_standing(account, standing).await
            }
            _ => Ok(()),
        }
    }

    /// Gives a member another role.
    async fn change_role(&mut self, account: AccountId, role: Role) -> Result<(), Ended> {
        let mine = self.state.role();
        let own = account == self.state.me.account;
        let words = match self.state.role_of(&account) {
            None => Some(say!("notice-gone")),
            Some(old) if old == role => return Ok(()),
            Some(Role::Founder) if own => Some(say!("notice-pass-role-on")),
            Some(old) if own && role < old => None,
            Some(_) if role == Role::Founder && mine == Role::Founder => None,
            Some(old) if mine > old && mine > role => None,
            Some(_) => Some(say!("notice-rank-role")),
        };
        let role = match role {
            Role::Member => Rank::Member,
            Role::Admin => Rank::Admin,
            Role::Founder => Rank::Founder,
        };
        self.change(words, Change::RoleChanged { account, role })
            .await
    }

    /// Removes a member.
    async fn remove_member(&mut self, account: AccountId, ban: bool) -> Result<(), Ended> {
        let words = self.state.may_not_remove(&account);
        self.change(words, Change::MemberRemoved { account, ban })
            .await
    }

    /// Leaves the community.
    pub(super) async fn leave(&mut self) -> Result<(), Ended> {
        let account = self.state.me.account;
        let founder = self.state.role() == Role::Founder;
        let words = founder.then_some(say!("notice-founder-stays"));
        let change = Change::MemberRemoved {
            account,
            ban: false,
        };
        self.change(words, change).await
    }

    /// Appends a change to the member list, unless it is `refused` with these words or the server is away: then that is told.
    pub(super) async fn change(
        &mut self,
        refused: Option<&str>,
        change: Change,
    ) -> Result<(), Ended> {
        if let Some(words) = refused {
            self.notice(Severity::Warning, words.to_owned()).await;
            return Ok(());
        }
        if !self.state.is_connected() {
            self.notice(Severity::Warning, say!("notice-not-connected").into())
                .await;
            return Ok(());
        }
        self.state.want(Job::Append(Append::Change(change)));
        Ok(())
    }

    /// Shows that one is no member any more, lets what is here be read, and does nothing else until the core ends the session.
    pub(super) async fn stay_out(&mut self, commands: &mut mpsc::Receiver<SessionCommand>) -> End {
        let reason = self.state.removal_words();
        self.state.connection = Connection::Removed {
            reason: reason.clone(),
        };
        self.state.dirty = true;
        loop {
            let now_ms = self.state.clock.now_ms();
            if let Err(Ended::Local(error)) = self.vanish(now_ms) {
                return (&error).into();
            }
            self.show().await;
            let (command, asker) = tokio::select! {
                biased;
                command = commands.recv() => match command {
                    None => return End::Stopped,
                    Some(
                        SessionCommand::Reconnect
                        | SessionCommand::Attend(_)
                        | SessionCommand::Away(_),
                    ) => continue,
                    Some(SessionCommand::User { command, asker }) => (command, asker),
                },
                Some(input) = self.files.1.recv() => {
                    if let Err(Ended::Local(error)) = self.file_input(input).await {
                        return (&error).into();
                    }
                    continue;
                }
                () = tokio::task::yield_now(), if self.state.reads_on() => {
                    if let Err(Ended::Local(error)) = self.read_on() {
                        return (&error).into();
                    }
                    continue;
                }
            };
            let done = match command {
                // Files that are here stay readable.
                CommunityCommand::File(
                    command @ (FileCommand::Show(_)
                    | FileCommand::View(_)
                    | FileCommand::Save { .. }
                    | FileCommand::Stop(_)),
                ) => self.file_command(command).await,
                CommunityCommand::Open(channel) => self.open_channel(channel),
                CommunityCommand::LoadEarlier(channel) => self.load_earlier(channel),
                CommunityCommand::Drop(id) => self.settle_failed(id, false),
                CommunityCommand::Message(command) if command.is_reading() => {
                    self.message_command(command).await
                }
                CommunityCommand::People(command) if command.is_reading() => {
                    self.people_command(command).await
                }
                CommunityCommand::Typing(_) | CommunityCommand::LeaveCall => Ok(()),
                other => {
                    let update = SessionUpdate::give_back(&other, asker, &reason);
                    let notice = || SessionUpdate::Notice(Severity::Warning, reason.clone());
                    self.tell(update.unwrap_or_else(notice)).await;
                    Ok(())
                }
            };
            match done {
                Ok(()) => {}
                Err(Ended::Local(error)) => return (&error).into(),
                Err(ended) => self.notice(Severity::Error, ended.to_string()).await,
            }
        }
    }
}

impl State {
    /// The role of an active member.
    pub(super) fn role_of(&self, account: &AccountId) -> Option<Role> {
        let roster = self.roster.as_ref()?;
        let account = roster.view().account(account)?;
        account.is_active().then(|| state::role(account))
    }

    /// The member list says that one is no member any more, or that this device is none of one's own any more.
    pub(super) fn is_removed(&self) -> bool {
        let Some(roster) = &self.roster else {
            return false;
        };
        let account = roster.view().account(&self.me.account);
        let device = roster.view().device(&self.me.device.id());
        account.is_some_and(|account| !account.is_active())
            || device.is_some_and(|device| !device.is_active())
    }

    /// Who has removed one, and why.
    fn removed_by(&self, by: &AccountId) -> String {
        let name = self.directory.person(by);
        let roster = self.roster.as_ref();
        let account = roster.and_then(|roster| roster.view().account(&self.me.account));
        let at = account.and_then(|account| account.removed_at);
        let reason = at.and_then(|at| self.directory.reason(&self.me.account, by, at + 1));
        let removed = say!("notice-removed-you", name = name);
        match reason {
            Some(reason) => say!("notice-removed-why", what = removed, reason = reason),
            None => removed,
        }
    }

    fn removal_words(&self) -> String {
        let roster = self.roster.as_ref();
        let account = roster.and_then(|roster| roster.view().account(&self.me.account));
        let by = account.and_then(|account| account.removed_by);
        let (what, back) = match by {
            Some(by) if by == self.me.account => (
                say!("notice-you-left").to_owned(),
                say!("notice-back-by-invite"),
            ),
            Some(by) => (self.removed_by(&by), say!("notice-back-by-invite")),
            None => (
                say!("notice-device-taken-out").to_owned(),
                say!("notice-back-by-device"),
            ),
        };
        say!("notice-stays-readable", what = what, back = back)
    }
}
