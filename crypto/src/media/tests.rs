//! A talker and its listeners.

use std::time::Duration;

use dialtone_protocol::{CallId, DeviceId, StreamId};
use zeroize::Zeroizing;

use super::*;
use crate::group::CallSecret;

const DEVICE: DeviceId = DeviceId([1; 32]);
const STREAM: StreamId = StreamId([2; 16]);

fn secret(epoch: u64) -> CallSecret {
    CallSecret {
        call: CallId([3; 16]),
        epoch,
        secret: Zeroizing::new([epoch as u8; 32]),
    }
}

fn pair() -> (MediaSealer, MediaOpener) {
    let mut opener = MediaOpener::new(DEVICE, STREAM);
    opener.add_key(&secret(5), Duration::ZERO).unwrap();
    (
        MediaSealer::new(&secret(5), DEVICE, STREAM).unwrap(),
        opener,
    )
}

fn seal(sealer: &mut MediaSealer, frame: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    sealer.seal(frame, &mut out).unwrap();
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
    let mut other = MediaOpener::new(DEVICE, StreamId([9; 16]));
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
    sealer.rekey(&secret(6)).unwrap();
    let new = seal(&mut sealer, b"new");
    assert_eq!(sealer.rekey(&secret(5)), Err(MediaError::WrongKey));
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
    // The same secret again must not bring a counter back.
    sealer.rekey(&secret(6)).unwrap();
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
    let long = vec![0; FRAME_LIMIT + 100];
    assert_eq!(opener.open(&long, &mut out), Err(MediaError::TooLong));
}

#[test]
fn sealing_allocates_nothing_once_warm() {
    let (mut sealer, _) = pair();
    let mut out = Vec::with_capacity(FRAME_LIMIT + 64);
    let before = out.as_ptr();
    for _ in 0..1_000 {
        sealer.seal(&[0; FRAME_LIMIT], &mut out).unwrap();
    }
    assert_eq!(out.as_ptr(), before);
}
