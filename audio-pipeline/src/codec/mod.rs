//! Opus, both ways.
//!
//! ```text
//! PCM (10, 20, 40 or 60 ms) -> Encoder -> packet ... packet -> OpusDecoder -> PCM
//!        ^ EncoderTune: rate, redundancy           next packet -> restore      -> the lost one before it (FEC)
//!                                                  later packet -> restore_from -> those before (DRED)
//!                                                  nothing      -> conceal      -> something that fits
//!                                                  later packets -> parity       -> those before, to the bit
//! ```

mod decoder;
mod deep;
mod encoder;
mod error;
mod ffi;
mod loss;
mod packet;
pub(crate) mod parity;
mod redundancy;
mod tune;

pub use decoder::{DecoderEffort, OpusDecoder, SpeechDecoder};
pub use encoder::{Content, Encoder, EncoderConfig};
pub use error::CodecError;
pub use loss::{LossKind, ObservedLoss};
pub use packet::{
    MAX_PACKET_BYTES, MAX_PACKET_SAMPLES, MAX_SENT_BYTES, PacketDuration, samples_in,
};
pub use parity::Parity;
pub use redundancy::Reach;
pub use tune::{Bandwidth, EncoderTune};
