//! What fits a few letters, the best first.

use super::Entry;

/// How well `title` fits; none where it does not. Less is better: the whole, the beginning, the beginning of a word, within one, and
/// last the letters in their order with others between them.
fn fit(title: &str, query: &str) -> Option<u32> {
    let title = title.to_lowercase();
    if title == query {
        return Some(0);
    }
    if let Some(at) = title.find(query) {
        let begins = |at: usize| {
            let before = title[..at].chars().next_back();
            before.is_none_or(|one| !one.is_alphanumeric())
        };
        if at == 0 {
            return Some(1);
        }
        let word = title.match_indices(query).any(|(at, _)| begins(at));
        return Some(if word { 2 } else { 4 });
    }
    let words: Vec<&str> = query.split_whitespace().collect();
    if words.len() > 1 && words.iter().all(|word| title.contains(word)) {
        return Some(3);
    }
    let mut letters = title.char_indices();
    let mut first = None;
    let mut last = 0;
    for wanted in query.chars().filter(|one| !one.is_whitespace()) {
        let (at, _) = letters.find(|(_, one)| *one == wanted)?;
        first.get_or_insert(at);
        last = at;
    }
    let spread = last - first.unwrap_or_default();
    Some(10 + u32::try_from(spread).unwrap_or(u32::MAX - 10))
}

/// The entries that fit `query`, the best first; without one all, those with something new first.
pub fn rank(entries: Vec<Entry>, query: &str, most: usize) -> Vec<Entry> {
    let query = query.trim().to_lowercase();
    let mut found: Vec<(u32, Entry)> = entries
        .into_iter()
        .filter_map(|entry| {
            let own = fit(&entry.title, &query);
            // Where it is counts as well, but less.
            let place = || {
                let whole = format!("{} {}", entry.title, entry.aside);
                fit(&whole, &query).map(|fit| fit.saturating_add(5))
            };
            let fit = if query.is_empty() {
                Some(0)
            } else {
                own.or_else(place)
            };
            fit.map(|fit| (fit, entry))
        })
        .collect();
    found.sort_by_key(|(fit, entry)| (*fit, entry.unread == 0));
    found.truncate(most);
    found.into_iter().map(|(_, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;
    use crate::demo;

    fn found(query: &str) -> Vec<String> {
        let all = places(&demo::harbour(), None);
        rank(all, query, 20)
            .into_iter()
            .map(|one| one.title)
            .collect()
    }

    #[test]
    fn what_is_new_comes_first_while_nothing_is_typed() {
        let first = found("");
        assert_eq!(first[..3], ["race-planning", "Mikael", "hall"]);
    }

    #[test]
    fn beginnings_come_before_middles_and_these_before_scattered_letters() {
        assert_eq!(found("bo")[0], "boat-yard");
        assert_eq!(found("yard")[0], "boat-yard");
        assert_eq!(found("rpl")[0], "race-planning");
        assert_eq!(found("hall kiln")[0], "hall", "where it is counts");
        assert!(found("qqq").is_empty());
    }

    #[test]
    fn any_letters_are_taken() {
        for query in ["ß", "İ", "🚢", "   ", "\u{0}"] {
            found(query);
        }
    }
}
