//! Where the pipeline ends and the network begins: what the caller gives, and stand-ins for tests.
//!
//! ```text
//! encoder -> FrameSealer (crypto, the caller's) -> PacketSender (network, the caller's)
//! network -> open (the caller's)                -> PacketInput::push -> jitter buffer
//! ```

mod input;
mod loopback;

pub use input::{PacketInput, PacketSource, PushError, ReceivedPacket, packet_channel};
pub use loopback::{Loopback, Lossy};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Whose voice it is, as the caller numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TalkerId(pub u64);

/// What accompanies a packet on its way out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PacketHeader {
    /// Rises by one with every packet sent, and wraps.
    pub sequence: u32,
    /// Capture time of the first sample, in samples at 48 kHz; runs on through silence, and wraps.
    pub timestamp: u32,
    /// How much sound the packet holds, in samples at 48 kHz.
    pub samples: u32,
    /// Level of the sound, in dBFS.
    pub level_dbfs: f32,
    /// Whether a talk spurt begins here.
    pub marker: bool,
}

/// A packet that is ready to travel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutgoingPacket<'a> {
    /// What accompanies it.
    pub header: PacketHeader,
    /// The sealed sound.
    pub payload: &'a [u8],
}

/// Sealing failed; the packet is dropped and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a voice frame could not be sealed and was not sent")]
pub struct SealError;

/// Encrypts frames. Called on the voice thread: must not allocate, lock or block.
pub trait FrameSealer: Send {
    /// Called at every block, spoken or not: newer keys are taken over here. `false`: nothing may be sealed now, and the
    /// block is not sent.
    fn refresh(&mut self) -> bool {
        true
    }

    /// Whether other people may hear from now on than before: told once, after [`FrameSealer::refresh`] has taken their key.
    /// Nothing of what was said before is in what is sealed then.
    fn has_new_listeners(&mut self) -> bool {
        false
    }

    /// Appends the sealed frame to `out`, which is empty and has room for the longest frame of Opus and 256 bytes more.
    ///
    /// # Errors
    /// [`SealError`]: the frame is not sent.
    fn seal(
        &mut self,
        header: &PacketHeader,
        opus: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError>;
}

/// Takes packets to the network. Called on the voice thread: must return at once, dropping what it cannot take.
pub trait PacketSender: Send {
    /// Hands over one packet.
    fn send(&mut self, packet: OutgoingPacket<'_>);
}

/// A sealer that leaves frames as they are: for tests, and where the caller seals in its sender.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainSealer;

impl FrameSealer for PlainSealer {
    fn seal(
        &mut self,
        _header: &PacketHeader,
        opus: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        out.extend_from_slice(opus);
        Ok(())
    }
}

/// A sender that drops everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct NullSender;

impl PacketSender for NullSender {
    fn send(&mut self, _packet: OutgoingPacket<'_>) {}
}
