//! What the codec refuses.

use thiserror::Error;

use super::{MAX_PACKET_BYTES, MAX_PACKET_SAMPLES};

/// The codec refused something.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CodecError {
    /// A setting that Opus does not take.
    #[error("the encoder does not take {setting}; choose another value")]
    Setting {
        /// Which setting.
        setting: &'static str,
    },
    /// A packet without a byte.
    #[error("a voice packet is empty and was skipped")]
    Empty,
    /// A packet that is longer than any that Opus makes.
    #[error("a voice packet is longer than {MAX_PACKET_BYTES} bytes and was skipped: {bytes}")]
    Oversized {
        /// Its length in bytes.
        bytes: usize,
    },
    /// A packet that is not Opus.
    #[error("a voice packet is damaged and was skipped (code {code})")]
    Damaged {
        /// Opus's own error code; 0 when it made of it what is no sound.
        code: i32,
    },
    /// A piece of sound that cannot be made without a packet.
    #[error(
        "sound is restored in steps of 2.5 or 10 ms, up to {MAX_PACKET_SAMPLES} samples, not in {samples}"
    )]
    Length {
        /// The length asked for, in samples.
        samples: usize,
    },
    /// Sound that the packet read last tells nothing of.
    #[error("no packet tells of the sound that was lost; conceal it")]
    OutOfReach,
    /// The codec could not be created.
    #[error("the voice codec could not be started; free some memory and try again (code {code})")]
    Unavailable {
        /// Opus's own error code.
        code: i32,
    },
}
