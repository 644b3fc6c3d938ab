//! Text with words from right to left, in the order in which it is painted. Pure.
//!
//! egui shapes each word in its direction, but sets the words from left to right. So lines are broken here, and the parts of each line put
//! in the order of the Unicode bidirectional algorithm; the letters of a word stay as they are.

use std::borrow::Cow;
use std::ops::Range;

use unicode_bidi::{BidiInfo, Level};

/// A part of a line: bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands in the text.
    pub range: Range<usize>,
    /// What is painted instead: a bracket that points the other way.
    pub mirrored: Option<char>,
}

/// Whether any letter of the text runs from right to left.
pub fn has_right_to_left(text: &str) -> bool {
    text.chars().any(is_right_to_left)
}

/// A letter of a script that runs from right to left.
pub fn is_right_to_left(letter: char) -> bool {
    matches!(u32::from(letter),
        0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff)
}

/// Words of the interface, which may hold names, in the order in which they are painted; `width` says how wide some text is. The
/// interface runs from left to right, so a name within a sentence turns nothing but itself, whatever marks of direction it holds.
pub fn interface(text: &str, room: f32, mut width: impl FnMut(&str) -> f32) -> Cow<'_, str> {
    if !has_right_to_left(text) {
        return Cow::Borrowed(text);
    }
    let plain: String = text.chars().filter(|one| !is_direction(*one)).collect();
    let info = BidiInfo::new(&plain, Some(Level::ltr()));
    let lines = lines_of(&info, room, |range| width(&plain[range]));
    let lines: Vec<String> = lines.iter().map(|line| written(&plain, line)).collect();
    Cow::Owned(lines.join("\n"))
}

/// The same on one line.
pub fn interface_line(text: &str) -> Cow<'_, str> {
    interface(text, f32::INFINITY, |_| 0.0)
}

fn written(text: &str, line: &[Piece]) -> String {
    let words = |piece: &Piece| match piece.mirrored {
        Some(letter) => Cow::Owned(letter.to_string()),
        None => Cow::Borrowed(&text[piece.range.clone()]),
    };
    line.iter().map(words).collect()
}

/// A mark that says in which direction what follows runs.
fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The lines of `text` in `room`, each as its pieces from left to right; `width` says how wide bytes of the text are.
pub fn lines(text: &str, room: f32, width: impl FnMut(Range<usize>) -> f32) -> Vec<Vec<Piece>> {
    lines_of(&BidiInfo::new(text, None), room, width)
}

fn lines_of(
    info: &BidiInfo<'_>,
    room: f32,
    mut width: impl FnMut(Range<usize>) -> f32,
) -> Vec<Vec<Piece>> {
    let text = info.text;
    let mut lines = Vec::new();
    for paragraph in &info.paragraphs {
        for line in broken(text, paragraph.range.clone(), room, &mut width) {
            if line.is_empty() {
                lines.push(Vec::new());
                continue;
            }
            let (levels, runs) = info.visual_runs(paragraph, line);
            let mut pieces = Vec::new();
            for run in runs {
                if levels.get(run.start).is_some_and(Level::is_rtl) {
                    backwards(text, run, &mut pieces);
                } else {
                    let range = run;
                    pieces.push(Piece {
                        range,
                        mirrored: None,
                    });
                }
            }
            lines.push(pieces);
        }
    }
    lines
}

/// Where lines begin and end: as many words as fit, and one at least. Spaces at the end are left out.
fn broken(
    text: &str,
    paragraph: Range<usize>,
    room: f32,
    width: &mut impl FnMut(Range<usize>) -> f32,
) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut line = paragraph.start..paragraph.start;
    let mut used = 0.0;
    let mut at = paragraph.start;
    for word in text[paragraph].split_inclusive(char::is_whitespace) {
        let shown = at..at + word.trim_end().len();
        let wide = width(shown.clone());
        if used + wide > room && line.end > line.start {
            lines.push(line);
            line = at..at;
            used = 0.0;
        }
        used += width(at..at + word.len()).max(wide);
        if !shown.is_empty() {
            line.end = shown.end;
        }
        at += word.len();
    }
    lines.push(line);
    lines
}

/// A run from right to left: its words in turn, and what stands between them letter by letter.
fn backwards(text: &str, run: Range<usize>, pieces: &mut Vec<Piece>) {
    let first = pieces.len();
    let mut before = false;
    for (offset, letter) in text[run.clone()].char_indices() {
        let at = run.start + offset;
        let range = at..at + letter.len_utf8();
        let joins = is_right_to_left(letter) || (before && is_mark(letter));
        match pieces[first..].last_mut().filter(|_| joins && before) {
            Some(word) => word.range.end = range.end,
            None => pieces.push(Piece {
                range,
                mirrored: mirrored(letter),
            }),
        }
        before = joins;
    }
    pieces[first..].reverse();
}

/// What belongs to the letter before it.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

fn mirrored(letter: char) -> Option<char> {
    Some(match letter {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The lines as they are painted, each letter one wide.
    fn painted(text: &str, room: f32) -> Vec<String> {
        let lines = lines(text, room, |range| text[range].chars().count() as f32);
        let words = |piece: &Piece| {
            piece
                .mirrored
                .map_or_else(|| text[piece.range.clone()].to_owned(), String::from)
        };
        lines
            .iter()
            .map(|line| line.iter().map(words).collect())
            .collect()
    }

    #[test]
    fn words_are_turned_and_letters_stay() {
        assert_eq!(painted("שלום עולם", 99.0), ["עולם שלום"]);
        assert_eq!(painted("مرحبا بالعالم", 99.0), ["بالعالم مرحبا"]);
        assert_eq!(painted("plain words", 99.0), ["plain words"]);
    }

    #[test]
    fn numbers_and_other_scripts_keep_their_order_within() {
        assert_eq!(painted("שלום Anna Berg 42", 99.0), ["Anna Berg 42 שלום"]);
        assert_eq!(painted("see שלום עולם now", 99.0), ["see עולם שלום now"]);
        assert_eq!(painted("שלום (עולם)", 99.0), ["(עולם) שלום"]);
    }

    #[test]
    fn a_name_turns_itself_and_not_the_sentence_around_it() {
        for (written, shown) in [
            ("Anna Berg", "Anna Berg"),
            ("שלום עולם", "עולם שלום"),
            ("שלום עולם · online", "עולם שלום · online"),
            ("Message שלום עולם…", "Message עולם שלום…"),
            ("Leave \u{202e}שלום עולם?", "Leave עולם שלום?"),
        ] {
            assert_eq!(interface_line(written), shown);
        }
    }

    #[test]
    fn words_of_the_interface_wrap_before_they_are_turned() {
        let wide = |text: &str| text.chars().count() as f32;
        assert_eq!(interface("אחת שתיים שלוש", 10.0, wide), "שתיים אחת\nשלוש");
    }

    #[test]
    fn a_line_holds_what_comes_first() {
        assert_eq!(painted("אחת שתיים שלוש", 10.0), ["שתיים אחת", "שלוש"]);
        assert_eq!(painted("אחת\nשתיים", 99.0), ["אחת", "שתיים"]);
        assert_eq!(painted("ארוכהמאוד", 3.0), ["ארוכהמאוד"], "no word is lost");
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_or_doubled(text in "[a-cאבגمر ()1\u{5b0}\u{202e}\n]{0,60}", room in 0.0_f32..20.0) {
            let mut seen: Vec<usize> = lines(&text, room, |range| text[range].chars().count() as f32)
                .into_iter()
                .flatten()
                .flat_map(|piece| piece.range)
                .collect();
            seen.sort_unstable();
            let shown: Vec<usize> = text
                .char_indices()
                .filter(|(_, letter)| !letter.is_whitespace())
                .flat_map(|(at, letter)| at..at + letter.len_utf8())
                .collect();
            prop_assert!(shown.iter().all(|at| seen.binary_search(at).is_ok()));
            prop_assert!(seen.windows(2).all(|two| two[0] < two[1]));
        }
    }
}
