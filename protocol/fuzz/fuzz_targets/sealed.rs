#![no_main]
//! Sealed events and signals: what is read is written again as the same bytes.
use dialtone_protocol::{sealed::{SealedEvent, SealedSignal}, strict};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok((sealed, _)) = SealedEvent::read(bytes) { assert_eq!(strict::encode(&sealed), bytes); }
    if let Ok((sealed, _)) = SealedSignal::read(bytes) { assert_eq!(strict::encode(&sealed), bytes); }
});
