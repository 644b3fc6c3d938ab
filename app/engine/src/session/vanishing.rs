//! Messages that vanish: each says itself how long it stays, and every device erases it then.
//!
//! ```text
//! SetLifetime -> the member list, or the private channel's own events -> what is written from then on carries it, sealed
//! an event that comes -> row of when -> vanish: text, edits, reactions, files and what was found go; its place stays
//! ```
//!
//! The time is counted from when it was sent: by the sender's clock or the server's, whichever is later, and never from later than
//! it came here. So neither makes it stay, and the server alone does not make it go early.

use dialtone_crypto::{Outcome, StreamError};
use dialtone_protocol::content::{EventBody, LONGEST_LIFETIME_S};
use dialtone_protocol::group_rules::PrivateKind;
use dialtone_protocol::roster::ChannelSetting;
use dialtone_protocol::sealed::EventHeader;
use dialtone_protocol::{ChannelId, Hash};
use dialtone_words::say;

use super::inbox::{encode, gap, stream_at, stream_row, unreadable};
use super::marks;
use super::run::{Ended, Session};
use super::state::State;
use crate::chat::acts::{Act, act_key, event_key};
use crate::chat::records::{StoredEvent, Verdict, channel_key};
use crate::local::{LocalError, Table, Transaction};
use crate::snapshot::Severity;

/// Events that are erased at once; the others with the next look.
const AT_ONCE: usize = 500;

/// When an event that came at `came_ms` (ms since 1970) is to vanish, if it is.
pub(super) fn expires_ms(event: &StoredEvent, came_ms: u64) -> Option<u64> {
    let Verdict::Opened(content) = &event.verdict else {
        return None;
    };
    let lifetime_s = content.lifetime_s?.min(LONGEST_LIFETIME_S);
    let sent_ms = event.server_time_ms.max(content.time_ms).min(came_ms);
    Some(sent_ms.saturating_add(u64::from(lifetime_s) * 1000))
}

/// Writes down when an event is to vanish; gives that, or the end of time.
pub(super) fn put_row(
    transaction: &Transaction<'_>,
    (channel, sequence): (ChannelId, u64),
    event: &StoredEvent,
    now_ms: u64,
) -> Result<u64, LocalError> {
    let Some(at_ms) = expires_ms(event, now_ms) else {
        return Ok(u64::MAX);
    };
    transaction.put(Table::Vanish, &row_key(at_ms, &channel, sequence), &[])?;
    Ok(at_ms)
}

fn row_key(at_ms: u64, channel: &ChannelId, sequence: u64) -> [u8; 32] {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&at_ms.to_be_bytes());
    key[8..].copy_from_slice(&channel_key(channel, sequence));
    key
}

/// When, and which event.
fn read_key(key: &[u8]) -> Option<(u64, ChannelId, u64)> {
    let number = |bytes: &[u8]| <[u8; 8]>::try_from(bytes).ok().map(u64::from_be_bytes);
    let at_ms = number(key.get(..8)?)?;
    let channel = ChannelId::from_slice(key.get(8..24)?).ok()?;
    Some((at_ms, channel, number(key.get(24..32)?)?))
}

impl State {
    /// Seconds that what is written in a channel stays; 0: for good.
    pub(super) fn lifetime_of(&self, channel: &ChannelId) -> u32 {
        if self.is_open_to_all(channel) {
            return self.rules_of(channel).lifetime_s;
        }
        let lifetime = self.directory.lifetimes.get(channel);
        lifetime.map_or(0, |lifetime| lifetime.seconds)
    }

    /// What an event that is written now carries: what says something, and what is set to that.
    pub(super) fn lifetime_for(&self, channel: &ChannelId, body: &EventBody) -> Option<u32> {
        let vanishes = matches!(
            body,
            EventBody::Text { .. }
                | EventBody::Files { .. }
                | EventBody::Edit { .. }
                | EventBody::Reaction { .. }
        );
        let seconds = self.lifetime_of(channel);
        (vanishes && seconds > 0).then_some(seconds)
    }
}

impl Session {
    /// Sets how long what is written in a channel stays.
    pub(super) async fn set_lifetime(
        &mut self,
        channel: ChannelId,
        seconds: u32,
    ) -> Result<(), Ended> {
        if self.state.is_open_to_all(&channel) {
            return self
                .set_rule(channel, ChannelSetting::Lifetime(seconds))
                .await;
        }
        let nature = self.state.nature_of(&channel);
        let is_direct = nature.is_some_and(|nature| nature.kind == PrivateKind::Direct);
        if !is_direct && !self.state.may_change_private(&channel) {
            let words = say!("notice-vanish-not-yours");
            self.notice(Severity::Warning, words.into()).await;
            return Ok(());
        }
        if seconds <= LONGEST_LIFETIME_S && seconds != self.state.lifetime_of(&channel) {
            self.enqueue(channel, EventBody::Lifetime { seconds })?;
        }
        Ok(())
    }

    /// Erases what is to have vanished by `now_ms`, ms since 1970.
    pub(super) fn vanish(&mut self, now_ms: u64) -> Result<(), Ended> {
        if now_ms < self.state.vanishes_ms {
            return Ok(());
        }
        let rows = self
            .database
            .range(Table::Vanish, &[0; 32], &[0xff; 33], AT_ONCE, false)?;
        self.state.vanishes_ms = u64::MAX;
        for (key, _) in rows {
            let Some((at_ms, channel, sequence)) = read_key(&key) else {
                continue;
            };
            if at_ms > now_ms {
                self.state.vanishes_ms = at_ms;
                return Ok(());
            }
            self.erase_vanished(channel, sequence, &key)?;
            // There may be more than were read.
            self.state.vanishes_ms = now_ms;
        }
        Ok(())
    }

    fn erase_vanished(
        &mut self,
        channel: ChannelId,
        sequence: u64,
        row: &[u8],
    ) -> Result<(), Ended> {
        let event = marks::event_at(&self.database, &channel, sequence)?;
        let was = event.filter(|event| matches!(event.verdict, Verdict::Opened(_)));
        let Some(was) = was else {
            let transaction = self.database.begin()?;
            transaction.delete(Table::Vanish, row)?;
            return Ok(transaction.commit()?);
        };
        let target = Act::of(&was).map(|(target, _)| target);
        self.count_vanished(channel, sequence, &was);
        let mut left = was.clone();
        left.verdict = Verdict::Vanished { unseen: false };
        let whose = event_key(&channel, &was.hash);
        let acts = if was.is_message() {
            self.database.all(Table::Act, &whose)?
        } else {
            Vec::new()
        };
        let stream = stream_row(self.state.channel(channel));
        let transaction = self.database.begin()?;
        let key = channel_key(&channel, sequence);
        transaction.put(Table::Event, &key, &encode(&left))?;
        transaction.put(Table::Stream, &channel.0, &encode(&stream))?;
        for (act, _) in &acts {
            transaction.delete(Table::Act, act)?;
        }
        match &target {
            Some(target) => {
                transaction.delete(Table::Act, &act_key(&channel, target, sequence))?;
            }
            None => transaction.delete(Table::Pin, &whose)?,
        }
        transaction.delete(Table::Vanish, row)?;
        transaction.commit()?;
        if was.is_message() {
            self.forget_found(channel, sequence)?;
            self.files_taken_back(&was, was.device == self.state.me.device.id());
        }
        self.state.dirty = true;
        self.refresh_marked(channel, &target.unwrap_or(was.hash))
    }

    /// What vanishes before it was seen counts as unread no more: its notification goes, too.
    fn count_vanished(&mut self, channel: ChannelId, sequence: u64, was: &StoredEvent) {
        let mine = was.account == Some(self.state.me.account) || self.state.is_ignored(was.account);
        let (mentioned, _) = self.told_of(was);
        let part = self.state.channel(channel);
        if was.is_message() && !mine && sequence > part.read_to {
            part.unread = part.unread.saturating_sub(1);
            part.mentions = part.mentions.saturating_sub(u32::from(mentioned));
        }
    }

    /// Takes the place of an event in that the server keeps no more, since it was to vanish.
    pub(super) async fn gone(
        &mut self,
        (channel, sequence): (ChannelId, u64),
        server_time_ms: u64,
        hash: Hash,
        header: &[u8],
    ) -> Result<(), Ended> {
        if self.state.alarm.is_some() || !self.state.knows_channel(&channel) {
            return Ok(());
        }
        let mut fetched = false;
        let checked = loop {
            let Some(roster) = self.state.roster.clone() else {
                return Err(Ended::Resync(say!("engine-gap-before-list")));
            };
            let database = &self.database;
            let stream_at = |sequence: u64| stream_at(database, &channel, sequence);
            let part = self.state.channel(channel);
            let event = (hash, header);
            let reason = match part.checker.check_gone(sequence, event, &roster, stream_at) {
                Ok(checked) => break checked,
                Err(reason) => reason,
            };
            match reason {
                StreamError::Repeated => return Ok(()),
                StreamError::Gap { .. } if self.state.comes_again(&channel, sequence) => {
                    return Ok(());
                }
                StreamError::Gap { .. } => return Err(gap()),
                StreamError::NeedRoster { .. } if !fetched => {
                    let header = EventHeader::read(header).map_err(|_| unreadable())?;
                    self.note_ahead(header.roster, self.state.clock.now_ms())?;
                    self.fetch_ahead().await?;
                    fetched = true;
                }
                StreamError::NeedRoster { .. } => {
                    return Err(Ended::Resync(say!("engine-gap-longer-list")));
                }
                reason => return self.raise_alarm(lied(&reason.to_string())),
            }
        };
        // Nothing of the directory is ever to vanish.
        if channel == self.state.directory_id() {
            return self.raise_alarm(lied(say!("notice-names-gone")));
        }
        self.keep_gone((channel, sequence), server_time_ms, &checked)
    }

    fn keep_gone(
        &mut self,
        (channel, sequence): (ChannelId, u64),
        server_time_ms: u64,
        checked: &dialtone_crypto::Checked,
    ) -> Result<(), Ended> {
        let header = checked.header().clone();
        let hash = checked.hash();
        let account = self.state.account_of(&header.device);
        let part = self.state.channel(channel);
        // One's own bytes have arrived, though nobody told.
        let is_own = |bytes: &[u8]| Hash::of(bytes) == hash;
        let mut waiting = part.outbox.iter();
        let arrived = waiting.find(|(_, item)| item.sealed.as_ref().is_some_and(|it| is_own(it)));
        let arrived = arrived.map(|(order, _)| *order);
        let stored = StoredEvent {
            hash,
            device: header.device,
            account,
            client_id: header.client_id,
            server_time_ms,
            verdict: Verdict::Vanished { unseen: true },
            stream: part.checker.record(checked, Outcome::Unopened).hash,
            role: None,
        };
        if let Some(order) = arrived {
            part.has_arrived(order);
        }
        let row = stream_row(part);
        let transaction = self.database.begin()?;
        let key = channel_key(&channel, sequence);
        transaction.put(Table::Event, &key, &encode(&stored))?;
        marks::put_rows(&transaction, &channel, sequence, &stored)?;
        transaction.put(Table::Stream, &channel.0, &encode(&row))?;
        if let Some(order) = arrived {
            transaction.delete(Table::Outbox, &channel_key(&channel, order))?;
        }
        transaction.commit()?;
        self.state.dirty = true;
        self.show_line(channel, sequence, &stored)
    }
}

/// What puts the server in doubt, in words.
fn lied(reason: &str) -> String {
    let advice = say!("notice-refused-advice");
    say!("notice-server-changed", reason = reason, advice = advice)
}
