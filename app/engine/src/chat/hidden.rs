//! Text between two pairs of upright strokes is hidden until the reader wants to see it: here for where it is never shown, as in a
//! notification or a quote.

use std::borrow::Cow;
use std::ops::Range;

use dialtone_words::say;

/// What stands around hidden text.
pub const HIDDEN_SIGN: &str = "||";
/// What stands around a block of code.
pub const CODE_FENCE: &str = "```";

/// `text` with "hidden text" in place of what is hidden in it. Where it is not sure what is, more is hidden rather than less: the window
/// knows whose names and which emphasis a sign stands in, and what it hides is never shown here.
pub fn covered(text: &str) -> Cow<'_, str> {
    if !text.contains(HIDDEN_SIGN) {
        return Cow::Borrowed(text);
    }
    let mut hidden = Vec::new();
    let with_code = |piece: &Range<usize>| text[piece.clone()].contains(CODE_FENCE);
    if hidden_pieces(text).iter().any(with_code) {
        hidden.extend(whole(text));
    } else {
        // A sign in a block of code is none, and signs before and behind it do not belong together.
        let mut from = 0;
        while let Some(code) = code_block(&text[from..]) {
            find(text, from..from + code.start, &mut hidden);
            from += code.end;
        }
        find(text, from..text.len(), &mut hidden);
    }
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    let mut taken = 0;
    for piece in hidden {
        shown.push_str(&text[taken..piece.start]);
        shown.push_str(say!("line-hidden"));
        taken = piece.end;
    }
    shown.push_str(&text[taken..]);
    Cow::Owned(shown)
}

/// All between the first and the last sign.
fn whole(text: &str) -> Option<Range<usize>> {
    let (first, last) = (text.find(HIDDEN_SIGN)?, text.rfind(HIDDEN_SIGN)?);
    (first + 1 < last).then(|| first..last + HIDDEN_SIGN.len())
}

/// Where text is hidden in `text` that may go on through blocks of code, in bytes, with the signs around it; in order, none in another.
pub fn hidden_pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    if !text.contains(HIDDEN_SIGN) {
        return pieces;
    }
    let (mut from, mut open) = (0, None);
    loop {
        let code = code_block(&text[from..]).map(|code| from + code.start..from + code.end);
        let lines = &text[from..code.as_ref().map_or(text.len(), |code| code.start)];
        for sign in signs(lines) {
            let end = sign.at + HIDDEN_SIGN.len();
            // Beside a block of code, blanks mean nothing.
            let before_code = code.is_some() && lines[end..].trim_start().is_empty();
            let behind_code = from > 0 && lines[..sign.at].trim_start().is_empty();
            match open {
                Some(start) if sign.ends || behind_code => {
                    pieces.push(start..from + end);
                    open = None;
                }
                None if sign.begins || before_code => open = Some(from + sign.at),
                _ => {}
            }
        }
        let Some(code) = code else { return pieces };
        from = code.end;
    }
}

/// Where the first closed block of code stands in `text`, in bytes, with the fences around it.
pub fn code_block(text: &str) -> Option<Range<usize>> {
    let open = text.find(CODE_FENCE)?;
    let inside = open + CODE_FENCE.len();
    let close = text[inside..].find(CODE_FENCE)?;
    Some(open..inside + close + CODE_FENCE.len())
}

/// Adds what is hidden in a part of the text.
fn find(text: &str, part: Range<usize>, hidden: &mut Vec<Range<usize>>) {
    let (begin, text) = (part.start, &text[part]);
    let found: Vec<_> = if text.contains(['[', '@']) || text.contains("://") {
        // A link or a name may hold signs and what else is read here, and then others belong together.
        whole(text).into_iter().collect()
    } else {
        let signs = signs(text);
        pairs(text, &signs).unwrap_or_else(|| {
            let first = signs.iter().find(|sign| sign.begins);
            let last = signs.iter().rfind(|sign| sign.ends);
            let whole = first.zip(last).filter(|(from, to)| from.at < to.at);
            let whole = whole.map(|(from, to)| from.at..to.at + HIDDEN_SIGN.len());
            whole.into_iter().collect()
        })
    };
    let placed = |piece: Range<usize>| begin + piece.start..begin + piece.end;
    hidden.extend(found.into_iter().map(placed));
}

/// Two strokes, and what they may do.
struct Sign {
    at: usize,
    begins: bool,
    ends: bool,
}

/// The signs of a text without links and names.
fn signs(text: &str) -> Vec<Sign> {
    let blank = |one: Option<char>| one.is_none_or(char::is_whitespace);
    let mut signs = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match first {
            '\\' => escaped(rest),
            '`' => code(rest),
            '|' => rest.len() - rest.trim_start_matches('|').len(),
            other => other.len_utf8(),
        };
        if first == '|' && length == HIDDEN_SIGN.len() {
            signs.push(Sign {
                at,
                begins: !blank(rest[length..].chars().next()),
                ends: !blank(text[..at].chars().next_back()),
            });
        }
        at += length;
    }
    signs
}

/// The pieces between the first and the second sign, the third and the fourth, and so on. None where it may be others: where a sign is left
/// over, another line begins in between, which may be one of a list or a quote, or emphasis may end what has begun.
fn pairs(text: &str, signs: &[Sign]) -> Option<Vec<Range<usize>>> {
    if text.contains(['*', '_', '~']) {
        return None;
    }
    let (pairs, rest) = signs.as_chunks::<2>();
    let belong =
        |[from, to]: &[Sign; 2]| from.begins && to.ends && !text[from.at..to.at].contains('\n');
    let sure = rest.is_empty() && pairs.iter().all(belong);
    sure.then(|| {
        let pieces = pairs
            .iter()
            .map(|[from, to]| from.at..to.at + HIDDEN_SIGN.len());
        pieces.collect()
    })
}

/// How long a backslash is with the sign that it takes the meaning from.
fn escaped(rest: &str) -> usize {
    if rest[1..].starts_with(['|', '`', '\\']) {
        2
    } else {
        1
    }
}

/// How long the code is that begins here; a sign that no other one answers in its line, or at once, is by itself.
fn code(rest: &str) -> usize {
    let line = rest.find('\n').unwrap_or(rest.len());
    match rest[1..line].find('`') {
        None | Some(0) => 1,
        Some(end) => end + 2,
    }
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
            ("||```\na\n```||", "hidden text"),
            ("||\n```\na || b\n```\n|| so", "hidden text so"),
            ("||see\n```\na\n```\nthis||!", "hidden text!"),
            ("a || ```b``` || c", "a hidden text c"),
            ("a ``||b||``", "a ``||b||``"),
            ("```||a", "```||a"),
        ] {
            assert_eq!(covered(text), said, "{text}");
        }
    }

    /// In each of them the window hides `d`.
    #[test]
    fn where_signs_may_belong_to_others_all_between_them_is_hidden() {
        for (text, said) in [
            // The first sign of a line of its own kind waits for none before it.
            ("a ||b\n- c||d||", "a hidden text"),
            ("a ||b\n- c||d||e||", "a hidden text"),
            // One within another.
            ("||a ||b|| d||", "hidden text"),
            // Emphasis that ends before the sign does.
            ("*a ||b* c||d|| e||", "*a hidden text"),
            // Signs in a link, and a sign of code in its words.
            ("https://x/||a b||d|| c||", "https://x/hidden text"),
            ("[a`b](https://x) ||d|| `", "[a`b](https://x) hidden text `"),
            ("`a``` b ``` ||d|| ```", "`a``` b ``` hidden text ```"),
            ("``||`c||d||", "``||`chidden text"),
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
