//! Rows that lead from a message to what was done to it, and the message with its marks.
//!
//! ```text
//! place    event's hash            -> its sequence: what acts and quotes name
//! act      target's hash, sequence -> what an event does to the target
//! pin      target's hash           -> it was pinned once: whether it still is, its acts say
//! waiting  sequence                -> its key is not here yet
//! ```

use std::sync::Arc;

use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::roster::Role as Rank;
use dialtone_protocol::{ChannelId, Hash};

use super::inbox::encode;
use super::load::META_MARKED;
use super::run::{Ended, Session};
use super::state::State;
use super::vanishing;
use super::view::my_name;
use crate::chat::acts::{Act, What, act_key, event_key};
use crate::chat::mentions::is_mentioned;
use crate::chat::records::{StoredEvent, StreamRow, Verdict, channel_key, number_of};
use crate::chat::{fold, timeline};
use crate::local::{Database, LocalError, Table, Transaction};
use crate::snapshot::{ItemBody, Quote, Quoted, Role, TimelineItem};

/// Events that are looked at in one transaction.
const AT_ONCE: usize = 1_000;

/// Writes an event's rows.
pub(super) fn put_rows(
    transaction: &Transaction<'_>,
    channel: &ChannelId,
    sequence: u64,
    event: &StoredEvent,
) -> Result<(), LocalError> {
    let place = event_key(channel, &event.hash);
    transaction.put(Table::Place, &place, &sequence.to_be_bytes())?;
    if matches!(event.verdict, Verdict::Waiting { .. }) {
        transaction.put(Table::Waiting, &channel_key(channel, sequence), &[])?;
    }
    let Some((target, act)) = Act::of(event) else {
        return Ok(());
    };
    if act.what == What::Pin(true) {
        transaction.put(Table::Pin, &event_key(channel, &target), &[])?;
    }
    let key = act_key(channel, &target, sequence);
    transaction.put(Table::Act, &key, &encode(&act))
}

/// Writes the rows of all events of a profile that has none yet.
pub(super) fn mark_all(database: &mut Database) -> Result<(), LocalError> {
    if database.get(Table::Meta, META_MARKED)?.is_some() {
        return Ok(());
    }
    for (key, row) in database.all(Table::Stream, &[])? {
        let (Ok(channel), Ok(_)) = (
            ChannelId::from_slice(&key),
            minicbor::decode::<StreamRow>(&row),
        ) else {
            continue;
        };
        mark_channel(database, &channel)?;
    }
    let transaction = database.begin()?;
    transaction.put(Table::Meta, META_MARKED, &[])?;
    transaction.commit()
}

fn mark_channel(database: &mut Database, channel: &ChannelId) -> Result<(), LocalError> {
    let mut from = 0;
    loop {
        let (low, high) = (channel_key(channel, from), channel_key(channel, u64::MAX));
        let rows = database.range(Table::Event, &low, &high, AT_ONCE, false)?;
        let transaction = database.begin()?;
        for (key, row) in &rows {
            if let (Some(sequence), Ok(event)) = (number_of(key), minicbor::decode(row)) {
                put_rows(&transaction, channel, sequence, &event)?;
                from = sequence + 1;
            }
        }
        transaction.commit()?;
        if rows.len() < AT_ONCE {
            return Ok(());
        }
    }
}

/// Where an event stands, if it is here.
pub(super) fn place_of(
    database: &Database,
    channel: &ChannelId,
    event: &Hash,
) -> Result<Option<u64>, LocalError> {
    let row = database.get(Table::Place, &event_key(channel, event))?;
    Ok(row
        .and_then(|row| <[u8; 8]>::try_from(&row[..]).ok())
        .map(u64::from_be_bytes))
}

/// An event, if it is here.
pub(super) fn event_at(
    database: &Database,
    channel: &ChannelId,
    sequence: u64,
) -> Result<Option<StoredEvent>, LocalError> {
    let row = database.get(Table::Event, &channel_key(channel, sequence))?;
    Ok(row.and_then(|row| minicbor::decode(&row).ok()))
}

/// What was done to an event, in order.
fn acts_on(
    database: &Database,
    channel: &ChannelId,
    target: &Hash,
) -> Result<Vec<Act>, LocalError> {
    let rows = database.all(Table::Act, &event_key(channel, target))?;
    let acts = rows
        .iter()
        .filter_map(|(_, row)| minicbor::decode(row).ok());
    Ok(acts.collect())
}

/// Something that was taken back: its text goes from this device.
pub(super) struct Erased {
    key: [u8; 24],
    /// Without what it said.
    row: Vec<u8>,
    /// Rows of its edits.
    edits: Vec<Vec<u8>>,
    /// As it was.
    pub(super) was: StoredEvent,
}

impl Erased {
    /// Writes it down.
    pub(super) fn put(&self, transaction: &Transaction<'_>) -> Result<(), LocalError> {
        transaction.put(Table::Event, &self.key, &self.row)?;
        for edit in &self.edits {
            transaction.delete(Table::Act, edit)?;
        }
        Ok(())
    }
}

/// What an event takes back, if it does: its text is not to stay.
pub(super) fn erased_by(
    database: &Database,
    channel: &ChannelId,
    event: &StoredEvent,
) -> Result<Option<Erased>, LocalError> {
    let Some((target, act)) = Act::of(event).filter(|(_, act)| act.what == What::Delete) else {
        return Ok(None);
    };
    let Some(sequence) = place_of(database, channel, &target)? else {
        return Ok(None);
    };
    let Some(was) = event_at(database, channel, sequence)? else {
        return Ok(None);
    };
    if !was.is_message() || !act.deletes(was.account) {
        return Ok(None);
    }
    let is_edit = |row: &[u8]| {
        let act = minicbor::decode::<Act>(row);
        act.is_ok_and(|act| matches!(act.what, What::Edit(_)))
    };
    let acts = database.all(Table::Act, &event_key(channel, &target))?;
    let edits = acts.into_iter().filter(|(_, row)| is_edit(row));
    let mut erased = was.clone();
    empty(&mut erased);
    Ok(Some(Erased {
        key: channel_key(channel, sequence),
        row: encode(&erased),
        edits: edits.map(|(key, _)| key).collect(),
        was,
    }))
}

/// Takes out what an event says that was taken back before it could be opened.
pub(super) fn erase_if_taken_back(
    database: &Database,
    channel: &ChannelId,
    event: &mut StoredEvent,
) -> Result<(), LocalError> {
    if event.is_message() {
        let acts = acts_on(database, channel, &event.hash)?;
        if acts.iter().any(|act| act.deletes(event.account)) {
            empty(event);
        }
    }
    Ok(())
}

fn empty(event: &mut StoredEvent) {
    if let Verdict::Opened(EventContent { body, .. }) = &mut event.verdict {
        *body = EventBody::Text {
            text: String::new(),
            reply_to: None,
        };
    }
}

impl State {
    /// The line of an event with its marks, if it is shown at all.
    pub(super) fn marked_line(
        &self,
        database: &Database,
        channel: &ChannelId,
        sequence: u64,
        event: &StoredEvent,
    ) -> Result<Option<Arc<TimelineItem>>, LocalError> {
        if self.is_not_for_me(channel, event) || self.is_idle_lifetime(channel, event) {
            return Ok(None);
        }
        let part = self.channels.get(channel);
        let confirmed = part.map_or(0, |part| part.checker.confirmed());
        let Some(mut line) = timeline::line(sequence, event, &self.directory, confirmed) else {
            return Ok(None);
        };
        if event.is_message() {
            let item = Arc::make_mut(&mut line);
            if let Some(target) = event.answers() {
                let quote = self.quote(database, channel, target)?;
                item.marks.reply = Some(Arc::new(quote));
            }
            self.fold_acts(database, channel, &event.hash, item)?;
            self.mark_rights(item, event);
        }
        Ok(Some(line))
    }

    /// Writes into the line of an event what was done to it, by oneself also what the server does not have yet.
    fn fold_acts(
        &self,
        database: &Database,
        channel: &ChannelId,
        event: &Hash,
        item: &mut TimelineItem,
    ) -> Result<(), LocalError> {
        let mut acts = acts_on(database, channel, event)?;
        acts.extend(self.own_acts_on(channel, event));
        fold::apply(item, &acts, self.me.account, &self.directory);
        Ok(())
    }

    fn mark_rights(&self, item: &mut TimelineItem, event: &StoredEvent) {
        let role = event.role.unwrap_or(Rank::Member);
        let names_me = |text: &str| is_mentioned(text, &my_name(self), role);
        item.marks.mentions_me =
            event.account != Some(self.me.account) && item.body.text().is_some_and(names_me);
        let there = item.body.text().is_some();
        let mine = event.account == Some(self.me.account);
        item.marks.may_edit = there && mine;
        item.marks.vanishes_ms = vanishing::expires_ms(event, event.server_time_ms);
        item.marks.may_delete = there && (mine || self.role() >= Role::Admin);
    }

    /// What one does oneself and the server does not have yet.
    fn own_acts_on(&self, channel: &ChannelId, target: &Hash) -> Vec<Act> {
        let outbox = self.channels.get(channel).map(|part| part.outbox.values());
        let admin = self.role() >= Role::Admin;
        let acts = outbox
            .into_iter()
            .flatten()
            .filter_map(|item| Act::by(self.me.account, admin, &item.content));
        acts.filter(|(what, _)| what == target)
            .map(|(_, act)| act)
            .collect()
    }

    /// What is shown of the event that another answers.
    pub(super) fn quote(
        &self,
        database: &Database,
        channel: &ChannelId,
        target: Hash,
    ) -> Result<Quote, LocalError> {
        let missing = Quote {
            target,
            from: None,
            from_name: String::new(),
            said: Quoted::Missing,
        };
        let Some(sequence) = place_of(database, channel, &target)? else {
            return Ok(missing);
        };
        let Some(event) = event_at(database, channel, sequence)?.filter(StoredEvent::is_message)
        else {
            return Ok(missing);
        };
        let Some(mut line) = timeline::line(sequence, &event, &self.directory, 0) else {
            return Ok(missing);
        };
        let item = Arc::make_mut(&mut line);
        self.fold_acts(database, channel, &target, item)?;
        Ok(Quote {
            target,
            from: Some(item.from),
            from_name: item.from_name.clone(),
            said: fold::quoted(&item.body),
        })
    }

    /// Pinned messages of a channel, the one that was pinned last first.
    pub(super) fn pinned(
        &self,
        database: &Database,
        channel: &ChannelId,
    ) -> Result<Vec<Arc<TimelineItem>>, LocalError> {
        let mut pinned = Vec::new();
        for (key, _) in database.all(Table::Pin, &channel.0)? {
            let Some(target) = key.get(16..48).and_then(|hash| Hash::from_slice(hash).ok()) else {
                continue;
            };
            let rows = database.all(Table::Act, &event_key(channel, &target))?;
            let is_pin = |row: &[u8]| {
                let act = minicbor::decode::<Act>(row);
                act.is_ok_and(|act| matches!(act.what, What::Pin(_)))
            };
            let last = rows.iter().rev().find(|(_, row)| is_pin(row));
            let at = last.and_then(|(key, _)| key.get(48..56)?.try_into().ok());
            let Some(sequence) = place_of(database, channel, &target)? else {
                continue;
            };
            let Some(event) = event_at(database, channel, sequence)? else {
                continue;
            };
            if let Some(line) = self.marked_line(database, channel, sequence, &event)?
                && line.marks.pinned
                && !matches!(line.body, ItemBody::Deleted { .. })
            {
                pinned.push((at.map_or(0, u64::from_be_bytes), line));
            }
        }
        pinned.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Ok(pinned.into_iter().map(|(_, line)| line).collect())
    }
}

impl Session {
    /// Builds the line of an event of the open channel anew, and those that answer it.
    pub(super) fn refresh_marked(
        &mut self,
        channel: ChannelId,
        target: &Hash,
    ) -> Result<(), Ended> {
        self.refresh_pins(channel)?;
        if self.state.open != Some(channel) {
            return Ok(());
        }
        let Some(part) = self.state.channels.get(&channel) else {
            return Ok(());
        };
        let touched = part.lines.iter().filter(|(_, line)| {
            let answers = line.marks.reply.as_ref();
            line.hash == Some(*target) || answers.is_some_and(|quote| quote.target == *target)
        });
        let touched: Vec<u64> = touched.map(|(sequence, _)| *sequence).collect();
        for sequence in touched {
            let Some(event) = event_at(&self.database, &channel, sequence)? else {
                continue;
            };
            let line = self
                .state
                .marked_line(&self.database, &channel, sequence, &event)?;
            let part = self.state.channel(channel);
            match line {
                Some(line) => part.lines.insert(sequence, line),
                None => part.lines.remove(&sequence),
            };
        }
        self.state.dirty = true;
        Ok(())
    }
}
