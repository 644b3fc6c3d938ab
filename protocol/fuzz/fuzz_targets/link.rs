#![no_main]
//! Links: what is read means the same when it is written again.
use dialtone_protocol::link::Link;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(link) = text.parse::<Link>() else { return };
    assert_eq!(link.to_string().parse::<Link>(), Ok(link));
});
