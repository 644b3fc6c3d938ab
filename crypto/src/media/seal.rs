//! Sealing one's own frames.

use dialtone_protocol::{CallId, DeviceId, StreamId};
use sframe::frame::{MediaFrameView, MonotonicCounter};
use sframe::key::EncryptionKey;

use super::keys::{OVERHEAD, SUITE, base_key, whisper_base_key};
use super::{FRAME_LIMIT, MediaError, WhisperKey};
use crate::group::CallSecret;
use crate::primitives::Secret;

/// Seals the frames of one stay in one call. `Send`; [`Self::seal`] takes no lock, and allocates nothing once its buffers are
/// as long as the longest frame.
pub struct MediaSealer {
    call: CallId,
    device: DeviceId,
    stream: StreamId,
    epoch: u64,
    key: EncryptionKey,
    counter: MonotonicCounter,
    scratch: Vec<u8>,
}

impl MediaSealer {
    /// A new stay. `stream` must be newly drawn at random and never given to another sealer: the counter begins at 0.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn new(
        secret: &CallSecret,
        device: DeviceId,
        stream: StreamId,
    ) -> Result<Self, MediaError> {
        let base = base_key(secret, &device, &stream);
        Self::under(secret.epoch(), &base, secret.call(), device, stream)
    }

    /// For a whisper of the stay `stream` in `call`; no two sealers may have the same key.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn whisper(
        key: &WhisperKey,
        call: CallId,
        device: DeviceId,
        stream: StreamId,
    ) -> Result<Self, MediaError> {
        let base = whisper_base_key(key, &device, &stream);
        Self::under(key.key_id(), &base, call, device, stream)
    }

    fn under(
        id: u64,
        base: &Secret,
        call: CallId,
        device: DeviceId,
        stream: StreamId,
    ) -> Result<Self, MediaError> {
        Ok(Self {
            call,
            device,
            stream,
            epoch: id,
            key: encryption_key(id, base)?,
            counter: MonotonicCounter::default(),
            scratch: Vec::with_capacity(FRAME_LIMIT + OVERHEAD),
        })
    }

    /// Goes over to a newer epoch's key; the counter begins anew. The present epoch's secret changes nothing.
    ///
    /// # Errors
    /// When it is older, or another call's.
    pub fn rekey(&mut self, secret: &CallSecret) -> Result<(), MediaError> {
        if secret.call() != self.call || secret.epoch() < self.epoch {
            return Err(MediaError::WrongKey);
        }
        if secret.epoch() > self.epoch {
            let base = base_key(secret, &self.device, &self.stream);
            self.key = encryption_key(secret.epoch(), &base)?;
            self.epoch = secret.epoch();
            self.counter = MonotonicCounter::default();
        }
        Ok(())
    }

    /// The epoch whose key is in use.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Seals one frame; `out` is replaced by header, ciphertext and tag.
    ///
    /// # Errors
    /// When it is too long.
    pub fn seal(&mut self, frame: &[u8], out: &mut Vec<u8>) -> Result<(), MediaError> {
        if frame.len() > FRAME_LIMIT {
            return Err(MediaError::TooLong);
        }
        let frame =
            MediaFrameView::try_new(&mut self.counter, frame).map_err(|_| MediaError::WrongKey)?;
        let sealed = frame
            .encrypt_into(&self.key, &mut self.scratch)
            .map_err(|_| MediaError::Library)?;
        out.clear();
        out.extend_from_slice(sealed.sframe_cipher_text());
        Ok(())
    }
}

fn encryption_key(id: u64, base: &Secret) -> Result<EncryptionKey, MediaError> {
    EncryptionKey::derive_from(SUITE, id, **base).map_err(|_| MediaError::Library)
}
