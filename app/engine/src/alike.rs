//! Names that look alike: so that nobody is taken for somebody else.
//!
//! Two names look alike when their skeletons by Unicode TR39 are the same, once case, marks and blanks do not count.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

/// What is left of a name when what the eye passes over is taken away: with case folded first, and with it folded last. A capital
/// I is taken for a small l as it stands, and for a small i where case does not count.
fn shapes(name: &str) -> [String; 2] {
    let compatible: String = name.nfkc().collect();
    let bare = |text: String| {
        let letters = text.nfkd().filter(|c| !c.is_whitespace() && !is_mark(*c));
        let letters: String = letters.collect();
        skeleton(&letters).collect::<String>()
    };
    let seen: String = skeleton(&compatible).collect();
    let folded = compatible.to_lowercase();
    [bare(folded), bare(seen.to_lowercase())]
}

/// Joining marks, strokes between words, and characters without a shape.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '-' | '_' | '.' | '\u{b7}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// For each of these people, with when they came and what they are called: the name that theirs looks like, of somebody who
/// came before. Who was here first is marked by nobody who comes later.
pub(crate) fn look_alikes<'a>(people: impl Iterator<Item = (u64, &'a str)>) -> Vec<Option<String>> {
    let people: Vec<(u64, &str)> = people.collect();
    let mut first: BTreeMap<String, (u64, &str)> = BTreeMap::new();
    let shaped: Vec<[String; 2]> = people.iter().map(|(_, name)| shapes(name)).collect();
    for (shapes, (since, name)) in shaped.iter().zip(&people) {
        for shape in shapes {
            let known = first.entry(shape.clone()).or_insert((*since, name));
            if *since < known.0 {
                *known = (*since, name);
            }
        }
    }
    let found = shaped.iter().zip(&people);
    found
        .map(|(shapes, (since, _))| {
            let known = shapes.iter().filter_map(|shape| first.get(shape));
            let (before, name) = known.min_by_key(|(before, _)| *before)?;
            (before < since).then(|| (*name).to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_alike(one: &str, other: &str) -> bool {
        let marked = look_alikes([(1, one), (2, other)].into_iter());
        marked[1].is_some()
    }

    #[test]
    fn names_that_the_eye_takes_for_one_another_are_alike() {
        for (one, other) in [
            ("Anna", "anna"),
            ("Anna", "\u{410}nna"),       // a Cyrillic capital
            ("anna", "\u{430}nn\u{430}"), // Cyrillic small letters
            ("Mikael", "Mikae1"),
            ("Mikael", "MikaeI"),
            ("Mikael", "\u{ff2d}ikael"), // a wide letter
            ("Tomas", "Tom\u{e1}s"),
            ("Jo", "J0"),
            ("Jo", "J\u{43e}"),
            ("Rune", "Ru\u{200b}ne"),
            ("Anna Berg", "Anna_Berg"),
            ("Anna Berg", "AnnaBerg"),
            ("modern", "rnodern"),
        ] {
            assert!(are_alike(one, other), "{one} {other}");
        }
    }

    #[test]
    fn other_names_are_not() {
        for (one, other) in [
            ("Anna", "Anne"),
            ("Jo", "Joe"),
            ("Tomas", "Thomas"),
            ("\u{5c0f}\u{6797}", "\u{5c0f}\u{68ee}"),
            ("\u{1f469}", "\u{1f680}"),
        ] {
            assert!(!are_alike(one, other), "{one} {other}");
        }
    }

    #[test]
    fn whoever_came_later_is_marked() {
        let people = [(9, "\u{410}nna"), (1, "Anna"), (4, "Mikael"), (7, "anna")];
        let marked = look_alikes(people.into_iter());
        let anna = Some("Anna".to_owned());
        assert_eq!(marked, [anna.clone(), None, None, anna]);
    }
}
