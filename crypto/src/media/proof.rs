//! The receiver's end of digests: whether what was opened with a talker's key is the talker's.
//!
//! ```text
//! frame opened ── in a digest that verified? ── yes, same hash ──► heard
//!                       │ no                        other hash ──► forged: nothing of this stay is heard any more
//!                       └─► owed + its sound <= 2 s ? heard, and owed until a digest with its hash verifies : withheld
//! ```
//!
//! Whoever knows the talker's voice key can have frames opened, and cannot have a digest verify. So what they have heard stays
//! owed, however they choose counters, keys and times, and is 2 s at most. Of the talker's own sound something stays owed where all
//! copies of a digest were lost, or a relay forwarded none because others were louder: that digest is asked for ([`VoiceProof::missed`]),
//! and each minute of sound that verifies forgives a second. Time plays no part: what is not forwarded is not owed.

use std::collections::VecDeque;

use dialtone_protocol::content::MissedFrame;
use dialtone_protocol::digest::{FrameHash, VoiceDigest};
use dialtone_protocol::signing::{self, Purpose};
use dialtone_protocol::{CallId, CommunityId, PublicKey, StreamId};

use super::Opened;

/// The most sound, in samples at 48 kHz, that is heard and not verified: 2 s.
pub const UNVERIFIED: u64 = 96_000;
/// So much verified sound forgives one part of it that stays unverified.
pub const FORGIVES: u64 = 60;
/// Frames that wait for a digest: those of more than 4 s at 10 ms each. Who sends more in less sound stays owing.
const FRAMES: usize = 512;
/// After so many digests that have verified, a frame that none of them covers is asked for.
const PASSED_OVER: u64 = 2;
/// So many counters lie between frames that are asked for: a digest covers more.
const ASKED_APART: u64 = 16;
/// Digests that are kept for frames that come after them.
const DIGESTS: usize = 16;

/// What becomes of a frame that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proof {
    /// It is heard.
    #[default]
    Heard,
    /// It is not heard, and neither is what follows until a digest verifies.
    Unverified,
    /// Somebody else has spoken with this talker's key: nothing is heard in this stay any more.
    Forged,
}

/// What is proven of one stay of a talker.
pub struct VoiceProof {
    key: PublicKey,
    community: CommunityId,
    call: CallId,
    stream: StreamId,
    frames: VecDeque<Frame>,
    digests: VecDeque<Known>,
    /// Sound that was heard and is not verified.
    owed: u64,
    /// Verified sound that has forgiven nothing yet.
    verified: u64,
    forged: bool,
    /// Digests that have verified.
    learned: u64,
}

struct Frame {
    /// What was learned before it.
    after: u64,
    key_id: u64,
    counter: u64,
    hash: FrameHash,
    sound: u32,
    heard: bool,
}

/// A digest that has verified.
struct Known {
    key_id: u64,
    first: u64,
    hashes: Vec<FrameHash>,
}

impl Known {
    /// What it says of a frame, if it says anything.
    fn of(&self, key_id: u64, counter: u64) -> Option<FrameHash> {
        let index = counter.checked_sub(self.first)?;
        let index = usize::try_from(index).ok()?;
        let hash = self.hashes.get(index)?;
        (self.key_id == key_id).then_some(*hash)
    }
}

impl VoiceProof {
    /// Of the device with this key in a call, for the stay that it announced.
    pub fn new(key: PublicKey, community: CommunityId, call: CallId, stream: StreamId) -> Self {
        Self {
            key,
            community,
            call,
            stream,
            frames: VecDeque::new(),
            digests: VecDeque::new(),
            owed: 0,
            verified: 0,
            forged: false,
            learned: 0,
        }
    }

    /// Whether somebody else has spoken with this talker's key.
    pub fn is_forged(&self) -> bool {
        self.forged
    }

    /// Sound that was heard and is not verified, in samples.
    #[cfg(test)]
    pub(super) fn owed(&self) -> u64 {
        self.owed
    }

    /// Takes a frame in, with the digest that came in it. `sound` is what it may have one hear, in samples at 48 kHz: its own, and
    /// that of frames which are missing just before it, for its redundancy may fill them.
    pub fn take(&mut self, opened: &Opened, digest: Option<&VoiceDigest<'_>>, sound: u32) -> Proof {
        if let Some(digest) = digest
            && !self.forged
        {
            self.learn(digest);
        }
        let of_frame = |known: &Known| known.of(opened.epoch, opened.counter);
        let told = self.digests.iter().find_map(of_frame);
        match told {
            _ if self.forged => Proof::Forged,
            Some(hash) if hash != opened.hash => {
                self.forged = true;
                Proof::Forged
            }
            Some(_) => {
                self.forgive(sound);
                Proof::Heard
            }
            None => self.owe(opened, sound),
        }
    }

    /// Frames whose digests were missed, as it seems, for the talker to be asked.
    pub fn missed(&self) -> Vec<MissedFrame> {
        let passed = |frame: &&Frame| frame.after + PASSED_OVER <= self.learned;
        let mut missed: Vec<MissedFrame> = Vec::new();
        for frame in self.frames.iter().filter(passed) {
            let one = MissedFrame {
                key_id: frame.key_id,
                counter: frame.counter,
            };
            let is_near = |other: &MissedFrame| {
                other.key_id == one.key_id && other.counter.abs_diff(one.counter) < ASKED_APART
            };
            if missed.len() < MissedFrame::MOST && !missed.iter().any(is_near) {
                missed.push(one);
            }
        }
        missed
    }

    fn owe(&mut self, opened: &Opened, sound: u32) -> Proof {
        let heard = self.owed + u64::from(sound) <= UNVERIFIED;
        if heard {
            self.owed += u64::from(sound);
        }
        if self.frames.len() >= FRAMES {
            let _ = self.frames.pop_front();
        }
        self.frames.push_back(Frame {
            after: self.learned,
            key_id: opened.epoch,
            counter: opened.counter,
            hash: opened.hash,
            sound,
            heard,
        });
        if heard {
            Proof::Heard
        } else {
            Proof::Unverified
        }
    }

    fn learn(&mut self, digest: &VoiceDigest<'_>) {
        let is_copy = |known: &Known| {
            known.key_id == digest.key_id
                && known.first == digest.first
                && known.hashes.len() == digest.frames()
        };
        if self.digests.iter().any(is_copy) {
            return;
        }
        let verified = signing::verify(
            &self.key,
            Purpose::VoiceDigest,
            &self.community,
            &digest.signed(&self.call, &self.stream),
            &digest.signature,
        );
        if verified.is_err() {
            return;
        }
        let known = Known {
            key_id: digest.key_id,
            first: digest.first,
            hashes: digest.hashes().collect(),
        };
        let mut frames = std::mem::take(&mut self.frames);
        frames.retain(|frame| {
            let Some(hash) = known.of(frame.key_id, frame.counter) else {
                return true;
            };
            if hash == frame.hash {
                if frame.heard {
                    self.owed = self.owed.saturating_sub(u64::from(frame.sound));
                }
                self.forgive(frame.sound);
            } else {
                self.forged = true;
            }
            false
        });
        self.frames = frames;
        self.learned += 1;
        if self.digests.len() >= DIGESTS {
            let _ = self.digests.pop_front();
        }
        self.digests.push_back(known);
    }

    /// So much sound has verified.
    fn forgive(&mut self, sound: u32) {
        self.verified += u64::from(sound);
        self.owed = self.owed.saturating_sub(self.verified / FORGIVES);
        self.verified %= FORGIVES;
    }
}
