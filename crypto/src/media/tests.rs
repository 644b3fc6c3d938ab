//! A talker and its listeners.

mod digests;

use std::time::Duration;

use dialtone_protocol::content::SealedWhisper;
use dialtone_protocol::{CallId, CommunityId, DeviceId, PublicKey, StreamId};
use ed25519_dalek::SigningKey;
use rand_core::OsRng;
use zeroize::Zeroizing;

use super::*;
use crate::group::CallSecret;
use crate::keys::DeviceKey;

const STREAM: StreamId = StreamId([2; 16]);
const CALL: CallId = CallId([3; 16]);
const COMMUNITY: CommunityId = CommunityId([7; 32]);

fn secret(epoch: u64) -> CallSecret {
    CallSecret {
        call: CALL,
        epoch,
        secret: Zeroizing::new([epoch as u8; 32]),
    }
}

/// The talker's.
fn signer() -> VoiceSigner {
    signer_of(1)
}

fn signer_of(seed: u8) -> VoiceSigner {
    VoiceSigner::new(&SigningKey::from_bytes(&[seed; 32]), COMMUNITY)
}

fn under(epoch: u64) -> MediaSealer {
    MediaSealer::new(&secret(epoch), &signer(), STREAM).unwrap()
}

fn pair() -> (MediaSealer, MediaOpener) {
    let mut opener = MediaOpener::new(signer().device(), STREAM);
    opener.add_key(&secret(5), Duration::ZERO).unwrap();
    (under(5), opener)
}

fn seal(sealer: &mut MediaSealer, frame: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    sealer.seal(frame, 960, &mut out).unwrap();
    out
}

#[test]
fn frames_open_once_each_in_any_order() {
    let (mut sealer, mut opener) = pair();
    let frames: Vec<_> = (0..300u32)
        .map(|n| seal(&mut sealer, &n.to_be_bytes()))
        .collect();
    let mut out = Vec::new();
    for n in (0..300u32).rev() {
        let told = opener.open(&frames[n as usize], &mut out).unwrap();
        assert_eq!(out, n.to_be_bytes());
        assert_eq!((told.epoch, told.counter), (5, u64::from(n)));
    }
    for frame in &frames {
        let again = opener.open(frame, &mut out);
        assert_eq!(again, Err(MediaError::Replayed));
        assert!(out.is_empty());
    }
}

#[test]
fn a_changed_or_foreign_frame_does_not_open_and_does_not_count() {
    let (mut sealer, mut opener) = pair();
    let frame = seal(&mut sealer, b"voice");
    let mut out = Vec::new();
    for index in 0..frame.len() {
        let mut changed = frame.clone();
        changed[index] ^= 1;
        assert!(opener.open(&changed, &mut out).is_err(), "byte {index}");
    }
    let mut other = MediaOpener::new(DeviceId([9; 32]), STREAM);
    other.add_key(&secret(5), Duration::ZERO).unwrap();
    assert_eq!(other.open(&frame, &mut out), Err(MediaError::Tampered));
    let mut other = MediaOpener::new(signer().device(), StreamId([9; 16]));
    other.add_key(&secret(5), Duration::ZERO).unwrap();
    assert_eq!(other.open(&frame, &mut out), Err(MediaError::Tampered));
    assert!(opener.open(&frame, &mut out).is_ok());
    assert_eq!(out, b"voice");
}

#[test]
fn a_new_epoch_restarts_the_counter_and_the_old_key_runs_out() {
    let (mut sealer, mut opener) = pair();
    let old = seal(&mut sealer, b"old");
    let late = seal(&mut sealer, b"late");
    let mut sealer = under(6);
    let new = seal(&mut sealer, b"new");
    let mut out = Vec::new();
    let missing = opener.open(&new, &mut out);
    assert_eq!(missing, Err(MediaError::MissingKey { epoch: 6 }));
    opener
        .add_key(&secret(6), Duration::from_secs(100))
        .unwrap();
    assert_eq!(opener.open(&new, &mut out).unwrap().counter, 0);
    opener.expire(Duration::from_millis(109_999));
    assert!(opener.open(&old, &mut out).is_ok());
    opener.expire(Duration::from_secs(110));
    let gone = opener.open(&late, &mut out);
    assert_eq!(gone, Err(MediaError::MissingKey { epoch: 5 }));
    let next = seal(&mut sealer, b"next");
    assert_eq!(opener.open(&next, &mut out).unwrap().counter, 1);
}

#[test]
fn garbage_is_refused_at_any_length() {
    let (_, mut opener) = pair();
    let mut out = Vec::new();
    for length in 0..200 {
        for byte in [0u8, 0x05, 0x7f, 0x80, 0x88, 0xff] {
            assert!(opener.open(&vec![byte; length], &mut out).is_err());
        }
    }
    let long = vec![0; FRAME_LIMIT + 1_000];
    assert_eq!(opener.open(&long, &mut out), Err(MediaError::TooLong));
}

#[test]
fn sealing_allocates_nothing_once_warm() {
    let (mut sealer, _) = pair();
    let mut out = Vec::with_capacity(FRAME_LIMIT + 64);
    let before = out.as_ptr();
    for _ in 0..1_000 {
        sealer.seal(&[0; FRAME_LIMIT], 960, &mut out).unwrap();
    }
    assert_eq!(out.as_ptr(), before);
}

fn whispered_to(scope: &WhisperScope, number: u32) -> (DeviceKey, WhisperKey, SealedWhisper) {
    let listener = DeviceKey::generate(&mut OsRng).unwrap();
    let key = WhisperKey::draw(number, &mut OsRng);
    let sealed = key.seal_to(scope, &listener.public_keys().box_key).unwrap();
    (listener, key, sealed)
}

const SCOPE: WhisperScope = WhisperScope {
    community: COMMUNITY,
    call: CALL,
    talker: DeviceId([1; 32]),
    stream: STREAM,
    listener: DeviceId([8; 32]),
};

#[test]
fn a_whisper_opens_for_whom_it_is_and_for_nobody_else_in_the_call() {
    let (listener, key, sealed) = whispered_to(&SCOPE, 1);
    let (_, mut chosen) = pair();
    let (_, mut other) = pair();
    let got = WhisperKey::open(&sealed, &SCOPE, &listener).unwrap();
    chosen.add_whisper(&got, Duration::ZERO).unwrap();
    let mut whisper = MediaSealer::whisper(&key, SCOPE.call, &signer(), STREAM).unwrap();
    let frame = seal(&mut whisper, b"psst");
    let mut out = Vec::new();
    assert_eq!(other.open(&frame, &mut out), Err(MediaError::Whispered));
    let told = chosen.open(&frame, &mut out).unwrap();
    assert!(told.whispered && out == b"psst");
    assert_eq!(chosen.open(&frame, &mut out), Err(MediaError::Replayed));
    // A key of their own does not help the others.
    let guess = WhisperKey::draw(1, &mut OsRng);
    other.add_whisper(&guess, Duration::ZERO).unwrap();
    assert_eq!(other.open(&frame, &mut out), Err(MediaError::Tampered));
    // Aloud again, under the epoch's key as before.
    let (mut aloud, _) = pair();
    let frame = seal(&mut aloud, b"aloud");
    for opener in [&mut chosen, &mut other] {
        assert!(!opener.open(&frame, &mut out).unwrap().whispered);
    }
}

#[test]
fn a_whispers_key_opens_in_its_own_place_alone() {
    let (listener, _, sealed) = whispered_to(&SCOPE, 1);
    let stranger = DeviceKey::generate(&mut OsRng).unwrap();
    let refused = |sealed: &SealedWhisper, scope: &WhisperScope, device: &DeviceKey| {
        WhisperKey::open(sealed, scope, device).is_err()
    };
    assert!(refused(&sealed, &SCOPE, &stranger));
    let elsewhere = [
        WhisperScope {
            community: CommunityId([1; 32]),
            ..SCOPE
        },
        WhisperScope {
            call: CallId([1; 16]),
            ..SCOPE
        },
        WhisperScope {
            talker: DeviceId([9; 32]),
            ..SCOPE
        },
        WhisperScope {
            stream: StreamId([9; 16]),
            ..SCOPE
        },
        WhisperScope {
            listener: DeviceId([9; 32]),
            ..SCOPE
        },
    ];
    for scope in elsewhere {
        assert!(refused(&sealed, &scope, &listener), "{scope:?}");
    }
    let other_number = SealedWhisper {
        number: 2,
        ..sealed.clone()
    };
    assert!(refused(&other_number, &SCOPE, &listener));
    for length in [0, 31, 47] {
        let short = SealedWhisper {
            body: sealed.body[..length].to_vec().into(),
            ..sealed.clone()
        };
        assert!(refused(&short, &SCOPE, &listener));
    }
}

#[test]
fn the_next_whisper_replaces_the_one_before_and_epochs_stay() {
    let (mut aloud, mut opener) = pair();
    let keys: Vec<WhisperKey> = (0..2).map(|n| WhisperKey::draw(n, &mut OsRng)).collect();
    let frames: Vec<Vec<u8>> = keys
        .iter()
        .map(|key| {
            let sealer = MediaSealer::whisper(key, SCOPE.call, &signer(), STREAM);
            seal(&mut sealer.unwrap(), b"psst")
        })
        .collect();
    opener.add_whisper(&keys[0], Duration::ZERO).unwrap();
    opener
        .add_whisper(&keys[1], Duration::from_secs(5))
        .unwrap();
    opener.expire(Duration::from_secs(15));
    let mut out = Vec::new();
    assert_eq!(
        opener.open(&frames[0], &mut out),
        Err(MediaError::Whispered)
    );
    assert!(opener.open(&frames[1], &mut out).is_ok());
    assert!(opener.open(&seal(&mut aloud, b"aloud"), &mut out).is_ok());
}
