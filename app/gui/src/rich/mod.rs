//! What a message's text says: paragraphs, quotes, lists and code; in them emphasis, links, mentions. Pure.
//!
//! text -> fences -> lines -> blocks -> inline: spans
//!
//! Nothing that is written is lost: what has no meaning here is shown as it was typed. The cost is that of the length.

mod fences;
pub mod hidden;
mod highlight;
mod inline;
pub mod visual;

use fences::{Piece, apart};
pub use highlight::{Class, highlight};
pub use inline::{Span, Style, What, spans};

/// A part of a message that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// So many quotes deep.
    pub quote: u8,
    /// What it is.
    pub kind: Kind,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Running text.
    Paragraph(Vec<Span>),
    /// A point of a list.
    Item {
        /// Lists around its own.
        depth: u8,
        /// "•", or the number as written.
        marker: String,
        /// What it says.
        spans: Vec<Span>,
    },
    /// Code between lines of three backticks.
    Code {
        /// As named on the first line, in small letters.
        language: Option<String>,
        /// The code.
        text: String,
        /// Until one wants to see it.
        hidden: bool,
    },
}

/// Quotes and lists are shown no deeper.
const DEEPEST: u8 = 3;

/// What `text` says without its marks, in one line: for where it is quoted, listed or spoken.
pub fn plain(text: &str) -> String {
    let mut said = String::new();
    for block in parse(text, &[]) {
        match block.kind {
            Kind::Paragraph(spans) => said.extend(spans.into_iter().map(|span| span.text)),
            Kind::Item { marker, spans, .. } => {
                said.push_str(&marker);
                said.push(' ');
                said.extend(spans.into_iter().map(|span| span.text));
            }
            Kind::Code { text, .. } => said.push_str(&text),
        }
        said.push('\n');
    }
    // Of code that was cut off, or put into one line, the sign is left.
    let said = said.replace("```", " ");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes `text` apart; `names` are the members' names, so that only they become mentions.
pub fn parse(text: &str, names: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for piece in apart(text.trim_end_matches(['\n', '\r'])) {
        match piece {
            Piece::Lines(lines) => push_lines(&mut blocks, &lines, names),
            Piece::Code {
                language,
                text,
                hidden,
            } => blocks.push(Block {
                quote: 0,
                kind: Kind::Code {
                    language: language.map(str::to_lowercase),
                    text: text.to_owned(),
                    hidden,
                },
            }),
        }
    }
    if blocks.is_empty() {
        blocks.push(paragraph(0, "", names));
    }
    blocks
}

fn paragraph(quote: u8, text: &str, names: &[&str]) -> Block {
    let kind = Kind::Paragraph(spans(text, names));
    Block { quote, kind }
}

/// Lines that belong together, until another kind of line comes.
#[derive(Default)]
struct Open {
    quote: u8,
    /// Depth and marker, if it is a point of a list.
    item: Option<(u8, String)>,
    text: String,
}

impl Open {
    fn close(&mut self, blocks: &mut Vec<Block>, names: &[&str]) {
        let one = std::mem::take(self);
        let text = one.text.trim_matches(['\n', '\r']);
        match one.item {
            Some((depth, marker)) => blocks.push(Block {
                quote: one.quote,
                kind: Kind::Item {
                    depth,
                    marker,
                    spans: spans(text, names),
                },
            }),
            None if text.trim().is_empty() => {}
            None => blocks.push(paragraph(one.quote, text, names)),
        }
    }
}

fn push_lines(blocks: &mut Vec<Block>, text: &str, names: &[&str]) {
    let mut open = Open::default();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (quote, line) = quoted(line);
        if let Some((depth, marker, words)) = item(line) {
            open.close(blocks, names);
            open = Open {
                quote,
                item: Some((depth, marker)),
                text: words.to_owned(),
            };
            continue;
        }
        let goes_on = open.item.is_none() || line.starts_with("  ");
        if quote != open.quote || !goes_on {
            open.close(blocks, names);
            open.quote = quote;
        } else if !open.text.is_empty() {
            open.text.push('\n');
        }
        let inside = open.item.is_some();
        open.text
            .push_str(if inside { line.trim_start() } else { line });
    }
    open.close(blocks, names);
}

/// How deep a line is quoted, and what is.
fn quoted(line: &str) -> (u8, &str) {
    let (mut depth, mut rest) = (0, line);
    while depth < DEEPEST {
        rest = match rest.strip_prefix("> ") {
            Some(inner) => inner,
            None if rest == ">" => "",
            None => break,
        };
        depth += 1;
    }
    (depth, rest)
}

/// The depth, the marker and the words of a point of a list.
fn item(line: &str) -> Option<(u8, String, &str)> {
    let words = line.trim_start_matches(' ');
    let depth = ((line.len() - words.len()) / 2).min(usize::from(DEEPEST)) as u8;
    if let Some(rest) = ["- ", "* ", "• "]
        .iter()
        .find_map(|mark| words.strip_prefix(mark))
    {
        return Some((depth, "•".to_owned(), rest));
    }
    let digits = words.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let rest = words.get(digits..)?.strip_prefix(". ")?;
    (1..=3)
        .contains(&digits)
        .then(|| (depth, format!("{}.", &words[..digits]), rest))
}

/// The addresses in `text`, each once, in their order.
pub fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in parse(text, &[]) {
        let spans = match block.kind {
            Kind::Paragraph(spans) | Kind::Item { spans, .. } => spans,
            Kind::Code { .. } => continue,
        };
        for span in spans {
            if let What::Link(address) = span.what
                && !found.contains(&address)
                && found.len() < 8
            {
                found.push(address);
            }
        }
    }
    found
}

/// The host of an address, as one compares it: what the browser would go to.
pub fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = &rest[..end];
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}

/// Whether the text's first strong letter is of a script that runs from right to left.
pub fn runs_right_to_left(text: &str) -> bool {
    text.chars()
        .find(|character| character.is_alphabetic())
        .is_some_and(visual::is_right_to_left)
}

#[cfg(test)]
mod tests;
