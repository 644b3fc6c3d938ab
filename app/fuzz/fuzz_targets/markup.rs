#![no_main]
//! What a member writes, as the window takes it apart: nothing is lost, links are links, and every place lies within the text.
use libfuzzer_sys::fuzz_target;

// For the window, which asks the engine where text is hidden.
extern crate self as dialtone_engine;
use covering::{CODE_FENCE, HIDDEN_SIGN, code_block, hidden_pieces};

#[expect(dead_code, reason = "the engine uses the rest")]
#[path = "../../engine/src/chat/hidden.rs"]
mod covering;
#[expect(dead_code, unused_imports, reason = "the window uses the rest")]
#[path = "../../gui/src/rich/mod.rs"]
mod rich;

use rich::{Block, Kind, Span, What};

const NAMES: [&str; 4] = ["Jo", "Anna Berg", "a||b", "q`"];
/// A letter whose lower case is itself.
const LETTER: char = '中';

fuzz_target!(|text: &str| {
    let mut blocks = rich::parse(text, &NAMES);
    let shown: usize = blocks.iter().map(letters).sum();
    assert!(shown >= count(text));
    let said = rich::plain(text);
    assert!(!said.contains(['\n', '\r']) && said.trim() == said);
    check_links(text);
    for block in &blocks {
        if let Kind::Code { language, text, .. } = &block.kind {
            check_colours(text, language.as_deref().unwrap_or_default());
            check_colours(text, "rust");
            check_colours(text, "go");
        }
    }
    let _ = rich::runs_right_to_left(text);
    check_lines(text);
    let pieces = rich::hidden::cover(&mut blocks, 0, "hidden");
    assert_eq!(rich::hidden::cover(&mut blocks, 0, "hidden"), 0);
    let mut again = rich::parse(text, &NAMES);
    assert_eq!(rich::hidden::cover(&mut again, u64::MAX, "hidden"), pieces);
});

fn count(text: &str) -> usize {
    text.chars().filter(|one| *one == LETTER).count()
}

/// A link with words of its own shows them, and keeps its address.
fn letters(block: &Block) -> usize {
    let of_span = |span: &Span| match &span.what {
        What::Link(address) => count(&span.text) + count(address),
        _ => count(&span.text),
    };
    match &block.kind {
        Kind::Paragraph(spans) | Kind::Item { spans, .. } => spans.iter().map(of_span).sum(),
        Kind::Code { language, text, .. } => count(text) + language.as_deref().map_or(0, count),
    }
}

fn check_links(text: &str) {
    let links = rich::links(text);
    assert!(links.len() <= 8);
    for link in &links {
        assert!(link.starts_with("https://") || link.starts_with("http://"));
        assert!(!link.contains(char::is_whitespace));
        assert!(!rich::host(link).contains(['/', '?', '#', '\\', '@']));
    }
}

fn check_colours(code: &str, language: &str) {
    let mut end = 0;
    for (range, _) in rich::highlight(code, language) {
        assert!(range.start >= end && range.start < range.end);
        assert!(code.get(range.clone()).is_some());
        end = range.end;
    }
}

/// In narrow lines: each piece is of the text, and no letter is lost or twice there.
fn check_lines(text: &str) {
    let lines = rich::visual::lines(text, 12.0, |range| text[range].chars().count() as f32);
    let mut places: Vec<_> = lines
        .into_iter()
        .flatten()
        .map(|piece| piece.range)
        .collect();
    places.sort_by_key(|range| range.start);
    assert!(places.is_sorted_by(|one, next| one.end <= next.start));
    let shown: usize = places.into_iter().map(|range| count(&text[range])).sum();
    assert_eq!(shown, count(text));
    let _ = rich::visual::interface(text, 12.0, |words| words.chars().count() as f32);
}
