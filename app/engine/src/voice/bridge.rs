//! From the network to the sound: opens what comes in, on a task of its own.
//!
//! ```text
//! media task:   MediaIn -> Openers (SFrame and digests, one a talker) -> PacketInput -> jitter buffer
//! ```

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_audio::codec::samples_in;
use dialtone_audio::link::ReceivedPacket;
use dialtone_audio::{PacketInput, TalkerId};
use dialtone_crypto::group::CallSecret;
use dialtone_crypto::media::Opened;
use dialtone_crypto::{MediaError, MediaOpener, Proof, VoiceProof, WhisperKey};
use dialtone_protocol::content::MissedFrame;
use dialtone_protocol::{CommunityId, DeviceId, PublicKey, StreamId};
use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::transport::MediaIn;
use crate::snapshot::Withheld;

/// Sound of a packet that does not say how much is in it, in samples: 20 ms.
const SAMPLES: usize = 960;
/// Redundancy can fill so much before a packet, in samples: a second.
const FILLED: usize = 48_000;
/// A whisper is shown for so long after its last packet.
const WHISPER_SHOWN: Duration = Duration::from_secs(1);

/// Whose voice is opened.
#[derive(Debug, Clone, Copy)]
pub struct Whose {
    /// The device's key, as the member list has it.
    pub key: PublicKey,
    /// In which community.
    pub community: CommunityId,
}

/// One talker as they are heard.
struct Heard {
    talker: TalkerId,
    opener: MediaOpener,
    proof: VoiceProof,
    /// Why the last packet was not heard.
    withheld: Option<Withheld>,
    sequence: Unwrap,
    #[cfg(test)]
    seen: u64,
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
        whose: Whose,
        stream: StreamId,
        talker: TalkerId,
        secret: &CallSecret,
        now: Duration,
    ) -> Result<(), MediaError> {
        let device = DeviceId::of(&whose.key);
        let mut opener = MediaOpener::new(device, stream);
        opener.add_key(secret, now)?;
        let proof = VoiceProof::new(whose.key, whose.community, secret.call(), stream);
        let sequence = Unwrap::default();
        let heard = Heard {
            talker,
            opener,
            proof,
            withheld: None,
            sequence,
            #[cfg(test)]
            seen: 0,
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

    /// How many packets of a device were looked at.
    #[cfg(test)]
    pub(crate) fn seen(&self, device: &DeviceId) -> u64 {
        let openers = self.0.lock();
        openers.heard.get(device).map_or(0, |heard| heard.seen)
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

    /// Why a device is not heard, though what comes opens with its key.
    pub fn withheld(&self, device: &DeviceId) -> Option<Withheld> {
        self.0.lock().heard.get(device)?.withheld
    }

    /// Frames whose digests did not come, by talker.
    pub fn missed(&self) -> Vec<(DeviceId, Vec<MissedFrame>)> {
        let openers = self.0.lock();
        let all = openers.heard.iter();
        let missed = all.map(|(device, heard)| (*device, heard.proof.missed()));
        missed.filter(|(_, frames)| !frames.is_empty()).collect()
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
        #[cfg(test)]
        {
            heard.seen += 1;
        }
        if is_silenced || heard.proof.is_forged() {
            heard.left_out = true;
            return None;
        }
        out.clear();
        let opened = match heard.opener.open(&media.payload, out) {
            Ok(opened) => opened,
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
        };
        let resumed = heard.left_out || media.resumed;
        let missing = heard.sequence.missing(media.sequence, resumed);
        if !heard.proves(&opened, samples_in(out).unwrap_or(SAMPLES), missing) {
            heard.left_out = true;
            return None;
        }
        heard.whispered = opened.whispered.then_some(media.arrived);
        heard.arrived += 1;
        heard.left_out = false;
        let sequence = heard.sequence.unwrap(media.sequence, resumed);
        Some((heard.talker, sequence))
    }
}

impl Heard {
    /// Whether a frame that has opened may be heard. What is missing before it counts as its own sound: its redundancy fills that.
    fn proves(&mut self, opened: &Opened, samples: usize, missing: u32) -> bool {
        let filled = samples.saturating_mul(missing as usize).min(FILLED);
        let digest = self.opener.digest();
        let proof = self
            .proof
            .take(opened, digest.as_ref(), (samples + filled) as u32);
        let withheld = match proof {
            Proof::Heard => None,
            Proof::Unverified => Some(Withheld::Unverified),
            Proof::Forged => Some(Withheld::Forged),
        };
        if withheld.is_some() && withheld != self.withheld {
            tracing::warn!("a talker is not heard any more: {withheld:?}");
        }
        self.withheld = withheld;
        withheld.is_none()
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

    /// How many packets are missing just before this one, for the jitter buffer to fill.
    fn missing(&self, sequence: u16, resumed: bool) -> u32 {
        let step = self.last.map(|last| sequence.wrapping_sub(last as u16));
        match step.map(u16::cast_signed) {
            Some(step) if step > 1 && !resumed => u32::from(step.unsigned_abs()) - 1,
            _ => 0,
        }
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
mod tests;
