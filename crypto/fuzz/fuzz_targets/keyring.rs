#![no_main]
//! The file that lets a profile open by the system's keyring: whoever can write to the disk may have changed it.
use dialtone_crypto::keyring::{KeyringKey, KeyringTag, open_ring};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let key = KeyringKey::from_bytes(&[7; 32]).unwrap();
    let opened = open_ring(bytes, &key);
    // Nobody seals under this key.
    assert!(opened.is_err());
    if let Ok(tag) = KeyringTag::of(bytes) {
        assert_eq!(tag.to_string().len(), 32);
    }
    let whole = KeyringKey::from_bytes(bytes);
    assert_eq!(whole.is_ok(), bytes.len() == 32);
});
