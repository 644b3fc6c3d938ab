//! What the user wants in a community.

use std::collections::BTreeSet;
use std::path::PathBuf;

use dialtone_protocol::content::{EventBody, TEXT_LIMIT, is_valid_name};
use dialtone_protocol::{ChannelId, Hash};
use dialtone_words::say;

use super::run::{Ended, Session};
use super::state::{Append, Job};
use super::{SessionCommand, SessionUpdate};
use crate::chat::slash::{self, Line};
use crate::chat::timeline;
use crate::core::sentence;
use crate::snapshot::{Role, Severity};
use crate::{CommunityCommand, FileCommand, FileSource};

/// An invite by `/server invite`: one person, a week.
const SLASH_INVITE: Job = Job::Invite {
    uses: 1,
    valid_for_s: 7 * 24 * 3600,
    asker: 0,
};

impl Session {
    /// Does what the user wants.
    pub(super) async fn command(&mut self, command: SessionCommand) -> Result<(), Ended> {
        let SessionCommand::User { command, asker } = command else {
            return self.whereabouts(&command);
        };
        match command {
            CommunityCommand::Submit {
                channel,
                text,
                reply_to,
            } => self.submit(channel, &text, reply_to).await,
            CommunityCommand::Message(command) => self.message_command(command).await,
            CommunityCommand::Open(channel) => self.open_channel(channel),
            CommunityCommand::LoadEarlier(channel) => self.load_earlier(channel),
            CommunityCommand::Retry(id) => self.settle_failed(id, true),
            CommunityCommand::Drop(id) => self.settle_failed(id, false),
            CommunityCommand::CreateChannel { name, voice } => self.create(name, voice).await,
            CommunityCommand::RenameChannel { channel, name } => self.rename(channel, name).await,
            CommunityCommand::DeleteChannel(channel) => self.delete(channel).await,
            CommunityCommand::People(command) => self.people_command(command).await,
            CommunityCommand::Private(command) => self.private_command(command).await,
            CommunityCommand::File(command) => self.file_command(command).await,
            CommunityCommand::SetHistory {
                channel,
                from_joining,
            } => self.set_history(channel, from_joining).await,
            CommunityCommand::SetChannelRule { channel, setting } => {
                self.set_rule(channel, setting).await
            }
            CommunityCommand::SetLifetime { channel, seconds } => {
                self.set_lifetime(channel, seconds).await
            }
            CommunityCommand::CreateInvite { uses, valid_for_s } => {
                self.want_invite(Job::Invite {
                    uses,
                    valid_for_s,
                    asker,
                })
                .await
            }
            CommunityCommand::NameTurnServers => {
                self.name_turn(asker).await;
                Ok(())
            }
            CommunityCommand::Admit(account) => {
                self.state.want(Job::Append(Append::Admit(account)));
                Ok(())
            }
            CommunityCommand::AdmitAutomatically(on) => self.admit_automatically(on).await,
            command @ (CommunityCommand::ChangeRole { .. }
            | CommunityCommand::RemoveMember { .. }
            | CommunityCommand::SetVoiceStanding { .. }) => self.member_command(command).await,
            command @ (CommunityCommand::AskVersion
            | CommunityCommand::LookAtDevices
            | CommunityCommand::CompareSafety(_)
            | CommunityCommand::Typing(_)) => {
                self.small_command(&command);
                Ok(())
            }
            CommunityCommand::RevokeDevice(device) => self.revoke_device(device).await,
            CommunityCommand::Approve(go_on) => self.approve(go_on).await,
            CommunityCommand::CompareCode { same } => self.compare_code(same).await,
            CommunityCommand::ForbidPassword => self.forbid_password().await,
            CommunityCommand::ConfirmRecovery => self.confirm_recovery(),
            CommunityCommand::SetVerified { account, verified } => {
                self.set_verified(account, verified)
            }
            CommunityCommand::SafetyDiffers(account) => self.safety_differs(account),
            CommunityCommand::Leave => self.leave().await,
            CommunityCommand::ClearAlarm { confirmation } => self.clear_alarm(&confirmation).await,
            CommunityCommand::ResetGroup(channel) => self.reset_group(channel).await,
            command @ (CommunityCommand::JoinCall(_)
            | CommunityCommand::LeaveCall
            | CommunityCommand::SetMuted(_)
            | CommunityCommand::SetDeafened(_)
            | CommunityCommand::SetVolume { .. }
            | CommunityCommand::SetPinned { .. }
            | CommunityCommand::SetWhisper(_)) => self.call_command(command).await,
        }
    }

    /// What cannot fail here.
    fn small_command(&mut self, command: &CommunityCommand) {
        match command {
            CommunityCommand::AskVersion => self.want_version(),
            CommunityCommand::LookAtDevices => self.look_at_devices(),
            CommunityCommand::CompareSafety(account) => self.compare_safety(*account),
            CommunityCommand::Typing(channel) => self.say_typing(*channel),
            _ => {}
        }
    }

    /// Whether somebody looks, and is there at all.
    fn whereabouts(&mut self, command: &SessionCommand) -> Result<(), Ended> {
        match command {
            SessionCommand::Attend(on) => return self.attend(*on),
            SessionCommand::Away(away) => self.set_away(*away),
            SessionCommand::User { .. } | SessionCommand::Reconnect => {}
        }
        Ok(())
    }

    /// What one does in calls.
    async fn call_command(&mut self, command: CommunityCommand) -> Result<(), Ended> {
        match command {
            CommunityCommand::JoinCall(channel) => return self.join_call(channel).await,
            CommunityCommand::LeaveCall => self.leave_call().await,
            CommunityCommand::SetVolume { account, percent } => {
                return self.set_volume(account, percent);
            }
            CommunityCommand::SetMuted(muted) => self.set_muted(muted),
            CommunityCommand::SetDeafened(deafened) => self.set_deafened(deafened),
            CommunityCommand::SetPinned { account, pinned } => self.set_pinned(account, pinned),
            CommunityCommand::SetWhisper(to) => self.set_whisper(to),
            _ => {}
        }
        Ok(())
    }

    async fn submit(
        &mut self,
        channel: ChannelId,
        text: &str,
        reply_to: Option<Hash>,
    ) -> Result<(), Ended> {
        let text = text.trim_end();
        if text.trim().is_empty() {
            return Ok(());
        }
        match slash::read(text) {
            Line::Say(text) => self.say(channel, text, reply_to).await,
            Line::Help => self.answer(channel, slash::help()),
            Line::List => {
                let names = self.state.open_channels().map(|id| self.shown_name(&id));
                let list = names.collect::<Vec<_>>().join(", ");
                self.answer(channel, say!("notice-channels-are", list = list));
            }
            Line::Open(name) => match self.named(&name) {
                Some(id) => return self.open_channel(id),
                None => self.answer(channel, say!("notice-no-channel", name = name)),
            },
            Line::CreateChannel(name) => return self.create(name, false).await,
            Line::CreatePrivate(name) => {
                return self.create_private(name, false, BTreeSet::new()).await;
            }
            Line::AddPerson(name) => match self.state.person_named(&name) {
                Some(account) => return self.add_to_channel(channel, [account].into()).await,
                None => self.answer(channel, nobody_of_that_name(&name)),
            },
            Line::LeaveChannel => return self.leave_channel(channel).await,
            Line::Message(name) => match self.state.person_named(&name) {
                Some(account) => return self.open_direct([account].into()).await,
                None => self.answer(channel, nobody_of_that_name(&name)),
            },
            Line::SendFile(path) => {
                let command = FileCommand::Send {
                    channel,
                    files: vec![FileSource::Path(typed_path(&path))],
                    text: String::new(),
                    reply_to: None,
                };
                return self.file_command(command).await;
            }
            Line::Picture(path) => {
                let source = path.map(|path| FileSource::Path(typed_path(&path)));
                return self.file_command(FileCommand::SetPicture(source)).await;
            }
            Line::RenameChannel(name) => return self.rename(channel, name).await,
            Line::DeleteChannel(name) => match self.named(&name) {
                Some(id) => return self.delete(id).await,
                None => self.answer(channel, say!("notice-no-channel", name = name)),
            },
            Line::ClearAlarm(words) => return self.clear_alarm(&words).await,
            Line::ResetGroup => return self.reset_group(channel).await,
            Line::VoiceJoin => return self.join_call(channel).await,
            Line::VoiceLeave => self.leave_call().await,
            Line::VoiceMute(muted) => self.set_muted(muted),
            Line::Invite => return self.want_invite(SLASH_INVITE).await,
            Line::Wrong(words) => self.answer(channel, words),
        }
        Ok(())
    }

    async fn say(&mut self, channel: ChannelId, text: String, reply_to: Option<Hash>) {
        let reason = self.try_to_say(channel, &text, reply_to).err();
        if let Some(reason) = reason {
            // The text goes back to where it was written.
            self.tell(SessionUpdate::Unsent {
                channel,
                text,
                reply_to,
                files: Vec::new(),
                reason,
            })
            .await;
        }
    }

    fn try_to_say(
        &mut self,
        channel: ChannelId,
        text: &str,
        reply_to: Option<Hash>,
    ) -> Result<(), String> {
        if text.len() > TEXT_LIMIT {
            return Err(say!("notice-too-long").into());
        }
        if !self.state.open_channels().any(|id| id == channel) {
            return Err(say!("notice-channel-gone").into());
        }
        if !self.state.may_write(&channel) {
            return Err(say!("notice-admins-write").into());
        }
        let body = EventBody::Text {
            text: text.to_owned(),
            reply_to,
        };
        match self.enqueue(channel, body) {
            Ok(true) => self.look_at_present(channel),
            Ok(false) => Err(say!("notice-too-many-wait").into()),
            Err(error) => Err(sentence(&error.to_string())),
        }
    }

    /// A line that only this device shows.
    fn answer(&mut self, channel: ChannelId, text: String) {
        let id = dialtone_protocol::ClientEventId(self.state.clock.random());
        let line =
            timeline::notice_line(text, self.state.me.account, id, self.state.clock.now_ms());
        let part = self.state.channel(channel);
        let after = part.checker.position().sequence;
        part.notices.push((after, line));
        self.state.dirty = true;
    }

    fn shown_name(&self, id: &ChannelId) -> String {
        let name = self.state.channel_name(id);
        name.unwrap_or_else(|| say!("notice-name-unknown").into())
    }

    fn named(&self, name: &str) -> Option<ChannelId> {
        let wanted = name.to_lowercase();
        self.state
            .open_channels()
            .find(|id| self.shown_name(id).to_lowercase() == wanted)
    }

    pub(super) async fn admin_only(&self, words: &str) -> bool {
        let allowed = self.state.role() >= Role::Admin;
        if !allowed {
            self.notice(Severity::Warning, words.to_owned()).await;
        }
        allowed
    }

    pub(super) async fn valid_name(&self, name: &str) -> bool {
        let valid = is_valid_name(name);
        if !valid {
            let words = say!("notice-valid-name");
            self.notice(Severity::Warning, words.into()).await;
        }
        valid
    }

    async fn create(&mut self, name: String, voice: bool) -> Result<(), Ended> {
        let name = name.trim().to_owned();
        if !self.admin_only(say!("notice-admins-make")).await || !self.valid_name(&name).await {
            return Ok(());
        }
        if self.named(&name).is_some() {
            let words = say!("notice-channel-exists", name = name);
            self.notice(Severity::Warning, words).await;
            return Ok(());
        }
        self.state
            .want(Job::Append(Append::CreateChannel { name, voice }));
        Ok(())
    }

    async fn rename(&mut self, channel: ChannelId, name: String) -> Result<(), Ended> {
        let name = name.trim().to_owned();
        let is_open = self.state.is_open_to_all(&channel);
        let may = if is_open {
            self.admin_only(say!("notice-admins-rename")).await
        } else {
            self.state.may_change_private(&channel)
        };
        if !may || !self.valid_name(&name).await {
            return Ok(());
        }
        let info = self.state.directory.channels.get(&channel);
        let (topic, voice) = info
            .map(|info| (info.topic.clone(), info.voice))
            .unwrap_or_default();
        let place = if is_open {
            self.state.directory_id()
        } else {
            channel
        };
        self.enqueue(
            place,
            EventBody::ChannelInfo {
                channel,
                name,
                topic,
                voice,
            },
        )?;
        Ok(())
    }

    async fn delete(&mut self, channel: ChannelId) -> Result<(), Ended> {
        let may = if self.state.is_open_to_all(&channel) {
            self.admin_only(say!("notice-admins-delete")).await
        } else {
            self.state.may_delete(&channel)
        };
        if may {
            self.state.want(Job::Append(Append::CloseChannel(channel)));
        }
        Ok(())
    }

    async fn reset_group(&mut self, channel: ChannelId) -> Result<(), Ended> {
        let Some(group) = self.state.group_of(&channel) else {
            return Ok(());
        };
        let may = if Some(group) == self.state.lobby_id() {
            self.admin_only(say!("notice-admins-start-again")).await
        } else {
            let may = self.state.may_reset_private(&group);
            if !may {
                let words = say!("notice-channel-admins-keys");
                self.notice(Severity::Warning, words.into()).await;
            }
            may
        };
        if may {
            self.state.want(Job::Append(Append::ResetGroup(group)));
        }
        Ok(())
    }

    async fn want_invite(&mut self, job: Job) -> Result<(), Ended> {
        if !self.state.is_connected() {
            if let Job::Invite { asker, .. } = job {
                let link = Err(say!("call-server-away").to_owned());
                self.tell(SessionUpdate::Invite { asker, link }).await;
            }
            return Ok(());
        }
        self.state.want(job);
        Ok(())
    }

    /// Says in the directory who one is, and, as a founder, how the community and its first channels are called.
    /// Does nothing that was done before.
    pub(super) fn introduce_myself(&mut self) {
        if self.state.lobby().is_none() || !self.state.caught_up {
            return;
        }
        let directory = self.state.directory_id();
        let me = self.state.me.account;
        let waiting = |body: &dyn Fn(&EventBody) -> bool| {
            let part = self.state.channels.get(&directory);
            part.is_some_and(|part| part.outbox.values().any(|item| body(&item.content.body)))
        };
        let mut say = Vec::new();
        let profile_waits = waiting(&|body| matches!(body, EventBody::Profile { .. }));
        // What cannot be opened yet may be one's own profile.
        let own_unopened = self
            .state
            .channels
            .get(&directory)
            .is_some_and(|part| !part.waiting.is_empty());
        if !self.state.directory.people.contains_key(&me) && !profile_waits && !own_unopened {
            say.push(EventBody::Profile {
                name: self.state.me.username.clone(),
                picture: None,
            });
        }
        let device_waits = waiting(&|body| matches!(body, EventBody::Device { .. }));
        if !device_waits && !own_unopened {
            say.extend(self.state.own_name());
        }
        let name_waits = waiting(&|body| matches!(body, EventBody::CommunityInfo { .. }));
        let founding = self.state.founding_name.clone();
        if let (Some(name), None, false) = (founding, &self.state.directory.community, name_waits) {
            say.push(EventBody::CommunityInfo { name });
            self.state.want(Job::Append(Append::CreateChannel {
                name: "general".into(),
                voice: false,
            }));
            self.state.want(Job::Append(Append::CreateChannel {
                name: "lounge".into(),
                voice: true,
            }));
        }
        for body in say {
            if let Err(error) = self.enqueue(directory, body) {
                tracing::warn!("the introduction waits: {error}");
            }
        }
    }
}

/// A path as one types it: `~` is one's own folder.
fn typed_path(text: &str) -> PathBuf {
    let home = directories::UserDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}

fn nobody_of_that_name(name: &str) -> String {
    say!("notice-no-such-member", name = name)
}
