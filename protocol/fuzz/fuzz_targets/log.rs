#![no_main]
//! A whole log, entries cut at every 0xff.
use dialtone_protocol::roster::Roster;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = Roster::replay(bytes.split(|byte| *byte == 0xff).map(<[u8]>::to_vec));
});
