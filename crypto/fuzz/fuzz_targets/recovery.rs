#![no_main]
//! What somebody types as their recovery key, and a history file that a server gives to whoever comes back with it.
use dialtone_crypto::recovery::{RecoveryKey, open_history};
use dialtone_protocol::{AccountId, CommunityId};
use libfuzzer_sys::fuzz_target;

/// One of the keys that there are.
const WORDS: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

fuzz_target!(|bytes: &[u8]| {
    if let Ok(typed) = std::str::from_utf8(bytes)
        && let Ok(key) = RecoveryKey::parse(typed)
    {
        let words = key.words().unwrap();
        let again: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
        assert_eq!(words.split(' ').collect::<Vec<_>>(), again);
    }
    let key = RecoveryKey::parse(WORDS).unwrap();
    let opened = open_history(&key, &CommunityId([1; 32]), &AccountId([2; 32]), bytes);
    assert!(opened.is_err(), "nobody seals for this key");
});
