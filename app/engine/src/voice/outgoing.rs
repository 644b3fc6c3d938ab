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
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use dialtone_audio::{
    FrameSealer, ObservedLoss, OutgoingPacket, PacketHeader, PacketSender, SealError,
};
use dialtone_crypto::group::CallSecret;
use dialtone_crypto::{MediaError, MediaSealer, VoiceSigner, WhisperKey};
use dialtone_protocol::content::MissedFrame;
use dialtone_protocol::relay::SILENCE;
use dialtone_protocol::{CallId, StreamId};
use parking_lot::Mutex;
use rtrb::{Consumer, Producer, RingBuffer};
use tokio::sync::Notify;

use super::transport::{MAX_PAYLOAD, MediaSender};

/// Levels are told in steps of so many dB.
const LEVEL_STEP: f32 = 6.0;
/// Sealed packets between the voice thread and the task that sends: 640 ms at 20 ms each.
const RING: usize = 32;
/// Digests are sent so often; from these shares of loss on more often, and once more where packets are lost in a row.
const COPIES: u8 = 3;
const MORE_COPIES_FROM: [f32; 2] = [0.08, 0.16];
const IN_A_ROW: f32 = 2.5;
/// The most frames whose digests are to be told again, until the voice thread looks.
const MISSED: usize = 32;

/// Where the newest sealer waits for the voice thread, and where the one before it waits to be erased.
#[derive(Default)]
struct Slot {
    sealer: Option<Box<MediaSealer>>,
    /// Which key it has.
    number: u64,
    is_new: bool,
    /// Other people may hear than with the key before.
    others: bool,
    /// The sealer of a whisper, none for speaking aloud; it is taken when `turns` says so.
    whisper: Option<Box<MediaSealer>>,
    turns: bool,
    /// Frames whose digests somebody has missed.
    missed: Vec<MissedFrame>,
}

/// Who hears from another key on.
enum Listeners {
    AsBefore,
    /// Others: by this whisper, or all in the call.
    Others {
        whisper: Option<Box<MediaSealer>>,
    },
}

impl Slot {
    /// Others hear from now on, by a whisper or aloud; gives what waited here.
    fn turn(&mut self, whisper: Option<Box<MediaSealer>>) -> Option<Box<MediaSealer>> {
        (self.others, self.turns) = (true, true);
        std::mem::replace(&mut self.whisper, whisper)
    }
}

struct Shared {
    slot: Mutex<Slot>,
    /// Whether anything may be sealed.
    allowed: AtomicBool,
    /// The key that the voice thread seals with.
    number: AtomicU64,
    /// How often each digest is sent.
    copies: AtomicU8,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            slot: Mutex::default(),
            allowed: AtomicBool::default(),
            number: AtomicU64::default(),
            copies: AtomicU8::new(COPIES),
        }
    }
}

/// The session's hand on the sealer.
pub struct VoiceKeys {
    shared: Arc<Shared>,
    signer: VoiceSigner,
    /// The last key's number.
    number: u64,
    used: Option<(CallId, StreamId, u64)>,
}

/// Seals frames on the voice thread.
pub(crate) struct Sealer {
    shared: Arc<Shared>,
    present: Option<Box<MediaSealer>>,
    /// While one whispers, it seals in place of the other, which keeps its counter.
    whisper: Option<Box<MediaSealer>>,
    /// Other people may hear from now on.
    others: bool,
}

impl VoiceKeys {
    /// Keys of this device's voice, and the sealer that will use them. Nothing is sealed before [`Self::begin`] and
    /// [`Self::allow`].
    pub(crate) fn new(signer: VoiceSigner) -> (Self, Sealer) {
        let shared = Arc::<Shared>::default();
        let keys = Self {
            shared: Arc::clone(&shared),
            signer,
            number: 0,
            used: None,
        };
        let sealer = Sealer {
            shared,
            present: None,
            whisper: None,
            others: false,
        };
        (keys, sealer)
    }

    /// Another stay, of this call or another: its frames are sealed for `stream`, which must be newly drawn, and under `whisper` where
    /// one whispers.
    ///
    /// # Errors
    /// When the stream was the last one's, or the key cannot be derived.
    pub(crate) fn begin(
        &mut self,
        secret: &CallSecret,
        stream: StreamId,
        whisper: Option<&WhisperKey>,
    ) -> Result<(), MediaError> {
        // Two sealers of one stream would use a nonce twice.
        if self.used.is_some_and(|(_, used, _)| used == stream) {
            return Err(MediaError::WrongKey);
        }
        let whisper = whisper
            .map(|key| MediaSealer::whisper(key, secret.call(), &self.signer, stream))
            .transpose()?
            .map(Box::new);
        self.put(secret, stream, Listeners::Others { whisper })
    }

    /// A new epoch's key for the present stay. The present epoch's changes nothing.
    ///
    /// # Errors
    /// When it is older, or another call's, or no stay has begun.
    pub(crate) fn rekey(&mut self, secret: &CallSecret) -> Result<(), MediaError> {
        match self.used {
            Some((call, _, epoch)) if call == secret.call() && epoch == secret.epoch() => Ok(()),
            Some((call, stream, epoch)) if call == secret.call() && epoch < secret.epoch() => {
                self.put(secret, stream, Listeners::AsBefore)
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
        listeners: Listeners,
    ) -> Result<(), MediaError> {
        let sealer = MediaSealer::new(secret, &self.signer, stream)?;
        self.used = Some((secret.call(), stream, secret.epoch()));
        self.number = self.next();
        let old = {
            let mut slot = self.shared.slot.lock();
            slot.number = self.number;
            slot.is_new = true;
            let replaced = match listeners {
                Listeners::AsBefore => None,
                Listeners::Others { whisper } => slot.turn(whisper),
            };
            (slot.sealer.replace(Box::new(sealer)), replaced)
        };
        drop(old);
        Ok(())
    }

    /// Whispers under this key from the next block on, in the present stay. Each key is for one whisper alone.
    ///
    /// # Errors
    /// When no stay has begun, or the key cannot be derived.
    pub(crate) fn whisper(&self, key: &WhisperKey) -> Result<(), MediaError> {
        let (call, stream, _) = self.used.ok_or(MediaError::WrongKey)?;
        let sealer = MediaSealer::whisper(key, call, &self.signer, stream)?;
        let old = self.shared.slot.lock().turn(Some(Box::new(sealer)));
        drop(old);
        Ok(())
    }

    /// Everybody in the call hears one again, from the next block on.
    pub(crate) fn speak_aloud(&self) {
        let old = self.shared.slot.lock().turn(None);
        drop(old);
    }

    /// What the others lose of one's voice: the more, the more often a digest is sent.
    pub(crate) fn expect_loss(&self, loss: ObservedLoss) {
        let more = MORE_COPIES_FROM.iter().filter(|from| loss.share >= **from);
        let in_a_row = loss.share >= MORE_COPIES_FROM[0] && loss.mean_burst >= IN_A_ROW;
        let copies = COPIES + more.count() as u8 + u8::from(in_a_row);
        self.shared.copies.store(copies, Ordering::Relaxed);
    }

    /// Somebody has missed the digests of these frames: they are told again.
    pub(crate) fn tell_again(&self, frames: &[MissedFrame]) {
        let missed = &mut self.shared.slot.lock().missed;
        for frame in frames.iter().take(MissedFrame::MOST) {
            if missed.len() < MISSED && !missed.contains(frame) {
                missed.push(*frame);
            }
        }
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
            let sealer = if slot.is_new {
                None
            } else {
                slot.sealer.take()
            };
            let whisper = if slot.turns {
                None
            } else {
                slot.whisper.take()
            };
            (sealer, whisper)
        };
        drop(old);
    }
}

impl FrameSealer for Sealer {
    fn refresh(&mut self) -> bool {
        // The lock is held elsewhere for a moment at most; then the next block takes the key.
        if let Some(mut slot) = self.shared.slot.try_lock() {
            if std::mem::take(&mut slot.is_new) {
                std::mem::swap(&mut self.present, &mut slot.sealer);
                take_over(&mut self.present, &mut slot.sealer);
                self.shared.number.store(slot.number, Ordering::Relaxed);
            }
            if std::mem::take(&mut slot.turns) {
                std::mem::swap(&mut self.whisper, &mut slot.whisper);
                // Whoever listened may not be in the next whisper.
                take_over(&mut self.whisper, &mut slot.whisper);
                take_over(&mut self.present, &mut slot.whisper);
            }
            while let Some(frame) = slot.missed.pop() {
                for sealer in [&mut self.present, &mut self.whisper].into_iter().flatten() {
                    sealer.tell_again(frame.key_id, frame.counter);
                }
            }
            self.others |= std::mem::take(&mut slot.others);
        }
        self.present.is_some() && self.shared.allowed.load(Ordering::Acquire)
    }

    fn has_new_listeners(&mut self) -> bool {
        std::mem::take(&mut self.others)
    }

    fn seal(
        &mut self,
        header: &PacketHeader,
        opus: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let sealer = self.whisper.as_mut().or(self.present.as_mut());
        let sealer = sealer.ok_or(SealError)?;
        if !self.shared.allowed.load(Ordering::Acquire) {
            return Err(SealError);
        }
        sealer.set_copies(self.shared.copies.load(Ordering::Relaxed));
        let done = sealer.seal(opus, header.samples, out);
        done.map_err(|_| SealError)
    }
}

/// What one sealer has not told yet of what it sealed, the one after it tells.
fn take_over(next: &mut Option<Box<MediaSealer>>, last: &mut Option<Box<MediaSealer>>) {
    if let (Some(next), Some(last)) = (next, last) {
        next.take_over(last);
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
        let (signer, here) = super::super::founded::call();
        let device = signer.device();
        let (_, there) = super::super::founded::call();
        let (mut keys, mut sealer) = VoiceKeys::new(signer);
        let (old, new) = (StreamId([1; 16]), StreamId([2; 16]));
        let opens = |secret, stream, frame: &[u8]| {
            let mut opener = dialtone_crypto::MediaOpener::new(device, stream);
            opener.add_key(secret, std::time::Duration::ZERO).unwrap();
            opener.open(frame, &mut Vec::new()).is_ok()
        };
        let header = super::super::founded::HEADER;
        let packet = |sealer: &mut Sealer| {
            let mut frame = Vec::with_capacity(2_000);
            sealer.seal(&header, b"opus", &mut frame).unwrap();
            (frame, sealer.shared.number.load(Ordering::Relaxed))
        };
        keys.allow(true);
        keys.begin(&here, old, None).unwrap();
        assert!(sealer.refresh());
        let moves = keys.next();
        keys.begin(&there, new, None).unwrap();
        // A packet that is under way is the old call's, and goes its way.
        let (frame, number) = packet(&mut sealer);
        assert!(opens(&here, old, &frame) && number < moves);
        assert!(sealer.refresh());
        let (frame, number) = packet(&mut sealer);
        assert!(opens(&there, new, &frame) && number == moves);
        assert!(sealer.has_new_listeners() && !sealer.has_new_listeners());
        assert!(!opens(&here, old, &frame) && !opens(&here, new, &frame));
    }

    #[test]
    fn digests_go_out_three_times_more_often_under_loss_and_again_for_whom_missed_them() {
        let (signer, secret) = super::super::founded::call();
        let (mut keys, mut sealer) = VoiceKeys::new(signer);
        keys.allow(true);
        keys.begin(&secret, StreamId([1; 16]), None).unwrap();
        let header = super::super::founded::HEADER;
        let mut digests = |packets: usize| {
            let mut frame = Vec::with_capacity(2_000);
            let longer = (0..packets).filter(|_| {
                assert!(sealer.refresh());
                sealer.seal(&header, &[7; 80], &mut frame).unwrap();
                frame.len() > 200
            });
            longer.count()
        };
        assert_eq!(digests(25), 0);
        assert_eq!(digests(24), 3);
        keys.expect_loss(ObservedLoss::random(0.3));
        assert_eq!(digests(1), 0);
        assert_eq!(digests(24), 3, "of the third it is too early");
        let missed = MissedFrame {
            key_id: secret.epoch(),
            counter: 20,
        };
        let before = digests(100);
        keys.tell_again(&[missed]);
        assert_eq!(digests(100), before + 2);
        keys.tell_again(&[MissedFrame {
            counter: 9_000,
            ..missed
        }]);
        assert_eq!(digests(100), before);
    }

    #[test]
    fn a_whisper_seals_in_place_of_the_voice_whose_counter_goes_on_after_it() {
        let (signer, secret) = super::super::founded::call();
        let device = signer.device();
        let (mut keys, mut sealer) = VoiceKeys::new(signer);
        let (first, second) = (StreamId([1; 16]), StreamId([2; 16]));
        let mut opener = dialtone_crypto::MediaOpener::new(device, first);
        opener.add_key(&secret, std::time::Duration::ZERO).unwrap();
        let header = super::super::founded::HEADER;
        let packet = |sealer: &mut Sealer| {
            assert!(sealer.refresh());
            let turned = sealer.has_new_listeners();
            let mut frame = Vec::with_capacity(2_000);
            sealer.seal(&header, b"opus", &mut frame).unwrap();
            (frame, turned)
        };
        keys.allow(true);
        keys.begin(&secret, first, None).unwrap();
        let mut counter = |frame: &[u8]| opener.open(frame, &mut Vec::new()).map(|one| one.counter);
        assert_eq!(counter(&packet(&mut sealer).0), Ok(0));
        let key = WhisperKey::draw(0, &mut dialtone_crypto::OsRng);
        keys.whisper(&key).unwrap();
        let (frame, turned) = packet(&mut sealer);
        assert!(turned);
        assert_eq!(counter(&frame), Err(MediaError::Whispered));
        keys.speak_aloud();
        let (frame, turned) = packet(&mut sealer);
        assert_eq!((counter(&frame), turned), (Ok(1), true));
        // Another stay begins in a whisper: not a packet of it is aloud.
        let key = WhisperKey::draw(1, &mut dialtone_crypto::OsRng);
        keys.begin(&secret, second, Some(&key)).unwrap();
        assert_eq!(counter(&packet(&mut sealer).0), Err(MediaError::Whispered));
    }
}
