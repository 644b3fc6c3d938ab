#![no_main]
//! Roster entries: what is read is written again as the same bytes.
use dialtone_protocol::{roster::SignedEntry, strict};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok((signed, entry)) = SignedEntry::read(bytes) else { return };
    assert_eq!(strict::encode(&signed), bytes);
    assert_eq!(strict::encode(&entry), signed.body.as_slice());
});
