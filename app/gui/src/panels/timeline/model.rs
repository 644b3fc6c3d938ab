//! Which rows a timeline has. Pure.

use std::collections::HashMap;
use std::sync::Arc;

use dialtone_engine::snapshot::{FileView, ItemBody, Sending, Timeline, TimelineItem};
use dialtone_engine::{AccountId, ClientEventId};
use dialtone_words::say;

use crate::time::Clock;

/// Messages of one person within so many ms stand under one name.
const GROUP_MS: u64 = 5 * 60 * 1000;

/// Names a row, the same from frame to frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKey {
    /// The beginning of the channel.
    Start,
    /// Earlier messages are being fetched, or can be.
    Earlier,
    /// Later messages are being fetched, or can be.
    Later,
    /// The line above a day; by the message below it.
    Day(ClientEventId),
    /// The line above what is new.
    New,
    /// A message, a notice or a wait; `head` has the name above it.
    Item(ClientEventId, bool),
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// The beginning of the channel.
    Start,
    /// Earlier messages: on their way, or to be asked for.
    Earlier {
        /// On their way.
        loading: bool,
    },
    /// Later messages: on their way, or to be asked for.
    Later {
        /// On their way.
        loading: bool,
    },
    /// A day begins.
    Day {
        /// The message below it.
        first: ClientEventId,
        /// In words.
        words: String,
        /// A moment of it, in ms since 1970.
        ms: u64,
    },
    /// From here on it was not seen before.
    New(String),
    /// A message.
    Message(Arc<MessageRow>),
    /// Messages that cannot be opened yet.
    Waiting {
        /// The first of them.
        first: ClientEventId,
        /// How many in a row.
        count: usize,
        /// Why, in words.
        why: String,
    },
    /// Messages of somebody whom one ignores.
    Ignored {
        /// The first of them.
        first: ClientEventId,
        /// How many in a row.
        count: usize,
        /// Whose.
        name: String,
    },
    /// What the client says itself.
    Notice(ClientEventId, String),
    /// An event that was refused.
    Refused {
        /// Which.
        id: ClientEventId,
        /// From whom it claims to be.
        from: String,
        /// Why, in words.
        why: String,
    },
}

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageRow {
    /// The event; shared with the snapshot.
    pub item: Arc<TimelineItem>,
    /// With the avatar, the name and the time.
    pub head: bool,
    /// It would have them for where it stands alone.
    apart: bool,
    /// The time in words.
    pub time: String,
    /// Sender's and server's clocks differ by more than five minutes.
    pub clocks_differ: bool,
    /// When it vanishes, in words, if it does.
    pub vanishes: Option<String>,
    /// Changes with what it shows, so that its height is worked out anew.
    pub print: u64,
}

impl MessageRow {
    /// Its text and its files.
    pub fn said(&self) -> (&str, &[FileView]) {
        match &self.item.body {
            ItemBody::Text(words) => (words, &[]),
            ItemBody::Files { text, files } => (text, files),
            _ => ("", &[]),
        }
    }
}

/// All rows of a timeline.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// In order.
    pub rows: Vec<Row>,
    /// The sequence of the earliest event, to ask for what comes before.
    pub earliest: Option<u64>,
    /// The sequence of the latest event, to ask for what comes after.
    pub latest: Option<u64>,
    /// There is more before.
    pub has_earlier: bool,
    /// There is more after.
    pub has_later: bool,
    /// It is on its way.
    pub loading: bool,
}

impl Rows {
    /// Where the message with this sequence is, or the row that it is part of.
    pub fn with_sequence(&self, sequence: u64) -> Option<usize> {
        self.rows.iter().position(|row| match row {
            Row::Message(message) => message.item.sequence >= Some(sequence),
            _ => false,
        })
    }

    /// Where the line above what is new is.
    pub fn new_line(&self) -> Option<usize> {
        self.rows.iter().position(|row| matches!(row, Row::New(_)))
    }

    /// The message at this place.
    pub fn message(&self, index: usize) -> Option<&MessageRow> {
        match self.rows.get(index)? {
            Row::Message(message) => Some(message),
            _ => None,
        }
    }
}

impl Row {
    /// The row's name.
    pub fn key(&self) -> RowKey {
        match self {
            Self::Start => RowKey::Start,
            Self::Earlier { .. } => RowKey::Earlier,
            Self::Later { .. } => RowKey::Later,
            Self::Day { first, .. } => RowKey::Day(*first),
            Self::New(_) => RowKey::New,
            Self::Message(message) => RowKey::Item(message.item.client_id, message.head),
            Self::Waiting { first, .. } | Self::Ignored { first, .. } => {
                RowKey::Item(*first, false)
            }
            Self::Notice(id, _) | Self::Refused { id, .. } => RowKey::Item(*id, false),
        }
    }
}

/// The rows of `timeline`.
pub fn build(timeline: &Timeline, clock: &Clock) -> Rows {
    rebuild(timeline, clock, &Rows::default())
}

/// The rows of `timeline`, of which most were in `before`: a message that is the same is not put into words anew.
pub fn rebuild(timeline: &Timeline, clock: &Clock, before: &Rows) -> Rows {
    let mut known = HashMap::with_capacity(before.rows.len());
    known.extend(before.rows.iter().filter_map(|row| match row {
        Row::Message(message) => Some((message.item.client_id, message)),
        _ => None,
    }));
    let mut rows = Vec::with_capacity(timeline.items.len() + 8);
    let loads_later = timeline.loading && timeline.has_later;
    if timeline.has_earlier || (timeline.loading && !loads_later) {
        rows.push(Row::Earlier {
            loading: timeline.loading && !loads_later,
        });
    } else {
        rows.push(Row::Start);
    }
    let mut group = Group::default();
    for item in &timeline.items {
        let new_day = clock.date(item.time_ms) != group.day;
        if new_day || group.day.is_none() {
            rows.push(Row::Day {
                first: item.client_id,
                words: clock.day(item.time_ms),
                ms: item.time_ms,
            });
            group = Group {
                day: clock.date(item.time_ms),
                ..Group::default()
            };
        }
        if item.sequence.is_some() && item.sequence == timeline.first_unread {
            rows.push(Row::New(say!(
                "line-new-since",
                time = clock.time(item.time_ms)
            )));
            group.last = None;
        }
        push(&mut rows, &mut group, item, (clock, &known));
    }
    if timeline.has_later {
        rows.push(Row::Later {
            loading: timeline.loading,
        });
    }
    Rows {
        rows,
        earliest: timeline.items.iter().find_map(|item| item.sequence),
        latest: timeline.items.iter().rev().find_map(|item| item.sequence),
        has_earlier: timeline.has_earlier,
        has_later: timeline.has_later,
        loading: timeline.loading,
    }
}

#[derive(Default)]
struct Group {
    day: Option<jiff::civil::Date>,
    last: Option<(AccountId, u64)>,
}

type Known<'a> = HashMap<ClientEventId, &'a Arc<MessageRow>>;

fn push(
    rows: &mut Vec<Row>,
    group: &mut Group,
    item: &Arc<TimelineItem>,
    (clock, known): (&Clock, &Known<'_>),
) {
    match &item.body {
        ItemBody::Text(_) | ItemBody::Files { .. } | ItemBody::Deleted { .. } => {
            let head = group
                .last
                .is_none_or(|(from, at)| from != item.from || item.time_ms.abs_diff(at) > GROUP_MS);
            group.last = Some((item.from, item.time_ms));
            let same = |row: &&&Arc<MessageRow>| row.apart == head && Arc::ptr_eq(&row.item, item);
            let row = known.get(&item.client_id).filter(same).map_or_else(
                || Arc::new(message(item, head, clock)),
                |row| Arc::clone(row),
            );
            rows.push(Row::Message(row));
        }
        ItemBody::Notice(words) => {
            group.last = None;
            rows.push(Row::Notice(item.client_id, words.clone()));
        }
        ItemBody::Waiting(words) => {
            group.last = None;
            if let Some(Row::Waiting { count, why, .. }) = rows.last_mut()
                && why == words
            {
                *count += 1;
            } else {
                rows.push(Row::Waiting {
                    first: item.client_id,
                    count: 1,
                    why: words.clone(),
                });
            }
        }
        ItemBody::Ignored(count) => {
            group.last = None;
            rows.push(Row::Ignored {
                first: item.client_id,
                count: *count,
                name: item.from_name.clone(),
            });
        }
        ItemBody::Refused(words) => {
            group.last = None;
            rows.push(Row::Refused {
                id: item.client_id,
                from: item.from_name.clone(),
                why: words.clone(),
            });
        }
    }
}

fn message(item: &Arc<TimelineItem>, head: bool, clock: &Clock) -> MessageRow {
    let clocks_differ = item.server_time_ms.is_some();
    let answers = item.marks.reply.is_some();
    MessageRow {
        item: Arc::clone(item),
        head: head || clocks_differ || answers,
        apart: head,
        print: print(item),
        time: clock.time(item.time_ms),
        clocks_differ,
        vanishes: item.marks.vanishes_ms.map(|at| {
            let when = clock.full(at);
            say!("vanish-at", when = when)
        }),
    }
}

/// What its height follows from.
fn print(item: &TimelineItem) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    let marks = &item.marks;
    match &item.body {
        ItemBody::Files { text, files } => {
            text.hash(&mut hasher);
            for file in files {
                file.id.hash(&mut hasher);
            }
            (item.sending == Sending::Pending).hash(&mut hasher);
        }
        ItemBody::Deleted { .. } => 1.hash(&mut hasher),
        body => body.text().hash(&mut hasher),
    }
    if let Sending::Failed(why) = &item.sending {
        why.hash(&mut hasher);
    }
    (marks.reply.is_some(), marks.versions.is_empty()).hash(&mut hasher);
    for reaction in &marks.reactions {
        (&reaction.emoji, reaction.accounts.len()).hash(&mut hasher);
    }
    hasher.finish()
}

/// When a message was written, by both clocks where they differ, and what is not sure about its place: what one reads who asks.
pub(super) fn details(item: &TimelineItem, clock: &Clock) -> String {
    let mut details = match item.server_time_ms {
        None => clock.full(item.time_ms),
        Some(server) => say!(
            "line-clocks-differ",
            name = item.from_name,
            theirs = clock.full(item.time_ms),
            server = clock.full(server)
        ),
    };
    if item.sending == Sending::Sent && !item.confirmed {
        details.push('\n');
        details.push_str(say!("line-unconfirmed"));
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    fn kinds(rows: &Rows) -> String {
        rows.rows
            .iter()
            .map(|row| match row {
                Row::Start => 'S',
                Row::Earlier { .. } => 'E',
                Row::Later { .. } => 'L',
                Row::Day { .. } => 'D',
                Row::New(_) => 'N',
                Row::Message(message) if message.head => 'M',
                Row::Message(_) => 'm',
                Row::Waiting { .. } => 'W',
                Row::Ignored { .. } => 'I',
                Row::Notice(..) => 'n',
                Row::Refused { .. } => 'R',
            })
            .collect()
    }

    #[test]
    fn days_groups_and_the_new_line() {
        let snapshot = demo::harbour();
        let channel = &snapshot.communities[0].channels[0];
        let rows = build(&channel.timeline, &demo::clock());
        assert_eq!(kinds(&rows), "EDMMDMmNMM");
        assert!(matches!(&rows.rows[1], Row::Day { words, .. } if words == "Yesterday"));
        assert!(matches!(&rows.rows[7], Row::New(words) if words == "New since 18:24"));
    }

    #[test]
    fn waits_in_a_row_are_one_row() {
        let snapshot = demo::harbour();
        let mut timeline = snapshot.communities[0].channels[0].timeline.clone();
        for item in &mut timeline.items {
            Arc::make_mut(item).body = ItemBody::Waiting("Waiting for keys".to_owned());
        }
        timeline.first_unread = None;
        let rows = build(&timeline, &demo::clock());
        assert_eq!(kinds(&rows), "EDWDW");
        assert!(matches!(&rows.rows[4], Row::Waiting { count: 4, .. }));
    }

    #[test]
    fn messages_that_are_the_same_are_not_put_into_words_anew() {
        let snapshot = demo::harbour();
        let mut timeline = snapshot.communities[0].channels[0].timeline.clone();
        let before = build(&timeline, &demo::clock());
        let changed = Arc::make_mut(&mut timeline.items[4]);
        changed.marks.pinned = true;
        timeline.items.remove(2);
        let after = rebuild(&timeline, &demo::clock(), &before);
        assert_eq!(after, build(&timeline, &demo::clock()));
        let messages = |rows: &Rows| -> Vec<Arc<MessageRow>> {
            let all = 0..rows.rows.len();
            all.filter_map(|index| match &rows.rows[index] {
                Row::Message(message) => Some(Arc::clone(message)),
                _ => None,
            })
            .collect()
        };
        let kept: Vec<bool> = messages(&after)
            .iter()
            .map(|row| messages(&before).iter().any(|old| Arc::ptr_eq(row, old)))
            .collect();
        // The third has the name above it now, the fourth was pinned.
        assert_eq!(kept, [true, true, false, false, true]);
    }

    #[test]
    fn nothing_and_the_end_of_time_have_rows() {
        let rows = build(&Timeline::default(), &demo::clock());
        assert_eq!(kinds(&rows), "S");
        let mut timeline = demo::harbour().communities[0].channels[0].timeline.clone();
        for item in &mut timeline.items {
            Arc::make_mut(item).time_ms = u64::MAX;
        }
        build(&timeline, &demo::clock());
    }

    #[test]
    fn both_clocks_are_shown_when_they_differ() {
        let mut timeline = demo::harbour().communities[0].channels[0].timeline.clone();
        let item = Arc::make_mut(&mut timeline.items[0]);
        item.server_time_ms = Some(item.time_ms + 3_600_000);
        let rows = build(&timeline, &demo::clock());
        let Row::Message(message) = &rows.rows[2] else {
            panic!("a message");
        };
        assert!(message.clocks_differ);
        assert!(details(&message.item, &demo::clock()).contains("Mikael's clock"));
    }

    #[test]
    fn what_nobody_vouches_for_yet_says_so_when_asked() {
        let mut timeline = demo::harbour().communities[0].channels[0].timeline.clone();
        let words = |timeline: &Timeline| details(&timeline.items[0], &demo::clock());
        assert!(!words(&timeline).contains("only the server"));
        Arc::make_mut(&mut timeline.items[0]).confirmed = false;
        assert!(words(&timeline).contains("only the server"));
    }
}
