#![no_main]
//! Headers of requests as anybody may write them, each line of the text one: what is read of them is what stands there, within its bounds.
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use dialtone_protocol::content::LONGEST_LIFETIME_S;
use dialtone_protocol::http::INVITE_TOKEN_HEADER;
use libfuzzer_sys::fuzz_target;

#[path = "../../src/http/headers.rs"]
mod headers;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/random.rs"]
mod random;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/bus/tag.rs"]
mod tag;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/token.rs"]
mod token;

/// Where the server has it.
mod bus {
    pub(crate) use super::tag::Tag;
}

use headers::{Range, announced, bearer, keep_seconds, last_hop, takes_gzip, token};
use token::Shown;

const MOST: usize = 32;

fuzz_target!(|text: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in text.split(|byte| *byte == b'\n').take(MOST) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        let name = HeaderName::from_bytes(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    let said = |name: &str| {
        let values = headers.get_all(name).iter();
        let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        values.join(",")
    };
    for (name, token) in [
        ("authorization", bearer(&headers)),
        (INVITE_TOKEN_HEADER, token(&headers, INVITE_TOKEN_HEADER)),
    ] {
        let Some(token) = token else { continue };
        let stands = said(name)
            .split([' ', ','])
            .filter_map(|word| Shown::read(word.trim()))
            .any(|word| word.hash() == token.hash());
        assert!(stands, "{name}");
    }
    if last_hop(&headers).is_some() {
        // Nothing that stands before it counts.
        let mut last = HeaderMap::new();
        let value = headers.get_all("x-forwarded-for").iter().next_back();
        last.append("x-forwarded-for", value.expect("there is one").clone());
        assert_eq!(last_hop(&last), last_hop(&headers));
    }
    if let Ok(Some(seconds)) = keep_seconds(&headers) {
        assert!((1..=LONGEST_LIFETIME_S).contains(&seconds));
    }
    if let Range::From(first) = Range::read(&headers) {
        assert!(said("range").starts_with("bytes=") && !headers.contains_key("if-range"));
        assert!(first == u64::MAX || said("range").contains(&first.to_string()));
    }
    if let Some(length) = announced(&headers) {
        assert!(said("content-length").contains(&length.to_string()));
    }
    if takes_gzip(&headers) {
        assert!(
            said("accept-encoding")
                .to_ascii_lowercase()
                .contains("gzip")
        );
    }
});
