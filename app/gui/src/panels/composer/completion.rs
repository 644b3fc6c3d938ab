//! What fits behind a sign that one has just typed: members after @, channels after #, emojis after a colon, commands after /. Pure.

use std::ops::Range;

use dialtone_engine::AccountId;
use dialtone_engine::snapshot::{Channel, Community, Presence};
use dialtone_words::say;

use super::slash::{complete, fitting};
use crate::emoji;
use crate::panels::channels::channel_name;

/// What is offered, and what of the text it takes the place of.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// In bytes.
    pub range: Range<usize>,
    /// At least one.
    pub entries: Vec<Entry>,
    /// Enter completes only a word that is not whole.
    pub by_enter: bool,
}

/// One thing that is offered.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What takes the place of what was typed.
    pub insert: String,
    /// What it is called.
    pub title: String,
    /// What follows it.
    pub arguments: String,
    /// More about it.
    pub help: String,
    /// What stands before it.
    pub sign: Sign,
}

/// What stands before an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Sign {
    /// Nothing: the title is typed so.
    Typed,
    /// A person's disc.
    Face(AccountId),
    /// The sign of a channel.
    Hash,
    /// The emoji itself.
    Emoji(String),
}

/// So many are offered.
const MOST: usize = 8;
/// A word that is looked up is no longer, in bytes.
const LONGEST: usize = 40;

/// What fits at `cursor` (in bytes) of `text`.
pub fn at(
    text: &str,
    cursor: usize,
    community: &Community,
    channel: &Channel,
    commands: bool,
) -> Option<Completion> {
    let word = by_word(text, cursor, community, channel);
    // Once a command is typed, it is people and channels that follow it.
    if word.is_some() && text.contains(' ') {
        return word;
    }
    if commands {
        let entries: Vec<Entry> = fitting(text)
            .into_iter()
            .map(|command| Entry {
                insert: complete(&command),
                title: command.name.to_owned(),
                arguments: command.arguments.to_owned(),
                help: command.help.to_owned(),
                sign: Sign::Typed,
            })
            .collect();
        if let Some(first) = entries.first() {
            let unfinished = text.trim_end().len() < first.title.len();
            let by_enter = unfinished && entries.len() > 1;
            return Some(Completion {
                range: 0..text.len(),
                entries,
                by_enter,
            });
        }
    }
    word
}

fn by_word(
    text: &str,
    cursor: usize,
    community: &Community,
    channel: &Channel,
) -> Option<Completion> {
    let (start, sign, word) = word_before(text, cursor)?;
    let entries = match sign {
        '@' => people(word, community, channel),
        '#' => channels(word, community),
        _ => emojis(word),
    };
    (!entries.is_empty()).then_some(Completion {
        range: start..cursor,
        entries,
        by_enter: true,
    })
}

/// The sign that begins the word before the cursor: where it is, which, and what follows.
fn word_before(text: &str, cursor: usize) -> Option<(usize, char, &str)> {
    let before = text.get(..cursor)?;
    let mut spaces = 0;
    for (at, one) in before.char_indices().rev() {
        if cursor - at > LONGEST || one == '\n' {
            return None;
        }
        if one == ' ' {
            spaces += 1;
            if spaces > 1 {
                return None;
            }
        }
        if !matches!(one, '@' | '#' | ':') {
            continue;
        }
        let begins = before[..at]
            .chars()
            .next_back()
            .is_none_or(|one| one.is_whitespace() || "([{\"'>".contains(one));
        let word = &before[at + 1..];
        // Names may have a space in them, and begin with none.
        let fits = match one {
            '@' | '#' => !word.starts_with(' '),
            _ => {
                let of_name = |one: char| one.is_ascii_alphanumeric() || "_+-".contains(one);
                word.len() >= 2 && word.chars().all(of_name)
            }
        };
        return (begins && fits).then_some((at, one, word));
    }
    None
}

/// How well a name fits; none where it does not. Less is better.
fn fit(name: &str, word: &str) -> Option<u8> {
    let (name, word) = (name.to_lowercase(), word.to_lowercase());
    if name.starts_with(&word) {
        return Some(0);
    }
    name.split([' ', '-', '_'])
        .any(|part| part.starts_with(&word))
        .then_some(1)
}

fn best(mut found: Vec<(u8, Entry)>) -> Vec<Entry> {
    found.sort_by_key(|(fit, _)| *fit);
    found.truncate(MOST);
    found.into_iter().map(|(_, entry)| entry).collect()
}

fn people(word: &str, community: &Community, channel: &Channel) -> Vec<Entry> {
    let here = |account| {
        let private = channel.private.as_ref();
        private.is_none_or(|private| private.accounts.contains(account))
    };
    let members = community.members.iter();
    let found = members
        .filter(|one| one.account != community.me.account && here(&one.account))
        .filter_map(|one| Some((fit(&one.name, word)?, one)))
        .map(|(fit, one)| {
            let help = match one.presence {
                Presence::Online => "",
                Presence::Away => say!("panel-kind-away"),
                Presence::Offline => say!("panel-kind-offline"),
            };
            let entry = Entry {
                insert: format!("@{} ", one.name),
                title: one.name.clone(),
                arguments: String::new(),
                help: help.to_owned(),
                sign: Sign::Face(one.account),
            };
            (fit, entry)
        });
    best(found.collect())
}

fn channels(word: &str, community: &Community) -> Vec<Entry> {
    let direct = |channel: &Channel| channel.private.as_ref().is_some_and(|one| one.direct);
    let channels = community.channels.iter();
    let found = channels
        .filter(|channel| !direct(channel) && channel.name.is_some())
        .filter_map(|channel| Some((fit(channel_name(channel), word)?, channel)))
        .map(|(fit, channel)| {
            let name = channel_name(channel);
            let entry = Entry {
                insert: format!("#{name} "),
                title: name.to_owned(),
                arguments: String::new(),
                help: channel.topic.clone(),
                sign: Sign::Hash,
            };
            (fit, entry)
        });
    best(found.collect())
}

fn emojis(word: &str) -> Vec<Entry> {
    let found = emoji::find(word, MOST).into_iter();
    found
        .map(|emoji| Entry {
            insert: format!("{} ", emoji.as_str()),
            title: format!(":{}:", emoji.shortcode().unwrap_or(emoji.name())),
            arguments: String::new(),
            help: emoji.name().to_owned(),
            sign: Sign::Emoji(emoji.as_str().to_owned()),
        })
        .collect()
}

/// An emoji's whole name between colons that ends at the cursor: what of the text it is, and the emoji.
pub(super) fn spelled_out(text: &str, cursor: usize) -> Option<(Range<usize>, &'static str)> {
    let before = text.get(..cursor)?.strip_suffix(':')?;
    let (start, sign, name) = word_before(text, before.len())?;
    let emoji = emoji::by_name(name).filter(|_| sign == ':')?;
    Some((start..cursor, emoji.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    fn offered(text: &str) -> Vec<String> {
        let snapshot = demo::harbour();
        let community = &snapshot.communities[0];
        let found = at(text, text.len(), community, &community.channels[0], true);
        found.map_or_else(Vec::new, |found| {
            found.entries.into_iter().map(|one| one.title).collect()
        })
    }

    #[test]
    fn members_are_offered_after_their_sign_at_the_beginning_of_a_word() {
        assert_eq!(offered("hello @to"), ["Tomas"]);
        assert_eq!(offered("@"), ["Jo", "Mikael", "Rune", "Saga", "Tomas"]);
        assert!(offered("mail@to").is_empty());
        assert!(offered("@tomas is here").is_empty());
        assert!(offered("@xx").is_empty());
    }

    #[test]
    fn only_who_reads_a_private_channel_is_offered_there() {
        let snapshot = demo::harbour();
        let community = &snapshot.communities[0];
        let mut channels = community.channels.iter();
        let committee = channels.find(|one| one.name.as_deref() == Some("committee"));
        let found = at("@", 1, community, committee.unwrap(), true).unwrap();
        let names: Vec<&str> = found.entries.iter().map(|one| &*one.title).collect();
        assert_eq!(names, ["Mikael", "Saga"]);
    }

    #[test]
    fn channels_emojis_and_commands_are_offered_after_theirs() {
        assert_eq!(offered("see #boat"), ["boat-yard"]);
        assert_eq!(offered("#yard"), ["boat-yard"]);
        assert_eq!(offered("ok :anch")[0], ":anchor:");
        assert!(offered("12:30").is_empty() && offered(":a").is_empty());
        assert_eq!(offered("/voice m"), ["/voice mute"]);
        assert_eq!(offered("/join boat"), ["/join"]);
        assert_eq!(offered("/join #boat"), ["boat-yard"]);
    }

    #[test]
    fn what_is_offered_takes_the_place_of_what_was_typed() {
        let snapshot = demo::harbour();
        let community = &snapshot.communities[0];
        let text = "é @to, and";
        let found = at(text, 6, community, &community.channels[0], true).unwrap();
        assert_eq!(found.range, 3..6);
        assert_eq!(found.entries[0].insert, "@Tomas ");
        // A place within a letter is none.
        assert!(at(text, 1, community, &community.channels[0], true).is_none());
    }

    #[test]
    fn a_whole_name_between_colons_is_the_emoji() {
        let text = "go :sailboat:";
        assert_eq!(spelled_out(text, text.len()), Some((3..13, "⛵")));
        assert_eq!(spelled_out("12:30:", 6), None);
        assert_eq!(spelled_out(":nothing_of_it:", 15), None);
    }
}
