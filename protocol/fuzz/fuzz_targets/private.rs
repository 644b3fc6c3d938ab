#![no_main]
//! What a private group is: its extension, and a whole context.
use dialtone_protocol::group_rules::PrivateGroup;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(group) = PrivateGroup::read(bytes) { assert_eq!(group.to_bytes(), bytes); }
    let _ = PrivateGroup::of_context(bytes);
});
