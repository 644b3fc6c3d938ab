//! What a message's text says: paragraphs with mentions, links and code, and blocks of code. Pure.
//!
//! text -> fences -> blocks -> words -> spans

/// A part of a message that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Span>),
    /// Code between lines of three backticks.
    Code(String),
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Plain words.
    Text(String),
    /// `@name` of a member.
    Mention(String),
    /// An http or https address.
    Link(String),
    /// Words between backticks.
    Code(String),
}

/// Takes `text` apart; `names` are the members' names, so that only they become mentions.
pub fn parse(text: &str, names: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = text.trim_end_matches(['\n', '\r']);
    while let Some((before, code, after)) = fence(rest) {
        push_paragraph(&mut blocks, before, names);
        blocks.push(Block::Code(code.to_owned()));
        rest = after;
    }
    push_paragraph(&mut blocks, rest, names);
    if blocks.is_empty() {
        blocks.push(Block::Paragraph(vec![Span::Text(String::new())]));
    }
    blocks
}

/// The first closed block of code: what comes before it, the code, what comes after.
fn fence(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find("```")?;
    let body = &text[open + 3..];
    let close = body.find("```")?;
    let inside = &body[..close];
    // A first line without spaces names the language; it is not shown.
    let code = match inside.split_once('\n') {
        Some((first, code)) if !first.trim().contains(' ') => code,
        _ => inside,
    };
    let code = code.trim_end_matches(['\n', '\r']);
    Some((&text[..open], code, &body[close + 3..]))
}

fn push_paragraph(blocks: &mut Vec<Block>, text: &str, names: &[&str]) {
    let text = text.trim_matches(['\n', '\r']);
    if !text.trim().is_empty() {
        blocks.push(Block::Paragraph(spans(text, names)));
    }
}

fn spans(text: &str, names: &[&str]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    let mut at_word_start = true;
    while let Some(character) = rest.chars().next() {
        let special = if at_word_start || character == '`' {
            special(rest, character, names)
        } else {
            None
        };
        if let Some((span, length)) = special {
            if !plain.is_empty() {
                spans.push(Span::Text(std::mem::take(&mut plain)));
            }
            spans.push(span);
            rest = &rest[length..];
            at_word_start = false;
        } else {
            plain.push(character);
            rest = &rest[character.len_utf8()..];
            at_word_start = !character.is_alphanumeric();
        }
    }
    if !plain.is_empty() {
        spans.push(Span::Text(plain));
    }
    spans
}

fn special(rest: &str, first: char, names: &[&str]) -> Option<(Span, usize)> {
    match first {
        '@' => mention(rest, names),
        'h' => link(rest),
        '`' => inline_code(rest),
        _ => None,
    }
}

fn mention(rest: &str, names: &[&str]) -> Option<(Span, usize)> {
    let after = &rest[1..];
    let name = names
        .iter()
        .filter(|name| !name.is_empty() && after.starts_with(**name))
        .filter(|name| {
            after[name.len()..]
                .chars()
                .next()
                .is_none_or(|next| !next.is_alphanumeric())
        })
        .max_by_key(|name| name.len())?;
    Some((Span::Mention(format!("@{name}")), 1 + name.len()))
}

fn link(rest: &str) -> Option<(Span, usize)> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| rest.starts_with(scheme))?;
    let end = rest
        .find(|character: char| character.is_whitespace() || "<>\"`".contains(character))
        .unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']);
    (address.len() > scheme.len()).then(|| (Span::Link(address.to_owned()), address.len()))
}

fn inline_code(rest: &str) -> Option<(Span, usize)> {
    let inside = &rest[1..];
    let end = inside.find('`')?;
    let code = &inside[..end];
    (!code.is_empty() && !code.contains('\n')).then(|| (Span::Code(code.to_owned()), end + 2))
}

/// Whether the text's first strong letter is of a script that runs from right to left.
pub fn runs_right_to_left(text: &str) -> bool {
    text.chars()
        .find(|character| character.is_alphabetic())
        .is_some_and(|character| {
            matches!(u32::from(character),
                0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> Span {
        Span::Text(words.to_owned())
    }

    #[test]
    fn a_block_of_code_stands_alone() {
        let blocks = parse("Wind:\n```\n06:00 SW\n12:00 W\n```\nSo be it.", &[]);
        assert_eq!(
            blocks,
            [
                Block::Paragraph(vec![text("Wind:")]),
                Block::Code("06:00 SW\n12:00 W".to_owned()),
                Block::Paragraph(vec![text("So be it.")]),
            ]
        );
    }

    #[test]
    fn an_open_fence_is_plain_text() {
        let blocks = parse("``` never closed", &[]);
        assert_eq!(blocks, [Block::Paragraph(vec![text("``` never closed")])]);
    }

    #[test]
    fn only_members_are_mentioned_and_the_longest_wins() {
        let names = ["Tom", "Tomas"];
        let Block::Paragraph(spans) = &parse("flags @Tomas @Tomasina a@Tom @Nobody", &names)[0]
        else {
            panic!("a paragraph");
        };
        assert_eq!(spans[0], text("flags "));
        assert_eq!(spans[1], Span::Mention("@Tomas".to_owned()));
        assert_eq!(spans[2], text(" @Tomasina a@Tom @Nobody"));
    }

    #[test]
    fn links_end_before_the_full_stop() {
        let Block::Paragraph(spans) =
            &parse("see https://example.org/a(b). And http:// too", &[])[0]
        else {
            panic!("a paragraph");
        };
        assert_eq!(spans[1], Span::Link("https://example.org/a(b".to_owned()));
        assert_eq!(spans.len(), 3);
    }

    #[test]
    fn nothing_and_odd_letters_do_not_panic() {
        assert_eq!(parse("", &[]).len(), 1);
        assert_eq!(parse("\n\n", &[]).len(), 1);
        parse("`é` ``` ```` @ é@é https://é 🚢`", &["é"]);
    }

    #[test]
    fn direction_follows_the_first_letter() {
        assert!(runs_right_to_left("  123 שלום"));
        assert!(!runs_right_to_left("hello שלום"));
        assert!(!runs_right_to_left("123"));
    }
}
