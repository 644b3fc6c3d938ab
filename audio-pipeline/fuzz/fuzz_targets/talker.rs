#![no_main]
//! A talker's packets in any order, with any numbers, lost and late: from the jitter buffer and its parity to sound. What comes out is sound,
//! whatever came in. Each step is a byte that says what happens, then a packet where one arrives.
use std::time::{Duration, Instant};

use dialtone_audio::TalkerId;
use dialtone_audio::codec::{DecoderEffort, OpusDecoder};
use dialtone_audio::downlink::{Talker, TalkerConfig};
use dialtone_audio::frame::{BLOCK_DURATION, BLOCK_SAMPLES};
use dialtone_audio::link::ReceivedPacket;
use libfuzzer_sys::fuzz_target;

mod spoken;

const MOST: usize = 48;

fuzz_target!(|bytes: &[u8]| {
    let decoder = OpusDecoder::with_effort(DecoderEffort::Plain).expect("Opus makes decoders");
    let id = TalkerId(1);
    let mut talker = Talker::with_decoder(id, &TalkerConfig::default(), Box::new(decoder));
    let (mut now, mut sequence, mut timestamp) = (Instant::now(), 0_u32, 0_u32);
    let mut sound = [0.0; BLOCK_SAMPLES];
    let mut rest = bytes;
    for _ in 0..MOST {
        let Some((step, after)) = rest.split_first() else {
            return;
        };
        rest = after;
        // Most packets follow each other; some are of before, of later, or of another time altogether.
        sequence = match step >> 5 {
            0..=4 => sequence.wrapping_add(1),
            5 => sequence.wrapping_sub(3),
            6 => sequence.wrapping_add(5),
            _ => sequence.wrapping_mul(0x9e37_79b9),
        };
        timestamp = match step & 0x18 {
            0x18 => timestamp.wrapping_mul(0x85eb_ca6b),
            _ => sequence.wrapping_mul(960),
        };
        if step & 1 == 0 {
            let Some(payload) = spoken::take(&mut rest) else {
                return;
            };
            let packet = ReceivedPacket::new(id, now, sequence, timestamp, &payload);
            let packet = packet.expect("none is too long");
            talker.push(&packet.sent_again(step & 2 != 0));
        }
        if step & 4 == 0 {
            now += BLOCK_DURATION;
            let rendered = talker.render(now, &mut sound);
            assert!(sound.iter().all(|sample| sample.is_finite()));
            assert!(rendered.level_dbfs.is_finite());
        } else {
            now += Duration::from_millis(2);
        }
    }
    let _ = talker.stats();
});
