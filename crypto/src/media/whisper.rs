//! Whispers: voice for some of a call alone, under a key that only they get.
//!
//! ```text
//! secret   = 32 random bytes, drawn anew whenever others are to hear
//! to each  = HPKE to the listener's box key, bound to the call, the talker's stay and the listener
//! base key = HKDF(secret, device id || stream id);  KID = 2^63 | number;  CTR = 0, 1, 2, ...
//! ```
//!
//! Everybody else in the call knows the epoch's secret, and nothing of this one.

use dialtone_protocol::content::SealedWhisper;
use dialtone_protocol::{CallId, CommunityId, DeviceId, StreamId};

use crate::keys::DeviceKey;
use crate::labels;
use crate::primitives::{self, CryptoError, Secret};
use crate::{CryptoRngCore, Zeroizing};

/// The key of one whisper.
#[derive(Clone)]
pub struct WhisperKey {
    number: u32,
    pub(super) secret: Secret,
}

/// Never shows the secret.
impl std::fmt::Debug for WhisperKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WhisperKey({})", self.number)
    }
}

/// Who whispers where, and to which device a key goes: a key that was sealed for one of these opens for no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhisperScope {
    /// The community.
    pub community: CommunityId,
    /// The call.
    pub call: CallId,
    /// Who whispers.
    pub talker: DeviceId,
    /// In which stay.
    pub stream: StreamId,
    /// Who is to hear it.
    pub listener: DeviceId,
}

/// A key is not for this device, or was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key of a whisper does not open")]
pub struct WhisperRefused;

impl WhisperScope {
    fn info(&self, number: u32) -> Vec<u8> {
        [
            labels::WHISPER,
            &self.community.0,
            &self.call.0,
            &self.talker.0,
            &self.stream.0,
            &self.listener.0,
            &number.to_be_bytes(),
        ]
        .concat()
    }
}

impl WhisperKey {
    /// A new key; `number` is one that this stay has not had.
    pub fn draw(number: u32, rng: &mut dyn CryptoRngCore) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *secret);
        Self { number, secret }
    }

    /// Which of the stay's whispers.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The `SFrame` key id of its frames.
    pub(super) fn key_id(&self) -> u64 {
        SealedWhisper::KEY_ID | u64::from(self.number)
    }

    /// Seals it to one listener, whose box key the roster has.
    ///
    /// # Errors
    /// When the box key is none.
    pub fn seal_to(
        &self,
        scope: &WhisperScope,
        box_key: &[u8],
    ) -> Result<SealedWhisper, CryptoError> {
        let info = scope.info(self.number);
        let (encapsulated, body) = primitives::hpke_seal(box_key, &info, &*self.secret)?;
        Ok(SealedWhisper {
            number: self.number,
            encapsulated: encapsulated.into(),
            body: body.into(),
        })
    }

    /// Opens one that was sealed to this device.
    ///
    /// # Errors
    /// When it was sealed to another device, for another stay, or was changed.
    pub fn open(
        sealed: &SealedWhisper,
        scope: &WhisperScope,
        device: &DeviceKey,
    ) -> Result<Self, WhisperRefused> {
        let info = scope.info(sealed.number);
        let opened = primitives::hpke_open(
            device.box_private(),
            &info,
            &sealed.encapsulated,
            &sealed.body,
        );
        let opened = opened.map_err(|_| WhisperRefused)?;
        let mut secret = Zeroizing::new([0; 32]);
        if opened.len() != secret.len() {
            return Err(WhisperRefused);
        }
        secret.copy_from_slice(&opened);
        Ok(Self {
            number: sealed.number,
            secret,
        })
    }
}
