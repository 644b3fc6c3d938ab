//! Opus, both ways.
//!
//! ```text
//! PCM (10, 20, 40 or 60 ms) -> Encoder -> packet ... packet -> Decoder -> PCM
//!                                         next packet -> decode_fec -> the lost one
//!                                         nothing     -> conceal    -> something that fits
//! ```

mod decoder;
mod encoder;
mod ffi;

pub use decoder::{OpusDecoder, SpeechDecoder};
pub use encoder::{Encoder, EncoderConfig, PacketDuration};

use thiserror::Error;

/// The longest packet that is sent or accepted, in bytes: 60 ms at 170 kb/s.
pub const MAX_PACKET_BYTES: usize = 1_275;

/// The longest sound in one packet, in samples: 120 ms, as RFC 6716 allows.
pub const MAX_PACKET_SAMPLES: usize = 5_760;

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
    /// A packet that is not Opus.
    #[error("a voice packet is damaged and was skipped (code {code})")]
    Damaged {
        /// Opus's own error code.
        code: i32,
    },
    /// The codec could not be created.
    #[error("the voice codec could not be started; free some memory and try again (code {code})")]
    Unavailable {
        /// Opus's own error code.
        code: i32,
    },
}
