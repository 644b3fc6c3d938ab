//! Packets that carry parity: any decoder plays them, and those that get lost come back through the whole downlink.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/codec.rs"]
mod codec;

use std::time::{Duration, Instant};

use codec::{PACKET, packets, recording};
use dialtone_audio::TalkerId;
use dialtone_audio::codec::{
    Bandwidth, Encoder, EncoderConfig, EncoderTune, ObservedLoss, OpusDecoder, Parity,
    SpeechDecoder,
};
use dialtone_audio::downlink::{JitterStats, Talker, TalkerConfig};
use dialtone_audio::link::ReceivedPacket;

fn with(parity: Parity, bitrate: u32) -> Encoder {
    let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
    encoder.tune(&EncoderTune {
        parity,
        bandwidth: Bandwidth::Wide,
        ..EncoderTune::plain(bitrate)
    });
    encoder
}

/// Plays the packets that are not `lost` to a talker, each 5 ms after it was sent.
fn hear(packets: &[Vec<u8>], lost: impl Fn(usize) -> bool) -> JitterStats {
    let mut talker = Talker::new(TalkerId(1), &TalkerConfig::default()).unwrap();
    let epoch = Instant::now();
    let moment = |milliseconds: usize| epoch + Duration::from_millis(milliseconds as u64);
    let mut piece = [0.0; 240];
    for (index, packet) in packets.iter().enumerate() {
        for quarter in 0..4 {
            let now = moment(index * 20 + quarter * 5);
            if quarter == 1 && !lost(index) {
                let (sequence, timestamp) = (index as u32, (index * PACKET) as u32);
                let received =
                    ReceivedPacket::new(TalkerId(1), now, sequence, timestamp, packet).unwrap();
                talker.push(&received);
            }
            talker.render(now, &mut piece);
        }
    }
    talker.stats()
}

#[test]
fn a_decoder_that_knows_nothing_of_parity_hears_the_same() {
    let sound = recording();
    let carried = packets(&mut with(Parity::of_the_last(3), 32_000), &sound);
    assert!(carried.iter().all(|packet| packet.len() == 84));
    // What is left for the sound beside parity of 32 kb/s.
    let bare = packets(&mut with(Parity::NONE, 15_600), &sound);
    let (mut one, mut other) = (OpusDecoder::new().unwrap(), OpusDecoder::new().unwrap());
    let (mut first, mut second) = ([0.0; PACKET], [0.0; PACKET]);
    for (carried, bare) in carried.iter().zip(&bare) {
        assert_eq!(one.samples_in(carried), Some(PACKET));
        one.decode(carried, &mut first).unwrap();
        other.decode(bare, &mut second).unwrap();
        assert_eq!(first.map(f32::to_bits), second.map(f32::to_bits));
    }
}

#[test]
fn lost_packets_come_back_before_their_turn() {
    let sound = recording();
    for (parity, every, burst) in [
        (Parity::of_the_last(3), 9, 1),
        (Parity::halves_of_the_last(3, 3), 8, 2),
        (Parity::copy_of(6), 30, 6),
    ] {
        let packets = packets(&mut with(parity, 32_000), &sound);
        let stats = hear(&packets, |index| index > 20 && index % every < burst);
        // Until the buffer is as deep as the parity reaches, something is missing.
        assert!(
            stats.parity_recovered as f64 > 0.75 * stats.lost as f64,
            "{parity:?}: {stats:?}"
        );
        assert!(
            stats.concealed_ms < 0.35 * 20.0 * stats.lost as f64,
            "{parity:?}: {stats:?}"
        );
        assert!(
            stats.observed.share > 0.05,
            "they were lost all the same: {stats:?}"
        );
    }
}

#[test]
fn a_spurt_is_not_covered_by_the_one_after_it() {
    let sound = recording();
    let mut encoder = with(Parity::of_the_last(3), 32_000);
    let mut sent = packets(&mut encoder, &sound[..50 * PACKET]);
    encoder.begin_spurt();
    sent.extend(packets(&mut encoder, &sound[50 * PACKET..100 * PACKET]));
    // The last of the first spurt is lost; the second follows with the next numbers.
    let stats = hear(&sent, |index| index == 49);
    assert_eq!((stats.lost, stats.parity_recovered), (1, 0), "{stats:?}");
    let stats = hear(&sent, |index| index == 48);
    assert_eq!((stats.lost, stats.parity_recovered), (1, 1), "{stats:?}");
}

#[test]
fn the_rate_stays_near_what_was_asked_for_and_sizes_tell_nothing() {
    let sound = recording();
    for bitrate in [20_000, 24_000, 32_000, 48_000, 64_000] {
        for loss in [
            ObservedLoss::random(0.02),
            ObservedLoss::random(0.1),
            ObservedLoss::random(0.3),
            ObservedLoss::random(0.5),
            ObservedLoss {
                share: 0.2,
                mean_burst: 4.0,
            },
        ] {
            let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
            encoder.tune(&loss.tune(bitrate));
            let packets = packets(&mut encoder, &sound);
            let size = packets[0].len();
            assert!(
                packets.iter().all(|packet| packet.len() == size),
                "{loss:?}"
            );
            let rate = size as f64 * 400.0 / f64::from(bitrate);
            // Without parity it would be the rate that was asked for.
            assert!(rate > 1.0 && rate <= 1.05, "{bitrate} {loss:?}: {rate}");
        }
    }
}

/// What parity does not bring back: a packet whose copy was lost as well.
#[test]
fn deep_redundancy_stands_beside_parity_and_restores_what_that_does_not() {
    let sound = recording();
    let loss = ObservedLoss {
        share: 0.3,
        mean_burst: 4.0,
    };
    for bitrate in [48_000, 64_000, 96_000] {
        let mut encoder = Encoder::new(&EncoderConfig::default()).unwrap();
        encoder.tune(&loss.tune(bitrate));
        let packets = packets(&mut encoder, &sound);
        let mut decoder = OpusDecoder::new().unwrap();
        let mut reach: Vec<usize> = packets
            .iter()
            .map(|packet| decoder.reach_of(packet).unwrap().furthest / 48)
            .collect();
        reach.sort_unstable();
        assert!(reach[reach.len() / 2] >= 55, "{bitrate}, in ms: {reach:?}");
        // Every sixth packet before is there once more, unless it was too long for the sums.
        let stats = hear(&packets, |index| index > 20 && index % 30 < 6);
        assert!(
            stats.parity_recovered as f64 > 0.75 * stats.lost as f64,
            "{bitrate}: {stats:?}"
        );
        // The copies are lost as well.
        let stats = hear(&packets, |index| {
            index > 20 && [0, 1, 6, 7].contains(&(index % 30))
        });
        assert!(stats.deep_restored >= 8, "{bitrate}: {stats:?}");
    }
}
