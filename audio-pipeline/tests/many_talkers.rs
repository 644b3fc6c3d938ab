//! Twenty-five talkers at once, and one of them whose packets are an enemy's: the others are heard as if nothing were.

use std::f32::consts::TAU;
use std::time::{Duration, Instant};

use dialtone_audio::TalkerId;
use dialtone_audio::codec::{Encoder, EncoderConfig, MAX_PACKET_BYTES, PacketDuration};
use dialtone_audio::downlink::{
    Mixer, MixerSettings, PLAYBACK_PERIOD, PLAYBACK_QUANTUM, Talker, TalkerConfig,
};
use dialtone_audio::link::ReceivedPacket;

const TALKERS: usize = 25;
/// Packets of 20 ms: three seconds.
const PACKETS: usize = 150;
const PACKET: usize = 960;

/// Each hums at a pitch of its own: 220 Hz and up, 40 Hz apart.
fn pitch_hz(talker: usize) -> f32 {
    220.0 + 40.0 * talker as f32
}

fn hum(talker: usize, from: usize, count: usize) -> Vec<f32> {
    let turn = TAU * pitch_hz(talker) / 48_000.0;
    (from..from + count)
        .map(|at| 0.03 * (turn * at as f32).sin())
        .collect()
}

/// The amplitude of a tone in a sound: discrete Fourier sums at one frequency, over a tenth of a second each, since a correction
/// of the delay moves the tone's phase.
fn amplitude(sound: &[f32], pitch_hz: f32) -> f32 {
    let turn = TAU * pitch_hz / 48_000.0;
    let windows = sound.chunks_exact(4_800);
    let count = windows.len() as f32;
    let amplitudes = windows.map(|window| {
        let (mut re, mut im) = (0.0, 0.0);
        for (at, sample) in window.iter().enumerate() {
            re += sample * (turn * at as f32).cos();
            im += sample * (turn * at as f32).sin();
        }
        2.0 * f32::hypot(re, im) / window.len() as f32
    });
    amplitudes.sum::<f32>() / count
}

/// What an enemy sends as packet `index`: bytes, number and time.
type Attack = fn(usize, &[u8]) -> (Vec<u8>, u32, u32);

/// What is heard when talker 0 does this to its packets.
fn heard(attack: Attack) -> Vec<f32> {
    let epoch = Instant::now();
    let mut mixer = Mixer::new(MixerSettings::default(), PLAYBACK_QUANTUM);
    let mut encoders = Vec::new();
    for talker in 0..TALKERS {
        let mut config = TalkerConfig::default();
        config.level.on = false;
        let place = Talker::new(TalkerId(talker as u64), &config).expect("a decoder");
        assert!(mixer.add(Box::new(place)).is_none());
        let config = EncoderConfig {
            bitrate: 64_000,
            ..EncoderConfig::default()
        };
        encoders.push(Encoder::new(&config).expect("an encoder"));
    }
    let (mut sound, mut bytes) = (Vec::new(), [0; MAX_PACKET_BYTES]);
    for index in 0..PACKETS {
        let now = epoch + Duration::from_millis(20 * index as u64);
        for (talker, encoder) in encoders.iter_mut().enumerate() {
            let piece = hum(talker, index * PACKET, PACKET);
            let length = encoder.encode(&piece, &mut bytes).expect("20 ms");
            let right = (&bytes[..length], index as u32, (index * PACKET) as u32);
            let sent = if talker == 0 {
                attack(index, right.0)
            } else {
                (right.0.to_vec(), right.1, right.2)
            };
            let (payload, sequence, timestamp) = sent;
            // What is too long for the ring is refused at the door.
            let id = TalkerId(talker as u64);
            if let Ok(packet) = ReceivedPacket::new(id, now, sequence, timestamp, &payload) {
                mixer.push(&packet);
            }
        }
        let pieces = PACKET / PLAYBACK_QUANTUM;
        for index in 0..pieces as u32 {
            let mut piece = [0.0; PLAYBACK_QUANTUM];
            mixer.render(now + PLAYBACK_PERIOD * index, &mut piece);
            sound.extend_from_slice(&piece);
        }
    }
    sound
}

fn time(index: usize) -> (u32, u32) {
    (index as u32, (index * PACKET) as u32)
}

const ATTACKS: &[(&str, Attack)] = &[
    ("nothing", |index, packet| {
        let (sequence, timestamp) = time(index);
        (packet.to_vec(), sequence, timestamp)
    }),
    ("cut short", |index, packet| {
        let (sequence, timestamp) = time(index);
        (packet[..index % packet.len()].to_vec(), sequence, timestamp)
    }),
    ("other bytes", |index, packet| {
        let (sequence, timestamp) = time(index);
        let mut packet = packet.to_vec();
        for (at, byte) in packet.iter_mut().enumerate() {
            *byte = byte.wrapping_add((index * 31 + at * 7) as u8);
        }
        (packet, sequence, timestamp)
    }),
    ("too long", |index, _| {
        let (sequence, timestamp) = time(index);
        (vec![0xff; 4_000], sequence, timestamp)
    }),
    ("numbers anywhere", |index, packet| {
        let anywhere = (index as u32).wrapping_mul(2_654_435_761);
        (packet.to_vec(), anywhere, anywhere.wrapping_mul(31))
    }),
    ("a time that stands still", |index, packet| {
        (packet.to_vec(), index as u32, 0)
    }),
    ("one number for all", |index, packet| {
        (packet.to_vec(), 7, (index * PACKET) as u32)
    }),
    ("every length in turn", |index, _| {
        let durations = [
            PacketDuration::Ms10,
            PacketDuration::Ms20,
            PacketDuration::Ms40,
            PacketDuration::Ms60,
        ];
        let packet = durations[index % 4];
        let config = EncoderConfig {
            packet,
            ..EncoderConfig::default()
        };
        let mut encoder = Encoder::new(&config).expect("an encoder");
        let mut bytes = [0; MAX_PACKET_BYTES];
        let piece = hum(0, 0, packet.samples());
        let length = encoder.encode(&piece, &mut bytes).expect("its duration");
        (
            bytes[..length].to_vec(),
            index as u32,
            (index * PACKET) as u32,
        )
    }),
];

#[test]
fn one_enemy_among_twenty_five_does_not_harm_the_others() {
    for (name, attack) in ATTACKS {
        let sound = heard(*attack);
        let settled = &sound[48_000..];
        assert!(
            settled.iter().all(|sample| sample.abs() <= 1.0),
            "{name}: past full scale"
        );
        for talker in 1..TALKERS {
            let found = amplitude(settled, pitch_hz(talker));
            assert!(
                (0.015..0.06).contains(&found),
                "{name}: talker {talker} is heard with {found}"
            );
        }
        if *name == "nothing" {
            assert!(
                amplitude(settled, pitch_hz(0)) > 0.015,
                "and so is the first"
            );
            assert!(amplitude(settled, 3_000.0) < 0.003, "and nobody else");
        }
    }
}
