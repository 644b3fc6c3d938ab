//! What was typed into the field -> words and filters. Pure.
//!
//! `wind from:anna in:general after:2026-11-01 has:file "committee boat"`

use dialtone_words::say;
use jiff::civil::Date;

use super::text::folded;

/// The most words and filters.
const MOST: usize = 24;

/// What a message is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Has {
    /// A link in its text.
    Link,
    /// A file.
    File,
    /// A picture.
    Picture,
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// All of them, folded.
    pub words: Vec<String>,
    /// By one of these people: the beginnings of their names, folded.
    pub from: Vec<String>,
    /// In one of these channels: the beginnings of their names, folded.
    pub within: Vec<String>,
    /// On this day or later.
    pub since: Option<Date>,
    /// Before this day.
    pub before: Option<Date>,
    /// All of these.
    pub has: Vec<Has>,
}

impl Query {
    /// Nothing is looked for.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads it.
///
/// # Errors
/// What is not understood, with what to write: a sentence.
pub(crate) fn parse(text: &str) -> Result<Query, String> {
    let mut query = Query::default();
    for (count, part) in parts(text).enumerate() {
        if count >= MOST {
            return Err(say!("notice-too-many-words", most = MOST));
        }
        take(&mut query, &part)?;
    }
    Ok(query)
}

fn take(query: &mut Query, part: &str) -> Result<(), String> {
    let filter = part.split_once(':').filter(|(_, value)| !value.is_empty());
    match filter {
        Some(("from", name)) => query.from.push(folded(name.trim_start_matches('@'))),
        Some(("in", name)) => query.within.push(folded(name.trim_start_matches('#'))),
        Some(("before", day)) => query.before = Some(date(day)?),
        Some(("after", day)) => query.since = Some(date(day)?.tomorrow().unwrap_or(Date::MAX)),
        Some(("on", day)) => {
            let day = date(day)?;
            query.since = Some(day);
            query.before = Some(day.tomorrow().unwrap_or(Date::MAX));
        }
        Some(("has", "link")) => query.has.push(Has::Link),
        Some(("has", "file")) => query.has.push(Has::File),
        Some(("has", "picture" | "image")) => query.has.push(Has::Picture),
        Some(("has", other)) => {
            return Err(say!("notice-no-has", other = other));
        }
        // Half a filter, while it is being typed.
        None if part
            .strip_suffix(':')
            .is_some_and(|name| ["from", "in", "before", "after", "on", "has"].contains(&name)) => {
        }
        _ => query.words.push(folded(part)),
    }
    Ok(())
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| say!("notice-no-day", text = text))
}

/// Parts between spaces; what is in quotation marks stays together.
fn parts(text: &str) -> impl Iterator<Item = String> {
    let mut parts = Vec::new();
    let (mut part, mut quoted) = (String::new(), false);
    for c in text.chars() {
        match c {
            '"' | '“' | '”' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => parts.push(std::mem::take(&mut part)),
            c => part.push(c),
        }
    }
    parts.push(part);
    parts
        .into_iter()
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;

    use super::*;

    #[test]
    fn words_and_filters_are_told_apart() {
        let query =
            parse("Wind from:@Anna in:#general has:link \"committee boat\" http://x").unwrap();
        assert_eq!(query.words, ["wind", "committee boat", "http://x"]);
        assert_eq!(
            (&query.from[..], &query.within[..]),
            (&["anna".to_owned()][..], &["general".to_owned()][..])
        );
        assert_eq!(query.has, [Has::Link]);
        let named = parse("from:\"Anna Berg\"").unwrap();
        assert_eq!(named.from, ["anna berg"]);
    }

    #[test]
    fn days_bound_it() {
        let query = parse("before:2026-11-20 after:2026-11-01").unwrap();
        assert_eq!(query.before, Some(day(2026, 11, 20)));
        assert_eq!(query.since, Some(day(2026, 11, 2)));
        let on = parse("on:2026-11-29").unwrap();
        assert_eq!(
            (on.since, on.before),
            (Some(day(2026, 11, 29)), Some(day(2026, 11, 30)))
        );
    }

    #[test]
    fn what_is_not_understood_says_what_to_write() {
        assert!(
            parse("before:yesterday")
                .unwrap_err()
                .contains("2026-11-29")
        );
        assert!(parse("has:cheese").unwrap_err().contains("has:picture"));
        assert!(parse(&"x ".repeat(100)).is_err());
    }

    #[test]
    fn half_a_filter_is_nothing_yet() {
        assert!(parse("from:").unwrap().is_empty());
        assert!(parse("  ").unwrap().is_empty());
        assert_eq!(parse("12:30").unwrap().words, ["12:30"]);
    }
}
