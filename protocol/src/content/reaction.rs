//! Which text may stand for a reaction.

use super::is_direction_control;

/// The longest reaction, in bytes of UTF-8: a family of four with skin tones takes 41, a flag of a region 28.
pub const REACTION_LIMIT: usize = 48;

/// Whether this can be one emoji: short, of one line, of no letters. Which emojis there are grows with every year, so that no list is asked.
pub fn is_reaction(text: &str) -> bool {
    let is_part = |c: char| {
        !c.is_control()
            && !c.is_whitespace()
            && !is_direction_control(c)
            && !c.is_alphabetic()
            && (!c.is_ascii() || is_of_keycap(c))
    };
    let is_visible = |c: char| !c.is_ascii() && !super::is_invisible(c);
    // The digits' keycaps are digits with a sign that encloses them.
    let is_keycap = text.contains('\u{20e3}');
    text.len() <= REACTION_LIMIT
        && text.chars().all(is_part)
        && text.chars().any(is_visible)
        && (is_keycap || !text.chars().any(is_of_keycap))
}

fn is_of_keycap(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '#' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emojis_are_reactions_and_words_are_not() {
        for good in [
            "👍",
            "❤️",
            "👩‍👩‍👧‍👦",
            "👨🏽‍👩🏽‍👧🏽‍👦🏽",
            "🇸🇪",
            "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
            "3️⃣",
            "#️⃣",
            "⚓",
            "★",
            "✅",
        ] {
            assert!(is_reaction(good), "{good}");
        }
        let long = "👍".repeat(13);
        for bad in [
            "",
            "a",
            "3",
            "ok",
            "👍 ",
            "👍\n",
            " ",
            "\u{200d}",
            "\u{fe0f}",
            "\u{202e}👍",
            "ä",
            "日",
            "<3",
            &long,
        ] {
            assert!(!is_reaction(bad), "{bad:?}");
        }
    }
}
