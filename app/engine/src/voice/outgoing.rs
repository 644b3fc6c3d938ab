//! One's own voice on its way out: sealed on the voice thread, handed to the network by a task.
//!
//! ```text
//! session ── VoiceKeys ── slot ──► Sealer ┐ voice thread: neither allocates nor waits
//!                                  Sender ┘── ring ──► send_media ── Road ──► MediaSender ──► peers
//! ```
//!
//! The slot holds the newest sealer only, and the voice thread looks into it at every block: a key is never dropped
//! because others wait before it, and none stays in use because nobody speaks. Each packet says under which key it was sealed:
//! where another road is to be taken, it is taken with the first packet under its key.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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
    /// Which key it has.
    number: u64,
    is_new: bool,
    /// Other people may hear than with the key before.
    others: bool,
}

#[derive(Default)]
struct Shared {
    slot: Mutex<Slot>,
    /// Whether anything may be sealed.
    allowed: AtomicBool,
    /// The key that the voice thread seals with.
    number: AtomicU64,
}

/// The session's hand on the sealer.
pub struct VoiceKeys {
    shared: Arc<Shared>,
    device: DeviceId,
    /// The last key's number.
    number: u64,
    used: Option<(CallId, StreamId, u64)>,
}

/// Seals frames on the voice thread.
pub(crate) struct Sealer {
    shared: Arc<Shared>,
    present: Option<Box<MediaSealer>>,
    /// Other people may hear from now on.
    others: bool,
}

impl VoiceKeys {
    /// Keys of this device's voice, and the sealer that will use them. Nothing is sealed before [`Self::begin`] and
    /// [`Self::allow`].
    pub(crate) fn new(device: DeviceId) -> (Self, Sealer) {
        let shared = Arc::<Shared>::default();
        let keys = Self {
            shared: Arc::clone(&shared),
            device,
            number: 0,
            used: None,
        };
        let sealer = Sealer {
            shared,
            present: None,
            others: false,
        };
        (keys, sealer)
    }

    /// Another stay, of this call or another: its frames are sealed for `stream`, which must be newly drawn.
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
        self.put(secret, stream, true)
    }

    /// A new epoch's key for the present stay. The present epoch's changes nothing.
    ///
    /// # Errors
    /// When it is older, or another call's, or no stay has begun.
    pub(crate) fn rekey(&mut self, secret: &CallSecret) -> Result<(), MediaError> {
        match self.used {
            Some((call, _, epoch)) if call == secret.call() && epoch == secret.epoch() => Ok(()),
            Some((call, stream, epoch)) if call == secret.call() && epoch < secret.epoch() => {
                self.put(secret, stream, false)
            }
            _ => Err(MediaError::WrongKey),
        }
    }

    /// The number of the key that comes next.
    pub(crate) fn next(&self) -> u64 {
        self.number + 1
    }

    fn put(
        &mut self,
        secret: &CallSecret,
        stream: StreamId,
        others: bool,
    ) -> Result<(), MediaError> {
        let sealer = MediaSealer::new(secret, self.device, stream)?;
        self.used = Some((secret.call(), stream, secret.epoch()));
        self.number = self.next();
        let old = {
            let mut slot = self.shared.slot.lock();
            slot.number = self.number;
            slot.others |= others;
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
            std::mem::swap(&mut self.present, &mut slot.sealer);
            self.shared.number.store(slot.number, Ordering::Relaxed);
            slot.is_new = false;
            self.others |= std::mem::take(&mut slot.others);
        }
        self.present.is_some() && self.shared.allowed.load(Ordering::Acquire)
    }

    fn has_new_listeners(&mut self) -> bool {
        std::mem::take(&mut self.others)
    }

    fn seal(&mut self, _: &PacketHeader, opus: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        let sealer = self.present.as_mut().ok_or(SealError)?;
        if !self.shared.allowed.load(Ordering::Acquire) {
            return Err(SealError);
        }
        sealer.seal(opus, out).map_err(|_| SealError)
    }
}

/// A sealed packet between the voice thread and the network.
struct Sealed {
    /// Under which key.
    key: u64,
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
    shared: Arc<Shared>,
    ring: Producer<Sealed>,
    wake: Arc<Notify>,
}

/// The task's end.
pub(crate) struct Outgoing {
    ring: Consumer<Sealed>,
    wake: Arc<Notify>,
}

/// Where packets go now: nowhere while no transport stands. Clones are one road.
#[derive(Clone, Default)]
pub struct Road(Arc<Mutex<Fork<MediaSender>>>);

struct Fork<T> {
    present: Option<T>,
    /// Where those go that are sealed under this key or a later one.
    next: Option<(u64, T)>,
}

impl<T> Default for Fork<T> {
    fn default() -> Self {
        Self {
            present: None,
            next: None,
        }
    }
}

impl<T: Clone> Fork<T> {
    /// Where a packet goes that is sealed under this key; those after it go no other way any more.
    fn take(&mut self, key: u64) -> Option<T> {
        if let Some((_, next)) = self.next.take_if(|(from, _)| *from <= key) {
            self.present = Some(next);
        }
        self.present.clone()
    }
}

impl Road {
    /// Packets go there from now on.
    pub(crate) fn lead(&self, sender: Option<MediaSender>) {
        *self.0.lock() = Fork {
            present: sender,
            next: None,
        };
    }

    /// Packets go there from the first one on that is sealed under the key of this number.
    pub(crate) fn fork(&self, key: u64, sender: MediaSender) {
        self.0.lock().next = Some((key, sender));
    }

    /// That key does not come.
    pub(crate) fn stay(&self) {
        self.0.lock().next = None;
    }

    fn sender(&self, key: u64) -> Option<MediaSender> {
        self.0.lock().take(key)
    }
}

/// Both ends of the way from the voice thread to the network.
pub(crate) fn outgoing(keys: &VoiceKeys) -> (Sender, Outgoing) {
    let (producer, consumer) = RingBuffer::new(RING);
    let wake = Arc::<Notify>::default();
    let sender = Sender {
        shared: Arc::clone(&keys.shared),
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
            key: self.shared.number.load(Ordering::Relaxed),
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
            let Some(sender) = road.sender(packet.key) else {
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

    #[test]
    fn another_road_is_taken_with_the_first_packet_under_its_key() {
        let mut fork = Fork::default();
        assert_eq!(fork.take(1), None);
        fork.present = Some("old");
        fork.next = Some((3, "new"));
        assert_eq!(
            [2, 2, 3, 3].map(|key| fork.take(key)).map(Option::unwrap),
            ["old", "old", "new", "new"]
        );
        assert_eq!(fork.take(2), Some("new"), "there is no way back");
    }

    #[test]
    fn whoever_moves_is_sealed_under_one_calls_key_at_a_time() {
        let (device, here) = super::super::founded::call();
        let (_, there) = super::super::founded::call();
        let (mut keys, mut sealer) = VoiceKeys::new(device);
        let (old, new) = (StreamId([1; 16]), StreamId([2; 16]));
        let opens = |secret, stream, frame: &[u8]| {
            let mut opener = dialtone_crypto::MediaOpener::new(device, stream);
            opener.add_key(secret, std::time::Duration::ZERO).unwrap();
            opener.open(frame, &mut Vec::new()).is_ok()
        };
        let header = PacketHeader {
            sequence: 0,
            timestamp: 0,
            samples: 960,
            level_dbfs: -20.0,
            marker: true,
        };
        let packet = |sealer: &mut Sealer| {
            let mut frame = Vec::with_capacity(2_000);
            sealer.seal(&header, b"opus", &mut frame).unwrap();
            (frame, sealer.shared.number.load(Ordering::Relaxed))
        };
        keys.allow(true);
        keys.begin(&here, old).unwrap();
        assert!(sealer.refresh());
        let moves = keys.next();
        keys.begin(&there, new).unwrap();
        // A packet that is under way is the old call's, and goes its way.
        let (frame, number) = packet(&mut sealer);
        assert!(opens(&here, old, &frame) && number < moves);
        assert!(sealer.refresh());
        let (frame, number) = packet(&mut sealer);
        assert!(opens(&there, new, &frame) && number == moves);
        assert!(sealer.has_new_listeners() && !sealer.has_new_listeners());
        assert!(!opens(&here, old, &frame) && !opens(&here, new, &frame));
    }
}
