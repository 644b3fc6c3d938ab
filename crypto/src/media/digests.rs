//! The sender's end of digests: remembers what was sealed under one key, signs it twice a second, and puts each digest into some of
//! the packets that follow.
//!
//! ```text
//! sealed frames ── hash ──► begun ── half a second, or as many as fit ──► signed and kept ──► in 3 to 6 packets, spaced
//!                                                                        asked for again ─┘
//! ```
//!
//! Lives on the voice thread: allocates nothing after [`Digests::new`].

use std::collections::VecDeque;

use dialtone_protocol::digest::{
    DIGEST_FRAMES, FrameHash, MOST_DIGEST_BYTES, digest_bytes, write_digest,
};
use dialtone_protocol::signing::SIGNED_ROOM;
use dialtone_protocol::{CallId, StreamId};

use super::signer::VoiceSigner;

/// A digest is signed when its frames hold so much sound, in samples at 48 kHz: half a second.
pub(super) const SIGNED_AFTER: u32 = 24_000;
/// How often each digest is sent where nobody has reported loss.
pub(super) const FEWEST_COPIES: u8 = 3;
/// How often a digest is sent at most, whoever asks.
const MOST_SENT: u8 = 24;
/// How often once more where a listener has missed them all.
const ASKED_COPIES: u8 = 2;
/// The most digests that are kept: those of half a minute. The oldest gives way.
const KEPT: usize = 64;
/// Call and stream, before the digest's own bytes.
const PLACE: usize = 32;

pub(super) struct Digests {
    signer: VoiceSigner,
    call: CallId,
    stream: StreamId,
    key_id: u64,
    /// The counter of the first frame that no digest covers yet.
    first: u64,
    hashes: Vec<FrameHash>,
    /// How much sound they hold.
    sound: u32,
    signed: VecDeque<Signed>,
    /// Packets that were sealed.
    packets: u64,
    copies: u8,
    input: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Signed {
    key_id: u64,
    first: u64,
    frames: usize,
    bytes: [u8; MOST_DIGEST_BYTES],
    length: usize,
    /// How often it was sent, and how often it is still to be.
    sent: u8,
    copies: u8,
    /// The packet from which on it is due.
    due: u64,
    /// Packets from one copy to the next.
    apart: u64,
}

impl Digests {
    pub(super) fn new(signer: VoiceSigner, call: CallId, stream: StreamId, key_id: u64) -> Self {
        Self {
            signer,
            call,
            stream,
            key_id,
            first: 0,
            hashes: Vec::with_capacity(DIGEST_FRAMES),
            sound: 0,
            signed: VecDeque::with_capacity(KEPT),
            packets: 0,
            copies: FEWEST_COPIES,
            input: Vec::with_capacity(SIGNED_ROOM + PLACE + MOST_DIGEST_BYTES),
        }
    }

    /// How often each digest is sent from now on.
    pub(super) fn set_copies(&mut self, copies: u8) {
        self.copies = copies.max(1);
    }

    /// Appends to a frame's sound what stands beside it, in `room` bytes at most: a digest that is due, or that there is none.
    pub(super) fn append(&mut self, plaintext: &mut Vec<u8>, room: usize) {
        let packet = self.packets;
        self.packets += 1;
        let due = |one: &&mut Signed| one.copies > 0 && one.due <= packet && one.length <= room;
        // What nobody has seen goes first.
        let next = self
            .signed
            .iter_mut()
            .filter(due)
            .min_by_key(|one| one.sent);
        let Some(one) = next else {
            plaintext.push(0);
            return;
        };
        plaintext.extend_from_slice(one.bytes.get(..one.length).unwrap_or_default());
        one.copies -= 1;
        one.sent = one.sent.saturating_add(1);
        one.due = packet + one.apart;
    }

    /// A listener has missed the digest of a frame: it is sent again, if it is still kept.
    pub(super) fn tell_again(&mut self, key_id: u64, counter: u64) {
        let covers = |one: &&mut Signed| {
            let index = counter.checked_sub(one.first);
            one.key_id == key_id && index.is_some_and(|index| index < one.frames as u64)
        };
        let one = self.signed.iter_mut().find(covers);
        if let Some(one) = one.filter(|one| one.sent < MOST_SENT) {
            one.copies = one.copies.max(ASKED_COPIES);
        }
    }

    /// A frame of so much sound was sealed, beside which there were `room` bytes: a digest is to fit there.
    pub(super) fn note(&mut self, counter: u64, hash: FrameHash, sound: u32, room: usize) {
        if counter != self.first + self.hashes.len() as u64 {
            self.sign();
            self.first = counter;
        }
        self.hashes.push(hash);
        self.sound += sound;
        let fits = digest_bytes(self.hashes.len() + 1) <= room;
        if self.sound >= SIGNED_AFTER || self.hashes.len() >= DIGEST_FRAMES || !fits {
            self.sign();
        }
    }

    /// Signs what no digest covers yet.
    fn sign(&mut self) {
        let frames = self.hashes.len();
        if frames == 0 {
            return;
        }
        self.input.clear();
        self.signer.begin(&mut self.input);
        self.input.extend_from_slice(&self.call.0);
        self.input.extend_from_slice(&self.stream.0);
        let begins = self.input.len();
        write_digest(&mut self.input, self.key_id, self.first, &self.hashes);
        let signature = self.signer.sign(&self.input);
        self.input.extend_from_slice(&signature.0);
        self.input.push(frames as u8);
        let mut bytes = [0; MOST_DIGEST_BYTES];
        let digest = self.input.get(begins..).unwrap_or_default();
        if let Some(room) = bytes.get_mut(..digest.len()) {
            room.copy_from_slice(digest);
        }
        let signed = Signed {
            key_id: self.key_id,
            first: self.first,
            frames,
            bytes,
            length: digest.len(),
            sent: 0,
            copies: self.copies,
            due: self.packets,
            // A burst of loss is to take one copy: 200 ms where a digest is of half a second.
            apart: (frames as u64 * 2 / 5).max(1),
        };
        self.first += frames as u64;
        self.hashes.clear();
        self.sound = 0;
        self.keep(&signed);
    }

    fn keep(&mut self, one: &Signed) {
        if self.signed.len() >= KEPT {
            let _ = self.signed.pop_front();
        }
        self.signed.push_back(*one);
    }

    /// What another key of the same stay has not told yet is told under this one too. Of another stay, nothing is.
    pub(super) fn take_over(&mut self, other: &mut Self) {
        if self.stream != other.stream || self.call != other.call {
            return;
        }
        other.sign();
        for one in &other.signed {
            self.keep(&Signed {
                due: self.packets,
                ..*one
            });
        }
    }
}
