//! Which of the names that there are somebody meant who wrote another one.

/// The known name that is so near `name` that it must have been meant: a few letters are wrong, or its last words are missing.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(name);
    let near = known.filter_map(|known| Some((how_far(&wanted, &plain(known))?, known)));
    near.min().map(|(_, known)| known)
}

/// A name as it is compared: that of a variable as that of a flag or of a key in the file.
fn plain(name: &str) -> String {
    let upper = name.to_ascii_uppercase().replace('-', "_");
    match upper.strip_prefix("DIALTONE_") {
        Some(rest) => rest.to_owned(),
        None => upper,
    }
}

/// `None` where it is too far to be meant.
fn how_far(name: &str, known: &str) -> Option<usize> {
    let (length, known_length) = (name.chars().count(), known.chars().count());
    let most = (length.max(known_length) / 4).max(1);
    let cut_short = known
        .strip_prefix(name)
        .is_some_and(|rest| !name.is_empty() && rest.starts_with('_'));
    if cut_short {
        return Some(most);
    }
    // A name may be as long as it likes, the known ones are short.
    if length.abs_diff(known_length) > most {
        return None;
    }
    Some(distance(name, known)).filter(|far| *far <= most)
}

/// How many letters are wrong, missing, too many, or have changed places with their neighbours (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let wrong = above[j] + usize::from(a != b);
            let mut least = wrong.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && one[i - 1] == *b && other[j - 1] == *a {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        for (one, other, far) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("abc", "abd", 1),
            ("abc", "acb", 1),
            ("abc", "ab", 1),
            ("abc", "xabc", 1),
            ("abcd", "badc", 2),
            ("häuser", "hauser", 1),
        ] {
            assert_eq!(distance(one, other), far, "{one} {other}");
            assert_eq!(distance(other, one), far, "{other} {one}");
        }
    }

    #[test]
    fn only_what_is_near_is_meant() {
        let known = ["DIALTONE_BUS", "DIALTONE_RATE_PER_ADDR", "listen", "udp"];
        let meant = |name| nearest(name, known.into_iter());
        assert_eq!(meant("DIALTONE_BUSS"), Some("DIALTONE_BUS"));
        assert_eq!(meant("rate-per-adr"), Some("DIALTONE_RATE_PER_ADDR"));
        assert_eq!(meant("DIALTONE_RATE"), Some("DIALTONE_RATE_PER_ADDR"));
        assert_eq!(meant("LISTNE"), Some("listen"));
        for far in ["", "DIALTONE_", "DIALTONE_HOUSE", "DIALTONE_BUS_URL", "xxx"] {
            assert_eq!(meant(far), None, "{far}");
        }
        assert_eq!(meant(&"x".repeat(100_000)), None);
    }
}
