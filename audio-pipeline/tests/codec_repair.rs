//! What was lost comes back from the packets after it: at the right place, and closer to what was said than what is
//! invented.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/codec.rs"]
mod codec;

use codec::{PACKET, packets, recording};
use dialtone_audio::codec::{
    CodecError, DecoderEffort, Encoder, EncoderConfig, OpusDecoder, Reach, SpeechDecoder,
};

/// Packets in one burst of loss.
const BURST: usize = 3;

fn redundant() -> EncoderConfig {
    EncoderConfig {
        bitrate: 48_000,
        fec: false,
        dred_ms: 200,
        expected_loss_percent: 20,
        ..EncoderConfig::default()
    }
}

/// Level of each 10 ms in dBFS, not below -50.
fn levels(sound: &[f32]) -> Vec<f32> {
    sound
        .chunks_exact(480)
        .map(|piece| {
            let power = piece.iter().map(|sample| sample * sample).sum::<f32>() / 480.0;
            (10.0 * power.max(1e-9).log10()).max(-50.0)
        })
        .collect()
}

/// Decodes with `BURST` packets of every ten lost and filled by `fill(decoder, next packet, packets back, output)`;
/// gives by how many dB the levels of what was filled are wrong, on average.
fn wrong_by(
    packets: &[Vec<u8>],
    mut fill: impl FnMut(&mut OpusDecoder, &[u8], usize, &mut [f32]),
) -> f32 {
    let mut whole = OpusDecoder::new().unwrap();
    let mut holed = OpusDecoder::new().unwrap();
    let (mut said, mut output) = ([0.0; PACKET], [0.0; PACKET]);
    let (mut sum, mut count) = (0.0, 0);
    for (index, packet) in packets.iter().enumerate().take(packets.len() / 10 * 10) {
        whole.decode(packet, &mut said).unwrap();
        let at = index % 10;
        if at < 10 - BURST - 1 || at == 9 {
            holed.decode(packet, &mut output).unwrap();
            continue;
        }
        let back = 9 - at;
        fill(&mut holed, &packets[index + back], back, &mut output);
        // Only where somebody spoke.
        for (said, filled) in levels(&said).into_iter().zip(levels(&output)) {
            if said > -40.0 {
                sum += (said - filled).abs();
                count += 1;
            }
        }
    }
    assert!(count > 40, "{count}");
    sum / count as f32
}

#[test]
fn a_burst_is_restored_from_the_packet_after_it() {
    let mut encoder = Encoder::new(&redundant()).unwrap();
    let packets = packets(&mut encoder, &recording());
    let mut restored = 0;
    let mut from = |shift: usize| {
        let mut read: Option<Reach> = None;
        wrong_by(&packets, |decoder, next, back, output| {
            if back == BURST {
                read = Some(decoder.reach_of(next).unwrap());
            }
            let offset = (back + shift) * PACKET;
            if read.unwrap().holds(offset) {
                assert_eq!(decoder.restore_from(offset, output), Ok(PACKET));
                restored += 1;
            } else {
                decoder.conceal(output).unwrap();
            }
        })
    };
    let right = from(0);
    let shifted = from(2);
    assert!(restored > 100, "{restored}");
    let invented = wrong_by(&packets, |decoder, _, _, output| {
        decoder.conceal(output).unwrap();
    });
    assert!(right < 3.5, "restored: {right} dB");
    assert!(
        right < 0.6 * invented,
        "restored {right}, invented {invented}"
    );
    assert!(
        right < 0.6 * shifted,
        "restored {right}, from elsewhere {shifted}"
    );
}

#[test]
fn a_copy_restores_the_packet_before() {
    let config = EncoderConfig {
        expected_loss_percent: 20,
        ..EncoderConfig::default()
    };
    let mut encoder = Encoder::new(&config).unwrap();
    let packets = packets(&mut encoder, &recording());
    let copied = wrong_by(&packets, |decoder, next, back, output| {
        if back == 1 && decoder.can_restore(next) {
            decoder.restore(next, output).unwrap();
        } else {
            decoder.conceal(output).unwrap();
        }
    });
    let invented = wrong_by(&packets, |decoder, _, _, output| {
        decoder.conceal(output).unwrap();
    });
    assert!(
        copied < 0.85 * invented,
        "copied {copied}, invented {invented}"
    );
}

#[test]
fn what_a_packet_tells_is_kept_while_others_are_decoded() {
    let mut encoder = Encoder::new(&redundant()).unwrap();
    let packets = packets(&mut encoder, &recording());
    let mut decoder = OpusDecoder::new().unwrap();
    let mut output = [0.0; PACKET];
    let mut reaching = packets.iter().enumerate().skip(50);
    let (at, reach) = reaching
        .find_map(|(at, packet)| {
            let reach = decoder.reach_of(packet).unwrap();
            reach.holds(4 * PACKET).then_some((at, reach))
        })
        .unwrap();
    assert!(!reach.holds(reach.furthest + 1));
    for packet in &packets[..at - 4] {
        decoder.decode(packet, &mut output).unwrap();
    }
    for back in [4, 3, 2, 1] {
        assert_eq!(decoder.restore_from(back * PACKET, &mut output), Ok(PACKET));
    }
    // Longer pieces as well, up to the longest packet.
    let mut long = vec![0.0; 5_760];
    assert_eq!(decoder.restore_from(4 * PACKET, &mut long), Ok(5_760));
    // A packet without redundancy takes the place of the one before.
    let mut plain = Encoder::new(&EncoderConfig::default()).unwrap();
    let bare = codec::packets(&mut plain, &recording()[..PACKET]);
    assert_eq!(decoder.reach_of(&bare[0]), Ok(Reach::NONE));
    assert_eq!(
        decoder.restore_from(PACKET, &mut output),
        Err(CodecError::OutOfReach)
    );
}

#[test]
fn asking_for_what_no_packet_tells_is_refused() {
    let mut decoder = OpusDecoder::new().unwrap();
    let mut output = [0.0; PACKET];
    assert_eq!(
        decoder.restore_from(PACKET, &mut output),
        Err(CodecError::OutOfReach),
        "no packet was read"
    );
    let mut encoder = Encoder::new(&redundant()).unwrap();
    let packets = packets(&mut encoder, &recording());
    let reach = decoder.reach_of(&packets[200]).unwrap();
    for offset in [0, reach.nearest, reach.furthest + 1, usize::MAX] {
        assert_eq!(
            decoder.restore_from(offset, &mut output),
            Err(CodecError::OutOfReach),
            "{offset} of {reach:?}"
        );
    }
    for samples in [0, 1, 120, 479, 481, 6_240] {
        assert_eq!(
            decoder.restore_from(reach.furthest, &mut vec![0.0; samples]),
            Err(CodecError::Length { samples })
        );
    }
    // What is no packet tells nothing, and what the one before told is forgotten.
    assert_eq!(
        decoder.restore_from(reach.furthest, &mut output),
        Ok(PACKET)
    );
    assert_eq!(decoder.reach_of(&[]), Err(CodecError::Empty));
    assert_eq!(
        decoder.restore_from(reach.furthest, &mut output),
        Err(CodecError::OutOfReach)
    );
}

#[test]
fn each_effort_decodes_and_conceals() {
    let mut encoder = Encoder::new(&EncoderConfig {
        bitrate: 16_000,
        ..EncoderConfig::default()
    })
    .unwrap();
    let packets = packets(&mut encoder, &recording());
    let mut heard = Vec::new();
    for effort in [
        DecoderEffort::Plain,
        DecoderEffort::DeepConcealment,
        DecoderEffort::Clearer,
        DecoderEffort::Clearest,
    ] {
        let mut decoder = OpusDecoder::with_effort(effort).unwrap();
        let mut sound = vec![0.0; packets.len() * PACKET];
        for (index, (packet, output)) in packets
            .iter()
            .zip(sound.chunks_exact_mut(PACKET))
            .enumerate()
        {
            if index % 10 == 9 {
                decoder.conceal(output).unwrap();
            } else {
                decoder.decode(packet, output).unwrap();
            }
        }
        assert!(
            heard.iter().all(|other| *other != sound),
            "{effort:?} makes another sound than those before"
        );
        heard.push(sound);
    }
}

#[test]
fn the_effort_changes_while_sound_goes_on() {
    let mut encoder = Encoder::new(&EncoderConfig {
        bitrate: 16_000,
        ..EncoderConfig::default()
    })
    .unwrap();
    let packets = packets(&mut encoder, &recording());
    let mut changed = OpusDecoder::with_effort(DecoderEffort::Plain).unwrap();
    let mut unchanged = OpusDecoder::with_effort(DecoderEffort::Plain).unwrap();
    let (mut first, mut second) = ([0.0; PACKET], [0.0; PACKET]);
    let mut differs = 0;
    for (index, packet) in packets.iter().enumerate() {
        if index == 100 {
            changed.set_effort(DecoderEffort::Clearest);
        }
        changed.decode(packet, &mut first).unwrap();
        unchanged.decode(packet, &mut second).unwrap();
        let same = first.map(f32::to_bits) == second.map(f32::to_bits);
        assert!(index >= 100 || same);
        differs += usize::from(!same);
    }
    assert!(differs > 100, "{differs}");
}
