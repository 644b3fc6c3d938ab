//! Looks for emojis by their English names and short names. Pure.

use emojis::{Emoji, Group, SkinTone};

use super::is_drawn;

/// A kind of emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Category {
    /// In words.
    pub name: &'static str,
    /// One that stands for all of them.
    pub sign: &'static str,
    group: Group,
}

const fn category(name: &'static str, sign: &'static str, group: Group) -> Category {
    Category { name, sign, group }
}

/// All kinds, in the order in which they are shown.
pub const CATEGORIES: [Category; 9] = [
    category("Smileys", "😀", Group::SmileysAndEmotion),
    category("People", "👋", Group::PeopleAndBody),
    category("Animals and nature", "🐬", Group::AnimalsAndNature),
    category("Food and drink", "☕", Group::FoodAndDrink),
    category("Places and travel", "⛵", Group::TravelAndPlaces),
    category("Activities", "⚽", Group::Activities),
    category("Objects", "💡", Group::Objects),
    category("Signs", "✅", Group::Symbols),
    category("Flags", "🏁", Group::Flags),
];

/// The emojis of one kind that there are pictures of.
pub fn of_category(category: Category) -> impl Iterator<Item = &'static Emoji> {
    category
        .group
        .emojis()
        .filter(|emoji| is_drawn(emoji.as_str()))
}

/// The emoji with that skin tone, where it has any.
pub fn toned(emoji: &'static Emoji, tone: SkinTone) -> &'static Emoji {
    emoji
        .with_skin_tone(tone)
        .filter(|one| is_drawn(one.as_str()))
        .unwrap_or(emoji)
}

/// The emoji with just this short name.
pub fn by_name(name: &str) -> Option<&'static Emoji> {
    emojis::get_by_shortcode(name).filter(|emoji| is_drawn(emoji.as_str()))
}

/// How well an emoji fits; none where it does not. Less is better.
fn fit(emoji: &Emoji, words: &[String]) -> Option<u32> {
    let name = emoji.name();
    let mut worst = 0;
    for word in words {
        let short = emoji.shortcodes().filter_map(|one| place(one, word)).min();
        let own = place(name, word).map(|fit| fit + 1);
        worst = worst.max(short.into_iter().chain(own).min()?);
    }
    Some(worst)
}

/// Whole: 0; at the beginning: 2; where a word begins: 4; within one: 8.
fn place(name: &str, word: &str) -> Option<u32> {
    if name.eq_ignore_ascii_case(word) {
        return Some(0);
    }
    let name = name.to_lowercase();
    let at = name.find(word)?;
    if at == 0 {
        return Some(2);
    }
    let begins = name
        .match_indices(word)
        .any(|(at, _)| name[..at].ends_with([' ', '_', '-', '+']));
    Some(if begins { 4 } else { 8 })
}

/// The emojis whose names have all words of `query` in them, the best first.
pub fn find(query: &str, most: usize) -> Vec<&'static Emoji> {
    let words: Vec<String> = query
        .split([' ', ':', '_'])
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u32, usize, &Emoji)> = emojis::iter()
        .enumerate()
        .filter_map(|(place, emoji)| Some((fit(emoji, &words)?, place, emoji)))
        .filter(|(_, _, emoji)| is_drawn(emoji.as_str()))
        .collect();
    found.sort_by_key(|(fit, place, _)| (*fit, *place));
    found.truncate(most);
    found.into_iter().map(|(_, _, emoji)| emoji).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<&'static str> {
        find(query, 5).into_iter().map(Emoji::as_str).collect()
    }

    #[test]
    fn names_and_short_names_find_an_emoji() {
        assert_eq!(found("anchor")[0], "⚓");
        assert!(found("thumb").contains(&"👍"));
        assert!(found("+1").contains(&"👍"));
        assert_eq!(found("flag sweden")[0], "🇸🇪");
        assert_eq!(found("SAILBOAT")[0], "⛵");
        assert!(found("").is_empty() && found("qwxz").is_empty());
    }

    #[test]
    fn every_kind_has_some_and_its_sign_is_drawn() {
        for category in CATEGORIES {
            assert!(is_drawn(category.sign), "{}", category.name);
            assert!(of_category(category).count() > 50, "{}", category.name);
        }
    }

    #[test]
    fn a_tone_is_taken_where_there_is_one() {
        let wave = emojis::get("👋").unwrap();
        assert_eq!(toned(wave, SkinTone::Dark).as_str(), "👋🏿");
        let anchor = emojis::get("⚓").unwrap();
        assert_eq!(toned(anchor, SkinTone::Dark).as_str(), "⚓");
    }
}
