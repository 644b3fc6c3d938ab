//! The way in for packets: any thread pushes, the voice thread pops, nobody waits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rtrb::{Consumer, Producer, RingBuffer};
use thiserror::Error;

use super::TalkerId;
use crate::codec::MAX_PACKET_BYTES;

/// A packet that arrived, opened by the caller.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedPacket {
    /// Who spoke.
    pub talker: TalkerId,
    /// When it arrived.
    pub arrived: Instant,
    /// The sender's packet number.
    pub sequence: u32,
    /// The sender's capture time of the first sample, in samples at 48 kHz.
    pub timestamp: u32,
    /// It was lost on the way, and sent again: how late it is says nothing about others.
    pub resent: bool,
    length: u16,
    bytes: [u8; MAX_PACKET_BYTES],
}

impl ReceivedPacket {
    /// Copies a packet in.
    ///
    /// # Errors
    /// [`PushError::TooLong`] beyond [`MAX_PACKET_BYTES`].
    pub fn new(
        talker: TalkerId,
        arrived: Instant,
        sequence: u32,
        timestamp: u32,
        payload: &[u8],
    ) -> Result<Self, PushError> {
        let mut bytes = [0; MAX_PACKET_BYTES];
        let room = bytes.get_mut(..payload.len()).ok_or(PushError::TooLong {
            bytes: payload.len(),
        })?;
        room.copy_from_slice(payload);
        Ok(Self {
            talker,
            arrived,
            sequence,
            timestamp,
            resent: false,
            length: payload.len() as u16,
            bytes,
        })
    }

    /// The same packet, which was or was not sent again.
    #[must_use]
    pub fn sent_again(self, resent: bool) -> Self {
        Self { resent, ..self }
    }

    /// The opened Opus packet.
    pub fn payload(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// A packet was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PushError {
    /// The voice thread is behind; the packet is dropped, as the network would.
    #[error("the voice thread is behind; a packet was dropped")]
    Full,
    /// No voice packet is that long.
    #[error("a voice packet of {bytes} bytes is too long and was dropped")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

/// Pushes packets to the voice thread. Cheap to clone; usable from any thread but the voice thread.
#[derive(Clone, Debug)]
pub struct PacketInput {
    ring: Arc<Mutex<Producer<ReceivedPacket>>>,
}

/// The voice thread's end of a [`PacketInput`].
pub type PacketSource = Consumer<ReceivedPacket>;

/// Makes both ends of the way in, with room for `capacity` packets.
pub fn packet_channel(capacity: usize) -> (PacketInput, PacketSource) {
    let (producer, consumer) = RingBuffer::new(capacity);
    (
        PacketInput {
            ring: Arc::new(Mutex::new(producer)),
        },
        consumer,
    )
}

impl PacketInput {
    /// Hands over a packet that arrived just now. Returns at once.
    ///
    /// # Errors
    /// The packet was dropped: too long, or the voice thread is behind.
    pub fn push(
        &self,
        talker: TalkerId,
        sequence: u32,
        timestamp: u32,
        payload: &[u8],
    ) -> Result<(), PushError> {
        self.push_packet(ReceivedPacket::new(
            talker,
            Instant::now(),
            sequence,
            timestamp,
            payload,
        )?)
    }

    /// Hands over a packet with its own time of arrival.
    ///
    /// # Errors
    /// The voice thread is behind.
    pub fn push_packet(&self, packet: ReceivedPacket) -> Result<(), PushError> {
        // Held for one copy; only pushing threads share it, never the voice thread.
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.push(packet).map_err(|_| PushError::Full)
    }
}
