//! What travels in calls beside the WebSocket: bytes at fixed places, without CBOR.

use dialtone_protocol::datagram::{TRANSACTION, answer_binding};
use dialtone_protocol::digest::{FrameHash, VoiceDigest, write_digest};
use dialtone_protocol::relay::{DownHeader, UpHeader};
use dialtone_protocol::resend::{ASKS, asks, feedback};
use dialtone_protocol::signing::Purpose;
use dialtone_protocol::{CallId, StreamId};

use super::{Sample, signature};

pub(crate) const CALL: CallId = CallId([16; 16]);
pub(crate) const STREAM: StreamId = StreamId([13; 16]);
/// Packets that are asked for, near each other and not.
pub(crate) const ASKED: [u16; 4] = [65_535, 0, 2, 40];
const SEALED: [u8; 24] = [15; 24];

pub(crate) fn all() -> Vec<Sample> {
    let up = UpHeader {
        level: 20,
        sequence: 300,
        timestamp: 96_000,
        marker: true,
    };
    let down = DownHeader {
        talker: 9,
        sequence: 300,
        timestamp: 96_000,
        marker: true,
        resumed: true,
        resent: false,
    };
    let asking = DownHeader {
        talker: ASKS,
        sequence: 0,
        timestamp: 0,
        marker: false,
        resumed: false,
        resent: false,
    };
    let mut answer = Vec::new();
    answer_binding(
        &mut answer,
        [29; TRANSACTION],
        ([192, 0, 2, 1], 4_660).into(),
    );
    vec![
        ("packet-up", [&up.bytes()[..], &SEALED].concat()),
        ("packet-down", [&down.bytes()[..], &SEALED].concat()),
        ("packet-asks", [&asking.bytes()[..], &asks(&ASKED)].concat()),
        ("packet-feedback", feedback(1, 2, &ASKED).unwrap()),
        ("packet-binding", binding()),
        ("packet-binding-answer", answer),
        ("digest", digest()),
    ]
}

/// A binding request as clients send it: filled up with an attribute that nobody reads.
fn binding() -> Vec<u8> {
    let mut request = vec![0, 1, 0, 24, 0x21, 0x12, 0xa4, 0x42];
    request.extend([29; TRANSACTION]);
    request.extend([0x80, 0x22, 0, 20]);
    request.extend([b' '; 20]);
    request
}

/// A voice frame's plaintext with a digest of two frames before it.
fn digest() -> Vec<u8> {
    let hashes = [FrameHash::of(&[15; 24]), FrameHash::of(&[16; 24])];
    let mut plaintext = vec![17; 8];
    write_digest(&mut plaintext, 12, 300, &hashes);
    // What is signed is read from a frame; its signature is put in its place.
    let mut whole = plaintext.clone();
    whole.extend([0; 64]);
    whole.push(2);
    let (_, unsigned) = VoiceDigest::split(&whole).unwrap();
    let signed = unsigned.unwrap().signed(&CALL, &STREAM);
    plaintext.extend(signature(11, Purpose::VoiceDigest, &signed).0);
    plaintext.push(2);
    plaintext
}
