//! Links for tests and demonstrations: what is sent comes back as another talker's voice.

use super::{OutgoingPacket, PacketInput, PacketSender, TalkerId};

/// Gives every packet back at once.
#[derive(Clone, Debug)]
pub struct Loopback {
    input: PacketInput,
    talker: TalkerId,
}

impl Loopback {
    /// A link on which one hears oneself as `talker`.
    #[must_use]
    pub fn new(input: PacketInput, talker: TalkerId) -> Self {
        Self { input, talker }
    }
}

impl PacketSender for Loopback {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        let OutgoingPacket { header, payload } = packet;
        // A full ring drops the packet, as a network would.
        let _ = self
            .input
            .push(self.talker, header.sequence, header.timestamp, payload);
    }
}

/// A link that loses a share of the packets, the same ones for the same seed.
pub struct Lossy<S> {
    inner: S,
    seed: u64,
    loss: f64,
}

impl<S: PacketSender> Lossy<S> {
    /// Loses each packet with probability `loss` (0..=1).
    #[must_use]
    pub fn new(inner: S, loss: f64, seed: u64) -> Self {
        Self {
            inner,
            seed: seed ^ 0x9E37_79B9_7F4A_7C15,
            loss,
        }
    }

    /// xorshift64*: a test needs repeatable, not unpredictable.
    fn draw(&mut self) -> f64 {
        self.seed ^= self.seed >> 12;
        self.seed ^= self.seed << 25;
        self.seed ^= self.seed >> 27;
        let bits = self.seed.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }
}

impl<S: PacketSender> PacketSender for Lossy<S> {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        if self.draw() >= self.loss {
            self.inner.send(packet);
        }
    }
}
