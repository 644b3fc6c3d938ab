//! Packets to sound, and what to do when a packet is missing.
//!
//! ```text
//! 1  lost 2  lost 3  lost 4  [packet 5]
//!                    restore(5)            the coarse copy of 4 in 5 (FEC), where there is one
//! reach_of(5) once, then restore_from(3 * 960), restore_from(2 * 960), ...    what 5 tells of before (DRED)
//! conceal            whatever nothing tells of
//! decode(5)
//! ```
//!
//! In this order, oldest first: each call goes on from the sound of the one before.

use serde::{Deserialize, Serialize};

use super::ffi::{RawDecoder, has_fec};
use super::packet::samples_in;
use super::redundancy::{Reach, Redundancy};
use super::{CodecError, MAX_PACKET_BYTES, MAX_PACKET_SAMPLES};

/// What is made at once is a multiple of this, in samples: 2.5 ms.
const STEP: usize = 120;

/// Louder than any sound that was encoded, as amplitude: a damaged packet, not a voice.
const ABSURD: f32 = 1e4;

/// How much is done for the sound of a talker. Each step includes those before it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum DecoderEffort {
    /// What is lost is concealed by repeating.
    Plain,
    /// What is lost is concealed by a neural network that speaks on.
    #[default]
    DeepConcealment,
    /// Coarse speech is made clearer by a small network (`LACE`).
    Clearer,
    /// Coarse speech is made clearer by a larger network (`NoLACE`).
    Clearest,
}

impl DecoderEffort {
    /// Opus's complexity of the decoder.
    const fn complexity(self) -> i32 {
        match self {
            Self::Plain => 0,
            Self::DeepConcealment => 5,
            Self::Clearer => 6,
            Self::Clearest => 7,
        }
    }
}

/// What the downlink needs of a decoder. Voice thread: must not allocate, lock or block.
pub trait SpeechDecoder: Send {
    /// How many samples at 48 kHz `packet` holds; `None` when it is no valid packet.
    fn samples_in(&self, packet: &[u8]) -> Option<usize>;

    /// Decodes a packet; gives the number of samples written.
    ///
    /// # Errors
    /// A damaged packet, or more sound in it than `output` holds.
    fn decode(&mut self, packet: &[u8], output: &mut [f32]) -> Result<usize, CodecError>;

    /// Whether `packet` can restore the packet before it.
    fn can_restore(&self, packet: &[u8]) -> bool;

    /// Restores the packet before `next` into the whole of `output`.
    ///
    /// # Errors
    /// A damaged packet, or a length that the decoder cannot make.
    fn restore(&mut self, next: &[u8], output: &mut [f32]) -> Result<usize, CodecError>;

    /// Invents what fills `output` (a multiple of 2.5 ms), going on from the sound so far.
    ///
    /// # Errors
    /// A length that the decoder cannot make.
    fn conceal(&mut self, output: &mut [f32]) -> Result<usize, CodecError>;

    /// Reads what `packet` tells of the sound before it, and keeps that for [`restore_from`](Self::restore_from) until
    /// the next call of this; decoding does not touch it. Without loss nobody needs to ask.
    ///
    /// # Errors
    /// A damaged packet.
    fn reach_of(&mut self, packet: &[u8]) -> Result<Reach, CodecError> {
        let _ = packet;
        Ok(Reach::NONE)
    }

    /// Restores the sound that begins `offset` samples before the first sample of the packet that was read last, into
    /// the whole of `output` (a multiple of 10 ms, at most 120 ms). Where `output` leaves the packet's reach, it is
    /// concealed.
    ///
    /// # Errors
    /// An `offset` out of the packet's reach, or a length that the decoder cannot make.
    fn restore_from(&mut self, offset: usize, output: &mut [f32]) -> Result<usize, CodecError> {
        let _ = (offset, output);
        Err(CodecError::OutOfReach)
    }

    /// Sets how much is done for the sound from now on.
    fn set_effort(&mut self, effort: DecoderEffort) {
        let _ = effort;
    }
}

/// Opus at 48 kHz, mono.
pub struct OpusDecoder {
    opus: RawDecoder,
    redundancy: Redundancy,
}

impl OpusDecoder {
    /// Creates a decoder with deep concealment. Allocates: not on the voice thread.
    ///
    /// # Errors
    /// [`CodecError::Unavailable`].
    pub fn new() -> Result<Self, CodecError> {
        Self::with_effort(DecoderEffort::default())
    }

    /// Creates a decoder. Allocates: not on the voice thread.
    ///
    /// # Errors
    /// [`CodecError::Unavailable`].
    pub fn with_effort(effort: DecoderEffort) -> Result<Self, CodecError> {
        let mut decoder = Self {
            opus: RawDecoder::new()?,
            redundancy: Redundancy::new()?,
        };
        decoder.set_effort(effort);
        Ok(decoder)
    }

    /// Hands on what was written, unless it is no sound: then the decoder begins anew, because such samples would stay
    /// in its memory.
    fn sound(
        &mut self,
        written: Result<usize, i32>,
        output: &mut [f32],
    ) -> Result<usize, CodecError> {
        let samples = written.map_err(|code| CodecError::Damaged { code })?;
        let Some(sound) = output.get_mut(..samples) else {
            return Err(CodecError::Damaged { code: 0 });
        };
        // Not `>=`: what is no number compares false with everything.
        if sound.iter().all(|sample| sample.abs() < ABSURD) {
            return Ok(samples);
        }
        self.opus.reset();
        sound.fill(0.0);
        Err(CodecError::Damaged { code: 0 })
    }
}

/// Whether Opus can make this many samples at once without a packet that says how many.
fn fits(samples: usize, step: usize) -> Result<(), CodecError> {
    if samples.is_multiple_of(step) && (step..=MAX_PACKET_SAMPLES).contains(&samples) {
        Ok(())
    } else {
        Err(CodecError::Length { samples })
    }
}

/// Whether it is a packet at all: to Opus, no bytes mean that one was lost.
fn is_packet(packet: &[u8]) -> Result<(), CodecError> {
    match packet.len() {
        1..=MAX_PACKET_BYTES => Ok(()),
        0 => Err(CodecError::Empty),
        bytes => Err(CodecError::Oversized { bytes }),
    }
}

impl SpeechDecoder for OpusDecoder {
    fn samples_in(&self, packet: &[u8]) -> Option<usize> {
        is_packet(packet).ok()?;
        samples_in(packet).filter(|samples| (1..=MAX_PACKET_SAMPLES).contains(samples))
    }

    fn decode(&mut self, packet: &[u8], output: &mut [f32]) -> Result<usize, CodecError> {
        is_packet(packet)?;
        let written = self.opus.decode(Some(packet), output, false);
        self.sound(written, output)
    }

    fn can_restore(&self, packet: &[u8]) -> bool {
        is_packet(packet).is_ok() && has_fec(packet)
    }

    fn restore(&mut self, next: &[u8], output: &mut [f32]) -> Result<usize, CodecError> {
        is_packet(next)?;
        fits(output.len(), STEP)?;
        let written = self.opus.decode(Some(next), output, true);
        self.sound(written, output)
    }

    fn conceal(&mut self, output: &mut [f32]) -> Result<usize, CodecError> {
        fits(output.len(), STEP)?;
        let written = self.opus.decode(None, output, false);
        self.sound(written, output)
    }

    fn reach_of(&mut self, packet: &[u8]) -> Result<Reach, CodecError> {
        self.redundancy.forget();
        is_packet(packet)?;
        self.redundancy.read(packet)
    }

    fn restore_from(&mut self, offset: usize, output: &mut [f32]) -> Result<usize, CodecError> {
        fits(output.len(), 4 * STEP)?;
        if !self.redundancy.reach().holds(offset) {
            return Err(CodecError::OutOfReach);
        }
        let written = self.redundancy.raw().decode(&mut self.opus, offset, output);
        self.sound(written, output)
    }

    fn set_effort(&mut self, effort: DecoderEffort) {
        let taken = self.opus.set_complexity(effort.complexity());
        debug_assert!(taken, "{effort:?}");
    }
}
