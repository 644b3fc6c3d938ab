//! What admins set for a channel of everybody's: who writes and speaks there, and how fast.
//!
//! ```text
//! SetChannelRule -> ChannelSet, signed -> member list -> the server refuses, every client takes nothing else in, and one's own says why
//! ```

use dialtone_protocol::ChannelId;
use dialtone_protocol::content::EventBody;
use dialtone_protocol::roster::{Change, Channel, ChannelRules, ChannelSetting, Role as Rank, Who};
use dialtone_words::say;

use super::run::{Ended, Session};
use super::state::{ChannelState, State};
use crate::chat::records::{OutboxItem, StoredEvent};
use crate::snapshot::Role;

impl Session {
    /// Sets one thing for a channel.
    pub(super) async fn set_rule(
        &mut self,
        channel: ChannelId,
        setting: ChannelSetting,
    ) -> Result<(), Ended> {
        let words = if !self.state.open_channels().any(|id| id == channel) {
            Some(say!("notice-channel-gone"))
        } else if !self.state.is_open_to_all(&channel) {
            Some(say!("notice-rules-open-channels"))
        } else if self.state.role() < Role::Admin {
            Some(say!("notice-admins-rules"))
        } else {
            None
        };
        let (setting, value) = setting.numbers();
        let change = Change::ChannelSet {
            id: channel,
            setting,
            value,
        };
        self.change(words, change).await
    }

    /// One's own message is stored: where there is a pause, the next one waits for its end.
    pub(super) fn begin_pause(&mut self, channel: ChannelId, stored: &StoredEvent) {
        let mine = stored.account == Some(self.state.me.account);
        let pause_s = self.state.pause_of(&channel);
        if mine && stored.is_message() && pause_s > 0 && self.state.caught_up {
            let now_ms = self.state.clock.now_ms();
            self.state.channel(channel).pause(now_ms, pause_s);
        }
    }
}

impl ChannelState {
    /// The next message is sent in so many seconds.
    pub(super) fn pause(&mut self, now_ms: u64, seconds: u32) {
        self.paused_until_ms = now_ms.saturating_add(u64::from(seconds) * 1000);
    }

    /// A message that is to wait for the end of the pause. What may have reached the server goes as it is.
    pub(super) fn rests(&self, item: &OutboxItem, now_ms: u64) -> bool {
        item.sealed.is_none() && is_message(&item.content.body) && now_ms < self.paused_until_ms
    }
}

/// It takes a place of its own in the channel.
pub(super) fn is_message(body: &EventBody) -> bool {
    matches!(body, EventBody::Text { .. } | EventBody::Files { .. })
}

impl State {
    /// What holds in a channel.
    pub(super) fn rules_of(&self, channel: &ChannelId) -> ChannelRules {
        let roster = self.roster.as_ref();
        let channel = roster.and_then(|roster| roster.view().channels().get(channel));
        channel.map(Channel::rules).unwrap_or_default()
    }

    /// Whether one may do what is for `who`.
    pub(super) fn is_among(&self, who: Who) -> bool {
        who.has(match self.role() {
            Role::Member => Rank::Member,
            Role::Admin => Rank::Admin,
            Role::Founder => Rank::Founder,
        })
    }

    /// Whether one may write in a channel.
    pub(super) fn may_write(&self, channel: &ChannelId) -> bool {
        self.is_among(self.rules_of(channel).writing)
    }

    /// Seconds between two of one's own messages in a channel.
    pub(super) fn pause_of(&self, channel: &ChannelId) -> u32 {
        if self.role() >= Role::Admin {
            return 0;
        }
        self.rules_of(channel).pause_s
    }

    /// When the next message of one's own is sent in a channel, where that is not now: ms since 1970.
    pub(super) fn paused_until_ms(&self, channel: &ChannelId, part: &ChannelState) -> Option<u64> {
        let until_ms = part.paused_until_ms;
        let rests = self.pause_of(channel) > 0 && self.clock.now_ms() < until_ms;
        rests.then_some(until_ms)
    }

    /// What the server is told of an event: in a channel with rules, that it is something done to a message and none itself. And anywhere,
    /// of what a private channel is called and how long things stay there, so that it outlasts a server that keeps messages for a while only.
    pub(super) fn told_as_mark(&self, channel: &ChannelId, body: &EventBody) -> Option<bool> {
        let rules = self.rules_of(channel);
        let has_rules = rules.writing != Who::Everyone || rules.pause_s > 0;
        let lasts = matches!(
            body,
            EventBody::ChannelInfo { .. } | EventBody::Lifetime { .. }
        );
        ((has_rules && !is_message(body)) || lasts).then_some(true)
    }

    /// One may not do this to a message, since one may not write there: another text, or a pin. Reactions, and taking back what is one's
    /// own, are everybody's.
    pub(super) fn is_closed_for(&self, channel: &ChannelId, body: &EventBody) -> bool {
        let free = matches!(body, EventBody::Reaction { .. } | EventBody::Delete { .. });
        !free && !self.may_write(channel)
    }
}
