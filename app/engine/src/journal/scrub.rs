//! Takes out of a line what could tell who, where, or by what key: links, addresses, paths, ids, tokens.
//!
//! It errs on the side of taking out too much, and costs the line's length.

use std::net::{IpAddr, SocketAddr};

/// The longest line that is kept, in bytes.
const LONGEST: usize = 2_000;
/// So many hexadecimal digits in a row are an id or a key.
const HEX: usize = 12;
/// So many letters and digits in a row are a token.
const TOKEN: usize = 20;

/// `text` without what does not belong into a log, line by line; what would steer a terminal is taken out, too.
#[must_use]
pub fn scrub(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (words, end) = match line.strip_suffix('\n') {
            Some(words) => (words, "\n"),
            None => (line, ""),
        };
        let cut = words.get(..words.floor_char_boundary(LONGEST));
        scrub_line(cut.unwrap_or(words), &mut clean);
        clean.push_str(end);
    }
    clean
}

fn scrub_line(line: &str, clean: &mut String) {
    let line: String = line.chars().filter(|one| !is_steering(*one)).collect();
    let mut rest = line.as_str();
    while let Some(first) = rest.chars().next() {
        if is_between(first) {
            clean.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let long = rest.find(is_between).unwrap_or(rest.len());
        let (word, after) = rest.split_at(long);
        if is_path(word) {
            clean.push_str("[path]");
            // Names of files have blanks in them: it ends where what follows is said of it.
            rest = rest.find(": ").map_or("", |at| &rest[at..]);
            continue;
        }
        match kind(word) {
            Some(kind) => clean.push_str(kind),
            None => ids(word, clean),
        }
        rest = after;
    }
}

/// Characters of the line that are written in another way, or turn it round.
fn is_steering(one: char) -> bool {
    (one.is_control() && one != '\t')
        || matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_between(one: char) -> bool {
    one.is_whitespace() || "\"'`()[]{}<>,;=|".contains(one)
}

fn is_path(word: &str) -> bool {
    let mut letters = word.chars();
    match (letters.next(), letters.next(), letters.next()) {
        (Some('/' | '~'), Some(second), _) => {
            second == '/' || second == '.' || second.is_alphanumeric()
        }
        (Some('\\'), Some('\\'), _) => true,
        (Some(drive), Some(':'), Some('\\' | '/')) => drive.is_ascii_alphabetic(),
        _ => false,
    }
}

/// What the whole word is, where it is something to be taken out.
fn kind(word: &str) -> Option<&'static str> {
    if word.contains("://") || word.starts_with("dialtone:") {
        return Some("[link]");
    }
    let bare = word.trim_end_matches(['.', ':', '!', '?']);
    let without_zone = bare.split('%').next().unwrap_or(bare);
    let whole = without_zone.parse::<IpAddr>().is_ok() || bare.parse::<SocketAddr>().is_ok();
    // Dots and colons are also in versions and in times; four numbers are an address.
    let part = || bare.split([':', '/', '@']).any(is_ipv4);
    if (whole && bare != "::") || part() {
        return Some("[address]");
    }
    let at = bare.split_once('@');
    at.filter(|(before, after)| !before.is_empty() && !after.is_empty())
        .map(|_| "[address]")
}

fn is_ipv4(part: &str) -> bool {
    part.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Takes ids and tokens out of a word and leaves the rest.
fn ids(word: &str, clean: &mut String) {
    let belongs = |one: char| one.is_ascii_alphanumeric() || "_-+/".contains(one);
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        if !belongs(first) {
            clean.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let long = rest.find(|one| !belongs(one)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(long);
        clean.push_str(if is_token(run) { "[id]" } else { run });
        rest = after;
    }
}

fn is_token(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let letters = run.bytes().filter(u8::is_ascii_alphabetic).count();
    let mut pieces = run.split(|one: char| !one.is_ascii_hexdigit());
    let hex = pieces.any(|piece| {
        let digits = piece.bytes().filter(u8::is_ascii_digit).count();
        piece.len() >= HEX && digits > 0
    });
    hex || (run.len() >= TOKEN && digits > 0 && letters > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_something_or_tells_where_somebody_is_goes() {
        for (line, clean) in [
            ("see dialtone://chat.example/j#abc now", "see [link] now"),
            ("(https://a.example/x?y=1)", "([link]=1)"),
            ("from 192.168.1.7:4433: refused", "from [address] refused"),
            ("peer=[fe80::1%eth0]:80", "peer=[[address]]:80"),
            ("turn:10.0.0.1:3478 is gone", "[address] is gone"),
            ("anna@example.org wrote", "[address] wrote"),
            ("device 0f9a33bb71e24c5d8899 left", "device [id] left"),
            ("token=Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5", "token=[id]"),
            (
                "/home/anna lena/My plan.pdf: not found",
                "[path]: not found",
            ),
            ("C:\\Users\\Anna\\x.db cannot be used", "[path]"),
            ("~/x: no", "[path]: no"),
            ("id 4711-0f9a33bb71e24c5d8899.db", "id [id].db"),
        ] {
            assert_eq!(scrub(line), clean, "{line}");
        }
    }

    #[test]
    fn what_helps_stays() {
        for line in [
            "2026-11-29T21:20:18.123456Z  WARN dialtone_engine::session::inbox: a line could not be shown: no key",
            "version 0.12.3 on linux (x86_64), 2 of 5 at 48000 Hz",
            "panicked at session/inbox.rs:238:17",
            "connection ended: the server closed (1006)",
        ] {
            assert_eq!(scrub(line), line);
        }
    }

    #[test]
    fn lines_are_bounded_and_steer_no_terminal() {
        assert_eq!(scrub("a\u{1b}[31mb\u{202e}c\nd"), "a[31mbc\nd");
        assert!(scrub(&"word ".repeat(10_000)).len() <= LONGEST);
        assert_eq!(scrub(&"é".repeat(10_000)).len(), LONGEST);
    }
}
