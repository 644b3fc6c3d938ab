//! What is read of headers, each as somebody may have written it.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, IF_RANGE, RANGE};
use dialtone_protocol::content::LONGEST_LIFETIME_S;
use dialtone_protocol::http::KEEP_HEADER;

use crate::token::Shown;

/// The address that the proxy in front saw: it adds it last, behind whatever the client wrote there itself.
pub(super) fn last_hop(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// The token of `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<Shown> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| Shown::read(token.trim()))
        .flatten()
}

/// The token that a header of its own carries.
pub(crate) fn token(headers: &HeaderMap, name: &str) -> Option<Shown> {
    Shown::read(headers.get(name)?.to_str().ok()?)
}

/// How long the body is going to be.
pub(crate) fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// It says something that it cannot be.
pub(crate) struct Unfit;

/// For how many seconds the message stays that a file is for.
pub(crate) fn keep_seconds(headers: &HeaderMap) -> Result<Option<u32>, Unfit> {
    let Some(value) = headers.get(KEEP_HEADER) else {
        return Ok(None);
    };
    let seconds = value
        .to_str()
        .ok()
        .and_then(|text| text.parse::<u32>().ok());
    let seconds = seconds.filter(|seconds| (1..=LONGEST_LIFETIME_S).contains(seconds));
    seconds.map(Some).ok_or(Unfit)
}

/// Whether an answer may be compressed by gzip (RFC 9110, section 12.5.3); a weight of 0 is a refusal.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter();
    let codings = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    codings
        .map(|coding| coding.split_once(';').unwrap_or((coding, "")))
        .any(|(coding, weight)| {
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
            coding.trim().eq_ignore_ascii_case("gzip")
                && weight.parse().is_ok_and(|weight: f32| weight > 0.0)
        })
}

/// Which part is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    Whole,
    /// From this byte on.
    From(u64),
}

impl Range {
    /// Reads `bytes=N-`. Other ranges are passed over, as RFC 9110 lets a server do; so is one that depends on a version, since there are none.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let first = || {
            let range = headers.get(RANGE)?.to_str().ok()?;
            let first = range.strip_prefix("bytes=")?.strip_suffix('-')?;
            let digits = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| first.parse().unwrap_or(u64::MAX))
        };
        if headers.contains_key(IF_RANGE) {
            return Self::Whole;
        }
        first().map_or(Self::Whole, Self::From)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_forwarded_addresses_the_last_one_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(last_hop(&headers), None);
        headers.append("x-forwarded-for", "192.0.2.1".parse().unwrap());
        assert_eq!(last_hop(&headers), Some(IpAddr::from([192, 0, 2, 1])));
        headers.append("x-forwarded-for", "192.0.2.2, 192.0.2.3".parse().unwrap());
        assert_eq!(last_hop(&headers), Some(IpAddr::from([192, 0, 2, 3])));
        headers.append("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(last_hop(&headers), None);
    }

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        let takes = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, value.parse().unwrap());
            takes_gzip(&headers)
        };
        assert!(takes("gzip") && takes("br, GZIP;q=0.5") && takes(" gzip ; q=1"));
        assert!(!takes("br") && !takes("gzip;q=0") && !takes("") && !takes("gzipped"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn the_rest_from_a_byte_on_is_read_and_other_ranges_are_passed_over() {
        for (text, range) in [
            ("bytes=0-", Range::From(0)),
            ("bytes=70000-", Range::From(70_000)),
            ("bytes=99999999999999999999-", Range::From(u64::MAX)),
            ("bytes=0-1", Range::Whole),
            ("bytes=-5", Range::Whole),
            ("bytes=-", Range::Whole),
            ("bytes=+5-", Range::Whole),
            ("bytes=1-,3-", Range::Whole),
            ("lines=1-", Range::Whole),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RANGE, text.parse().unwrap());
            assert_eq!(Range::read(&headers), range, "{text}");
            headers.insert(IF_RANGE, "\"tag\"".parse().unwrap());
            assert_eq!(Range::read(&headers), Range::Whole);
        }
        assert_eq!(Range::read(&HeaderMap::new()), Range::Whole);
    }
}
