//! One's own voice on its way out: sealed on the voice thread, handed to the network by a task.
//!
//! ```text
//! session ── VoiceKeys ── slot ──► Sealer ┐ voice thread: neither allocates nor waits
//!                                  Sender ┘── ring ──► send_media ── Road ──► MediaSender ──► peers
//! ```
//!
//! The slot holds the newest sealer only, and the voice thread looks into it at every block: a key is never dropped
//! because others wait before it, and none stays in use because nobody speaks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dialtone_audio::{FrameSealer, OutgoingPacket, PacketHeader, PacketSender, SealError};
use dialtone_crypto::group::CallSecret;
use dialtone_crypto::{MediaError, MediaSealer};
use dialtone_protocol::relay::SILENCE;
use dialtone_protocol::{CallId, DeviceId, StreamId};
use parking_lot::Mutex;
use rtrb::{Consumer, Producer, RingBuffer};
use tokio::sync::Notify;

use super::transport::{MAX_PAYLOAD, MediaSender};

/// Levels are told in steps of so many dB.
const LEVEL_STEP: f32 = 6.0;
/// Sealed packets between the voice thread and the task that sends: 640 ms at 20 ms each.
const RING: usize = 32;

/// Where the newest sealer waits for the voice thread, and where the one before it waits to be erased.
#[derive(Default)]
struct Slot {
    sealer: Option<Box<MediaSealer>>,
    is_new: bool,
}

#[derive(Default)]
struct Shared {
    slot: Mutex<Slot>,
    /// Whether anything may be sealed.
    allowed: AtomicBool,
}

/// The session's hand on the sealer.
pub struct VoiceKeys {
    shared: Arc<Shared>,
    device: DeviceId,
    used: Option<(CallId, StreamId, u64)>,
}

/// Seals frames on the voice thread.
pub(crate) struct Sealer {
    shared: Arc<Shared>,
    sealer: Option<Box<MediaSealer>>,
}

impl VoiceKeys {
    /// Keys of this device's voice, and the sealer that will use them. Nothing is sealed before [`Self::begin`] and
    /// [`Self::allow`].
    pub(crate) fn new(device: DeviceId) -> (Self, Sealer) {
        let shared = Arc::<Shared>::default();
        let keys = Self {
            shared: Arc::clone(&shared),
            device,
            used: None,
        };
        let sealer = None;
        (keys, Sealer { shared, sealer })
    }

    /// Another stay: its frames are sealed for `stream`, which must be newly drawn.
    ///
    /// # Errors
    /// When the stream was the last one's, or the key cannot be derived.
    pub(crate) fn begin(
        &mut self,
        secret: &CallSecret,
        stream: StreamId,
    ) -> Result<(), MediaError> {
        // Two sealers of one stream would use a nonce twice.
        if self.used.is_some_and(|(_, used, _)| used == stream) {
            return Err(MediaError::WrongKey);
        }
        self.put(secret, stream)
    }

    /// A new epoch's key for the present stay. The present epoch's changes nothing.
    ///
    /// # Errors
    /// When it is older, or another call's, or no stay has begun.
    pub(crate) fn rekey(&mut self, secret: &CallSecret) -> Result<(), MediaError> {
        match self.used {
            Some((call, _, epoch)) if call == secret.call() && epoch == secret.epoch() => Ok(()),
            Some((call, stream, epoch)) if call == secret.call() && epoch < secret.epoch() => {
                self.put(secret, stream)
            }
            _ => Err(MediaError::WrongKey),
        }
    }

    fn put(&mut self, secret: &CallSecret, stream: StreamId) -> Result<(), MediaError> {
        let sealer = MediaSealer::new(secret, self.device, stream)?;
        self.used = Some((secret.call(), stream, secret.epoch()));
        let old = {
            let mut slot = self.shared.slot.lock();
            slot.is_new = true;
            slot.sealer.replace(Box::new(sealer))
        };
        drop(old);
        Ok(())
    }

    /// Whether anything may be sealed from the next block on.
    pub(crate) fn allow(&self, allowed: bool) {
        self.shared.allowed.store(allowed, Ordering::Release);
    }

    /// Whether anything may be sealed now.
    #[cfg(test)]
    pub(crate) fn is_allowed(&self) -> bool {
        self.shared.allowed.load(Ordering::Acquire)
    }

    /// Erases the key that the voice thread has laid down.
    pub(crate) fn sweep(&self) {
        let old = {
            let mut slot = self.shared.slot.lock();
            if slot.is_new {
                return;
            }
            slot.sealer.take()
        };
        drop(old);
    }
}

impl FrameSealer for Sealer {
    fn refresh(&mut self) -> bool {
        // The lock is held elsewhere for a moment at most; then the next block takes the key.
        if let Some(mut slot) = self.shared.slot.try_lock()
            && slot.is_new
        {
            std::mem::swap(&mut self.sealer, &mut slot.sealer);
            slot.is_new = false;
        }
        self.sealer.is_some() && self.shared.allowed.load(Ordering::Acquire)
    }

    fn seal(&mut self, _: &PacketHeader, opus: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        let sealer = self.sealer.as_mut().ok_or(SealError)?;
        if !self.shared.allowed.load(Ordering::Acquire) {
            return Err(SealError);
        }
        sealer.seal(opus, out).map_err(|_| SealError)
    }
}

/// A sealed packet between the voice thread and the network.
struct Sealed {
    sequence: u16,
    timestamp: u32,
    marker: bool,
    /// As [`MediaSender::try_send`] takes it.
    level: u8,
    length: u16,
    payload: [u8; MAX_PAYLOAD],
}

/// The voice thread's end of the way to the network.
pub(crate) struct Sender {
    ring: Producer<Sealed>,
    wake: Arc<Notify>,
}

/// The task's end.
pub(crate) struct Outgoing {
    ring: Consumer<Sealed>,
    wake: Arc<Notify>,
}

/// Where packets go now: nowhere while no transport stands.
pub(crate) type Road = Arc<Mutex<Option<MediaSender>>>;

/// Both ends of the way from the voice thread to the network.
pub(crate) fn outgoing() -> (Sender, Outgoing) {
    let (producer, consumer) = RingBuffer::new(RING);
    let wake = Arc::<Notify>::default();
    let sender = Sender {
        ring: producer,
        wake: Arc::clone(&wake),
    };
    let ring = consumer;
    (sender, Outgoing { ring, wake })
}

impl PacketSender for Sender {
    fn send(&mut self, packet: OutgoingPacket<'_>) {
        let bytes = packet.payload;
        let mut sealed = Sealed {
            sequence: packet.header.sequence as u16,
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            level: coarse_level(packet.header.level_dbfs),
            length: bytes.len() as u16,
            payload: [0; MAX_PAYLOAD],
        };
        let Some(room) = sealed.payload.get_mut(..bytes.len()) else {
            return;
        };
        room.copy_from_slice(bytes);
        // A full ring is a loss as any other.
        let _ = self.ring.push(sealed);
        self.wake.notify_one();
    }
}

/// How far below the loudest a packet is, in dB, as coarsely as finding the loudest needs: a finer level would say more of what is
/// spoken to whoever sees it.
fn coarse_level(level_dbfs: f32) -> u8 {
    let below = (-level_dbfs).clamp(0.0, f32::from(SILENCE));
    // What is no number becomes silence.
    let steps = (below / LEVEL_STEP).round();
    (steps * LEVEL_STEP).min(f32::from(SILENCE)) as u8
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.wake.notify_one();
    }
}

/// Sends what the voice thread has sealed, until the voice thread is gone.
pub(crate) async fn send_media(mut outgoing: Outgoing, road: Road) {
    loop {
        // Asked before the ring is emptied: what is pushed before the end is sent.
        let is_over = outgoing.ring.is_abandoned();
        while let Ok(packet) = outgoing.ring.pop() {
            let Some(sender) = road.lock().clone() else {
                continue;
            };
            let payload = &packet.payload[..usize::from(packet.length)];
            let (sequence, timestamp) = (packet.sequence, packet.timestamp);
            let _ = sender.try_send(payload, sequence, timestamp, packet.marker, packet.level);
        }
        if is_over {
            return;
        }
        outgoing.wake.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_told_coarsely_and_within_bounds() {
        let told: Vec<u8> = [0.0, -2.9, -3.1, -20.0, -126.0, -500.0, 9.0, f32::NAN]
            .map(coarse_level)
            .to_vec();
        assert_eq!(told, [0, 0, 6, 18, 126, 126, 0, 127]);
    }
}
