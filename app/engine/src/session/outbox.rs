//! Events that go: kept until the server has them, sealed when they are sent, one on its way for each channel.
//!
//! The sealed bytes are written down before they go out. After a lost acknowledgement the same bytes go again; only when
//! the server says that it does not hold them and never will (a stale epoch), they are sealed anew under the same sequence.

use dialtone_crypto::{EventDraft, OsRng, seal_event};
use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::frame::{ClientFrame, RefusalCode};
use dialtone_protocol::roster::LONGEST_PAUSE_S;
use dialtone_protocol::{BlobId, ChannelId, ClientEventId, GroupId};
use dialtone_words::say;

use super::gate::Gate;
use super::inbox::encode;
use super::run::{Ended, Session};
use super::state::Tag;
use crate::chat::acts::target_of;
use crate::chat::records::{OutboxItem, channel_key};
use crate::local::Table;

/// The most that waits in one channel.
const MOST: usize = 500;

impl Session {
    /// Keeps an event to be sent. False: too many wait already.
    pub(super) fn enqueue(&mut self, channel: ChannelId, body: EventBody) -> Result<bool, Ended> {
        let id = ClientEventId(self.state.clock.random());
        self.enqueue_after(channel, body, id, None)
    }

    /// The same of an event `id`, to be sent once the server has these files.
    pub(super) fn enqueue_after(
        &mut self,
        channel: ChannelId,
        body: EventBody,
        client_id: ClientEventId,
        to_store: Option<Vec<BlobId>>,
    ) -> Result<bool, Ended> {
        let lifetime_s = self.state.lifetime_for(&channel, &body);
        let part = self.state.channel(channel);
        if part.outbox.len() >= MOST {
            return Ok(false);
        }
        let order = part
            .outbox
            .last_key_value()
            .map_or(1, |(order, _)| order + 1);
        let item = OutboxItem {
            client_id,
            channel,
            content: EventContent {
                time_ms: self.state.clock.now_ms(),
                body,
                lifetime_s,
            },
            sealed: None,
            failed: None,
            to_store,
        };
        self.keep(channel, order, item)?;
        Ok(true)
    }

    pub(super) fn keep(
        &mut self,
        channel: ChannelId,
        order: u64,
        item: OutboxItem,
    ) -> Result<(), Ended> {
        let transaction = self.database.begin()?;
        transaction.put(Table::Outbox, &channel_key(&channel, order), &encode(&item))?;
        transaction.commit()?;
        self.state.channel(channel).outbox.insert(order, item);
        self.state.dirty = true;
        Ok(())
    }

    /// Puts the next event of every channel on its way, if nothing speaks against it.
    pub(super) fn fill_outbox(&mut self, now_ms: u64) -> Result<(), Ended> {
        if !self.state.caught_up || !self.state.may_sign() {
            return Ok(());
        }
        let ready: Vec<(ChannelId, u64)> = self
            .state
            .channels
            .iter()
            .filter(|(_, part)| part.in_flight.is_none() && !part.held.rests(now_ms))
            .filter_map(|(id, part)| {
                let paused = self.state.pause_of(id) > 0;
                // Whatever waits for its files, or for the end of a pause, is overtaken by what does not.
                let mut items = part.outbox.iter();
                let (order, item) = items
                    .find(|(_, item)| item.may_go() && !(paused && part.rests(item, now_ms)))?;
                // A profile that was put back from an old copy has sent this before, it seems: the key will tell.
                (!part.may_have_arrived(item)).then_some((*id, *order))
            })
            .collect();
        for (channel, order) in ready {
            self.send_item(channel, order, now_ms)?;
        }
        Ok(())
    }

    fn send_item(&mut self, channel: ChannelId, order: u64, now_ms: u64) -> Result<(), Ended> {
        let Some(item) = self.state.channel(channel).outbox.get(&order).cloned() else {
            return Ok(());
        };
        // A server of before does not read a frame with more in it than it knows.
        let keep_s = item
            .content
            .lifetime_s
            .filter(|_| self.state.server_revision >= 1);
        let mark = self.state.told_as_mark(&channel, &item.content.body);
        let bytes = match item.sealed.clone() {
            Some(bytes) => bytes,
            None => match self.seal_item(channel, &item, now_ms)? {
                Some(bytes) => {
                    let sealed = Some(bytes.clone().into());
                    self.keep(channel, order, OutboxItem { sealed, ..item })?;
                    bytes.into()
                }
                None => return Ok(()),
            },
        };
        self.state.channel(channel).in_flight = Some(order);
        let frame = ClientFrame::Send {
            channel,
            event: bytes,
            mark,
            keep_s,
        };
        self.state
            .out
            .push_back((frame, Some(Tag::Event(channel, order))));
        Ok(())
    }

    /// Seals an item in the current epoch; `None`: not now.
    fn seal_item(
        &mut self,
        channel: ChannelId,
        item: &OutboxItem,
        now_ms: u64,
    ) -> Result<Option<Vec<u8>>, Ended> {
        if let Gate::Open(_, group) = self.state.gate_of(&channel) {
            let id = group.id();
            if self.state.rotation_is_due(&id, now_ms) {
                self.state.want_commit(id, now_ms);
                return Ok(None);
            }
        }
        let Some((roster, group)) = self.state.pass_gate_of(&channel, now_ms) else {
            return Ok(None);
        };
        let (group, epoch) = (group.id(), group.epoch());
        let Some(part) = self.state.channels.get(&channel) else {
            return Ok(None);
        };
        if part
            .stale_epoch
            .is_some_and(|(stale_group, stale)| stale_group == group && stale >= epoch)
        {
            return Ok(None);
        }
        let Some(key) = self.state.keys.sealing_key(group, epoch, channel) else {
            return Ok(None);
        };
        let me = &self.state.me;
        let draft = EventDraft {
            community: me.community,
            client_id: item.client_id,
            chain: part.checker.sender(&me.device.id()),
            roster: roster.position(),
            seen: part.checker.position(),
            content: &item.content,
        };
        match seal_event(&key, &me.device, &draft, &mut OsRng) {
            Ok(sealed) => Ok(Some(sealed.bytes)),
            Err(error) => {
                self.fail_item(channel, item.client_id, &error.to_string())?;
                Ok(None)
            }
        }
    }

    /// The server did not take an event.
    pub(super) fn event_refused(
        &mut self,
        channel: ChannelId,
        order: u64,
        (code, wait_s): (RefusalCode, Option<u32>),
        message: &str,
    ) -> Result<(), Ended> {
        let group = self.state.group_of(&channel);
        let held = group.and_then(|group| self.state.held(&group));
        let epoch = held.map(|group| (group.id(), group.epoch()));
        let clock = self.state.clock.clone();
        let part = self.state.channel(channel);
        part.in_flight = None;
        let Some(item) = part.outbox.get(&order).cloned() else {
            return Ok(());
        };
        match code {
            RefusalCode::StaleEpoch => {
                part.stale_epoch = sealed_epoch(&item).or(epoch);
                self.keep(
                    channel,
                    order,
                    OutboxItem {
                        sealed: None,
                        ..item
                    },
                )
            }
            // Nothing was stored: another event may take its sequence meanwhile.
            RefusalCode::SlowMode => {
                part.pause(
                    clock.now_ms(),
                    wait_s.unwrap_or(1).clamp(1, LONGEST_PAUSE_S),
                );
                let sealed = None;
                self.keep(channel, order, OutboxItem { sealed, ..item })
            }
            RefusalCode::TooMany | RefusalCode::Unavailable => {
                part.held.refused(code, clock.now_ms(), clock.random_u32());
                self.state.dirty = true;
                Ok(())
            }
            // The event itself is known to the server in another place of the order: the stream will show it.
            RefusalCode::OutOfOrder => Err(Ended::Resync(say!("engine-gap-own"))),
            RefusalCode::Clash => self.clash(),
            _ => {
                let words = match code {
                    RefusalCode::NotAllowed if !self.state.may_write(&channel) => {
                        say!("notice-admins-write").to_owned()
                    }
                    RefusalCode::NotAllowed => say!("notice-not-allowed").to_owned(),
                    RefusalCode::Unknown => say!("notice-no-such-channel").to_owned(),
                    _ => say!("notice-server-refused", message = message),
                };
                self.fail_item(channel, item.client_id, &words)
            }
        }
    }

    /// This device sealed two different things for one place.
    pub(super) fn clash(&mut self) -> Result<(), Ended> {
        self.raise_alarm(say!("notice-another-in-place").into())
    }

    pub(super) fn fail_item(
        &mut self,
        channel: ChannelId,
        id: ClientEventId,
        why: &str,
    ) -> Result<(), Ended> {
        let part = self.state.channel(channel);
        let found = part.outbox.iter().find(|(_, item)| item.client_id == id);
        let Some((order, item)) = found.map(|(order, item)| (*order, item.clone())) else {
            return Ok(());
        };
        if let Some(target) = target_of(&item.content.body) {
            // It has no line of its own to say so.
            self.state.channel(channel).outbox.remove(&order);
            let transaction = self.database.begin()?;
            transaction.delete(Table::Outbox, &channel_key(&channel, order))?;
            transaction.commit()?;
            self.later(say!("notice-change-not-sent", why = why));
            return self.refresh_marked(channel, &target);
        }
        self.keep(
            channel,
            order,
            OutboxItem {
                sealed: None,
                failed: Some(why.to_owned()),
                ..item
            },
        )
    }

    /// Tries a failed message again, or drops it; one that waits for its files can be dropped, too.
    pub(super) fn settle_failed(&mut self, id: ClientEventId, retry: bool) -> Result<(), Ended> {
        let mut found = None;
        for (channel, part) in &self.state.channels {
            let failed = part.outbox.iter().find(|(_, item)| item.client_id == id);
            let is_open = |item: &OutboxItem| item.failed.is_some() || item.waits_for_files();
            if let Some((order, item)) = failed.filter(|(_, item)| is_open(item)) {
                found = Some((*channel, *order, item.clone()));
            }
        }
        let Some((channel, order, item)) = found else {
            return Ok(());
        };
        if retry {
            return self.keep(
                channel,
                order,
                OutboxItem {
                    failed: None,
                    ..item
                },
            );
        }
        let transaction = self.database.begin()?;
        transaction.delete(Table::Outbox, &channel_key(&channel, order))?;
        transaction.commit()?;
        self.state.channel(channel).outbox.remove(&order);
        self.state.dirty = true;
        self.files_dropped(&item);
        Ok(())
    }
}

fn sealed_epoch(item: &OutboxItem) -> Option<(GroupId, u64)> {
    let sealed = item.sealed.as_ref()?;
    let (_, header) = dialtone_protocol::sealed::SealedEvent::read(sealed).ok()?;
    Some((header.group, header.epoch))
}
