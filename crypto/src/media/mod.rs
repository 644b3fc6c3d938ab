//! Sealed voice frames: `SFrame` (RFC 9605) with AES-128-GCM-SHA256-128.
//!
//! ```text
//! base key = HKDF(MLS-Exporter("dialtone/v1/sframe", call id, 32), device id || stream id)
//! KID      = the group's epoch;  CTR = 0, 1, 2, … under each key
//! ```
//!
//! A whisper has a key of its own (`whisper`), and a key id that no epoch has.
//!
//! Beside their sound frames hold signed digests of those before them (`digests`), by which receivers tell a talker from another member
//! who has derived the talker's key (`proof`).
//!
//! Each device draws a new random stream id at every join and restart, so that no counter ever runs twice under one key. At a new
//! epoch the counter begins anew under the new key. Receivers keep the key of the epoch before for 10 s.

mod digests;
mod keys;
mod open;
mod proof;
mod replay;
mod seal;
mod signer;
#[cfg(test)]
mod tests;
mod whisper;

pub use open::{MediaOpener, Opened};
pub use proof::{FORGIVES, Proof, UNVERIFIED, VoiceProof};
pub use seal::MediaSealer;
pub use signer::VoiceSigner;
pub use whisper::{WhisperKey, WhisperRefused, WhisperScope};

#[cfg(test)]
pub(crate) use keys::SUITE;

/// How long a key is kept after a newer one came.
pub const KEY_KEPT: std::time::Duration = std::time::Duration::from_secs(10);
/// The longest frame, in bytes of sound.
pub const FRAME_LIMIT: usize = 4 * 1024;

/// Why a frame is not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// Longer than [`FRAME_LIMIT`].
    #[error("a voice frame is too long")]
    TooLong,
    /// The secret is of an older epoch than the one in use, or of another call.
    #[error("a voice key is older than the one in use, or of another call")]
    WrongKey,
    /// Its bytes are not a frame.
    #[error("a voice frame cannot be read")]
    Malformed,
    /// It is whispered to others.
    #[error("a voice frame is whispered to others")]
    Whispered,
    /// The epoch's key is not here, or was erased.
    #[error("the key of epoch {epoch} for a voice frame is not here")]
    MissingKey {
        /// Which.
        epoch: u64,
    },
    /// It came before, or is older than the window.
    #[error("a voice frame came twice or far too late")]
    Replayed,
    /// It was changed, or is another talker's.
    #[error("a voice frame does not verify")]
    Tampered,
    /// The cryptographic library failed.
    #[error("the voice key could not be made; please report this")]
    Library,
}
