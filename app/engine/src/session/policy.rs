//! Which of a channel's events somebody who came later may read: set by admins, kept by everybody who grants keys.

use dialtone_crypto::Checked;
use dialtone_protocol::roster::{Change, HistoryPolicy};
use dialtone_protocol::sealed::SealedEvent;
use dialtone_protocol::{ChannelId, GroupId};
use dialtone_words::say;

use super::run::{Ended, Session};
use super::state::{Append, Job, State};
use crate::chat::records::{StoredEvent, Verdict};

impl Session {
    /// Lets newcomers read what came before them, or not.
    pub(super) async fn set_history(
        &mut self,
        channel: ChannelId,
        from_joining: bool,
    ) -> Result<(), Ended> {
        let is_open = self.state.is_open_to_all(&channel);
        if is_open && !self.admin_only(say!("notice-admins-earlier")).await {
            return Ok(());
        }
        let history = if from_joining {
            HistoryPolicy::FromJoining
        } else {
            HistoryPolicy::All
        };
        if !is_open {
            return self.set_private_history(channel, history).await;
        }
        let change = Change::ChannelPolicy {
            id: channel,
            history,
        };
        self.state.want(Job::Append(Append::Change(change)));
        Ok(())
    }
}

impl State {
    /// Newcomers may read only what comes after them.
    pub(super) fn is_from_joining(&self, channel: &ChannelId) -> bool {
        if let Some(nature) = self.nature_of(channel) {
            return nature.history == HistoryPolicy::FromJoining;
        }
        let roster = self.roster.as_ref();
        let channel = roster.and_then(|roster| roster.view().channels().get(channel));
        channel.is_some_and(|channel| channel.history == HistoryPolicy::FromJoining)
    }

    /// What was sealed in this epoch under a member list of this length is from before one joined, in a channel where that is not for
    /// newcomers: nobody gives its key.
    pub(super) fn is_before_me(
        &self,
        channel: &ChannelId,
        roster_length: u64,
        (sealed_in, epoch): (&GroupId, u64),
    ) -> bool {
        if !self.is_from_joining(channel) {
            return false;
        }
        let me = &self.me.account;
        if self.nature_of(channel).is_some() {
            let group = self.group_of(channel);
            let held = group.and_then(|group| self.held(&group));
            return held.is_some_and(|held| held.is_before(me, sealed_in, epoch));
        }
        let roster = self.roster.as_ref();
        let account = roster.and_then(|roster| roster.view().account(me));
        account.is_some_and(|account| roster_length <= account.joined_at)
    }

    /// This device may have come into a private group later than its account, so that there are earlier events for it: whoever was there
    /// knows, and gives their keys or not.
    pub(super) fn may_have_belonged_earlier(&self, channel: &ChannelId) -> bool {
        let (Some(group), Some(roster)) = (self.group_of(channel), &self.roster) else {
            return false;
        };
        let me = &self.me.account;
        let held = self.held(&group).filter(|held| held.private().is_some());
        let Some(since) = held.and_then(|held| held.belongs_since(me)) else {
            return false;
        };
        let devices = roster.view().devices().values();
        let of_mine = devices.filter(|device| device.account == *me).count();
        let known = self.keys.all_for(group, *channel);
        of_mine > 1 || known.iter().any(|key| key.epoch < since)
    }

    /// An event of somebody who does not belong to the channel's private group, in an epoch that was over when it came: they may have
    /// kept the key of that time.
    pub(super) fn is_out_of_its_group(&self, checked: &Checked) -> bool {
        let header = checked.header();
        let nature = self.nature_of(&header.channel);
        let account = self.account_of(&header.device);
        checked.is_behind()
            && nature
                .zip(account)
                .is_some_and(|(nature, account)| !nature.accounts.contains(&account))
    }

    /// A stored event that is not for this account, and waits for nothing.
    pub(super) fn is_not_for_me(&self, channel: &ChannelId, event: &StoredEvent) -> bool {
        let Verdict::Waiting { bytes, .. } = &event.verdict else {
            return false;
        };
        self.is_from_joining(channel)
            && SealedEvent::read(bytes).is_ok_and(|(_, header)| {
                self.is_before_me(channel, header.roster.length, (&header.group, header.epoch))
            })
    }
}
