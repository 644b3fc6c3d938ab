//! Opening one talker's frames.

use std::time::Duration;

use dialtone_protocol::content::SealedWhisper;
use dialtone_protocol::digest::{FrameHash, MOST_DIGEST_BYTES, VoiceDigest};
use dialtone_protocol::{DeviceId, StreamId};
use sframe::frame::EncryptedFrameView;
use sframe::key::DecryptionKey;

use super::keys::{OVERHEAD, SUITE, TAG, base_key, whisper_base_key};
use super::replay::ReplayWindow;
use super::{FRAME_LIMIT, KEY_KEPT, MediaError, WhisperKey};
use crate::group::CallSecret;
use crate::primitives::Secret;

/// The most epochs whose keys are held at a time.
const MOST_KEYS: usize = 8;
/// The most whispers whose keys are held at a time.
const MOST_WHISPERS: usize = 2;

/// What a frame said of itself, once it has verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Whose key it was sealed with.
    pub epoch: u64,
    /// Its number under that key.
    pub counter: u64,
    /// It is whispered to this device; then `epoch` is the whisper's key id.
    pub whispered: bool,
    /// What stands for it in a digest.
    pub hash: FrameHash,
}

/// Opens the frames of one device's stay in a call, as its signed signalling announced it.
pub struct MediaOpener {
    device: DeviceId,
    stream: StreamId,
    keys: Vec<EpochKey>,
    whispers: Vec<EpochKey>,
    scratch: Vec<u8>,
    /// What was in the last frame.
    plaintext: Vec<u8>,
}

struct EpochKey {
    epoch: u64,
    /// In a place of its own: moved about in the list it would leave copies that nobody erases.
    key: Box<DecryptionKey>,
    window: ReplayWindow,
    /// When a newer key came.
    replaced: Option<Duration>,
}

impl EpochKey {
    fn new(id: u64, base: &Secret) -> Result<Self, MediaError> {
        let key = DecryptionKey::derive_from(SUITE, id, **base);
        Ok(Self {
            epoch: id,
            key: Box::new(key.map_err(|_| MediaError::Library)?),
            window: ReplayWindow::default(),
            replaced: None,
        })
    }
}

impl MediaOpener {
    /// For the talker `device` with the stream that it announced.
    pub fn new(device: DeviceId, stream: StreamId) -> Self {
        Self {
            device,
            stream,
            keys: Vec::with_capacity(MOST_KEYS + 1),
            whispers: Vec::with_capacity(MOST_WHISPERS + 1),
            scratch: Vec::with_capacity(FRAME_LIMIT + MOST_DIGEST_BYTES + 2 * OVERHEAD),
            plaintext: Vec::with_capacity(FRAME_LIMIT + MOST_DIGEST_BYTES),
        }
    }

    /// Takes in an epoch's key. Keys of older epochs begin to run out at `now` (of any steady clock).
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn add_key(&mut self, secret: &CallSecret, now: Duration) -> Result<(), MediaError> {
        let epoch = secret.epoch();
        if self.keys.iter().any(|key| key.epoch == epoch) {
            return Ok(());
        }
        let base = base_key(secret, &self.device, &self.stream);
        let key = EpochKey::new(epoch, &base)?;
        let newest = self.keys.last().map_or(epoch, |key| key.epoch.max(epoch));
        self.keys.push(key);
        self.keys.sort_by_key(|key| key.epoch);
        for key in self.keys.iter_mut().filter(|key| key.epoch < newest) {
            key.replaced.get_or_insert(now);
        }
        if self.keys.len() > MOST_KEYS {
            self.keys.remove(0);
        }
        Ok(())
    }

    /// Takes in the key of a whisper to this device, in place of the one before, which runs out at `now`.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn add_whisper(&mut self, key: &WhisperKey, now: Duration) -> Result<(), MediaError> {
        let id = key.key_id();
        if self.whispers.iter().any(|known| known.epoch == id) {
            return Ok(());
        }
        let base = whisper_base_key(key, &self.device, &self.stream);
        let key = EpochKey::new(id, &base)?;
        for known in &mut self.whispers {
            known.replaced.get_or_insert(now);
        }
        self.whispers.push(key);
        if self.whispers.len() > MOST_WHISPERS {
            self.whispers.remove(0);
        }
        Ok(())
    }

    /// Erases keys that were replaced 10 s ago. The owner calls it now and then, and drops the opener when the call ends.
    pub fn expire(&mut self, now: Duration) {
        let kept = |since: Duration| now.saturating_sub(since) < KEY_KEPT;
        self.keys.retain(|key| key.replaced.is_none_or(kept));
        self.whispers.retain(|key| key.replaced.is_none_or(kept));
    }

    /// Opens one frame; `out` is replaced by its sound. What else was in it is told by [`Self::digest`].
    ///
    /// # Errors
    /// [`MediaError`]; then `out` is empty.
    pub fn open(&mut self, sealed: &[u8], out: &mut Vec<u8>) -> Result<Opened, MediaError> {
        out.clear();
        self.plaintext.clear();
        if sealed.len() > FRAME_LIMIT + MOST_DIGEST_BYTES + OVERHEAD {
            return Err(MediaError::TooLong);
        }
        let frame = EncryptedFrameView::try_new(sealed).map_err(|_| MediaError::Malformed)?;
        if frame.cipher_text().len() < TAG {
            return Err(MediaError::Malformed);
        }
        let (epoch, counter) = (frame.header().key_id(), frame.header().counter());
        let whispered = epoch & SealedWhisper::KEY_ID != 0;
        let (keys, missing) = if whispered {
            (&mut self.whispers, MediaError::Whispered)
        } else {
            (&mut self.keys, MediaError::MissingKey { epoch })
        };
        let key = keys.iter_mut().find(|key| key.epoch == epoch);
        let key = key.ok_or(missing)?;
        if !key.window.is_new(counter) {
            return Err(MediaError::Replayed);
        }
        let opened = frame
            .decrypt_into(&*key.key, &mut self.scratch)
            .map_err(|_| MediaError::Tampered)?;
        self.plaintext.extend_from_slice(opened.payload());
        key.window.record(counter);
        let (sound, _) = VoiceDigest::split(&self.plaintext).ok_or(MediaError::Malformed)?;
        out.extend_from_slice(sound);
        Ok(Opened {
            epoch,
            counter,
            whispered,
            hash: FrameHash::of(sealed),
        })
    }

    /// The digest that was in the last frame that opened; not verified.
    pub fn digest(&self) -> Option<VoiceDigest<'_>> {
        VoiceDigest::split(&self.plaintext)?.1
    }
}
