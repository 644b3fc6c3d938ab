//! What a datagram at the relay's port is, before anybody is asked: cheap, without allocation, whatever the bytes.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

/// STUN: the fixed value that every message has (RFC 8489 section 5).
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const STUN_HEADER: usize = 20;
/// Bytes of a STUN transaction's id.
pub const TRANSACTION: usize = 12;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_ANSWER: u16 = 0x0101;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
/// An answer with an IPv6 address, in bytes.
const LONGEST_ANSWER: usize = STUN_HEADER + 24;
const USERNAME: u16 = 0x0006;
const USE_CANDIDATE: u16 = 0x0025;
/// Attributes that are looked at; our clients send seven.
const MOST_ATTRIBUTES: usize = 16;

/// What a datagram is (RFC 7983).
#[derive(Debug, PartialEq, Eq)]
pub enum Datagram<'a> {
    /// A connectivity check for the connection that chose this user name.
    Check {
        /// The receiver's half of the user name.
        ufrag: &'a str,
        /// The sender wants to use this way.
        nominates: bool,
    },
    /// A binding request of nobody in particular: whether UDP gets here, and from which address.
    Binding {
        /// Comes back in the answer.
        transaction: [u8; TRANSACTION],
    },
    /// DTLS, RTP or RTCP: whose it is says the address that it comes from.
    Media,
    /// Nothing that a relay takes.
    Unknown,
}

/// Looks at a datagram.
pub fn classify(bytes: &[u8]) -> Datagram<'_> {
    match bytes {
        [0 | 1, ..] => check(bytes).unwrap_or(Datagram::Unknown),
        // DTLS records have a header of 13 bytes, RTP one of 12, RTCP one of 8.
        [20..=63, ..] if bytes.len() > 13 => Datagram::Media,
        [128..=191, ..] if bytes.len() >= 8 => Datagram::Media,
        _ => Datagram::Unknown,
    }
}

fn check(bytes: &[u8]) -> Option<Datagram<'_>> {
    let (header, mut rest) = bytes.split_at_checked(STUN_HEADER)?;
    let kind = number(header, 0..2)?;
    let length = usize::from(number(header, 2..4)?);
    if kind != BINDING_REQUEST || header[4..8] != COOKIE || length != rest.len() {
        return None;
    }
    let (mut ufrag, mut nominates) = (None, false);
    for _ in 0..MOST_ATTRIBUTES {
        let Some((head, after)) = rest.split_at_checked(4) else {
            break;
        };
        let length = usize::from(number(head, 2..4)?);
        let value = after.get(..length)?;
        match number(head, 0..2)? {
            USERNAME => ufrag = std::str::from_utf8(value).ok()?.split(':').next(),
            USE_CANDIDATE => nominates = true,
            _ => {}
        }
        rest = after.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    let Some(ufrag) = ufrag else {
        // Whoever forges an address gets no more sent there than they send here.
        let transaction = *header.get(8..)?.first_chunk()?;
        let whole = bytes.len() >= LONGEST_ANSWER;
        return whole.then_some(Datagram::Binding { transaction });
    };
    if ufrag.is_empty() {
        return None;
    }
    Some(Datagram::Check { ufrag, nominates })
}

/// Writes the answer to a binding request from `source` (RFC 8489 sections 6.3.1 and 14.2).
pub fn answer_binding(out: &mut Vec<u8>, transaction: [u8; TRANSACTION], source: SocketAddr) {
    let port = source.port() ^ u16::from_be_bytes([COOKIE[0], COOKIE[1]]);
    let address: Vec<u8> = match source.ip().to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let family = if address.len() == 4 { 1 } else { 2 };
    let value = 4 + address.len() as u16;
    out.extend(BINDING_ANSWER.to_be_bytes());
    out.extend((4 + value).to_be_bytes());
    out.extend(COOKIE);
    out.extend(transaction);
    out.extend(XOR_MAPPED_ADDRESS.to_be_bytes());
    out.extend(value.to_be_bytes());
    out.extend([0, family]);
    out.extend(port.to_be_bytes());
    let mask = COOKIE.iter().chain(&transaction);
    out.extend(address.iter().zip(mask).map(|(byte, mask)| byte ^ mask));
}

fn number(bytes: &[u8], at: Range<usize>) -> Option<u16> {
    let bytes = bytes.get(at)?.first_chunk::<2>()?;
    Some(u16::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    fn stun(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, value) in attributes {
            body.extend(kind.to_be_bytes());
            body.extend((value.len() as u16).to_be_bytes());
            body.extend(*value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut out = vec![0, 1];
        out.extend((body.len() as u16).to_be_bytes());
        out.extend(COOKIE);
        out.extend([7; 12]);
        out.extend(body);
        out
    }

    #[test]
    fn a_check_names_the_connection_that_it_is_for() {
        let bytes = stun(&[(0x0024, &[0; 4]), (USERNAME, b"ours:theirs")]);
        let check = |nominates| Datagram::Check {
            ufrag: "ours",
            nominates,
        };
        assert_eq!(classify(&bytes), check(false));
        let bytes = stun(&[(USERNAME, b"ours:theirs"), (USE_CANDIDATE, b"")]);
        assert_eq!(classify(&bytes), check(true));
    }

    #[test]
    fn what_is_no_check_is_nothing() {
        for bytes in [
            stun(&[]),
            stun(&[(USERNAME, b"")]),
            stun(&[(USERNAME, b":theirs")]),
            stun(&[(USERNAME, &[0xff, b':'])]),
            Vec::new(),
            vec![1],
            vec![0; 20],
            vec![70; 100],
            vec![128; 7],
            vec![22; 13],
        ] {
            assert_eq!(classify(&bytes), Datagram::Unknown, "{bytes:?}");
        }
        let whole = stun(&[(USERNAME, b"ours:theirs")]);
        for cut in 0..whole.len() {
            assert_eq!(classify(&whole[..cut]), Datagram::Unknown);
        }
        // An answer, and a request that is not for a binding.
        for kind in [0x0101_u16, 0x0003] {
            let mut bytes = whole.clone();
            bytes[..2].copy_from_slice(&kind.to_be_bytes());
            assert_eq!(classify(&bytes), Datagram::Unknown);
        }
    }

    #[test]
    fn whoever_asks_for_their_address_is_told_it_and_gets_no_more_than_they_sent() {
        let software: (u16, &[u8]) = (0x8022, &[0; 24]);
        let asked = stun(&[software]);
        let transaction = [7; TRANSACTION];
        assert_eq!(classify(&asked), Datagram::Binding { transaction });
        assert_eq!(classify(&stun(&[(0x8022, &[0; 12])])), Datagram::Unknown);
        for (source, xored) in [
            (
                "192.0.2.1:4660",
                vec![0, 1, 0x33, 0x26, 0xe1, 0x12, 0xa6, 0x43],
            ),
            (
                "[::ffff:192.0.2.1]:4660",
                vec![0, 1, 0x33, 0x26, 0xe1, 0x12, 0xa6, 0x43],
            ),
        ] {
            let mut answer = Vec::new();
            answer_binding(&mut answer, transaction, source.parse().unwrap());
            assert_eq!(answer[..4], [1, 1, 0, 12]);
            assert_eq!(answer[8..20], transaction);
            assert_eq!(answer[20..24], [0, 0x20, 0, 8]);
            assert_eq!(answer[24..], xored);
        }
        let mut answer = Vec::new();
        answer_binding(&mut answer, transaction, "[2001:db8::1]:9".parse().unwrap());
        assert_eq!(answer.len(), LONGEST_ANSWER);
        assert!(answer.len() <= asked.len());
    }

    #[test]
    fn media_is_told_by_its_first_byte() {
        assert_eq!(classify(&[22; 60]), Datagram::Media);
        assert_eq!(classify(&[0x80; 60]), Datagram::Media);
    }

    #[test]
    fn any_bytes_are_looked_at_without_panic() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let whole = stun(&[
            (USERNAME, b"ours:theirs"),
            (USE_CANDIDATE, b""),
            (8, &[1; 20]),
        ]);
        for _ in 0..200_000 {
            let mut bytes = whole.clone();
            for _ in 0..next() % 4 {
                let place = next() as usize % bytes.len();
                bytes[place] = next() as u8;
            }
            bytes.truncate(next() as usize % (whole.len() + 1));
            black_box(classify(&bytes));
        }
    }
}
