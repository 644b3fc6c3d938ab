//! What was found, in rows. Pure.

use std::borrow::Cow;
use std::ops::Range;

use dialtone_engine::snapshot::{Community, Found, ItemBody, TimelineItem};
use dialtone_engine::{AccountId, ChannelId, Hash, covered};

use crate::panels::channels::channel_name;
use crate::rich::plain;
use crate::time::Clock;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundRow {
    /// Where it is.
    pub channel: ChannelId,
    /// What that is called; empty where it need not be said.
    pub place: String,
    /// Which message.
    pub target: Option<Hash>,
    /// By whom.
    pub from: AccountId,
    /// Their name.
    pub name: String,
    /// When, in words.
    pub time: String,
    /// What it says, cut around what was found.
    pub words: String,
    /// Where in these words that is: bytes from and to.
    pub marks: Vec<Range<usize>>,
    /// It has files.
    pub files: usize,
}

/// So many letters are shown before the first that was found, and in all.
const BEFORE: usize = 40;
const IN_ALL: usize = 220;

/// The part of `text` around the first of `places`, in one line, and where in it the places are.
pub fn snippet(text: &str, places: &[(usize, usize)]) -> (String, Vec<Range<usize>>) {
    let first = places.first().map_or(0, |place| place.0.min(text.len()));
    let boundary = |at: usize| {
        (0..=at.min(text.len()))
            .rev()
            .find(|at| text.is_char_boundary(*at))
    };
    let first = boundary(first).unwrap_or_default();
    let letters: Vec<usize> = text[..first].char_indices().map(|(at, _)| at).collect();
    let start = letters
        .len()
        .checked_sub(BEFORE)
        .map_or(0, |skip| letters[skip]);
    let end = text[start..].char_indices().nth(IN_ALL);
    let end = end.map_or(text.len(), |(at, _)| start + at);
    let mut words = String::new();
    if start > 0 {
        words.push('…');
    }
    let shift = words.len();
    // As long as it was, so that the places stay.
    words.extend(text[start..end].chars().map(|one| match one {
        '\n' | '\r' | '\t' => ' ',
        other => other,
    }));
    let marks = places.iter().filter_map(|(from, to)| {
        let whole = *from >= start && *to <= end && from < to;
        let fits = whole && text.is_char_boundary(*from) && text.is_char_boundary(*to);
        fits.then(|| from - start + shift..to - start + shift)
    });
    let marks = marks.collect();
    if end < text.len() {
        words.push('…');
    }
    (words, marks)
}

fn row(item: &TimelineItem, places: &[(usize, usize)], clock: &Clock) -> FoundRow {
    let said = item.body.text().unwrap_or_default();
    let (words, marks) = match covered(said) {
        // The places are those in what was written, marks and all.
        Cow::Borrowed(said) if !places.is_empty() => snippet(said, places),
        // They would be of what is hidden, too.
        said => snippet(&plain(&said), &[]),
    };
    let files = match &item.body {
        ItemBody::Files { files, .. } => files.len(),
        _ => 0,
    };
    FoundRow {
        channel: ChannelId([0; 16]),
        place: String::new(),
        target: item.hash,
        from: item.from,
        name: item.from_name.clone(),
        time: format!("{}, {}", clock.day(item.time_ms), clock.time(item.time_ms)),
        words,
        marks,
        files,
    }
}

/// The rows of what was found.
pub fn results(found: &[Found], community: &Community, clock: &Clock) -> Vec<FoundRow> {
    let place = |id: ChannelId| {
        let channel = community.channels.iter().find(|one| one.id == id);
        channel.map_or_else(String::new, |one| channel_name(one).to_owned())
    };
    let rows = found.iter().map(|one| FoundRow {
        channel: one.channel,
        place: place(one.channel),
        ..row(&one.item, &one.places, clock)
    });
    rows.collect()
}

/// The rows of the pinned messages of the open channel; none while they are on their way.
pub fn pins(community: &Community, clock: &Clock) -> Option<Vec<FoundRow>> {
    let pins = community.pins.as_ref()?;
    if Some(pins.channel) != community.open {
        return None;
    }
    let rows = pins.items.iter().map(|item| FoundRow {
        channel: pins.channel,
        ..row(item, &[], clock)
    });
    Some(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_in_sight_and_marked() {
        let text = format!("{}needle\nand {}", "é".repeat(100), "x".repeat(400));
        let (words, marks) = snippet(&text, &[(200, 206), (207, 210), (600, 604)]);
        assert!(words.starts_with('…') && words.ends_with('…'));
        assert_eq!(marks.len(), 2, "the third is not shown");
        assert_eq!(&words[marks[0].clone()], "needle");
        assert_eq!(&words[marks[1].clone()], "and");
        assert_eq!(words.chars().filter(|one| *one == 'é').count(), BEFORE);
    }

    #[test]
    fn places_that_are_none_are_left_out() {
        for places in [
            [(1, 2)],
            [(0, 1)],
            [(5, 900)],
            [(900, 901)],
            [(2, 2)],
            [(4, 2)],
        ] {
            let (words, marks) = snippet("éé ok", &places);
            assert_eq!(words, "éé ok");
            assert!(marks.is_empty(), "{places:?}");
        }
        assert_eq!(snippet("", &[]), (String::new(), Vec::new()));
    }
}
