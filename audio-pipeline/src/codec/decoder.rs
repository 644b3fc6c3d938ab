//! Packets to sound, and what to do when a packet is missing.

use super::ffi::{RawDecoder, has_fec};
use super::{CodecError, MAX_PACKET_SAMPLES};
use crate::frame::SAMPLE_RATE;

/// Complexity from which Opus conceals by a neural network.
const DEEP_CONCEALMENT: i32 = 5;

/// What the downlink needs of a decoder. Voice thread: must not allocate, lock or block.
pub trait SpeechDecoder: Send {
    /// How many samples at 48 kHz `packet` holds; `None` when it is no valid packet.
    fn samples_in(&self, packet: &[u8]) -> Option<usize>;

    /// Decodes a packet; gives the number of samples written.
    ///
    /// # Errors
    /// A damaged packet.
    fn decode(&mut self, packet: &[u8], output: &mut [f32]) -> Result<usize, CodecError>;

    /// Whether `packet` can restore the packet before it.
    fn can_restore(&self, packet: &[u8]) -> bool;

    /// Restores the packet before `next` into the whole of `output`.
    ///
    /// # Errors
    /// A damaged packet.
    fn restore(&mut self, next: &[u8], output: &mut [f32]) -> Result<usize, CodecError>;

    /// Invents what fills `output` (a multiple of 2.5 ms), going on from the sound so far.
    ///
    /// # Errors
    /// A length that the decoder cannot make.
    fn conceal(&mut self, output: &mut [f32]) -> Result<usize, CodecError>;
}

/// Opus at 48 kHz, mono, with deep concealment.
pub struct OpusDecoder(RawDecoder);

impl OpusDecoder {
    /// Creates a decoder. Allocates: not on the voice thread.
    ///
    /// # Errors
    /// [`CodecError::Unavailable`].
    pub fn new() -> Result<Self, CodecError> {
        RawDecoder::new(DEEP_CONCEALMENT).map(Self)
    }
}

impl SpeechDecoder for OpusDecoder {
    fn samples_in(&self, packet: &[u8]) -> Option<usize> {
        let samples = opus::packet::get_nb_samples(packet, SAMPLE_RATE).ok()?;
        (1..=MAX_PACKET_SAMPLES)
            .contains(&samples)
            .then_some(samples)
    }

    fn decode(&mut self, packet: &[u8], output: &mut [f32]) -> Result<usize, CodecError> {
        self.0.decode(Some(packet), output, false)
    }

    fn can_restore(&self, packet: &[u8]) -> bool {
        has_fec(packet)
    }

    fn restore(&mut self, next: &[u8], output: &mut [f32]) -> Result<usize, CodecError> {
        self.0.decode(Some(next), output, true)
    }

    fn conceal(&mut self, output: &mut [f32]) -> Result<usize, CodecError> {
        self.0.decode(None, output, false)
    }
}
