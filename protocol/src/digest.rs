//! What a voice frame holds beside its sound: nothing, or a signed digest of frames before it.
//!
//! ```text
//! plaintext of a frame = Opus packet || digest || frames in it (1 byte; 0: there is no digest)
//! digest               = key id (8) || first counter (8) || hash of each frame (16 each) || signature (64)
//! hash                 = the first 16 bytes of SHA-256(sealed frame, as it travels)
//! signature            = purpose voice-digest, over call || stream || key id || first counter || hashes
//! ```
//!
//! Everybody in a call can derive everybody's voice keys; the signature is what only the talker's device can make. A hash is of what
//! everybody is sent, sealed: a digest tells nothing of what was said, and may be seen by whoever could not open the frames.
//! Numbers are big-endian.

use crate::{CallId, Hash, Signature, StreamId};

/// The most frames in one digest.
pub const DIGEST_FRAMES: usize = 50;
/// The longest digest, in bytes, with the byte that says how many frames are in it.
pub const MOST_DIGEST_BYTES: usize = digest_bytes(DIGEST_FRAMES);

const HASH: usize = 16;
const HEAD: usize = 16;
const SIGNATURE: usize = 64;

/// What stands for one sealed frame in a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHash(pub [u8; HASH]);

/// A digest that was read, and not yet verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoiceDigest<'a> {
    /// The `SFrame` key id of the frames.
    pub key_id: u64,
    /// The counter of the first of them; the others follow without a gap.
    pub first: u64,
    signed: &'a [u8],
    /// The talker's device's.
    pub signature: Signature,
}

/// How many bytes a digest of so many frames is longer than none, with its count.
pub const fn digest_bytes(frames: usize) -> usize {
    HEAD + HASH * frames + SIGNATURE + 1
}

impl FrameHash {
    /// Of a frame as it travels.
    pub fn of(sealed: &[u8]) -> Self {
        let mut hash = [0; HASH];
        hash.copy_from_slice(&Hash::of(sealed).0[..HASH]);
        Self(hash)
    }
}

impl<'a> VoiceDigest<'a> {
    /// Takes a frame's plaintext apart: its sound, and the digest in it. `None` when it is neither with nor without one.
    pub fn split(plaintext: &'a [u8]) -> Option<(&'a [u8], Option<Self>)> {
        let (frames, rest) = plaintext.split_last()?;
        let frames = usize::from(*frames);
        if frames == 0 {
            return Some((rest, None));
        }
        if frames > DIGEST_FRAMES {
            return None;
        }
        let sound = rest.len().checked_sub(digest_bytes(frames) - 1)?;
        let (sound, digest) = rest.split_at(sound);
        let (signed, signature) = digest.split_last_chunk::<SIGNATURE>()?;
        let (key_id, rest) = signed.split_first_chunk()?;
        let (first, _) = rest.split_first_chunk()?;
        let digest = Self {
            key_id: u64::from_be_bytes(*key_id),
            first: u64::from_be_bytes(*first),
            signed,
            signature: Signature(*signature),
        };
        Some((sound, Some(digest)))
    }

    /// The hashes of its frames, in the order of their counters.
    pub fn hashes(&self) -> impl Iterator<Item = FrameHash> + 'a {
        let hashes = self.signed.get(HEAD..).unwrap_or_default();
        hashes
            .as_chunks::<HASH>()
            .0
            .iter()
            .map(|hash| FrameHash(*hash))
    }

    /// How many frames are in it.
    pub fn frames(&self) -> usize {
        self.signed.len().saturating_sub(HEAD) / HASH
    }

    /// The bytes that its signature covers, as of this stay.
    pub fn signed(&self, call: &CallId, stream: &StreamId) -> Vec<u8> {
        [&call.0, &stream.0, self.signed].concat()
    }
}

/// Writes a digest's bytes without its signature and its count: after call and stream they are what is signed.
pub fn write_digest(out: &mut Vec<u8>, key_id: u64, first: u64, hashes: &[FrameHash]) {
    out.extend_from_slice(&key_id.to_be_bytes());
    out.extend_from_slice(&first.to_be_bytes());
    for hash in hashes {
        out.extend_from_slice(&hash.0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with_digest(sound: &[u8], hashes: &[FrameHash]) -> Vec<u8> {
        let mut out = sound.to_vec();
        write_digest(&mut out, 7, 300, hashes);
        out.extend_from_slice(&[5; SIGNATURE]);
        out.push(hashes.len() as u8);
        out
    }

    #[test]
    fn a_frame_comes_apart_as_it_was_put_together() {
        assert_eq!(VoiceDigest::split(b"opus\0"), Some((&b"opus"[..], None)));
        assert_eq!(VoiceDigest::split(b"\0"), Some((&b""[..], None)));
        assert_eq!(VoiceDigest::split(b""), None);
        for frames in [1, 2, DIGEST_FRAMES] {
            let hashes: Vec<_> = (0..frames).map(|n| FrameHash([n as u8; HASH])).collect();
            let plaintext = with_digest(b"opus", &hashes);
            assert_eq!(plaintext.len(), 4 + digest_bytes(frames));
            let (sound, digest) = VoiceDigest::split(&plaintext).unwrap();
            let digest = digest.unwrap();
            assert_eq!(sound, b"opus");
            assert_eq!(
                (digest.key_id, digest.first, digest.frames()),
                (7, 300, frames)
            );
            assert_eq!(digest.hashes().collect::<Vec<_>>(), hashes);
            assert_eq!(digest.signature, Signature([5; 64]));
        }
    }

    #[test]
    fn what_is_too_short_or_of_too_many_frames_is_none() {
        let hashes = [FrameHash([1; HASH]); 3];
        let plaintext = with_digest(b"", &hashes);
        assert!(VoiceDigest::split(&plaintext).is_some());
        assert_eq!(VoiceDigest::split(&plaintext[1..]), None);
        let many = with_digest(b"", &[FrameHash([1; HASH]); DIGEST_FRAMES + 1]);
        assert_eq!(VoiceDigest::split(&many), None);
    }

    #[test]
    fn a_hash_is_the_beginning_of_sha_256() {
        let expected = [
            0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae,
            0x22, 0x23,
        ];
        assert_eq!(FrameHash::of(b"abc"), FrameHash(expected));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1_300)) {
            if let Some((sound, Some(digest))) = VoiceDigest::split(&bytes) {
                prop_assert_eq!(sound.len() + digest_bytes(digest.frames()), bytes.len());
                prop_assert_eq!(digest.hashes().count(), digest.frames());
            }
        }
    }
}
