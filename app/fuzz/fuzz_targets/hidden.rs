#![no_main]
//! Hidden text: what the window hides until one wants to see it is nowhere in what is said elsewhere, as in a notification. Each letter of
//! the text is another one, so that it is known where it went.
use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;

// For the window, which asks the engine where text is hidden.
extern crate self as dialtone_engine;
use covering::{CODE_FENCE, HIDDEN_SIGN, code_block, hidden_pieces};

#[path = "../../engine/src/chat/hidden.rs"]
mod covering;
#[expect(dead_code, unused_imports, reason = "the window uses the rest")]
#[path = "../../gui/src/rich/mod.rs"]
mod rich;

use rich::Kind;

const NAMES: [&str; 5] = ["p|", "a||b", "q`", "r\\", "s*"];
/// What means something to one of the two, or did once.
const WORDS: [&str; 36] = [
    "||",
    "||",
    "||",
    "||",
    "||",
    "|",
    "|||",
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "`",
    "`",
    "``",
    "```",
    "\\",
    "[",
    "](https://x)",
    ")",
    "https://x",
    "@p|",
    "@a||b",
    "@q`",
    "@r\\",
    "@s*",
    " ",
    " ",
    "\n",
    "\n> ",
    "\n- ",
    "\n1. ",
    "\n  ",
    "\r\n",
    ".",
];
const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;

fuzz_target!(|bytes: &[u8]| {
    let mut letters = (FIRST..=LAST).filter_map(char::from_u32);
    let mut text = String::new();
    for byte in bytes {
        match WORDS.get(usize::from(*byte)) {
            Some(word) => text.push_str(word),
            None => text.extend(letters.next()),
        }
    }
    let mut hidden = BTreeSet::new();
    for block in rich::parse(&text, &NAMES) {
        let words: String = match block.kind {
            Kind::Paragraph(spans) | Kind::Item { spans, .. } => {
                let spans = spans.into_iter().filter(|span| span.style.hidden);
                spans.map(|span| span.text).collect()
            }
            Kind::Code { text, hidden, .. } if hidden => text,
            Kind::Code { .. } => continue,
        };
        hidden.extend(words.chars().filter(|one| is_own(*one)));
    }
    let told = covering::covered(&text);
    let leaked = told.chars().find(|one| hidden.contains(one));
    assert_eq!(leaked, None, "{text:?} is told as {told:?}");
});

fn is_own(letter: char) -> bool {
    (FIRST..=LAST).contains(&u32::from(letter))
}
