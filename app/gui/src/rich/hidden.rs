//! Hidden text in a message that is taken apart: each piece is covered until somebody wants to see it.

use super::{Block, Kind, Span, Style, What};

/// Puts `words` in place of each hidden piece that is not open; the answer is how many pieces there are. `open` has a bit for each
/// of the first 63, and one for all others.
pub fn cover(blocks: &mut [Block], open: u64, words: &str) -> usize {
    let mut count = 0;
    for block in blocks {
        let spans = match &mut block.kind {
            Kind::Paragraph(spans) | Kind::Item { spans, .. } => spans,
            Kind::Code { hidden, .. } => {
                if *hidden {
                    count += 1;
                    if !is_open(open, count - 1) {
                        block.kind = Kind::Paragraph(vec![cover_of(count - 1, words)]);
                    }
                }
                continue;
            }
        };
        if !spans.iter().any(|span| span.style.hidden) {
            continue;
        }
        let mut shown: Vec<Span> = Vec::with_capacity(spans.len());
        let mut before = false;
        for span in spans.drain(..) {
            let hidden = span.style.hidden;
            if hidden && !before {
                count += 1;
            }
            if !hidden || is_open(open, count - 1) {
                shown.push(span);
            } else if !before {
                shown.push(cover_of(count - 1, words));
            }
            before = hidden;
        }
        *spans = shown;
    }
    count
}

/// What stands in place of a piece.
fn cover_of(piece: usize, words: &str) -> Span {
    Span {
        text: words.to_owned(),
        style: Style::default(),
        what: What::Cover(piece),
    }
}

/// The bit of a piece.
pub fn bit(piece: usize) -> u64 {
    1 << piece.min(63)
}

/// Whether a piece is open.
pub fn is_open(open: u64, piece: usize) -> bool {
    open & bit(piece) != 0
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn told(text: &str, open: u64) -> (Vec<String>, usize) {
        let mut blocks = parse(text, &["Jo"]);
        let count = cover(&mut blocks, open, "…");
        let mut all = Vec::new();
        for block in blocks {
            all.push(match block.kind {
                Kind::Paragraph(spans) | Kind::Item { spans, .. } => {
                    spans.into_iter().map(|span| span.text).collect()
                }
                Kind::Code { text, .. } => text,
            });
        }
        (all, count)
    }

    #[test]
    fn each_piece_is_covered_as_one_until_it_is_open() {
        let text = "a ||b **c** @Jo|| d ||e||\n- ||f||";
        assert_eq!(told(text, 0), (vec!["a … d …".into(), "…".into()], 3));
        let second = bit(1);
        assert_eq!(told(text, second), (vec!["a … d e".into(), "…".into()], 3));
        let all = bit(0) | bit(1) | bit(2);
        let shown = vec!["a b c @Jo d e".into(), "f".into()];
        assert_eq!(told(text, all), (shown, 3));
        assert_eq!(told("nothing", 0).1, 0);
        assert_eq!(told("||open", 0), (vec!["||open".into()], 0));
    }

    #[test]
    fn a_block_of_code_is_covered_as_well() {
        let text = "||see\n```\na\n```||\n```\nb\n```";
        let covers: Vec<String> = ["…", "…", "b"].map(Into::into).into();
        assert_eq!(told(text, 0), (covers, 2));
        let shown: Vec<String> = ["…", "a", "b"].map(Into::into).into();
        assert_eq!(told(text, bit(1)), (shown, 2));
    }

    #[test]
    fn very_many_pieces_share_the_last_bit() {
        let text = "||a|| ".repeat(100);
        assert_eq!(told(&text, bit(99)).1, 100);
        assert!(is_open(bit(70), 99) && !is_open(bit(70), 1));
    }
}
