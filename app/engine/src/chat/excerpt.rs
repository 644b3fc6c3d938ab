//! The beginning of a message, for where there is no room for all of it.

use dialtone_protocol::content::EventBody;
use dialtone_words::say;

use super::hidden::covered;

/// The longest excerpt, in characters.
pub(crate) const EXCERPT_LIMIT: usize = 200;

/// What a message says, shortened: its text, else how many files it brings. Nothing for what is no message.
pub(crate) fn excerpt(body: &EventBody) -> Option<String> {
    match body {
        EventBody::Text { text, .. } => Some(shortened(text)),
        EventBody::Files { text, .. } if !text.trim().is_empty() => Some(shortened(text)),
        EventBody::Files { files, .. } => Some(say!("engine-sent-files", count = files.len())),
        _ => None,
    }
}

fn shortened(text: &str) -> String {
    let text = covered(text);
    let text = text.trim();
    let mut letters = text.chars();
    let mut kept: String = letters.by_ref().take(EXCERPT_LIMIT).collect();
    if letters.next().is_some() {
        kept.pop();
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_shortened_by_characters() {
        assert_eq!(shortened("  short \n"), "short");
        let exact = "ü".repeat(EXCERPT_LIMIT);
        assert_eq!(shortened(&exact), exact);
        let long = shortened(&"ü".repeat(EXCERPT_LIMIT + 1));
        assert_eq!(long.chars().count(), EXCERPT_LIMIT);
        assert!(long.ends_with("ü…"));
        assert_eq!(shortened("||the butler||!"), "hidden text!");
    }
}
