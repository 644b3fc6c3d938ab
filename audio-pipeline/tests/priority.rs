//! Whoever has priority is heard over the others: what the loudspeaker plays while they speak, before, and after.

use std::f32::consts::TAU;
use std::time::{Duration, Instant};

use dialtone_audio::TalkerId;
use dialtone_audio::codec::{Encoder, EncoderConfig, MAX_PACKET_BYTES};
use dialtone_audio::downlink::{
    Mixer, MixerSettings, PLAYBACK_PERIOD, PLAYBACK_QUANTUM, Talker, TalkerConfig, Volume,
};
use dialtone_audio::link::ReceivedPacket;

/// Packets of 20 ms, in samples.
const PACKET: usize = 960;
const MS: usize = 48;
/// The one with priority speaks from here to there, in ms; three seconds are played.
const SPEAKS: std::ops::Range<usize> = 1_000..2_000;
const LENGTH: usize = 3_000;

const FIRST: TalkerId = TalkerId(1);
const OTHERS: [TalkerId; 2] = [TalkerId(2), TalkerId(3)];

fn pitch_hz(talker: TalkerId) -> f32 {
    400.0 * talker.0 as f32
}

fn tone(talker: TalkerId, from: usize) -> Vec<f32> {
    let turn = TAU * pitch_hz(talker) / 48_000.0;
    (from..from + PACKET)
        .map(|at| 0.1 * (turn * at as f32).sin())
        .collect()
}

/// The amplitude of a talker's tone in these milliseconds.
fn amplitude(sound: &[f32], talker: TalkerId, ms: std::ops::Range<usize>) -> f32 {
    let window = &sound[ms.start * MS..ms.end * MS];
    let turn = TAU * pitch_hz(talker) / 48_000.0;
    let (mut re, mut im) = (0.0, 0.0);
    for (at, sample) in window.iter().enumerate() {
        re += sample * (turn * at as f32).cos();
        im += sample * (turn * at as f32).sin();
    }
    2.0 * f32::hypot(re, im) / window.len() as f32
}

fn db(ratio: f32) -> f32 {
    20.0 * ratio.log10()
}

/// What is played of all three, after `prepare` has been at the mixer.
fn heard(prepare: impl Fn(&mut Mixer)) -> Vec<f32> {
    let epoch = Instant::now();
    let mut mixer = Mixer::new(MixerSettings::default(), PLAYBACK_QUANTUM);
    let mut encoders = Vec::new();
    for talker in [FIRST, OTHERS[0], OTHERS[1]] {
        let mut config = TalkerConfig::default();
        config.level.on = false;
        let place = Talker::new(talker, &config).expect("a decoder");
        assert!(mixer.add(Box::new(place)).is_none());
        let config = EncoderConfig {
            bitrate: 64_000,
            ..EncoderConfig::default()
        };
        encoders.push((talker, Encoder::new(&config).expect("an encoder"), 0));
    }
    prepare(&mut mixer);
    let (mut sound, mut bytes) = (Vec::new(), [0; MAX_PACKET_BYTES]);
    for index in 0..LENGTH * MS / PACKET {
        let now = epoch + Duration::from_millis(20 * index as u64);
        for (talker, encoder, sequence) in &mut encoders {
            if *talker == FIRST && !SPEAKS.contains(&(index * 20)) {
                continue;
            }
            let piece = tone(*talker, index * PACKET);
            let length = encoder.encode(&piece, &mut bytes).expect("20 ms");
            let timestamp = (index * PACKET) as u32;
            let packet = ReceivedPacket::new(*talker, now, *sequence, timestamp, &bytes[..length]);
            mixer.push(&packet.expect("an Opus packet"));
            *sequence += 1;
        }
        for index in 0..(PACKET / PLAYBACK_QUANTUM) as u32 {
            let mut piece = [0.0; PLAYBACK_QUANTUM];
            mixer.render(now + PLAYBACK_PERIOD * index, &mut piece);
            sound.extend_from_slice(&piece);
        }
    }
    sound
}

fn give_priority(mixer: &mut Mixer) {
    if let Some(talker) = mixer.talker(FIRST) {
        talker.set_priority(true);
    }
}

#[test]
fn the_others_are_lowered_by_twelve_db_while_priority_speaks_and_come_back_slowly() {
    let (plain, lowered) = (heard(|_| {}), heard(give_priority));
    let change = |talker, ms: std::ops::Range<usize>| {
        db(amplitude(&lowered, talker, ms.clone()) / amplitude(&plain, talker, ms))
    };
    for talker in OTHERS {
        // Before, to the sample.
        assert!(change(talker, 500..1_000).abs() < 0.01);
        // Jitter buffer and attack have passed.
        let during = change(talker, 1_200..1_980);
        assert!((-12.3..-11.7).contains(&during), "{during} dB");
        // A pause between words does not let them up; then it takes a while.
        let pause = change(talker, 2_050..2_150);
        assert!((-12.3..-11.7).contains(&pause), "{pause} dB");
        let rising = change(talker, 2_400..2_450);
        assert!((-11.0..-1.0).contains(&rising), "{rising} dB");
        let after = change(talker, 2_800..3_000);
        assert!(after.abs() < 0.1, "{after} dB");
    }
    let own = change(FIRST, 1_200..1_980);
    assert!(own.abs() < 0.1, "{own} dB");
}

#[test]
fn nobody_is_lowered_for_whom_one_does_not_hear_nor_for_silence() {
    let plain = heard(|mixer| {
        if let Some(talker) = mixer.talker(FIRST) {
            talker.set_volume(Volume::new(0.0));
        }
    });
    let unheard = heard(|mixer| {
        give_priority(mixer);
        if let Some(talker) = mixer.talker(FIRST) {
            talker.set_volume(Volume::new(0.0));
        }
    });
    assert_eq!(plain, unheard);
    // Who has priority and sends nothing.
    let silent = heard(give_priority);
    assert_eq!(plain[..900 * MS], silent[..900 * MS]);
}

#[test]
fn two_with_priority_do_not_lower_each_other() {
    let both = heard(|mixer| {
        give_priority(mixer);
        if let Some(talker) = mixer.talker(OTHERS[0]) {
            talker.set_priority(true);
        }
    });
    let plain = heard(|_| {});
    let change = |talker| {
        let during = 1_200..1_980;
        db(amplitude(&both, talker, during.clone()) / amplitude(&plain, talker, during))
    };
    assert!(change(OTHERS[0]).abs() < 0.1);
    assert!(change(OTHERS[1]) < -11.7);
}
