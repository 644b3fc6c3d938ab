//! Sealing one's own frames.

use dialtone_protocol::digest::{FrameHash, MOST_DIGEST_BYTES};
use dialtone_protocol::relay::MAX_RELAYED;
use dialtone_protocol::{CallId, StreamId};
use sframe::frame::{MediaFrameView, MonotonicCounter};
use sframe::key::EncryptionKey;

use super::digests::Digests;
use super::keys::{OVERHEAD, SUITE, base_key, whisper_base_key};
use super::{FRAME_LIMIT, MediaError, VoiceSigner, WhisperKey};
use crate::group::CallSecret;
use crate::primitives::Secret;

/// The longest plaintext beside which a digest is put: sealed, it is relayed.
const WITH_DIGEST: usize = MAX_RELAYED - OVERHEAD;

/// Seals the frames of one stay in one call, under one key, and puts signed digests of them into those that follow. `Send`;
/// [`Self::seal`] takes no lock, and allocates nothing once its buffers are as long as the longest frame.
pub struct MediaSealer {
    epoch: u64,
    key: EncryptionKey,
    counter: MonotonicCounter,
    /// What the counter gives next.
    next: u64,
    digests: Digests,
    plaintext: Vec<u8>,
    scratch: Vec<u8>,
}

impl MediaSealer {
    /// A new stay. `stream` must be newly drawn at random and never given to another sealer under this epoch's key: the counter
    /// begins at 0.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn new(
        secret: &CallSecret,
        signer: &VoiceSigner,
        stream: StreamId,
    ) -> Result<Self, MediaError> {
        let base = base_key(secret, &signer.device(), &stream);
        Self::under(secret.epoch(), &base, secret.call(), signer, stream)
    }

    /// For a whisper of the stay `stream` in `call`; no two sealers may have the same key.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn whisper(
        key: &WhisperKey,
        call: CallId,
        signer: &VoiceSigner,
        stream: StreamId,
    ) -> Result<Self, MediaError> {
        let base = whisper_base_key(key, &signer.device(), &stream);
        Self::under(key.key_id(), &base, call, signer, stream)
    }

    pub(super) fn under(
        id: u64,
        base: &Secret,
        call: CallId,
        signer: &VoiceSigner,
        stream: StreamId,
    ) -> Result<Self, MediaError> {
        Ok(Self {
            epoch: id,
            key: encryption_key(id, base)?,
            counter: MonotonicCounter::default(),
            next: 0,
            digests: Digests::new(signer.clone(), call, stream, id),
            plaintext: Vec::with_capacity(FRAME_LIMIT + MOST_DIGEST_BYTES),
            scratch: Vec::with_capacity(FRAME_LIMIT + MOST_DIGEST_BYTES + OVERHEAD),
        })
    }

    /// Digests of frames that were sealed under another key of the same stay, and are not told yet, are told under this one too:
    /// a newer epoch's takes over what the one before has left, and one's voice aloud what a whisper has. Of another stay nothing is.
    pub fn take_over(&mut self, other: &mut Self) {
        self.digests.take_over(&mut other.digests);
    }

    /// A listener has missed the digest of this frame, by its key id and its counter: it is sent again.
    pub fn tell_again(&mut self, key_id: u64, counter: u64) {
        self.digests.tell_again(key_id, counter);
    }

    /// How often each digest is sent from now on: three times at first.
    pub fn set_copies(&mut self, copies: u8) {
        self.digests.set_copies(copies);
    }

    /// The epoch whose key is in use.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Seals one frame of `sound` samples at 48 kHz; `out` is replaced by header, ciphertext and tag.
    ///
    /// # Errors
    /// When it is too long.
    pub fn seal(&mut self, frame: &[u8], sound: u32, out: &mut Vec<u8>) -> Result<(), MediaError> {
        if frame.len() > FRAME_LIMIT {
            return Err(MediaError::TooLong);
        }
        let room = WITH_DIGEST.saturating_sub(frame.len());
        self.plaintext.clear();
        self.plaintext.extend_from_slice(frame);
        self.digests.append(&mut self.plaintext, room);
        let frame = MediaFrameView::try_new(&mut self.counter, &self.plaintext)
            .map_err(|_| MediaError::WrongKey)?;
        let counter = self.next;
        self.next += 1;
        let sealed = frame
            .encrypt_into(&self.key, &mut self.scratch)
            .map_err(|_| MediaError::Library)?;
        out.clear();
        out.extend_from_slice(sealed.sframe_cipher_text());
        self.digests.note(counter, FrameHash::of(out), sound, room);
        Ok(())
    }
}

fn encryption_key(id: u64, base: &Secret) -> Result<EncryptionKey, MediaError> {
    EncryptionKey::derive_from(SUITE, id, **base).map_err(|_| MediaError::Library)
}
