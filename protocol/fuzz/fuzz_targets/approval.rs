#![no_main]
//! Messages of an approval: what is read is written again as the same bytes.
use dialtone_protocol::{approval::{ApprovalAsk, ApprovalChallenge, ApprovalMessage, ApprovalReveal, commitment}, strict};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = ApprovalMessage::read(bytes) { assert_eq!(strict::encode(&message), bytes); }
    if let Ok(ask) = ApprovalAsk::read(bytes) { assert_eq!(strict::encode(&ask), bytes); }
    if let Ok(challenge) = ApprovalChallenge::read(bytes) { assert_eq!(strict::encode(&challenge), bytes); }
    if let Ok(reveal) = ApprovalReveal::read(bytes, &commitment(bytes)) { assert_eq!(strict::encode(&reveal), bytes); }
});
