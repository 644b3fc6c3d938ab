//! What goes in at the microphone comes out at the ear: in time, in shape, at the right loudness.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/call.rs"]
mod call;
#[path = "common/codec.rs"]
#[expect(dead_code, reason = "only the recording is needed here")]
mod codec;

use call::{call, correlate, speech};
use dialtone_audio::codec::EncoderConfig;
use dialtone_audio::{ChainSpec, PacketDuration, TalkMode};
use ebur128::{EbuR128, Mode};

fn loudness(sound: &[f32]) -> f64 {
    let mut meter = EbuR128::new(1, 48_000, Mode::I).unwrap();
    meter.add_frames_f32(sound).unwrap();
    meter.loudness_global().unwrap()
}

#[test]
fn every_packet_duration_brings_the_sound_through_with_its_own_delay() {
    for (packet, most_ms) in [
        (PacketDuration::Ms10, 35),
        (PacketDuration::Ms20, 45),
        (PacketDuration::Ms40, 65),
        (PacketDuration::Ms60, 85),
    ] {
        let encoder = EncoderConfig {
            packet,
            ..EncoderConfig::default()
        };
        let sent = speech(4.0, 130.0);
        let heard = call(std::slice::from_ref(&sent), false, &encoder, |_| true);
        let (alike, lag) = correlate(&sent[48_000..], &heard[48_000..]);
        assert!(alike > 0.75, "{packet:?}: {alike}");
        assert!(lag / 48 <= most_ms, "{packet:?}: {} ms", lag / 48);
    }
}

#[test]
fn loss_of_every_tenth_packet_is_hardly_heard() {
    let sent = speech(6.0, 130.0);
    let heard = call(
        std::slice::from_ref(&sent),
        false,
        &EncoderConfig::default(),
        |header| header.sequence % 10 != 7,
    );
    let (alike, _) = correlate(&sent[96_000..], &heard[96_000..]);
    assert!(alike > 0.75, "{alike}");
}

#[test]
fn three_who_speak_at_once_are_heard_as_loud_as_each_alone() {
    let voices: Vec<Vec<f32>> = [110.0, 170.0, 230.0]
        .into_iter()
        .map(|pitch| speech(8.0, pitch))
        .collect();
    let mixed = call(&voices, false, &EncoderConfig::default(), |_| true);
    let expected: Vec<f32> = (0..voices[0].len())
        .map(|index| voices.iter().map(|voice| voice[index]).sum())
        .collect();
    let difference = loudness(&mixed[48_000..]) - loudness(&expected[48_000..]);
    assert!(difference.abs() < 2.0, "{difference} LU");
    for voice in &voices {
        let (alike, _) = correlate(&voice[48_000..], &mixed[48_000..]);
        assert!(alike > 0.35, "each voice is found in the mix: {alike}");
    }
    assert!(mixed.iter().all(|sample| sample.abs() <= 1.0));
}

#[test]
fn a_soft_and_a_loud_talker_are_brought_together() {
    let soft: Vec<f32> = speech(20.0, 130.0)
        .iter()
        .map(|sample| sample * 0.4)
        .collect();
    let loud: Vec<f32> = speech(20.0, 130.0)
        .iter()
        .map(|sample| sample * 2.5)
        .collect();
    let tail = |sound: Vec<f32>| {
        let heard = call(&[sound], true, &EncoderConfig::default(), |_| true);
        loudness(&heard[15 * 48_000..])
    };
    let apart = (tail(soft) - tail(loud)).abs();
    assert!(apart < 4.0, "16 LU apart became {apart}");
}

#[test]
fn the_gate_loses_no_first_syllable_and_sends_nothing_in_silence() {
    let mut chain = ChainSpec::bare();
    chain.stages = ChainSpec::voice()
        .unwrap()
        .stages
        .into_iter()
        .filter(|stage| stage.kind == "gate")
        .collect();
    let (mut uplink, wire) =
        call::uplink(&chain, TalkMode::VoiceActivity, &EncoderConfig::default());
    let mut block = dialtone_audio::frame::Block::silence();
    for _ in 0..200 {
        block.samples.fill(0.0);
        uplink.process(&mut block);
    }
    assert!(wire.lock().unwrap().is_empty(), "silence is not sent");
    // Somebody begins to speak: the gate is sure of it only in the middle of the first syllable.
    let said = codec::recording();
    for chunk in said.chunks_exact(480) {
        block.samples.copy_from_slice(chunk);
        uplink.process(&mut block);
    }
    let begins = said
        .chunks_exact(480)
        .position(|piece| dialtone_audio::frame::level_dbfs(piece) > -50.0)
        .expect("somebody speaks");
    let packets = wire.lock().unwrap();
    let (first, _) = packets.first().expect("speech is sent");
    assert!(first.marker);
    let onset = (200 + begins as u32) * 480;
    let after = i64::from(first.timestamp) - i64::from(onset);
    assert!(after <= 0, "from the onset on: {after} samples after it");
    assert!(after > -9_600, "not much more: {after} samples before it");
}

#[test]
fn constant_bitrate_means_constant_size() {
    let (mut uplink, wire) = call::uplink(
        &ChainSpec::bare(),
        TalkMode::Open,
        &EncoderConfig::default(),
    );
    let mut block = dialtone_audio::frame::Block::silence();
    for chunk in speech(4.0, 140.0).chunks_exact(480) {
        block.samples.copy_from_slice(chunk);
        uplink.process(&mut block);
    }
    let packets = wire.lock().unwrap();
    assert!(packets.len() > 190);
    assert!(
        packets.iter().all(|(_, payload)| payload.len() == 80),
        "32 kb/s are 80 bytes in 20 ms"
    );
}

#[test]
fn mute_and_push_to_talk_never_send_what_came_before() {
    for mode in [TalkMode::PushToTalk, TalkMode::VoiceActivity] {
        let (mut uplink, wire) = call::uplink(
            &ChainSpec::voice().unwrap(),
            mode,
            &EncoderConfig::default(),
        );
        uplink.talk.muted = true;
        let mut block = dialtone_audio::frame::Block::silence();
        for chunk in speech(2.0, 140.0).chunks_exact(480) {
            block.samples.copy_from_slice(chunk);
            uplink.process(&mut block);
        }
        assert!(wire.lock().unwrap().is_empty(), "{mode:?}");
        uplink.talk.muted = false;
        uplink.talk.pressed = true;
        for chunk in speech(2.0, 140.0).chunks_exact(480) {
            block.samples.copy_from_slice(chunk);
            uplink.process(&mut block);
        }
        let packets = wire.lock().unwrap();
        assert!(
            packets
                .first()
                .is_some_and(|(header, _)| header.timestamp >= 96_000),
            "{mode:?}"
        );
    }
}

#[test]
fn push_to_mute_sends_nothing_of_what_is_said_while_the_key_is_down() {
    let (mut uplink, wire) = call::uplink(
        &ChainSpec::voice().unwrap(),
        TalkMode::PushToMute,
        &EncoderConfig::default(),
    );
    let mut say = |pressed: bool| {
        uplink.talk.pressed = pressed;
        let mut block = dialtone_audio::frame::Block::silence();
        for chunk in speech(2.0, 140.0).chunks_exact(480) {
            block.samples.copy_from_slice(chunk);
            uplink.process(&mut block);
        }
    };
    for pressed in [false, true, false] {
        say(pressed);
    }
    let packets = wire.lock().unwrap();
    let within = |from: u32, to: u32| {
        let times = packets.iter().map(|(header, _)| header.timestamp);
        times.filter(|time| (from..to).contains(time)).count()
    };
    assert!(
        within(0, 96_000) > 20,
        "it is voice activity while the key is up"
    );
    // What was begun before the key went down is ended by a packet in which it dies out.
    assert_eq!(
        within(96_000 + 960, 192_000),
        0,
        "nothing is sent while it is down"
    );
    assert!(within(192_000, 288_000) > 20);
}
