//! Somebody is taken out of the mix in the middle of a word: it dies out within moments, and does not click.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::f32::consts::TAU;
use std::time::{Duration, Instant};

use dialtone_audio::TalkerId;
use dialtone_audio::codec::{Encoder, EncoderConfig, MAX_PACKET_BYTES};
use dialtone_audio::downlink::{
    Mixer, MixerSettings, PLAYBACK_PERIOD, PLAYBACK_QUANTUM, Talker, TalkerConfig,
};
use dialtone_audio::link::ReceivedPacket;

const ANNA: TalkerId = TalkerId(1);
const PACKET: usize = 960;
const PITCH_HZ: f32 = 200.0;

fn talker(id: TalkerId) -> Box<Talker> {
    let mut config = TalkerConfig::default();
    config.level.on = false;
    Box::new(Talker::new(id, &config).unwrap())
}

/// What is heard of a hum that is taken out after half a second, and how long afterwards the talker is given back.
fn heard(mixer: &mut Mixer) -> (Vec<f32>, Option<usize>) {
    let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
    let (began, mut bytes) = (Instant::now(), [0; MAX_PACKET_BYTES]);
    let (mut sound, mut gone) = (Vec::new(), None);
    for index in 0..40_u32 {
        let now = began + Duration::from_millis(20) * index;
        let at = index * PACKET as u32;
        let hum: Vec<f32> = (at..at + PACKET as u32)
            .map(|at| 0.3 * (TAU * PITCH_HZ * at as f32 / 48_000.0).sin())
            .collect();
        let length = encoder.encode(&hum, &mut bytes).unwrap();
        let packet = ReceivedPacket::new(ANNA, now, index, at, &bytes[..length]).unwrap();
        mixer.push(&packet);
        if index == 25 {
            mixer.dismiss(ANNA);
        }
        for piece in 0..PACKET / PLAYBACK_QUANTUM {
            let mut output = [0.0; PLAYBACK_QUANTUM];
            mixer.render(now + PLAYBACK_PERIOD * piece as u32, &mut output);
            sound.extend_from_slice(&output);
            if mixer.take_gone().is_some() {
                gone = gone.or(Some(sound.len() - 25 * PACKET));
            }
        }
    }
    (sound, gone)
}

#[test]
fn whoever_leaves_dies_out_without_a_click() {
    let mut mixer = Mixer::new(MixerSettings::default(), PLAYBACK_QUANTUM);
    assert!(mixer.add(talker(ANNA)).is_none());
    let (sound, gone) = heard(&mut mixer);
    let (before, after) = sound.split_at(25 * PACKET);
    let loudest = |sound: &[f32]| sound.iter().fold(0.0_f32, |most, one| most.max(one.abs()));
    assert!(loudest(&before[20 * PACKET..]) > 0.2, "it was heard");
    assert_eq!(gone, Some(960), "20 ms");
    assert!(loudest(&after[PACKET..]) < 1e-6, "it is over");
    // The steepest that the hum itself is, from one sample to the next.
    let steepest = |sound: &[f32]| {
        let steps = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        steps.fold(0.0_f32, f32::max)
    };
    let hum = steepest(&before[20 * PACKET..]);
    assert!(steepest(&sound[24 * PACKET..]) < hum * 1.1, "a click");
    assert_eq!(mixer.report().count(), 0);
}

#[test]
fn whoever_leaves_makes_room_at_once() {
    let mut mixer = Mixer::new(MixerSettings::default(), PLAYBACK_QUANTUM);
    for number in 0..dialtone_audio::downlink::MAX_TALKERS as u64 {
        assert!(mixer.add(talker(TalkerId(number))).is_none());
    }
    let late = TalkerId(1_000);
    let refused = mixer.add(talker(late)).unwrap();
    assert_eq!(refused.id(), late);
    mixer.dismiss(TalkerId(7));
    let left = mixer.add(refused).unwrap();
    assert_eq!(left.id(), TalkerId(7));
    assert!(mixer.talker(late).is_some());
}
