//! Whom a text names: `@Name` of somebody, `@everyone` of an admin.

use dialtone_protocol::roster::Role;

/// What names all who read a channel, written by an admin.
pub(crate) const EVERYONE: &str = "everyone";

/// Whether a text of an author in this role names whoever is called `name`.
pub(crate) fn is_mentioned(text: &str, name: &str, author: Role) -> bool {
    names(text, name) || (author >= Role::Admin && names(text, EVERYONE))
}

/// Whether `@name` stands in the text, in capitals or not, and not as a part of a longer word.
pub(crate) fn names(text: &str, name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    text.match_indices('@').any(|(at, sign)| {
        let before = text[..at].chars().next_back();
        let after = &text[at + sign.len()..];
        !before.is_some_and(is_of_a_word)
            && without(after, name)
                .is_some_and(|rest| !rest.chars().next().is_some_and(is_of_a_word))
    })
}

/// What follows `name` in `text`, if the text begins with it, in capitals or not.
fn without<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for wanted in name.chars() {
        let found = rest.next()?;
        if found != wanted && !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(rest.as_str())
}

fn is_of_a_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_word_of_its_own() {
        for (text, name, found) in [
            ("@Anna", "Anna", true),
            ("hello @anna, come", "Anna", true),
            ("hello @ANNA!", "anna", true),
            ("(@anna)", "Anna", true),
            ("@annabel", "Anna", false),
            ("@anna_2", "Anna", false),
            ("mail@anna.example", "Anna", false),
            ("Anna", "Anna", false),
            ("@ Anna", "Anna", false),
            ("@annabel and @anna", "Anna", true),
            ("@Anna Maria?", "anna maria", true),
            ("@Ágnes", "ágnes", true),
            ("@", "Anna", false),
            ("@@anna", "Anna", true),
            ("@anything", "", false),
            ("", "Anna", false),
        ] {
            assert_eq!(names(text, name), found, "{text:?} {name:?}");
        }
    }

    #[test]
    fn everyone_counts_from_admins_alone() {
        for (role, counts) in [
            (Role::Member, false),
            (Role::Admin, true),
            (Role::Founder, true),
        ] {
            assert_eq!(is_mentioned("@Everyone: now", "Anna", role), counts);
            assert!(is_mentioned("@anna", "Anna", role));
            assert!(!is_mentioned("@ben", "Anna", role));
        }
    }

    #[test]
    fn a_text_of_signs_alone_costs_little() {
        let text = "@a".repeat(8 * 1024);
        assert!(!names(&text, &"a".repeat(64)));
    }
}
