//! Looking for messages in everything that this device can open.
//!
//! What is stored is read into memory when somebody looks for the first time, a part at a time between everything else; what comes afterwards joins
//! it. Nothing of it is written down.

use std::collections::BTreeSet;
use std::sync::Arc;

use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::{AccountId, ChannelId};
use dialtone_words::say;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::marks::{event_at, place_of};
use super::run::{Ended, Session};
use super::state::State;
use crate::chat::acts::{Act, What};
use crate::chat::records::{StoredEvent, Verdict, channel_key, number_of};
use crate::chat::search::{Filter, Index, Message, Query, folded, parse, places};
use crate::local::Table;
use crate::snapshot::{Found, ItemBody, Search};

/// Events that are read at once.
const AT_ONCE: usize = 1_000;
/// So often of these what was found so far is shown.
const SHOWN_EVERY: u32 = 10;
/// The most that is shown.
const MOST: usize = 500;

/// What is looked for, and in what.
#[derive(Default)]
pub(super) struct SearchPart {
    index: Index,
    /// Channels that are not read to their end, with the sequence to go on with.
    to_read: Vec<(ChannelId, u64)>,
    /// Something was looked for in this run.
    begun: bool,
    turns: u32,
    text: String,
    most: usize,
    pub(super) view: Option<Arc<Search>>,
}

impl SearchPart {
    /// There is more to read.
    pub(super) fn is_reading(&self) -> bool {
        !self.to_read.is_empty()
    }

    /// What comes is to join what was read.
    fn follows(&self, channel: &ChannelId, sequence: u64) -> bool {
        let mut to_read = self.to_read.iter();
        self.begun && !to_read.any(|(unread, from)| unread == channel && sequence >= *from)
    }
}

impl State {
    /// There is something to go on with that takes long.
    pub(super) fn reads_on(&self) -> bool {
        self.looking.search.is_reading() || self.export.is_working()
    }
}

impl Session {
    /// Looks for messages, or for none any more.
    pub(super) fn search(&mut self, text: &str, most: usize) -> Result<(), Ended> {
        let part = &mut self.state.looking.search;
        text.clone_into(&mut part.text);
        part.most = most.clamp(1, MOST);
        self.state.dirty = true;
        if text.trim().is_empty() {
            self.state.looking.search.view = None;
            return Ok(());
        }
        if !self.state.looking.search.begun {
            self.state.looking.search.begun = true;
            let channels = self.state.open_channels().map(|id| (id, 1));
            self.state.looking.search.to_read = channels.collect();
        }
        self.find()
    }

    /// Goes on with what takes long: looking for messages, taking one's history along.
    pub(super) fn read_on(&mut self) -> Result<(), Ended> {
        if self.state.export.is_working() {
            self.export_on()?;
        }
        if self.state.looking.search.is_reading() {
            self.read_for_search()?;
        }
        Ok(())
    }

    /// Reads a part of what is stored.
    pub(super) fn read_for_search(&mut self) -> Result<(), Ended> {
        let Some((channel, from)) = self.state.looking.search.to_read.last().copied() else {
            return Ok(());
        };
        let (low, high) = (channel_key(&channel, from), channel_key(&channel, u64::MAX));
        let rows = self
            .database
            .range(Table::Event, &low, &high, AT_ONCE, false)?;
        let mut next = from;
        for (key, row) in &rows {
            let (Some(sequence), Ok(event)) = (number_of(key), minicbor::decode(row)) else {
                continue;
            };
            next = sequence + 1;
            self.read_event(channel, sequence, &event)?;
        }
        let part = &mut self.state.looking.search;
        if rows.len() < AT_ONCE {
            part.to_read.pop();
        } else if let Some((_, from)) = part.to_read.last_mut() {
            *from = next;
        }
        part.turns += 1;
        if part.to_read.is_empty() || part.turns.is_multiple_of(SHOWN_EVERY) {
            self.find()?;
        }
        Ok(())
    }

    /// An event has come, or could be opened only now.
    pub(super) fn note_for_search(
        &mut self,
        channel: ChannelId,
        sequence: u64,
        event: &StoredEvent,
    ) -> Result<(), Ended> {
        if !self.state.looking.search.follows(&channel, sequence) {
            return Ok(());
        }
        self.read_event(channel, sequence, event)?;
        if Act::of(event).is_some() && self.state.looking.search.view.is_some() {
            self.find()?;
        }
        Ok(())
    }

    fn read_event(
        &mut self,
        channel: ChannelId,
        sequence: u64,
        event: &StoredEvent,
    ) -> Result<(), Ended> {
        let changed = Act::of(event)
            .filter(|(_, act)| matches!(act.what, What::Edit(_) | What::Delete))
            .map(|(target, _)| target);
        if let Some(target) = changed {
            return match place_of(&self.database, &channel, &target)? {
                Some(place) => self.read_changed(channel, place),
                None => Ok(()),
            };
        }
        if let (Verdict::Opened(EventContent { time_ms, body, .. }), Some(from)) =
            (&event.verdict, event.account)
        {
            let (text, files) = match body {
                EventBody::Text { text, .. } => (text, &[][..]),
                EventBody::Files { text, files, .. } => (text, &files[..]),
                _ => return Ok(()),
            };
            let files = files
                .iter()
                .map(|file| (&*file.name, file.picture.is_some()));
            let index = &mut self.state.looking.search.index;
            put(index, (channel, sequence), (from, *time_ms, text), files);
        }
        Ok(())
    }

    /// A message is another one than was read.
    fn read_changed(&mut self, channel: ChannelId, sequence: u64) -> Result<(), Ended> {
        let Some(event) = event_at(&self.database, &channel, sequence)? else {
            return Ok(());
        };
        let line = self
            .state
            .marked_line(&self.database, &channel, sequence, &event)?;
        let index = &mut self.state.looking.search.index;
        let Some(line) = line else {
            return Ok(());
        };
        let (text, files) = match &line.body {
            ItemBody::Text(text) => (text, &[][..]),
            ItemBody::Files { text, files } => (text, &files[..]),
            ItemBody::Deleted { .. } => {
                index.remove(channel, sequence);
                return Ok(());
            }
            ItemBody::Ignored(_)
            | ItemBody::Notice(_)
            | ItemBody::Waiting(_)
            | ItemBody::Refused(_) => return Ok(()),
        };
        let files = files
            .iter()
            .map(|file| (&*file.name, file.picture.is_some()));
        let said = (line.from, line.time_ms, &**text);
        put(index, (channel, sequence), said, files);
        Ok(())
    }

    /// A message is gone: it is not found any more.
    pub(super) fn forget_found(&mut self, channel: ChannelId, sequence: u64) -> Result<(), Ended> {
        self.state.looking.search.index.remove(channel, sequence);
        if self.state.looking.search.view.is_some() {
            self.find()?;
        }
        Ok(())
    }

    fn find(&mut self) -> Result<(), Ended> {
        let part = &self.state.looking.search;
        if part.text.trim().is_empty() {
            return Ok(());
        }
        let mut view = Search {
            text: part.text.clone(),
            found: Vec::new(),
            has_more: false,
            progress_percent: self.state.search_progress(),
            problem: None,
        };
        let zone = TimeZone::system();
        match parse(&part.text).and_then(|query| self.state.resolve(&query, &zone)) {
            Ok(filter) => {
                let (found, has_more) = part.index.find(&filter, part.most);
                view.has_more = has_more;
                for (channel, sequence) in found {
                    view.found
                        .extend(self.found(channel, sequence, &filter.words)?);
                }
            }
            Err(problem) => view.problem = Some(problem),
        }
        self.state.looking.search.view = Some(Arc::new(view));
        self.state.dirty = true;
        Ok(())
    }

    fn found(
        &self,
        channel: ChannelId,
        sequence: u64,
        words: &[String],
    ) -> Result<Option<Found>, Ended> {
        let Some(event) = event_at(&self.database, &channel, sequence)? else {
            return Ok(None);
        };
        let line = self
            .state
            .marked_line(&self.database, &channel, sequence, &event)?;
        Ok(line.map(|item| Found {
            channel,
            places: places(item.body.text().unwrap_or_default(), words),
            item,
        }))
    }
}

impl State {
    /// How much of what is stored was read, in percent; none: all.
    fn search_progress(&self) -> Option<u8> {
        let part = &self.looking.search;
        if part.to_read.is_empty() {
            return None;
        }
        let end = |channel: &ChannelId| {
            let part = self.channels.get(channel);
            part.map_or(0, |part| part.checker.position().sequence)
        };
        let all: u64 = self.open_channels().map(|channel| end(&channel)).sum();
        let left = |(channel, from): &(ChannelId, u64)| (end(channel) + 1).saturating_sub(*from);
        let left: u64 = part.to_read.iter().map(left).sum();
        let read = all.saturating_sub(left);
        Some((read * 100 / all.max(1)).min(99) as u8)
    }

    /// Names of people and channels, and days, as what they are here.
    fn resolve(&self, query: &Query, zone: &TimeZone) -> Result<Filter, String> {
        if query.is_empty() {
            return Err(say!("notice-word-to-look-for").into());
        }
        let open: BTreeSet<ChannelId> = self.open_channels().collect();
        let channels = if query.within.is_empty() {
            open
        } else {
            self.channels_named(&query.within, &open)?
        };
        Ok(Filter {
            words: query.words.clone(),
            from: self.people_named(&query.from)?,
            channels: Some(channels),
            since_ms: query.since.map(|day| begin_of(day, zone)),
            before_ms: query.before.map(|day| begin_of(day, zone)),
            has: query.has.clone(),
        })
    }

    fn channels_named(
        &self,
        names: &[String],
        open: &BTreeSet<ChannelId>,
    ) -> Result<BTreeSet<ChannelId>, String> {
        let mut found = BTreeSet::new();
        for name in names {
            let fits = |id: &&ChannelId| {
                let shown = self.channel_name(id).unwrap_or_default();
                folded(&shown).starts_with(name)
            };
            let before = found.len();
            found.extend(open.iter().filter(fits).copied());
            if found.len() == before {
                return Err(say!("notice-no-channel-begins", name = name));
            }
        }
        Ok(found)
    }

    /// Who is out may have written, too.
    fn people_named(&self, names: &[String]) -> Result<Option<BTreeSet<AccountId>>, String> {
        if names.is_empty() {
            return Ok(None);
        }
        let roster = self.roster.iter();
        let accounts: Vec<AccountId> = roster
            .flat_map(|roster| roster.view().accounts().keys().copied())
            .collect();
        let mut found = BTreeSet::new();
        for name in names {
            let fits = |id: &&AccountId| {
                (name == "me" && **id == self.me.account)
                    || folded(&self.directory.person(id)).starts_with(name)
            };
            let before = found.len();
            found.extend(accounts.iter().filter(fits).copied());
            if found.len() == before {
                return Err(say!("notice-nobody-begins", name = name));
            }
        }
        Ok(Some(found))
    }
}

/// Puts what somebody said at a moment, with the names of its files and whether each is a picture, into the index.
fn put<'a>(
    index: &mut Index,
    (channel, sequence): (ChannelId, u64),
    (from, time_ms, text): (AccountId, u64, &str),
    files: impl Iterator<Item = (&'a str, bool)>,
) {
    let (names, pictures): (Vec<String>, Vec<bool>) = files
        .map(|(name, picture)| (name.to_owned(), picture))
        .unzip();
    let message = Message {
        from,
        time_ms,
        text,
        files: &names,
        picture: pictures.contains(&true),
    };
    index.put(channel, sequence, message);
}

/// When a day begins here: ms since 1970.
fn begin_of(day: Date, zone: &TimeZone) -> u64 {
    let begin = day.to_zoned(zone.clone());
    begin.map_or(0, |begin| begin.timestamp().as_millisecond().max(0) as u64)
}
