#![no_main]
//! What comes to the relay's port from anybody at all: it is looked at within its bounds, and nobody gets more than they sent.
use std::net::SocketAddr;

use dialtone_protocol::datagram::{Datagram, answer_binding, classify};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match classify(bytes) {
        Datagram::Check { ufrag, .. } => {
            assert!(!ufrag.is_empty() && !ufrag.contains(':'));
            let name = ufrag.as_bytes();
            assert!(bytes.windows(name.len()).any(|part| part == name));
        }
        Datagram::Binding { transaction } => {
            assert_eq!(bytes[8..20], transaction);
            for source in [
                SocketAddr::from(([192, 0, 2, 1], 4660)),
                SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 4660)),
            ] {
                let mut answer = Vec::new();
                answer_binding(&mut answer, transaction, source);
                assert!(answer.len() <= bytes.len());
                // It is no request: two relays do not answer each other for ever.
                assert_eq!(classify(&answer), Datagram::Unknown);
            }
        }
        Datagram::Media => assert!(matches!(bytes[0], 20..=63 | 128..=191)),
        Datagram::Unknown => {}
    }
});
