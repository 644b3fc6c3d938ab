//! Which part of the open channel is in memory: a window over what is stored, which the user moves.
//!
//! ```text
//! open, to the present -> the latest page; new events join it
//! earlier, later       -> a page more at one end; what is too much goes at the other
//! to a message         -> what is around it
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use dialtone_protocol::ChannelId;
use dialtone_words::say;

use super::load::META_OPEN;
use super::marks::{event_at, place_of};
use super::run::{Ended, Session};
use super::search::SearchPart;
use super::state::ChannelState;
use crate::JumpTo;
use crate::chat::records::{StoredEvent, channel_key, number_of};
use crate::local::{Database, LocalError, Table};
use crate::snapshot::{Jumped, Pins, Severity, TimelineItem};

/// Events that are read at once.
const PAGE: u64 = 100;
/// Lines that a page is to bring: of a hundred events all may be reactions.
const LEAST: usize = 40;
/// Pages that are read for that.
const TRIES: usize = 200;
/// The most lines in memory: some thirty screens. Whoever scrolls has them put into rows anew with each page, which more would make to be felt.
const MOST: usize = 800;

/// Lines by sequence.
type Lines = BTreeMap<u64, Arc<TimelineItem>>;

/// What the user looks at beside the open channel.
pub(super) struct Looking {
    /// The channel that was opened last, also before the program was started.
    pub(super) last: Option<ChannelId>,
    /// The user looks at the window.
    pub(super) attends: bool,
    /// Pinned messages.
    pub(super) pins: Option<Arc<Pins>>,
    /// What one looks for.
    pub(super) search: SearchPart,
}

impl Looking {
    pub(super) fn load(database: &Database, attends: bool) -> Result<Self, LocalError> {
        let last = database.get(Table::Meta, META_OPEN)?;
        Ok(Self {
            last: last.and_then(|id| ChannelId::from_slice(&id).ok()),
            attends,
            pins: None,
            search: SearchPart::default(),
        })
    }
}

impl Session {
    /// Shows a channel: its latest lines, all read.
    pub(super) fn open_channel(&mut self, channel: ChannelId) -> Result<(), Ended> {
        if !self.state.open_channels().any(|id| id == channel) {
            return Ok(());
        }
        if self.state.open == Some(channel) {
            return self.mark_read(channel);
        }
        if let Some(old) = self.state.open.replace(channel) {
            let part = self.state.channel(old);
            part.lines.clear();
            part.loaded_from = u64::MAX;
            part.loaded_to = None;
            part.draft = None;
            self.state.files.forget_lines();
        }
        let part = self.state.channel(channel);
        part.first_unread = (part.unread > 0).then_some(part.read_to + 1);
        part.jumped = None;
        self.remember_open(channel)?;
        self.load_draft(channel)?;
        self.load_latest(channel)?;
        self.mark_read(channel)
    }

    fn remember_open(&mut self, channel: ChannelId) -> Result<(), Ended> {
        if self.state.looking.last == Some(channel) {
            return Ok(());
        }
        self.state.looking.last = Some(channel);
        let transaction = self.database.begin()?;
        transaction.put(Table::Meta, META_OPEN, &channel.0)?;
        transaction.commit()?;
        Ok(())
    }

    /// The user looks at the open channel, or does not any more.
    pub(super) fn attend(&mut self, on: bool) -> Result<(), Ended> {
        self.state.looking.attends = on;
        match self.state.open.filter(|_| on) {
            Some(channel) => self.mark_read(channel),
            None => Ok(()),
        }
    }

    /// The latest page.
    fn load_latest(&mut self, channel: ChannelId) -> Result<(), Ended> {
        let part = self.state.channel(channel);
        part.lines.clear();
        part.loaded_from = part.checker.position().sequence + 1;
        part.loaded_to = None;
        self.load_earlier(channel)
    }

    /// A page before what is loaded.
    pub(super) fn load_earlier(&mut self, channel: ChannelId) -> Result<(), Ended> {
        if self.state.open != Some(channel) {
            return Ok(());
        }
        let mut from = self.state.channel(channel).loaded_from;
        let mut found = Lines::new();
        let mut tries = 0;
        while from > 1 && found.len() < LEAST && tries < TRIES {
            let low = from.saturating_sub(PAGE).max(1);
            found.extend(self.read_lines(channel, low, from)?);
            from = low;
            tries += 1;
        }
        let part = self.state.channel(channel);
        part.loaded_from = from;
        part.lines.extend(found);
        while part.lines.len() > MOST {
            part.lines.pop_last();
            part.loaded_to = part.lines.last_key_value().map(|(last, _)| *last);
        }
        self.state.dirty = true;
        Ok(())
    }

    /// A page after what is loaded.
    pub(super) fn load_later(&mut self, channel: ChannelId) -> Result<(), Ended> {
        if self.state.open != Some(channel) {
            return Ok(());
        }
        let part = self.state.channel(channel);
        let end = part.checker.position().sequence;
        let Some(mut to) = part.loaded_to else {
            return Ok(());
        };
        let mut found = Lines::new();
        let mut tries = 0;
        while to < end && found.len() < LEAST && tries < TRIES {
            let high = (to + PAGE).min(end);
            found.extend(self.read_lines(channel, to + 1, high + 1)?);
            to = high;
            tries += 1;
        }
        let part = self.state.channel(channel);
        part.loaded_to = (to < end).then_some(to);
        part.lines.extend(found);
        part.trim_beginning();
        self.state.dirty = true;
        Ok(())
    }

    /// Shows another part of a channel.
    pub(super) async fn jump(&mut self, channel: ChannelId, to: JumpTo) -> Result<(), Ended> {
        if self.state.open != Some(channel) {
            self.open_channel(channel)?;
        }
        if self.state.open != Some(channel) {
            return Ok(());
        }
        let target = match to {
            JumpTo::Present => return self.jump_to_present(channel),
            JumpTo::FirstUnread => self.state.channel(channel).first_unread,
            JumpTo::Message(event) => place_of(&self.database, &channel, &event)?,
            JumpTo::Moment(ms) => self.sequence_at(channel, ms)?,
        };
        let Some(target) = target else {
            let words = say!("notice-message-not-here");
            self.notice(Severity::Info, words.into()).await;
            return Ok(());
        };
        let part = self.state.channel(channel);
        let is_loaded = target >= part.loaded_from && part.loaded_to.is_none_or(|to| target <= to);
        if !is_loaded {
            self.load_around(channel, target)?;
        }
        let part = self.state.channel(channel);
        let mut after = part.lines.range(target..);
        let line = after.next().or_else(|| part.lines.last_key_value());
        let to = line.map(|(sequence, _)| *sequence);
        part.jump(to);
        self.state.dirty = true;
        Ok(())
    }

    pub(super) fn jump_to_present(&mut self, channel: ChannelId) -> Result<(), Ended> {
        if self.state.channel(channel).loaded_to.is_some() {
            self.load_latest(channel)?;
        }
        self.state.channel(channel).jump(None);
        self.state.dirty = true;
        self.mark_read(channel)
    }

    fn load_around(&mut self, channel: ChannelId, target: u64) -> Result<(), Ended> {
        let end = self.state.channel(channel).checker.position().sequence;
        let low = target.saturating_sub(PAGE / 2).max(1);
        let high = (target + PAGE / 2).min(end);
        let lines = self.read_lines(channel, low, high + 1)?;
        let part = self.state.channel(channel);
        part.loaded_from = low;
        part.loaded_to = (high < end).then_some(high);
        part.lines = lines;
        Ok(())
    }

    /// The first event that the server had at this moment (ms since 1970) or later, or the last one: by its clock, which goes on with the order.
    fn sequence_at(&self, channel: ChannelId, ms: u64) -> Result<Option<u64>, Ended> {
        let part = self.state.channels.get(&channel);
        let end = part.map_or(0, |part| part.checker.position().sequence);
        let (mut low, mut high) = (1, end);
        while low < high {
            let middle = low + (high - low) / 2;
            let event = event_at(&self.database, &channel, middle)?;
            if event.is_some_and(|event| event.server_time_ms < ms) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok((end > 0).then_some(low))
    }

    /// Builds the lines of the open channel anew: names or keys have come.
    pub(super) fn refresh_lines(&mut self) {
        let Some(channel) = self.state.open else {
            return;
        };
        let Some(part) = self.state.channels.get(&channel) else {
            return;
        };
        let end = part.checker.position().sequence;
        let from = part.loaded_from.min(end + 1);
        let to = part.loaded_to.unwrap_or(end);
        match self.read_lines(channel, from, to + 1) {
            Ok(lines) => {
                let part = self.state.channel(channel);
                part.loaded_from = from;
                part.lines = lines;
                self.state.dirty = true;
            }
            Err(error) => tracing::warn!("lines could not be loaded: {error}"),
        }
    }

    /// The lines of events from sequence `low` to before `high`.
    fn read_lines(&mut self, channel: ChannelId, low: u64, high: u64) -> Result<Lines, Ended> {
        let (low, high) = (channel_key(&channel, low), channel_key(&channel, high));
        let rows = self
            .database
            .range(Table::Event, &low, &high, usize::MAX, false)?;
        let mut lines = Lines::new();
        for (key, row) in rows {
            let (Some(sequence), Ok(event)) =
                (number_of(&key), minicbor::decode::<StoredEvent>(&row))
            else {
                continue;
            };
            let line = self
                .state
                .marked_line(&self.database, &channel, sequence, &event)?;
            if let Some(line) = line {
                lines.insert(sequence, line);
                self.state.files.know(&event);
            }
        }
        Ok(lines)
    }
}

impl ChannelState {
    /// Another line at the end.
    pub(super) fn join(&mut self, sequence: u64, line: Arc<TimelineItem>) {
        self.lines.insert(sequence, line);
        self.trim_beginning();
    }

    fn trim_beginning(&mut self) {
        while self.lines.len() > MOST {
            self.lines.pop_first();
            self.loaded_from = self.lines.first_key_value().map_or(1, |(first, _)| *first);
        }
    }

    fn jump(&mut self, to: Option<u64>) {
        let count = self.jumped.map_or(0, |jumped| jumped.count) + 1;
        self.jumped = Some(Jumped { to, count });
    }

    /// The present is among what is loaded.
    pub(super) fn has_present(&self) -> bool {
        self.loaded_to.is_none()
    }
}
