//! Packets that were cut, stretched, flipped or made up: an error or some sound, never a panic, and the decoder goes
//! on.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "common/codec.rs"]
mod codec;

use std::sync::LazyLock;

use codec::{PACKET, packets, recording};
use dialtone_audio::codec::{
    CodecError, Content, DecoderEffort, Encoder, EncoderConfig, MAX_PACKET_BYTES,
    MAX_PACKET_SAMPLES, OpusDecoder, SpeechDecoder,
};
use proptest::prelude::*;

/// Packets of all kinds: plain, with copies, with deep redundancy, with both, music, of other sizes.
static REAL: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let sound = recording();
    let mut all = Vec::new();
    for (bitrate, fec, dred_ms, expected_loss_percent, constant_bitrate) in [
        (16_000, false, 0, 0, false),
        (32_000, true, 0, 20, true),
        (32_000, false, 1_000, 20, true),
        (48_000, true, 1_000, 30, true),
        (128_000, false, 1_040, 100, false),
    ] {
        for content in [Content::Speech, Content::Music] {
            let mut encoder = Encoder::new(&EncoderConfig {
                content,
                bitrate,
                fec,
                dred_ms,
                expected_loss_percent,
                constant_bitrate,
                ..EncoderConfig::default()
            })
            .unwrap();
            all.extend(packets(&mut encoder, &sound[..96_000]));
        }
    }
    all
});

#[derive(Clone, Debug)]
enum Harm {
    /// Each of these bits, counted from the packet's begin and wrapped, is turned over.
    Flip(Vec<usize>),
    /// So much of it is left, in 65,536ths.
    Cut(u16),
    /// This is put behind it.
    Append(Vec<u8>),
    /// This is put in its place.
    Replace(Vec<u8>),
    /// Its second byte says something else: frames, padding, variable sizes.
    Shape(u8),
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        4 => prop::collection::vec(any::<usize>(), 1..12).prop_map(Harm::Flip),
        2 => any::<u16>().prop_map(Harm::Cut),
        1 => prop::collection::vec(any::<u8>(), 1..600).prop_map(Harm::Append),
        1 => prop::collection::vec(any::<u8>(), 0..1_400).prop_map(Harm::Replace),
        1 => any::<u8>().prop_map(Harm::Shape),
    ]
}

fn harmed(packet: &[u8], harms: &[Harm]) -> Vec<u8> {
    let mut bytes = packet.to_vec();
    for harm in harms {
        match harm {
            Harm::Flip(bits) if !bytes.is_empty() => {
                for bit in bits {
                    let at = bit % (bytes.len() * 8);
                    bytes[at / 8] ^= 1 << (at % 8);
                }
            }
            Harm::Flip(_) => {}
            Harm::Cut(share) => bytes.truncate(bytes.len() * usize::from(*share) / 65_536),
            Harm::Append(more) => bytes.extend_from_slice(more),
            Harm::Replace(other) => bytes.clone_from(other),
            Harm::Shape(byte) => {
                if let [first, second, ..] = bytes.as_mut_slice() {
                    *first |= 3;
                    *second = *byte;
                }
            }
        }
    }
    bytes
}

/// Everything that a receiver may ask about a packet and of a decoder.
fn use_it(decoder: &mut OpusDecoder, packet: &[u8], offset: usize, room: usize) {
    let mut output = vec![7.0_f32; room];
    let sound = |made: Result<usize, CodecError>, output: &[f32]| {
        if let Ok(samples) = made {
            assert!(samples <= output.len());
            assert!(output[..samples].iter().all(|sample| sample.is_finite()));
        }
        made
    };
    let announced = decoder.samples_in(packet);
    assert!(announced.is_none_or(|samples| (1..=MAX_PACKET_SAMPLES).contains(&samples)));
    let copies = decoder.can_restore(packet);
    assert!(!copies || !packet.is_empty());
    let reach = decoder.reach_of(packet);
    let spoken = sound(decoder.restore_from(offset, &mut output), &output);
    if !reach.is_ok_and(|reach| reach.holds(offset)) {
        assert!(spoken.is_err());
    }
    if let Ok(reach) = decoder.reach_of(packet)
        && reach.furthest > 0
    {
        for offset in [reach.furthest, reach.nearest + 1] {
            let made = decoder.restore_from(offset, &mut output[..room.min(480)]);
            let _ = sound(made, &output);
        }
    }
    let _ = sound(decoder.restore(packet, &mut output), &output);
    let _ = sound(decoder.conceal(&mut output), &output);
    let whole = sound(decoder.decode(packet, &mut output), &output);
    if let (Ok(samples), Some(announced)) = (whole, announced) {
        assert_eq!(samples, announced);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn harmed_packets_never_stop_the_decoder(
        stream in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(harm(), 0..4)), 1..12),
        offsets in prop::collection::vec(prop_oneof![0_usize..60_000, any::<usize>()], 12),
        rooms in prop::collection::vec(prop_oneof![Just(960_usize), Just(480), Just(5_760), 0_usize..7_000], 12),
        clear in any::<bool>(),
    ) {
        let effort = if clear { DecoderEffort::Clearest } else { DecoderEffort::DeepConcealment };
        let mut decoder = OpusDecoder::with_effort(effort).unwrap();
        for (((which, harms), offset), room) in stream.iter().zip(offsets).zip(rooms) {
            let packet: &Vec<u8> = which.get(REAL.as_slice());
            use_it(&mut decoder, &harmed(packet, harms), offset, room);
        }
        // Whatever it was, the next whole packets are heard.
        let mut output = [0.0_f32; PACKET];
        let mut loudest = 0.0_f32;
        for packet in &REAL[200..250] {
            prop_assert_eq!(decoder.decode(packet, &mut output), Ok(PACKET));
            loudest = output.iter().fold(loudest, |so_far, sample| so_far.max(sample.abs()));
        }
        prop_assert!(loudest > 0.05 && loudest.is_finite(), "{}", loudest);
    }
}

#[test]
fn every_way_to_cut_a_packet_is_survived() {
    let mut decoder = OpusDecoder::new().unwrap();
    for packet in REAL.iter().skip(40).step_by(241) {
        for length in 0..packet.len() {
            use_it(&mut decoder, &packet[..length], PACKET, PACKET);
        }
    }
}

#[test]
fn sizes_that_no_packet_has_are_named() {
    let mut decoder = OpusDecoder::new().unwrap();
    let mut output = [0.0; PACKET];
    let long = vec![0x78; MAX_PACKET_BYTES + 1];
    let bytes = long.len();
    for (packet, error) in [
        (&[][..], CodecError::Empty),
        (&long, CodecError::Oversized { bytes }),
    ] {
        assert_eq!(decoder.samples_in(packet), None);
        assert!(!decoder.can_restore(packet));
        assert_eq!(decoder.decode(packet, &mut output), Err(error.clone()));
        assert_eq!(decoder.restore(packet, &mut output), Err(error.clone()));
        assert_eq!(decoder.reach_of(packet), Err(error));
    }
    let packet = &REAL[10];
    for samples in [0, 1, 119, 121, 959, 5_761, 48_000] {
        let mut output = vec![0.0; samples];
        let refused = Err(CodecError::Length { samples });
        assert_eq!(decoder.conceal(&mut output), refused);
        assert_eq!(decoder.restore(packet, &mut output), refused);
    }
    let room = decoder.decode(packet, &mut [0.0; 480]);
    assert!(matches!(room, Err(CodecError::Damaged { .. })), "{room:?}");
}
