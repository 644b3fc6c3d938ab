//! Blocks of code between lines of three backticks, and the lines around them.

use std::borrow::Cow;
use std::ops::Range;

use dialtone_engine::{CODE_FENCE, HIDDEN_SIGN, code_block, hidden_pieces};

/// The longest name of a language, in bytes.
const LANGUAGE: usize = 20;

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Other lines than code. Where hidden text goes on in a block of code, it is closed before it and begins again behind it.
    Lines(Cow<'a, str>),
    /// A closed block of code.
    Code {
        /// As it is named.
        language: Option<&'a str>,
        /// The code.
        text: &'a str,
        /// It is within hidden text.
        hidden: bool,
    },
}

/// Where a block of code stands, and what it says.
struct Fence<'a> {
    place: Range<usize>,
    language: Option<&'a str>,
    code: &'a str,
}

/// Takes `text` apart at its blocks of code.
pub(super) fn apart(text: &str) -> Vec<Piece<'_>> {
    let hidden = hidden_pieces(text);
    let mut hidden = hidden.iter().peekable();
    let mut pieces = Vec::new();
    let (mut at, mut goes_on) = (0, false);
    while let Some(Fence {
        place,
        language,
        code,
    }) = fence(text, at)
    {
        while hidden.next_if(|piece| piece.end < place.end).is_some() {}
        let is_hidden = hidden
            .peek()
            .is_some_and(|piece| piece.start <= place.start);
        pieces.push(Piece::Lines(lines(
            &text[at..place.start],
            goes_on,
            is_hidden,
        )));
        pieces.push(Piece::Code {
            language,
            text: code,
            hidden: is_hidden,
        });
        (at, goes_on) = (place.end, is_hidden);
    }
    pieces.push(Piece::Lines(lines(&text[at..], goes_on, false)));
    pieces
}

/// The lines between two blocks of code: `from` a hidden one, `to` a hidden one.
fn lines(text: &str, from: bool, to: bool) -> Cow<'_, str> {
    let mut words = Cow::Borrowed(text);
    if from {
        let rest = text.trim_start();
        words = match rest.strip_prefix(HIDDEN_SIGN) {
            Some(rest) => Cow::Borrowed(rest),
            None if rest.is_empty() => return Cow::Borrowed(""),
            None => Cow::Owned(format!("{HIDDEN_SIGN}{rest}")),
        };
    }
    if to {
        let rest = words.trim_end();
        words = Cow::Owned(match rest.strip_suffix(HIDDEN_SIGN) {
            Some(rest) => rest.to_owned(),
            None => format!("{rest}{HIDDEN_SIGN}"),
        });
    }
    words
}

/// The first closed block of code from `at` on.
fn fence(text: &str, at: usize) -> Option<Fence<'_>> {
    let found = code_block(&text[at..])?;
    let place = at + found.start..at + found.end;
    let inside = &text[place.start + CODE_FENCE.len()..place.end - CODE_FENCE.len()];
    // A first line without spaces names the language; it is not shown.
    let (language, code) = match inside.split_once('\n') {
        Some((first, code)) if !first.trim().contains(' ') => (Some(first.trim()), code),
        _ => (None, inside),
    };
    Some(Fence {
        place,
        language: language.filter(|name| !name.is_empty() && name.len() <= LANGUAGE),
        code: code.trim_end_matches(['\n', '\r']),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces in few letters: code in brackets, hidden code in braces.
    fn told(text: &str) -> Vec<String> {
        let pieces = apart(text).into_iter();
        pieces
            .map(|piece| match piece {
                Piece::Lines(lines) => lines.into_owned(),
                Piece::Code {
                    text, hidden: true, ..
                } => format!("{{{text}}}"),
                Piece::Code { text, .. } => format!("[{text}]"),
            })
            .filter(|piece| !piece.is_empty())
            .collect()
    }

    #[test]
    fn code_within_hidden_text_is_hidden_with_what_is_around_it() {
        assert_eq!(told("||```a```||"), ["{a}"]);
        assert_eq!(told("||\n```\na\n```\n||"), ["{a}"]);
        assert_eq!(
            told("so ||see\n```\na\n```\nthis|| end"),
            ["so ||see||", "{a}", "||this|| end"]
        );
        assert_eq!(
            told("||```a``` and ```b```||```c```"),
            ["{a}", "||and||", "{b}", "[c]"]
        );
        assert_eq!(told("||a|| ```b``` ||c||"), ["||a|| ", "[b]", " ||c||"]);
        assert_eq!(told("||a ```b```"), ["||a ", "[b]"]);
    }

    #[test]
    fn many_blocks_cost_no_more_than_their_length() {
        let text = "||```a``` ".repeat(2_000);
        assert_eq!(apart(&text).len(), 4_001);
    }
}
