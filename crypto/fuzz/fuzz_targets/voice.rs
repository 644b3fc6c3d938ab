#![no_main]
//! Voice frames as a relay hands them on: each that the talker has sealed opens once, in whatever order they come, to what was sealed in it,
//! and counts as theirs. Nothing else opens.
use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use dialtone_crypto::group::CallSecret;
use dialtone_crypto::{
    MediaOpener, MediaSealer, OsRng, Proof, VoiceProof, VoiceSigner, WhisperKey,
};
use dialtone_protocol::content::MissedFrame;
use dialtone_protocol::digest::FrameHash;
use dialtone_protocol::{CallId, StreamId};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "other targets use the rest")]
#[path = "../../tests/suite/common.rs"]
mod common;
mod edits;

use common::World;
use edits::Edits;

const CALL: CallId = CallId([3; 16]);
const STREAM: StreamId = StreamId([2; 16]);
/// Of each key: enough for the digests of half a second to be among them.
const FRAMES: u8 = 64;
/// Samples in a frame, at 48 kHz.
const SOUND: u32 = 960;
const MOST_STEPS: usize = 160;

#[derive(Debug, Arbitrary)]
enum Step {
    /// A frame of the talker's, as it is.
    Sealed(u8),
    /// One that was changed on its way.
    Changed(u8, Edits),
    /// Anything.
    Raw(Vec<u8>),
    /// So many milliseconds pass.
    Later(u16),
}

struct Scene {
    secret: CallSecret,
    signer: VoiceSigner,
    whisper: WhisperKey,
    /// Said aloud, then whispered.
    frames: Vec<Vec<u8>>,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let world = World::new();
    let founder = &world.members[0];
    let secret = founder.group.call_secret(CALL).expect("a secret");
    let signer = founder.device.voice_signer(world.community());
    let whisper = WhisperKey::draw(1, &mut OsRng);
    let mut aloud = MediaSealer::new(&secret, &signer, STREAM).expect("a key");
    let mut low = MediaSealer::whisper(&whisper, CALL, &signer, STREAM).expect("a key");
    let mut frames = Vec::new();
    for number in 0..2 * FRAMES {
        let sealer = if number < FRAMES {
            &mut aloud
        } else {
            &mut low
        };
        let mut sealed = Vec::new();
        let done = sealer.seal(&said(number), SOUND, &mut sealed);
        done.expect("it is short");
        frames.push(sealed);
    }
    Scene {
        secret,
        signer,
        whisper,
        frames,
    }
});

fn said(number: u8) -> Vec<u8> {
    vec![number; usize::from(number % 100)]
}

fuzz_target!(|steps: Vec<Step>| {
    let scene = &*SCENE;
    let mut opener = MediaOpener::new(scene.signer.device(), STREAM);
    let mut now = Duration::ZERO;
    opener.add_key(&scene.secret, now).expect("a key");
    opener.add_whisper(&scene.whisper, now).expect("a key");
    let (key, community) = (scene.signer.public(), scene.signer.community());
    let mut proof = VoiceProof::new(key, community, CALL, STREAM);
    let (mut out, mut came) = (Vec::new(), BTreeSet::new());
    for step in steps.into_iter().take(MOST_STEPS) {
        let frame = |number: u8| &scene.frames[usize::from(number) % scene.frames.len()];
        let sealed = match step {
            Step::Sealed(number) => frame(number).clone(),
            Step::Changed(number, edits) => edits.of(frame(number)),
            Step::Raw(bytes) => bytes,
            Step::Later(ms) => {
                now += Duration::from_millis(ms.into());
                opener.expire(now);
                continue;
            }
        };
        let number = scene.frames.iter().position(|frame| *frame == sealed);
        match opener.open(&sealed, &mut out) {
            Ok(opened) => {
                let number = number.expect("nobody else seals with this key");
                assert!(came.insert(number), "it came before");
                assert_eq!(out, said(number as u8));
                assert_eq!(opened.hash, FrameHash::of(&sealed));
                assert_eq!(opened.whispered, number >= usize::from(FRAMES));
                let digest = opener.digest();
                let proven = proof.take(&opened, digest.as_ref(), SOUND);
                assert_ne!(proven, Proof::Forged);
            }
            Err(_) => {
                assert!(out.is_empty());
                // Neither key was replaced.
                assert!(number.is_none_or(|number| came.contains(&number)));
            }
        }
    }
    assert!(proof.missed().len() <= MissedFrame::MOST);
});
