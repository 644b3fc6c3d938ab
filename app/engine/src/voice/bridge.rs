//! From the network to the sound: opens what comes in, on a task of its own.
//!
//! ```text
//! media task:   MediaIn -> Openers (SFrame, one a talker) -> PacketInput -> jitter buffer
//! ```

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_audio::link::ReceivedPacket;
use dialtone_audio::{PacketInput, TalkerId};
use dialtone_crypto::group::CallSecret;
use dialtone_crypto::{MediaError, MediaOpener, WhisperKey};
use dialtone_protocol::{DeviceId, StreamId};
use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::transport::MediaIn;

/// A whisper is shown for so long after its last packet.
const WHISPER_SHOWN: Duration = Duration::from_secs(1);

/// One talker as they are heard.
struct Heard {
    talker: TalkerId,
    opener: MediaOpener,
    sequence: Unwrap,
    arrived: u64,
    refused: u64,
    /// Packets before the next one were left unopened: they are no loss.
    left_out: bool,
    /// When something was last whispered to this device, if nothing was said aloud since.
    whispered: Option<Instant>,
}

#[derive(Default)]
struct Everybody {
    heard: HashMap<DeviceId, Heard>,
    /// Of these nothing is opened, however it came: an admin has muted them, and neither they nor a relay need to mind.
    silenced: BTreeSet<DeviceId>,
}

/// The openers of everybody in the call.
#[derive(Clone, Default)]
pub struct Openers(Arc<Mutex<Everybody>>);

impl Openers {
    /// Opens this device's voice from now on, in its stay `stream`.
    ///
    /// # Errors
    /// When its key cannot be derived.
    pub fn add(
        &self,
        device: DeviceId,
        stream: StreamId,
        talker: TalkerId,
        secret: &CallSecret,
        now: Duration,
    ) -> Result<(), MediaError> {
        let mut opener = MediaOpener::new(device, stream);
        opener.add_key(secret, now)?;
        let sequence = Unwrap::default();
        let heard = Heard {
            talker,
            opener,
            sequence,
            arrived: 0,
            refused: 0,
            left_out: false,
            whispered: None,
        };
        self.0.lock().heard.insert(device, heard);
        Ok(())
    }

    /// Opens nothing of these from now on, and of everybody else.
    pub fn silence(&self, devices: BTreeSet<DeviceId>) {
        self.0.lock().silenced = devices;
    }

    /// Whether nothing of a device is opened.
    #[cfg(test)]
    pub(crate) fn silences(&self, device: &DeviceId) -> bool {
        self.0.lock().silenced.contains(device)
    }

    /// Opens what a device whispers under this key.
    ///
    /// # Errors
    /// When it cannot be derived.
    pub fn add_whisper(
        &self,
        device: &DeviceId,
        key: &WhisperKey,
        now: Duration,
    ) -> Result<(), MediaError> {
        match self.0.lock().heard.get_mut(device) {
            Some(heard) => heard.opener.add_whisper(key, now),
            None => Ok(()),
        }
    }

    /// Whether what is heard of a device just now is whispered to this one.
    pub fn whispers(&self, device: &DeviceId) -> bool {
        let openers = self.0.lock();
        let heard = openers.heard.get(device);
        let whispered = heard.and_then(|heard| heard.whispered);
        whispered.is_some_and(|at| at.elapsed() < WHISPER_SHOWN)
    }

    /// Forgets a device.
    pub fn remove(&self, device: &DeviceId) {
        self.0.lock().heard.remove(device);
    }

    /// A new epoch's key for everybody.
    pub fn rekey(&self, secret: &CallSecret, now: Duration) {
        for heard in self.0.lock().heard.values_mut() {
            if let Err(error) = heard.opener.add_key(secret, now) {
                tracing::warn!("a talker's voice key could not be made: {error}");
            }
        }
    }

    /// Erases keys of epochs that ended long enough ago.
    pub fn expire(&self, now: Duration) {
        self.0
            .lock()
            .heard
            .values_mut()
            .for_each(|heard| heard.opener.expire(now));
    }

    /// Packets of a device that were opened, and that were refused.
    pub fn counts(&self, device: &DeviceId) -> (u64, u64) {
        self.0
            .lock()
            .heard
            .get(device)
            .map_or((0, 0), |heard| (heard.arrived, heard.refused))
    }

    fn open(&self, media: &MediaIn, out: &mut Vec<u8>) -> Option<(TalkerId, u32)> {
        let mut openers = self.0.lock();
        let is_silenced = openers.silenced.contains(&media.from);
        let heard = openers.heard.get_mut(&media.from)?;
        if is_silenced {
            heard.left_out = true;
            return None;
        }
        out.clear();
        match heard.opener.open(&media.payload, out) {
            Ok(opened) => heard.whispered = opened.whispered.then_some(media.arrived),
            // It came over another way before.
            Err(MediaError::Replayed) => return None,
            // To others: here it is a silence.
            Err(MediaError::Whispered) => {
                heard.left_out = true;
                return None;
            }
            Err(_) => {
                heard.refused += 1;
                return None;
            }
        }
        heard.arrived += 1;
        let resumed = std::mem::take(&mut heard.left_out) || media.resumed;
        let sequence = heard.sequence.unwrap(media.sequence, resumed);
        Some((heard.talker, sequence))
    }
}

/// Opens what comes until the transport ends.
pub(crate) async fn open_media(
    mut media: mpsc::Receiver<MediaIn>,
    openers: Openers,
    input: PacketInput,
) {
    let mut opus = Vec::with_capacity(1_500);
    while let Some(packet) = media.recv().await {
        let Some((talker, sequence)) = openers.open(&packet, &mut opus) else {
            continue;
        };
        let arrived: Instant = packet.arrived;
        let received = ReceivedPacket::new(talker, arrived, sequence, packet.timestamp, &opus);
        if let Ok(received) = received {
            // A full queue is a loss as any other; the jitter buffer repairs it.
            let _ = input.push_packet(received.sent_again(packet.resent));
        }
    }
}

/// 16-bit sequence numbers of RTP (RFC 3550) as a counter that does not wrap, and from which those are left out that a relay did
/// not forward: to the jitter buffer they are a silence, and no loss.
#[derive(Debug, Default)]
struct Unwrap {
    last: Option<u32>,
    left_out: u32,
}

impl Unwrap {
    fn unwrap(&mut self, sequence: u16, resumed: bool) -> u32 {
        let before = self.last;
        let full = self.count(sequence);
        if let Some(before) = before.filter(|before| resumed && full > *before) {
            self.left_out += full - before - 1;
        }
        full.wrapping_sub(self.left_out)
    }

    fn count(&mut self, sequence: u16) -> u32 {
        let last = self.last.unwrap_or(0x1_0000 | u32::from(sequence));
        let step = sequence.wrapping_sub(last as u16).cast_signed();
        let full = last.wrapping_add_signed(i32::from(step));
        if step > 0 || self.last.is_none() {
            self.last = Some(full);
        }
        full
    }
}

#[cfg(test)]
mod tests {
    use dialtone_crypto::MediaSealer;

    use super::*;
    use crate::voice::founded;

    fn came_from(from: DeviceId, payload: &[u8]) -> MediaIn {
        MediaIn {
            from,
            sequence: 1,
            timestamp: 960,
            marker: false,
            resumed: false,
            resent: false,
            payload: payload.to_vec().into(),
            arrived: Instant::now(),
        }
    }

    /// Members know each other's voice keys; what counts is over whose connection a frame came, and that one's fingerprint is signed.
    #[test]
    fn a_member_who_seals_as_another_is_not_heard_over_their_own_connection() {
        let (_, secret) = founded::call();
        let (anna, mallory) = (DeviceId([1; 32]), DeviceId([2; 32]));
        let (annas, mallorys) = (StreamId([3; 16]), StreamId([4; 16]));
        let openers = Openers::default();
        for (device, stream, talker) in [(anna, annas, 1), (mallory, mallorys, 2)] {
            let talker = TalkerId(talker);
            openers
                .add(device, stream, talker, &secret, Duration::ZERO)
                .unwrap();
        }
        let mut frame = Vec::new();
        let mut sealer = MediaSealer::new(&secret, anna, annas).unwrap();
        sealer.seal(b"as Anna", &mut frame).unwrap();
        let mut out = Vec::new();
        assert_eq!(openers.open(&came_from(mallory, &frame), &mut out), None);
        assert!(out.is_empty());
        let stranger = DeviceId([5; 32]);
        assert_eq!(openers.open(&came_from(stranger, &frame), &mut out), None);
        let heard = openers.open(&came_from(anna, &frame), &mut out).unwrap();
        assert_eq!((heard.0, &*out), (TalkerId(1), &b"as Anna"[..]));
        assert_eq!(openers.counts(&mallory), (0, 1));
    }

    /// As against a client that was made to go on sending, directly or over a relay that forwards it.
    #[test]
    fn of_whom_an_admin_muted_nothing_is_opened_until_it_is_lifted_and_then_nothing_is_missing() {
        let (_, secret) = founded::call();
        let [anna, mallory] = [DeviceId([1; 32]), DeviceId([2; 32])];
        let openers = Openers::default();
        let mut sealers = Vec::new();
        openers.silence(BTreeSet::from([mallory]));
        for device in [anna, mallory] {
            let stream = StreamId([device.0[0]; 16]);
            let talker = TalkerId(u64::from(device.0[0]));
            openers
                .add(device, stream, talker, &secret, Duration::ZERO)
                .unwrap();
            sealers.push(MediaSealer::new(&secret, device, stream).unwrap());
        }
        let mut out = Vec::new();
        let mut arrives = |from: usize, sequence: u16| {
            let mut frame = Vec::new();
            sealers[from].seal(b"voice", &mut frame).unwrap();
            let media = MediaIn {
                sequence,
                ..came_from([anna, mallory][from], &frame)
            };
            openers.open(&media, &mut out).map(|(_, number)| number)
        };
        assert_eq!(arrives(1, 9), None, "from the first packet on");
        assert!(arrives(0, 1).is_some());
        openers.silence(BTreeSet::new());
        let before = arrives(1, 10).unwrap();
        openers.silence(BTreeSet::from([mallory]));
        assert!((11..200).all(|sequence| arrives(1, sequence).is_none()));
        assert!(arrives(0, 2).is_some(), "nobody else is silenced");
        openers.silence(BTreeSet::new());
        assert_eq!(arrives(1, 200), Some(before + 1));
        assert_eq!(arrives(1, 201), Some(before + 2));
    }

    #[test]
    fn what_is_whispered_to_others_is_a_silence_and_no_loss() {
        let (device, secret) = founded::call();
        let stream = StreamId([3; 16]);
        let openers = Openers::default();
        openers
            .add(device, stream, TalkerId(1), &secret, Duration::ZERO)
            .unwrap();
        let mut aloud = MediaSealer::new(&secret, device, stream).unwrap();
        let key = WhisperKey::draw(0, &mut dialtone_crypto::OsRng);
        let mut whisper = MediaSealer::whisper(&key, secret.call(), device, stream).unwrap();
        let mut number = 0;
        let mut hear = |sealer: &mut MediaSealer| {
            let (mut frame, mut out) = (Vec::new(), Vec::new());
            sealer.seal(b"psst", &mut frame).unwrap();
            number += 1;
            let media = MediaIn {
                sequence: number,
                ..came_from(device, &frame)
            };
            openers.open(&media, &mut out).map(|(_, sequence)| sequence)
        };
        let first = hear(&mut aloud).unwrap();
        assert_eq!([(); 3].map(|()| hear(&mut whisper)), [None; 3]);
        assert_eq!(hear(&mut aloud), Some(first + 1));
        assert_eq!(openers.counts(&device), (2, 0));
        assert!(!openers.whispers(&device));
        openers.add_whisper(&device, &key, Duration::ZERO).unwrap();
        assert_eq!(hear(&mut whisper), Some(first + 2));
        assert!(openers.whispers(&device));
        assert_eq!(hear(&mut aloud), Some(first + 3));
        assert!(!openers.whispers(&device));
    }

    #[test]
    fn sequence_numbers_go_on_through_the_wrap_and_late_ones_stay_behind() {
        let mut unwrap = Unwrap::default();
        let first = unwrap.unwrap(65_534, false);
        assert_eq!(unwrap.unwrap(65_535, false), first + 1);
        assert_eq!(unwrap.unwrap(1, false), first + 3);
        assert_eq!(unwrap.unwrap(0, false), first + 2);
        assert_eq!(unwrap.unwrap(2, false), first + 4);
    }

    #[test]
    fn what_a_relay_did_not_forward_leaves_no_gap() {
        let mut unwrap = Unwrap::default();
        let first = unwrap.unwrap(10, true);
        assert_eq!(unwrap.unwrap(11, false), first + 1);
        assert_eq!(unwrap.unwrap(500, true), first + 2);
        assert_eq!(unwrap.unwrap(502, false), first + 4);
        // Over another way everything came: nothing was left out.
        assert_eq!(unwrap.unwrap(503, true), first + 5);
        assert_eq!(unwrap.unwrap(503, true), first + 5);
    }
}
