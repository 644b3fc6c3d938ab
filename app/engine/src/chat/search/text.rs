//! Text as it is compared: without case and without marks, so that `uber` finds `Über`.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The most places that are marked in one message.
const PLACES: usize = 50;

/// A text as it is compared.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(folded_char).collect()
}

fn folded_char(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
}

/// Where in a text one of these folded words is: bytes from and to, in order, without overlaps.
pub(crate) fn places(text: &str, words: &[String]) -> Vec<(usize, usize)> {
    let mut compared = String::with_capacity(text.len());
    // For each byte of what is compared: the character of the text that it comes from.
    let mut origins = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        for folded in folded_char(c) {
            compared.push(folded);
        }
        origins.resize(compared.len(), (at, at + c.len_utf8()));
    }
    let mut found = Vec::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        for (at, _) in compared.match_indices(word.as_str()).take(PLACES) {
            let first = origins.get(at);
            let last = origins.get(at + word.len() - 1);
            if let (Some((from, _)), Some((_, to))) = (first, last) {
                found.push((*from, *to));
            }
        }
    }
    found.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (from, to) in found {
        match merged.last_mut() {
            Some((_, end)) if from < *end => *end = to.max(*end),
            _ => merged.push((from, to)),
        }
    }
    merged.truncate(PLACES);
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found<'a>(text: &'a str, words: &[&str]) -> Vec<&'a str> {
        let words: Vec<String> = words.iter().map(|word| folded(word)).collect();
        let places = places(text, &words);
        places
            .into_iter()
            .map(|(from, to)| &text[from..to])
            .collect()
    }

    #[test]
    fn case_and_marks_do_not_count() {
        assert_eq!(folded("ÜBER Ångström"), "uber angstrom");
        assert_eq!(
            found("Über die Brücke", &["uber", "BRUCKE"]),
            ["Über", "Brücke"]
        );
        assert_eq!(found("e\u{301}te\u{301}", &["ete"]), ["e\u{301}te"]);
        assert_eq!(found("ﬁn fin", &["fin"]), ["ﬁn", "fin"]);
        assert_eq!(found("風が強い", &["強い"]), ["強い"]);
    }

    #[test]
    fn places_do_not_overlap() {
        assert_eq!(found("banana", &["ana", "nan"]), ["anan"]);
        assert_eq!(found("wind, wind", &["wind"]), ["wind", "wind"]);
        assert!(found("wind", &[""]).is_empty());
    }

    proptest! {
        #[test]
        fn places_are_places_of_the_text(text in "\\PC{0,60}", word in "\\PC{1,3}") {
            let mut end = 0;
            for (from, to) in places(&text, &[folded(&word)]) {
                prop_assert!(text.get(from..to).is_some() && from >= end && from < to);
                end = to;
            }
        }
    }
}
