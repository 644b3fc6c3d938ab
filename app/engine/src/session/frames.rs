//! What the server says, taken into the state.

use std::sync::Arc;

use dialtone_protocol::frame::{CallState, Framed, RefusalCode, ServerFrame};
use dialtone_protocol::roster::{Change, Roster};
use dialtone_protocol::{CommunityId, DeviceId, GroupId};
use dialtone_words::say;

use super::SessionUpdate;
use super::inbox::gap;
use super::run::{Ended, Session};
use super::state::{Job, Tag};
use crate::local::Table;
use crate::snapshot::{Connection, Role};

impl Session {
    /// Takes one frame in.
    pub(super) async fn frame(&mut self, framed: Framed<ServerFrame>) -> Result<(), Ended> {
        let tag = self.state.requests.remove(&framed.request);
        if tag.is_some() {
            self.pace.at_once();
        }
        match framed.frame {
            ServerFrame::Welcome { online, calls, .. } => self.welcome(online, calls),
            ServerFrame::Event {
                channel,
                sequence,
                time_ms,
                event,
            } => {
                self.event(channel, sequence, time_ms, &event).await?;
            }
            ServerFrame::Gone {
                channel,
                sequence,
                time_ms,
                event,
                header,
            } => {
                self.gone((channel, sequence), time_ms, event, &header)
                    .await?;
            }
            ServerFrame::Refused {
                code,
                message,
                wait_s,
                at,
            } => self.refused(tag, (code, wait_s, at), &message).await?,
            ServerFrame::RosterEntry { index, entry } => {
                self.roster_entry(index, &entry)?;
            }
            ServerFrame::Commit {
                group,
                epoch,
                commit,
            } => {
                self.commit(group, epoch, &commit)?;
            }
            ServerFrame::Presence { device, online } => self.presence(device, online),
            ServerFrame::Presences { online, offline } => {
                for (devices, is_online) in [(online, true), (offline, false)] {
                    for device in devices {
                        self.presence(device, is_online);
                    }
                }
            }
            ServerFrame::Away { devices, away } => self.others_away(devices, away),
            ServerFrame::Signal { signal } => self.signal(&signal)?,
            ServerFrame::KeysRequested { request } => self.keys_requested(&request)?,
            ServerFrame::Grant { id, grant } => self.grant(id, &grant)?,
            ServerFrame::Call(call) => self.call_changed(&call),
            ServerFrame::Joined(call) => self.call_joined(tag, call).await,
            // The member list that came may name channels that nobody knew when it was asked for.
            ServerFrame::CaughtUp if !self.channels_to_follow().is_subset(&self.state.asked) => {
                self.ask_for_missed();
            }
            // As one who waits one was welcomed, and let in before all was here.
            ServerFrame::CaughtUp if self.is_member_unseen() => {
                return Err(Ended::Resync(say!("engine-gap-online")));
            }
            ServerFrame::CaughtUp if !self.state.has_come_again() => return Err(gap()),
            ServerFrame::CaughtUp => {
                self.settle_pending_commits()?;
                self.leave_closed()?;
                self.caught_up();
            }
            ServerFrame::Error { message } => tracing::warn!("the server says: {message}"),
            ServerFrame::RelayAnswer { sdp, port, .. } => self.relay_answered(tag, sdp, port),
            ServerFrame::RelayRoll { call, talkers } => self.relay_roll(call, &talkers),
            ServerFrame::TurnServers(servers) => self.turn_servers(tag, servers).await,
            ServerFrame::Approval { id, message } => {
                let now_ms = self.state.clock.now_ms();
                self.approval_said(id, &message, now_ms).await?;
            }
            ServerFrame::Knock { account, knock } => self.knock(account, knock.into()),
            // What was stored shows as an event of the stream; kinds of later versions are skipped.
            _ => {}
        }
        Ok(())
    }

    fn welcome(&mut self, online: Vec<DeviceId>, calls: Vec<CallState>) {
        self.state.online = online.into_iter().collect();
        self.state.away.others.clear();
        self.state.calls = calls.into_iter().map(|call| (call.channel, call)).collect();
        self.state.dirty = true;
    }

    /// A member, though not among the members that are connected.
    fn is_member_unseen(&self) -> bool {
        self.state.is_member() && !self.state.online.contains(&self.state.me.device.id())
    }

    fn caught_up(&mut self) {
        self.state.caught_up = true;
        self.state.dirty = true;
        if !self.state.is_member() {
            self.state.connection = Connection::WaitingForAdmission;
            return;
        }
        self.state.connection = Connection::Online;
        if let Some(lobby) = self.lobby_to_enter() {
            self.state.want(Job::EnterGroup(lobby));
        }
        self.look_for_groups();
        self.state.want(Job::CompareReach);
        if self.state.ahead.is_some() {
            self.state.want(Job::FetchRoster);
        }
        // What was planned before a restart or a break is planned again.
        self.watch_inactive_devices(self.state.clock.now_ms());
        if self.state.role() >= Role::Admin {
            self.state.want(Job::FetchKnocks);
        }
        self.state.keys_asked.begin_again();
        self.state.files.begin_again();
        self.introduce_myself();
        self.say_away();
        self.mind_voices();
        self.rejoin_call();
    }

    fn presence(&mut self, device: DeviceId, online: bool) {
        if online {
            self.state.online.insert(device);
            // Whoever came may have the keys that are lacking.
            self.state.keys_asked.begin_again();
        } else {
            self.state.online.remove(&device);
        }
        self.state.away.others.remove(&device);
        self.state.stirs += 1;
    }

    async fn refused(
        &mut self,
        tag: Option<Tag>,
        (code, wait_s, at): (RefusalCode, Option<u32>, Option<String>),
        message: &str,
    ) -> Result<(), Ended> {
        if let (Some(Tag::JoinCall(channel)), Some(at)) = (&tag, at) {
            return self.call_is_elsewhere(*channel, &at, message).await;
        }
        match tag {
            Some(Tag::Event(channel, order)) => {
                self.event_refused(channel, order, (code, wait_s), message)?;
            }
            Some(Tag::JoinCall(channel)) => self.call_refused(channel, message).await,
            Some(Tag::RelayOffer(stream, number)) => self.relay_refused(stream, number, message),
            Some(Tag::NameTurn(asker)) => {
                let servers = Err(message.to_owned());
                self.tell(SessionUpdate::TurnServers { asker, servers })
                    .await;
            }
            Some(Tag::AskTurn) | None => tracing::info!("refused: {code:?}: {message}"),
        }
        Ok(())
    }

    /// Takes one more entry of the member list in.
    pub(super) fn roster_entry(&mut self, index: u64, entry: &[u8]) -> Result<(), Ended> {
        let length = self
            .state
            .roster
            .as_ref()
            .map_or(0, |roster| roster.position().length);
        if index < length {
            return Ok(());
        }
        if index > length {
            return Err(Ended::Resync(say!("engine-gap-list")));
        }
        if self.state.alarm.is_some() {
            return Ok(());
        }
        if self.state.roster.is_none() && CommunityId::of_founding(entry) != self.state.me.community
        {
            return self.raise_alarm(say!("notice-another-community").into());
        }
        let appended = match &mut self.state.roster {
            Some(roster) => Arc::make_mut(roster).append(entry.to_vec()).map(Some),
            none => Roster::found(entry.to_vec()).map(|roster| {
                *none = Some(Arc::new(roster));
                None
            }),
        };
        let change = match appended {
            Ok(change) => change,
            Err(error) => {
                return self.raise_alarm(say!("notice-list-broken", error = error.to_string()));
            }
        };
        let transaction = self.database.begin()?;
        transaction.put(Table::Roster, &index.to_be_bytes(), entry)?;
        transaction.commit()?;
        match &change {
            Some(Change::AccountKeyRotated { account, .. }) => self.key_changed(account),
            // Lines that were not for this account may be now, or the other way round.
            Some(Change::ChannelPolicy { .. }) => self.refresh_lines(),
            Some(Change::GroupReset { .. }) if self.state.caught_up => self.look_for_groups(),
            _ => {}
        }
        if self.state.is_removed() {
            return Err(Ended::Removed);
        }
        self.roster_changed();
        self.leave_closed()?;
        self.mind_ahead(self.state.clock.now_ms())?;
        if self.state.connection == Connection::WaitingForAdmission && self.state.is_member() {
            // Who waited was shown the member list alone: neither what was written nor who is there.
            return Err(Ended::Reconnect);
        }
        Ok(())
    }

    /// The lobby that the member list names, if this device is not in it.
    fn lobby_to_enter(&self) -> Option<GroupId> {
        let present = self.state.lobby_id()?;
        self.state.held(&present).is_none().then_some(present)
    }

    fn roster_changed(&mut self) {
        self.state.dirty = true;
        let Some(roster) = &self.state.roster else {
            return;
        };
        let view = roster.view();
        self.state
            .knocks
            .retain(|account, _| view.account(account).is_none());
        self.watch_inactive_devices(self.state.clock.now_ms());
        self.call_roster_changed();
        self.mind_voices();
        if let Some(lobby) = self.lobby_to_enter().filter(|_| self.state.caught_up) {
            self.state.want(Job::EnterGroup(lobby));
        }
    }
}
