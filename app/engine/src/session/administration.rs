//! The community's affairs: what its member list says in words, its invites, why somebody is removed, what one is called.

use std::collections::BTreeMap;
use std::sync::Arc;

use dialtone_protocol::content::{EventBody, REASON_LIMIT, is_valid_name};
use dialtone_protocol::roster::{Change, Role as Rank};
use dialtone_protocol::{AccountId, ChannelId, ClientEventId, InviteId};
use dialtone_words::say;

use super::run::{Ended, Session};
use super::state::{Append, Job, State};
use crate::PeopleCommand;
use crate::alike::look_alikes;
use crate::chronicle::{Names, chronicle, invites};
use crate::snapshot::{Chronicle, ChronicleFilter, InviteView, Role, Severity};

/// Removals that wait for their reason to be sent first: as many as anybody can want at once.
const MOST_FAREWELLS: usize = 64;

/// What is looked at of the community's affairs.
#[derive(Default)]
pub(super) struct Administration {
    filter: Option<ChronicleFilter>,
    invites_wanted: bool,
    /// What is shown was made of a member list of this length.
    length: u64,
    /// A name changed since.
    pub(super) stale: bool,
    /// Removals whose reason is on its way: the event that tells it, and the change.
    farewells: Vec<(ClientEventId, Change)>,
    /// Who is called nearly as a member who was here before: as whom.
    pub(super) alike: BTreeMap<AccountId, String>,
    /// The channel in which those are shown whom one ignores.
    pub(super) unfolded: Option<ChannelId>,
    pub(super) chronicle: Option<Arc<Chronicle>>,
    pub(super) invites: Option<Arc<Vec<InviteView>>>,
}

impl Session {
    /// What the user does about people.
    pub(super) async fn people_command(&mut self, command: PeopleCommand) -> Result<(), Ended> {
        match command {
            PeopleCommand::ShowChronicle(filter) => {
                self.state.administration.filter = filter;
                self.state.look_at_affairs(true);
                Ok(())
            }
            PeopleCommand::ShowInvites(on) => {
                self.state.administration.invites_wanted = on;
                self.state.look_at_affairs(true);
                Ok(())
            }
            PeopleCommand::RevokeInvite(id) => self.take_back_invite(id).await,
            PeopleCommand::Rename(name) => self.call_myself(&name).await,
            PeopleCommand::Remove {
                account,
                ban,
                reason,
            } => self.remove_with_reason(account, ban, &reason).await,
            PeopleCommand::SetChannel {
                channel,
                name,
                topic,
                voice,
            } => self.set_channel(channel, (&name, &topic, voice)).await,
            PeopleCommand::PlaceChannel {
                channel,
                category,
                before,
            } => self.place_channel(channel, &category, before).await,
            PeopleCommand::Ignore { account, on } => self.ignore(account, on),
            PeopleCommand::Export(to) => {
                self.export(to);
                Ok(())
            }
            PeopleCommand::StopExport => {
                self.stop_export();
                Ok(())
            }
            PeopleCommand::ShowIgnored(channel) => {
                self.show_ignored(channel);
                Ok(())
            }
        }
    }

    /// Takes an invite back.
    async fn take_back_invite(&mut self, id: InviteId) -> Result<(), Ended> {
        let me = self.state.me.account;
        let roster = self.state.roster.as_ref();
        let known = roster.and_then(|roster| Some((roster, roster.view().invites().get(&id)?)));
        let refused = match known {
            None => Some(say!("engine-no-such-invite")),
            Some((_, invite)) if invite.void || invite.uses_left == 0 => {
                Some(say!("engine-invite-dead"))
            }
            Some((roster, invite)) => {
                let rank = |account: &AccountId| Some(roster.view().account(account)?.role());
                let mine = rank(&me);
                let outranks = mine >= Some(Rank::Admin) && mine > rank(&invite.issuer);
                (invite.issuer != me && !outranks).then_some(say!("engine-invite-not-yours"))
            }
        };
        self.change(refused, Change::InviteRevoked { id }).await
    }

    /// Calls oneself otherwise; the picture stays.
    async fn call_myself(&mut self, name: &str) -> Result<(), Ended> {
        let name = name.trim();
        if !is_valid_name(name) {
            let words = say!("engine-valid-name");
            self.notice(Severity::Warning, words.into()).await;
            return Ok(());
        }
        let directory = &self.state.directory;
        let me = self.state.me.account;
        if directory.people.get(&me).is_some_and(|known| known == name) {
            return Ok(());
        }
        let picture = directory.pictures.get(&me).map(|(_, file)| file.clone());
        let body = EventBody::Profile {
            name: name.to_owned(),
            picture,
        };
        self.enqueue(self.state.directory_id(), body)?;
        Ok(())
    }

    /// Removes a member once the reason is said: after the removal they could not read it.
    async fn remove_with_reason(
        &mut self,
        account: AccountId,
        ban: bool,
        reason: &str,
    ) -> Result<(), Ended> {
        let reason: String = reason.trim().chars().take(REASON_LIMIT).collect();
        let refused = self.state.may_not_remove(&account);
        let change = Change::MemberRemoved { account, ban };
        let length = self.state.roster.as_ref();
        let length = length.map_or(0, |roster| roster.position().length);
        if refused.is_some() || reason.is_empty() {
            return self.change(refused, change).await;
        }
        if !self.state.is_connected() {
            self.notice(Severity::Warning, say!("notice-not-connected").into())
                .await;
            return Ok(());
        }
        let body = EventBody::Removal {
            account,
            reason,
            length,
        };
        let id = ClientEventId(self.state.clock.random());
        let directory = self.state.directory_id();
        let is_room = self.state.administration.farewells.len() < MOST_FAREWELLS;
        if !is_room || !self.enqueue_after(directory, body, id, None)? {
            return self.change(None, change).await;
        }
        self.state.administration.farewells.push((id, change));
        Ok(())
    }

    /// Removes whoever's reason the server has, or did not take.
    pub(super) fn mind_farewells(&mut self) {
        if self.state.administration.farewells.is_empty() {
            return;
        }
        let directory = self.state.directory_id();
        let part = self.state.channels.get(&directory);
        let waits = |id: &ClientEventId| {
            let mut items = part.iter().flat_map(|part| part.outbox.values());
            items.any(|item| item.client_id == *id && item.failed.is_none())
        };
        let farewells = std::mem::take(&mut self.state.administration.farewells);
        let (wait, due): (Vec<_>, Vec<_>) = farewells.into_iter().partition(|(id, _)| waits(id));
        self.state.administration.farewells = wait;
        for (_, change) in due {
            self.state.want(Job::Append(Append::Change(change)));
        }
    }
}

impl State {
    /// Why one cannot remove somebody, if so.
    pub(super) fn may_not_remove(&self, account: &AccountId) -> Option<&'static str> {
        let mine = self.role();
        match self.role_of(account) {
            None => Some(say!("notice-gone")),
            Some(_) if *account == self.me.account => Some(say!("notice-leave-to-go")),
            Some(role) if mine >= Role::Admin && mine > role => None,
            Some(_) => Some(say!("notice-rank-remove")),
        }
    }

    /// Puts what is looked at of the community's affairs into words, where that has changed or is `wanted` anew.
    pub(super) fn look_at_affairs(&mut self, wanted: bool) {
        let part = &self.administration;
        let length = self
            .roster
            .as_ref()
            .map_or(0, |roster| roster.position().length);
        let changed = part.length != length || part.stale;
        if !changed && !wanted {
            return;
        }
        if changed {
            self.administration.alike = self.names_alike();
        }
        let part = &self.administration;
        let (mut told, mut list) = (None, None);
        if let Some(roster) = &self.roster {
            let names = Names {
                directory: &self.directory,
                view: roster.view(),
                channel: &|id| self.channel_name(id),
            };
            told = part
                .filter
                .as_ref()
                .map(|filter| Arc::new(chronicle(roster, &names, filter)));
            let now_ms = self.clock.now_ms();
            let all = || Arc::new(invites(roster, &names, &self.me.account, now_ms));
            list = part.invites_wanted.then(all);
        }
        let part = &mut self.administration;
        (part.chronicle, part.invites) = (told, list);
        (part.length, part.stale) = (length, false);
        self.dirty = true;
    }

    fn names_alike(&self) -> BTreeMap<AccountId, String> {
        let roster = self.roster.iter();
        let accounts = roster.flat_map(|roster| roster.view().accounts());
        let named: Vec<_> = accounts
            .filter(|(_, account)| account.is_active())
            .filter_map(|(id, account)| {
                Some((
                    *id,
                    account.joined_at,
                    self.directory.people.get(id)?.as_str(),
                ))
            })
            .collect();
        let alike = look_alikes(named.iter().map(|(_, since, name)| (*since, *name)));
        let found = named.iter().zip(alike);
        found
            .filter_map(|((id, ..), like)| Some((*id, like?)))
            .collect()
    }
}
