//! Every setting of the encoder changes while sound goes on, from the next packet, and without a gap in it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/codec.rs"]
mod codec;

use codec::{PACKET, packets, recording};
use dialtone_audio::PacketDuration;
use dialtone_audio::codec::{
    Bandwidth, CodecError, Content, Encoder, EncoderConfig, EncoderTune, MAX_PACKET_BYTES,
    MAX_SENT_BYTES, OpusDecoder, SpeechDecoder,
};

fn tune(bitrate: u32, expected_loss_percent: u8, fec: bool, dred_ms: u16) -> EncoderTune {
    EncoderTune {
        bitrate,
        expected_loss_percent,
        fec,
        dred_ms,
        ..EncoderTune::plain(bitrate)
    }
}

/// Whether a packet is coded by its spectrum alone (RFC 6716, section 3.1: configurations 16 and up).
fn is_spectral(packet: &[u8]) -> bool {
    packet[0] >> 3 >= 16
}

#[test]
fn the_rate_follows_at_the_next_packet() {
    let sound = recording();
    let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
    let pieces: Vec<&[f32]> = sound.chunks(50 * PACKET).collect();
    for (piece, (bitrate, bytes)) in pieces.iter().zip([
        (32_000, 80),
        (48_000, 120),
        (24_000, 60),
        (256_000, 640),
        (6_000, 15),
    ]) {
        encoder.tune(&EncoderTune::plain(bitrate));
        let packets = packets(&mut encoder, piece);
        assert!(
            packets.iter().all(|packet| packet.len() == bytes),
            "{bitrate}: {:?}",
            packets.iter().map(Vec::len).collect::<Vec<_>>()
        );
    }
    encoder.set_constant_bitrate(false);
    encoder.tune(&EncoderTune::plain(32_000));
    let mut lengths: Vec<_> = packets(&mut encoder, pieces[1])
        .iter()
        .map(Vec::len)
        .collect();
    lengths.dedup();
    assert!(lengths.len() > 10, "{lengths:?}");
}

#[test]
fn copies_of_the_packet_before_come_and_go_with_the_loss_that_is_expected() {
    let sound = recording();
    let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
    let decoder = OpusDecoder::new().unwrap();
    let copies = |encoder: &mut Encoder, seconds: usize| {
        let packets = packets(encoder, &sound[seconds * 48_000..][..48_000]);
        let carrying = packets.iter().filter(|packet| decoder.can_restore(packet));
        carrying.count()
    };
    assert_eq!(copies(&mut encoder, 0), 0, "nothing is expected at first");
    encoder.tune(&tune(32_000, 10, true, 0));
    assert!(copies(&mut encoder, 1) > 20);
    encoder.tune(&EncoderTune::plain(32_000));
    assert!(copies(&mut encoder, 1) <= 1);
    encoder.tune(&tune(32_000, 20, true, 0));
    assert!(copies(&mut encoder, 1) > 20);
}

#[test]
fn deep_redundancy_comes_and_goes_and_reaches_as_far_as_asked() {
    let sound = recording();
    let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
    let mut decoder = OpusDecoder::new().unwrap();
    let mut reaches = |encoder: &mut Encoder, seconds: usize| {
        let packets = packets(encoder, &sound[seconds * 48_000..][..96_000]);
        let mut reaches: Vec<_> = packets
            .iter()
            .map(|packet| decoder.reach_of(packet).unwrap().furthest)
            .collect();
        reaches.sort_unstable();
        reaches[reaches.len() / 2]
    };
    assert_eq!(reaches(&mut encoder, 0), 0);
    encoder.tune(&tune(48_000, 20, false, 100));
    encoder.tune(&tune(48_000, 20, false, 200));
    let near = reaches(&mut encoder, 1);
    assert!((80 * 48..=200 * 48).contains(&near), "{near}");
    encoder.tune(&tune(48_000, 20, false, 1_000));
    let far = reaches(&mut encoder, 1);
    assert!(far > 300 * 48, "{far}");
    encoder.tune(&tune(48_000, 0, false, 0));
    assert_eq!(reaches(&mut encoder, 1), 0);
}

#[test]
fn speech_and_music_are_coded_in_their_own_way() {
    let sound = recording();
    let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
    for (content, spectral) in [
        (Content::Speech, false),
        (Content::Music, true),
        (Content::Speech, false),
    ] {
        encoder.set_content(content);
        // Loss that is expected does not make music into speech.
        encoder.tune(&tune(32_000, 20, true, 0));
        let packets = packets(&mut encoder, &sound[48_000..96_000]);
        let of_kind = packets
            .iter()
            .filter(|packet| is_spectral(packet) == spectral);
        assert!(of_kind.count() >= packets.len() - 2, "{content:?}");
    }
}

#[test]
fn the_bandwidth_follows() {
    let sound = recording();
    let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
    // Configurations 14 and 15 hold all frequencies, 8 to 11 those up to 8 kHz (RFC 6716, section 3.1).
    for (bandwidth, kinds) in [
        (Bandwidth::Full, 14..=15),
        (Bandwidth::Wide, 8..=11),
        (Bandwidth::Full, 14..=15),
    ] {
        encoder.tune(&EncoderTune {
            bandwidth,
            ..EncoderTune::plain(32_000)
        });
        let packets = packets(&mut encoder, &sound[48_000..144_000]);
        let of_kind = packets
            .iter()
            .filter(|packet| kinds.contains(&(packet[0] >> 3)));
        assert!(of_kind.count() > packets.len() * 3 / 4, "{bandwidth:?}");
    }
}

/// Five tones that do not fit any block, at a level that leaves room.
fn chord(samples: usize) -> Vec<f32> {
    (0..samples)
        .map(|index| {
            let time = index as f32 / 48_000.0;
            [110.0, 277.2, 659.3, 2_093.0, 6_644.9]
                .map(|hz: f32| (time * hz * std::f32::consts::TAU).sin() * 0.1)
                .iter()
                .sum()
        })
        .collect()
}

/// Signal to error in dB, after the encoder's delay.
fn exactness(sent: &[f32], heard: &[f32], delay: usize) -> f32 {
    let (mut signal, mut error) = (0.0, 0.0);
    for (sent, heard) in sent.iter().zip(&heard[delay..]).skip(9_600) {
        signal += sent * sent;
        error += (sent - heard).powi(2);
    }
    10.0 * (signal / error).log10()
}

#[test]
fn music_at_256_kilobits_is_nearly_what_it_was() {
    let sound = chord(96_000);
    let of = |content, bitrate| {
        let config = EncoderConfig {
            content,
            bitrate,
            ..EncoderConfig::default()
        };
        let mut encoder = Encoder::new(&config).unwrap();
        let mut decoder = OpusDecoder::new().unwrap();
        let mut heard = vec![0.0; sound.len()];
        let packets = packets(&mut encoder, &sound);
        for (packet, output) in packets.iter().zip(heard.chunks_exact_mut(PACKET)) {
            decoder.decode(packet, output).unwrap();
        }
        exactness(&sound, &heard, encoder.lookahead_samples())
    };
    let (best, voice) = (of(Content::Music, 256_000), of(Content::Speech, 32_000));
    assert!(best > 35.0, "{best}");
    assert!(best > voice + 10.0, "{best} {voice}");
}

#[test]
fn nothing_clicks_while_settings_change() {
    // A tone: its steepest step is known. What coding adds is up to three times as steep for some milliseconds where it
    // goes over from one kind to the other; a sample that is missing or put to 0 would be up to 35 times as steep.
    let sound: Vec<f32> = (0..48_000 * 4)
        .map(|index| 0.3 * (index as f32 * 220.0 / 48_000.0 * std::f32::consts::TAU).sin())
        .collect();
    let steepest = 0.3 * 220.0 / 48_000.0 * std::f32::consts::TAU;
    let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
    let mut decoder = OpusDecoder::new().unwrap();
    let mut bytes = [0; MAX_PACKET_BYTES];
    let mut heard = Vec::new();
    for (index, piece) in sound.chunks_exact(PACKET).enumerate() {
        match index {
            40 => encoder.tune(&tune(24_000, 10, true, 0)),
            60 => encoder.tune(&tune(32_000, 20, false, 200)),
            80 => encoder.tune(&tune(64_000, 0, false, 0)),
            100 => encoder.set_content(Content::Music),
            120 => encoder.tune(&tune(256_000, 0, false, 0)),
            140 => encoder.set_content(Content::Speech),
            160 => encoder.tune(&tune(32_000, 0, false, 0)),
            180 => encoder.set_constant_bitrate(false),
            190 => encoder.set_complexity(5),
            _ => {}
        }
        let length = encoder.encode(piece, &mut bytes).unwrap();
        let mut output = [0.0; PACKET];
        decoder.decode(&bytes[..length], &mut output).unwrap();
        heard.extend_from_slice(&output);
    }
    let step = heard[30 * PACKET..]
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max);
    assert!(step < 4.0 * steepest, "{step} against {steepest}");
    let quietest = heard[30 * PACKET..]
        .chunks_exact(480)
        .map(|piece| piece.iter().map(|sample| sample.abs()).fold(0.0, f32::max))
        .fold(1.0, f32::min);
    assert!(quietest > 0.2, "{quietest}");
}

#[test]
fn what_is_out_of_bounds_is_refused_by_name_or_brought_within() {
    let refused = |config: EncoderConfig| match Encoder::new(&config) {
        Err(CodecError::Setting { setting }) => setting,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("taken: {config:?}"),
    };
    let fine = EncoderConfig::default;
    for bitrate in [0, 5_999, 256_001, u32::MAX] {
        assert!(refused(EncoderConfig { bitrate, ..fine() }).contains("bitrate"));
    }
    assert!(
        refused(EncoderConfig {
            bitrate: 256_000,
            packet: PacketDuration::Ms60,
            ..fine()
        })
        .contains("that long")
    );
    assert!(
        refused(EncoderConfig {
            expected_loss_percent: 101,
            ..fine()
        })
        .contains("loss")
    );
    assert!(
        refused(EncoderConfig {
            dred_ms: 1_041,
            ..fine()
        })
        .contains("redundancy")
    );
    assert!(
        refused(EncoderConfig {
            complexity: 11,
            ..fine()
        })
        .contains("effort")
    );

    let mut encoder = Encoder::new(&fine()).unwrap();
    assert!(
        encoder
            .configure(&EncoderConfig {
                bitrate: 1,
                ..fine()
            })
            .is_err()
    );
    assert_eq!(encoder.tuned(), &fine().tune(), "nothing was changed");
    encoder.tune(&tune(u32::MAX, 255, true, u16::MAX));
    assert_eq!(encoder.tuned(), &tune(256_000, 100, true, 1_040));
    encoder.tune(&tune(0, 0, false, 0));
    assert_eq!(encoder.tuned().bitrate, 6_000);
}

#[test]
fn no_packet_is_longer_than_the_network_takes() {
    let sound = recording();
    for packet in [
        PacketDuration::Ms10,
        PacketDuration::Ms20,
        PacketDuration::Ms40,
        PacketDuration::Ms60,
    ] {
        let config = EncoderConfig {
            packet,
            bitrate: packet.most_bitrate().min(256_000),
            constant_bitrate: false,
            dred_ms: 1_000,
            expected_loss_percent: 100,
            ..EncoderConfig::default()
        };
        let mut encoder = Encoder::new(&config).unwrap();
        let mut bytes = [0; MAX_PACKET_BYTES];
        for piece in sound.chunks_exact(packet.samples()) {
            assert!(encoder.encode(piece, &mut bytes).unwrap() <= MAX_SENT_BYTES);
        }
    }
    // More sound than the rate was meant for is coded coarser.
    let mut encoder = Encoder::new(&EncoderConfig {
        bitrate: 256_000,
        ..EncoderConfig::default()
    })
    .unwrap();
    let mut bytes = [0; MAX_PACKET_BYTES];
    for piece in sound.chunks_exact(PacketDuration::Ms60.samples()) {
        assert_eq!(encoder.encode(piece, &mut bytes), Ok(MAX_SENT_BYTES));
    }
}

#[test]
fn wrong_lengths_are_refused_and_what_is_no_number_does_not_stay() {
    let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
    let mut bytes = [0; MAX_PACKET_BYTES];
    for length in [0, 1, 479, 481, 961, 5_761, 100_000] {
        let refused = encoder.encode(&vec![0.1; length], &mut bytes);
        assert!(
            matches!(refused, Err(CodecError::Setting { .. })),
            "{length}"
        );
    }
    let mut sound = recording();
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
        sound[48_000..48_960].fill(value);
        let mut encoder = Encoder::new(&EncoderConfig {
            dred_ms: 200,
            expected_loss_percent: 20,
            ..EncoderConfig::default()
        })
        .unwrap();
        let mut decoder = OpusDecoder::new().unwrap();
        let mut output = [0.0_f32; PACKET];
        let mut loudest = 0.0_f32;
        for (index, packet) in packets(&mut encoder, &sound).iter().enumerate() {
            decoder.decode(packet, &mut output).unwrap();
            assert!(output.iter().all(|sample| sample.is_finite()), "{value}");
            if index > 60 {
                loudest = output
                    .iter()
                    .fold(loudest, |so_far, sample| so_far.max(*sample));
            }
        }
        assert!((0.05..1.5).contains(&loudest), "{value}: {loudest}");
    }
}
