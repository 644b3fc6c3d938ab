//! Every message's text in memory, folded, one after the other: what is looked for is found by looking at all of it.
//!
//! A hundred thousand messages are some 6 MB of text, which are read in a few milliseconds; an index of words would be larger than what it
//! indexes, and would not find parts of words.

use std::collections::{BTreeMap, BTreeSet};

use dialtone_protocol::{AccountId, ChannelId};
use memchr::memmem::Finder;

use super::query::Has;
use super::text::folded;

const LINK: u8 = 1;
const FILE: u8 = 2;
const PICTURE: u8 = 4;

/// A message, as it is put in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message<'a> {
    /// By whom.
    pub from: AccountId,
    /// The sender's clock, ms since 1970.
    pub time_ms: u64,
    /// As written.
    pub text: &'a str,
    /// The names of its files.
    pub files: &'a [String],
    /// One of them is a picture.
    pub picture: bool,
}

impl Message<'_> {
    fn flags(&self) -> u8 {
        let has_link = ["http://", "https://", "dialtone://"]
            .iter()
            .any(|scheme| self.text.contains(scheme));
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        flag(has_link, LINK) | flag(!self.files.is_empty(), FILE) | flag(self.picture, PICTURE)
    }

    fn compared(&self) -> String {
        let mut text = folded(self.text);
        for name in self.files {
            text.push('\n');
            text.push_str(&folded(name));
        }
        text
    }
}

/// What fits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// All of these, folded.
    pub words: Vec<String>,
    /// By one of these.
    pub from: Option<BTreeSet<AccountId>>,
    /// In one of these.
    pub channels: Option<BTreeSet<ChannelId>>,
    /// Not before: ms since 1970.
    pub since_ms: Option<u64>,
    /// Before: ms since 1970.
    pub before_ms: Option<u64>,
    /// All of these.
    pub has: Vec<Has>,
}

/// One message without its text.
#[derive(Debug, Clone, Copy)]
struct Entry {
    sequence: u64,
    time_ms: u64,
    /// Where its text ends in the channel's.
    end: usize,
    /// Number of the account.
    from: u32,
    flags: u8,
}

/// A message that came late, or is not any more what it was.
#[derive(Debug, Clone)]
struct Other {
    time_ms: u64,
    text: String,
    from: u32,
    flags: u8,
}

#[derive(Debug, Default)]
struct Part {
    text: String,
    entries: Vec<Entry>,
    /// Before `entries`; none: it is there no more.
    others: BTreeMap<u64, Option<Other>>,
}

/// All messages.
#[derive(Debug, Default)]
pub(crate) struct Index {
    parts: BTreeMap<ChannelId, Part>,
    accounts: Vec<AccountId>,
    numbers: BTreeMap<AccountId, u32>,
}

/// What of a message is compared.
struct Candidate<'a> {
    sequence: u64,
    time_ms: u64,
    from: u32,
    flags: u8,
    text: &'a str,
}

impl Index {
    /// Puts a message in, or another in its place.
    pub(crate) fn put(&mut self, channel: ChannelId, sequence: u64, message: Message<'_>) {
        let from = self.number(message.from);
        let part = self.parts.entry(channel).or_default();
        let (time_ms, flags, text) = (message.time_ms, message.flags(), message.compared());
        let is_next = part
            .entries
            .last()
            .is_none_or(|last| last.sequence < sequence);
        if !is_next {
            let other = Other {
                time_ms,
                text,
                from,
                flags,
            };
            part.others.insert(sequence, Some(other));
            return;
        }
        part.text.push_str(&text);
        part.entries.push(Entry {
            sequence,
            time_ms,
            end: part.text.len(),
            from,
            flags,
        });
    }

    /// A message was taken back.
    pub(crate) fn remove(&mut self, channel: ChannelId, sequence: u64) {
        let part = self.parts.entry(channel).or_default();
        part.others.insert(sequence, None);
    }

    fn number(&mut self, account: AccountId) -> u32 {
        let next = self.accounts.len() as u32;
        *self.numbers.entry(account).or_insert_with(|| {
            self.accounts.push(account);
            next
        })
    }

    /// Channel and sequence of what fits, the newest first, `most` at most; and whether there is more.
    pub(crate) fn find(&self, filter: &Filter, most: usize) -> (Vec<(ChannelId, u64)>, bool) {
        let finders: Vec<Finder<'_>> = filter
            .words
            .iter()
            .map(|word| Finder::new(word.as_bytes()))
            .collect();
        let from = filter.from.as_ref().map(|accounts| {
            let numbers = accounts.iter().filter_map(|one| self.numbers.get(one));
            numbers.copied().collect::<BTreeSet<u32>>()
        });
        let fits = |one: &Candidate<'_>| {
            from.as_ref().is_none_or(|from| from.contains(&one.from))
                && filter.since_ms.is_none_or(|since| one.time_ms >= since)
                && filter.before_ms.is_none_or(|before| one.time_ms < before)
                && filter.has.iter().all(|has| one.flags & flag(*has) != 0)
                && finders
                    .iter()
                    .all(|finder| finder.find(one.text.as_bytes()).is_some())
        };
        let mut found = Vec::new();
        for (channel, part) in &self.parts {
            if filter
                .channels
                .as_ref()
                .is_some_and(|channels| !channels.contains(channel))
            {
                continue;
            }
            let here = part.backwards().filter(fits).take(most + 1);
            found.extend(here.map(|one| (one.time_ms, *channel, one.sequence)));
            let others = part.others().filter(fits);
            found.extend(others.map(|one| (one.time_ms, *channel, one.sequence)));
        }
        found.sort_unstable_by_key(|(time, channel, sequence)| {
            std::cmp::Reverse((*time, *channel, *sequence))
        });
        let has_more = found.len() > most;
        found.truncate(most);
        let found = found
            .into_iter()
            .map(|(_, channel, sequence)| (channel, sequence));
        (found.collect(), has_more)
    }
}

impl Part {
    fn backwards(&self) -> impl Iterator<Item = Candidate<'_>> {
        let candidate = |at: usize| {
            let entry = self.entries.get(at)?;
            let begin = at
                .checked_sub(1)
                .and_then(|before| self.entries.get(before))
                .map_or(0, |before| before.end);
            Some(Candidate {
                sequence: entry.sequence,
                time_ms: entry.time_ms,
                from: entry.from,
                flags: entry.flags,
                text: self.text.get(begin..entry.end)?,
            })
        };
        let all = (0..self.entries.len()).rev().filter_map(candidate);
        all.filter(|one| !self.others.contains_key(&one.sequence))
    }

    fn others(&self) -> impl Iterator<Item = Candidate<'_>> {
        self.others.iter().filter_map(|(sequence, other)| {
            let other = other.as_ref()?;
            Some(Candidate {
                sequence: *sequence,
                time_ms: other.time_ms,
                from: other.from,
                flags: other.flags,
                text: &other.text,
            })
        })
    }
}

fn flag(has: Has) -> u8 {
    match has {
        Has::Link => LINK,
        Has::File => FILE,
        Has::Picture => PICTURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERAL: ChannelId = ChannelId([1; 16]);
    const YARD: ChannelId = ChannelId([2; 16]);
    const ANNA: AccountId = AccountId([1; 32]);
    const JO: AccountId = AccountId([2; 32]);

    fn message(from: AccountId, time_ms: u64, text: &str) -> Message<'_> {
        Message {
            from,
            time_ms,
            text,
            files: &[],
            picture: false,
        }
    }

    fn index() -> Index {
        let mut index = Index::default();
        index.put(GENERAL, 1, message(ANNA, 10, "Wind from the north"));
        index.put(
            YARD,
            1,
            message(JO, 20, "No wind here, see https://example.org"),
        );
        index.put(GENERAL, 4, message(JO, 30, "the NORTH wall"));
        index
    }

    fn words(words: &[&str]) -> Filter {
        Filter {
            words: words.iter().map(|word| folded(word)).collect(),
            ..Filter::default()
        }
    }

    fn found(index: &Index, filter: &Filter) -> Vec<(ChannelId, u64)> {
        index.find(filter, 10).0
    }

    #[test]
    fn all_words_must_be_there_and_the_newest_comes_first() {
        let index = index();
        assert_eq!(found(&index, &words(&["wind"])), [(YARD, 1), (GENERAL, 1)]);
        assert_eq!(found(&index, &words(&["wind", "north"])), [(GENERAL, 1)]);
        // Not over the border of two messages.
        assert!(found(&index, &words(&["norththe"])).is_empty());
        assert_eq!(
            index.find(&words(&[]), 2),
            (vec![(GENERAL, 4), (YARD, 1)], true)
        );
    }

    #[test]
    fn filters_narrow_it() {
        let index = index();
        let all = Filter::default();
        let by = Filter {
            from: Some([JO].into()),
            ..all.clone()
        };
        assert_eq!(found(&index, &by), [(GENERAL, 4), (YARD, 1)]);
        let nobody = Filter {
            from: Some([AccountId([9; 32])].into()),
            ..all.clone()
        };
        assert!(found(&index, &nobody).is_empty());
        let within = Filter {
            channels: Some([YARD].into()),
            ..all.clone()
        };
        assert_eq!(found(&index, &within), [(YARD, 1)]);
        let time = Filter {
            since_ms: Some(10),
            before_ms: Some(30),
            ..all.clone()
        };
        assert_eq!(found(&index, &time), [(YARD, 1), (GENERAL, 1)]);
        let link = Filter {
            has: vec![Has::Link],
            ..all
        };
        assert_eq!(found(&index, &link), [(YARD, 1)]);
    }

    #[test]
    fn what_changed_or_came_late_is_found_as_it_is() {
        let mut index = index();
        index.put(GENERAL, 1, message(ANNA, 10, "Wind from the west"));
        index.put(GENERAL, 2, message(ANNA, 15, "late wind"));
        assert_eq!(found(&index, &words(&["north"])), [(GENERAL, 4)]);
        assert_eq!(
            found(&index, &words(&["wind"])),
            [(YARD, 1), (GENERAL, 2), (GENERAL, 1)]
        );
        index.remove(GENERAL, 1);
        assert_eq!(found(&index, &words(&["wind"])), [(YARD, 1), (GENERAL, 2)]);
    }

    #[test]
    fn names_of_files_are_found() {
        let mut index = Index::default();
        let files = ["Tide Table.pdf".to_owned()];
        let with = Message {
            files: &files,
            ..message(ANNA, 1, "")
        };
        index.put(GENERAL, 1, with);
        let filter = Filter {
            has: vec![Has::File],
            ..words(&["tide"])
        };
        assert_eq!(found(&index, &filter), [(GENERAL, 1)]);
        let picture = Filter {
            has: vec![Has::Picture],
            ..Filter::default()
        };
        assert!(found(&index, &picture).is_empty());
    }
}
