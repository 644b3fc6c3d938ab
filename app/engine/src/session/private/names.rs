//! What channels are called. Open ones are named in the directory; a private one in its own events, so that nobody else knows its name.

use dialtone_crypto::group::Group;
use dialtone_protocol::content::EventBody;
use dialtone_protocol::group_rules::PrivateKind;
use dialtone_protocol::roster::HistoryPolicy;
use dialtone_protocol::{AccountId, ChannelId, DeviceId, GroupId};

use super::super::inbox::encode;
use super::super::load::{LoadError, damaged};
use super::super::run::{Ended, Session};
use super::super::state::State;
use crate::chat::directory::{Author, ChannelInfo};
use crate::chat::records::{StoredEvent, Verdict};
use crate::local::{Database, LocalError, Table, Transaction};

/// Rows of [`Table::Meta`], each with a private channel behind it: its name.
const NAME: &[u8] = b"name/";

fn row(channel: &ChannelId) -> Vec<u8> {
    [NAME, &channel.0].concat()
}

/// From the disk.
pub(super) fn load(state: &mut State, database: &Database) -> Result<(), LoadError> {
    for (key, info) in database.all(Table::Meta, NAME)? {
        let channel = ChannelId::from_slice(key.get(NAME.len()..).unwrap_or_default());
        let info: ChannelInfo = minicbor::decode(&info).map_err(damaged)?;
        let channel = channel.map_err(damaged)?;
        state.directory.channels.insert(channel, info);
    }
    super::lifetimes::load(state, database)
}

/// Writes the name of a private channel down, with the event that says it: it is not looked for there again.
pub(in super::super) fn put_name(
    transaction: &Transaction<'_>,
    channel: &ChannelId,
    info: &ChannelInfo,
) -> Result<(), LocalError> {
    transaction.put(Table::Meta, &row(channel), &encode(info))
}

impl State {
    /// Takes an event of the directory in. Private channels are not named there.
    pub(in super::super) fn apply_to_directory(&mut self, author: Author, body: &EventBody) {
        self.administration.stale = true;
        match body {
            EventBody::ChannelInfo { channel, .. } if !self.is_open_to_all(channel) => {}
            body => self.directory.apply(author, body),
        }
    }

    /// What a channel is called; a direct conversation after the others in it.
    pub(in super::super) fn channel_name(&self, channel: &ChannelId) -> Option<String> {
        let nature = self.nature_of(channel);
        if let Some(nature) = nature.filter(|nature| nature.kind == PrivateKind::Direct) {
            let me = self.me.account;
            let others = nature.accounts.iter().filter(|account| **account != me);
            let mut names: Vec<String> = others.map(|one| self.directory.person(one)).collect();
            names.sort_by_key(|name| name.to_lowercase());
            return Some(names.join(", "));
        }
        let info = self.directory.channels.get(channel);
        info.map(|info| info.name.clone())
    }

    /// What an event of a private channel calls it.
    pub(in super::super) fn private_name_in(
        &self,
        channel: &ChannelId,
        stored: &StoredEvent,
    ) -> Option<ChannelInfo> {
        let Verdict::Opened(content) = &stored.verdict else {
            return None;
        };
        match &content.body {
            EventBody::ChannelInfo { channel: named, .. } if named == channel => {}
            _ => return None,
        }
        ChannelInfo::read(&content.body).filter(|_| {
            let account = stored.account.as_ref();
            account.is_some_and(|account| self.might_name(channel, account))
        })
    }

    /// A name waits to be sent in a channel, and is not sealed yet.
    fn is_named_soon(&self, channel: &ChannelId) -> bool {
        let part = self.channels.get(channel);
        let mut waiting = part.into_iter().flat_map(|part| part.outbox.values());
        waiting.any(|item| {
            let is_name = matches!(item.content.body, EventBody::ChannelInfo { .. });
            is_name && item.sealed.is_none() && item.failed.is_none()
        })
    }

    /// Whoever might change the channel when they named it: they may now, or do not belong to it any more.
    pub(super) fn might_name(&self, channel: &ChannelId, account: &AccountId) -> bool {
        let Some((nature, roster)) = self.nature_of(channel).zip(self.roster.as_ref()) else {
            return false;
        };
        nature.kind == PrivateKind::Channel
            && (!nature.accounts.contains(account)
                || nature.may_change(account, roster, roster.position().length))
    }
}

impl Session {
    /// The private channel has a name, which is on the disk.
    pub(in super::super) fn take_private_name(&mut self, channel: ChannelId, info: ChannelInfo) {
        self.state.directory.channels.insert(channel, info);
        self.state.dirty = true;
    }

    /// Who was put in cannot read earlier events, the name among them, where newcomers read only what comes after them: after each change
    /// of who belongs to it, and of the policy, it is named again.
    pub(super) fn name_again(&mut self, group: GroupId) -> Result<(), Ended> {
        let Some(nature) = self.state.held(&group).and_then(Group::private) else {
            return Ok(());
        };
        let info = self.state.directory.channels.get(&nature.channel).cloned();
        if let (HistoryPolicy::FromJoining, Some(info)) = (nature.history, info)
            && !self.state.is_named_soon(&nature.channel)
        {
            let channel = nature.channel;
            let body = info.of(channel);
            self.enqueue(channel, body)?;
            let seconds = self.state.lifetime_of(&channel);
            if seconds > 0 {
                self.enqueue(channel, EventBody::Lifetime { seconds })?;
            }
        }
        Ok(())
    }

    /// A device has come in by itself, and nobody who put it in names the channel to it: whoever is first of those who may does.
    pub(in super::super) fn name_for_newcomer(&mut self, group: GroupId) -> Result<(), Ended> {
        let held = self.state.held(&group);
        let nature = held.and_then(|held| Some((held.epoch(), held.private()?)));
        let (Some((epoch, nature)), Some(roster)) = (nature, self.state.roster.as_ref()) else {
            return Ok(());
        };
        let length = roster.position().length;
        let may_name = |device: &DeviceId| {
            let account = self.state.account_of(device);
            account.is_some_and(|account| nature.may_change(&account, roster, length))
        };
        if may_name(&self.state.me.device.id()) && self.rank_among(epoch, may_name) == 0 {
            return self.name_again(group);
        }
        Ok(())
    }
}
