//! Text between two pairs of upright strokes is hidden until the reader wants to see it: here for where it is never shown, as in a
//! notification or a quote.

use std::borrow::Cow;

use dialtone_words::say;

/// What stands around hidden text.
const SIGN: &str = "||";

/// `text` with "hidden text" in place of what is hidden in it. Where it is not sure what is, more is hidden rather than less.
pub fn covered(text: &str) -> Cow<'_, str> {
    if !text.contains(SIGN) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    let (mut at, mut taken) = (0, 0);
    let mut open: Option<usize> = None;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match first {
            '\\' => escaped(rest),
            '`' => code(rest),
            '|' => rest.len() - rest.trim_start_matches('|').len(),
            other => other.len_utf8(),
        };
        if first == '|' && length == SIGN.len() {
            let blank = |one: Option<char>| one.is_none_or(char::is_whitespace);
            let ends = !blank(text[..at].chars().next_back());
            let begins = !blank(rest[length..].chars().next());
            match open {
                Some(from) if ends => {
                    shown.push_str(&text[taken..from]);
                    shown.push_str(say!("line-hidden"));
                    taken = at + length;
                    open = None;
                }
                None if begins => open = Some(at),
                _ => {}
            }
        }
        at += length;
    }
    if taken == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(&text[taken..]);
    Cow::Owned(shown)
}

/// How long a backslash is with the sign that it takes the meaning from.
fn escaped(rest: &str) -> usize {
    if rest[1..].starts_with(['|', '`', '\\']) {
        2
    } else {
        1
    }
}

/// How long the code is that begins here; a sign that no other one answers is by itself.
fn code(rest: &str) -> usize {
    if let Some(inside) = rest.strip_prefix("```") {
        return inside.find("```").map_or(3, |end| end + 6);
    }
    let line = rest.find('\n').unwrap_or(rest.len());
    rest[1..line].find('`').map_or(1, |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_not_said() {
        for (text, said) in [
            ("nothing", "nothing"),
            ("||all||", "hidden text"),
            (
                "the ||butler|| in the ||cellar||!",
                "the hidden text in the hidden text!",
            ),
            ("two\n||li\nnes||", "two\nhidden text"),
            ("||**b** @Jo https://x.example||", "hidden text"),
            ("a || b || c", "a || b || c"),
            ("||open", "||open"),
            ("||||", "||||"),
            ("\\||no||", "\\||no||"),
            ("`||code||` and ||not||", "`||code||` and hidden text"),
            ("```\na||b||c\n```", "```\na||b||c\n```"),
            ("`a ||b||", "`a hidden text"),
            ("é||ü||é", "éhidden texté"),
        ] {
            assert_eq!(covered(text), said, "{text}");
        }
    }

    #[test]
    fn hostile_text_ends() {
        for unit in ["||", "|", "`", "``", "```", "\\", "||a", "\\|"] {
            let text = unit.repeat(4_000);
            assert!(covered(&text).len() <= text.len() * 6, "{unit}");
        }
    }
}
