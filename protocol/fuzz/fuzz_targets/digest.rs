#![no_main]
//! The digest at the end of a voice frame: what is read is within its bounds.
use dialtone_protocol::digest::{DIGEST_FRAMES, VoiceDigest, digest_bytes};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((sound, Some(digest))) = VoiceDigest::split(bytes) {
        assert!((1..=DIGEST_FRAMES).contains(&digest.frames()));
        assert_eq!(sound.len() + digest_bytes(digest.frames()), bytes.len());
        assert_eq!(digest.hashes().count(), digest.frames());
    }
});
