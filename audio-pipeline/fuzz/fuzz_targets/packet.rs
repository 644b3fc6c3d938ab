#![no_main]
//! Opus packets as whoever is in a call may send them: decoded, or refused, and what they tell of the sound before them. First byte: how
//! much is done for the sound. Then packets.
use dialtone_audio::codec::{DecoderEffort, MAX_PACKET_SAMPLES, OpusDecoder, SpeechDecoder as _};
use libfuzzer_sys::fuzz_target;

mod spoken;

const EFFORTS: [DecoderEffort; 4] = [
    DecoderEffort::Plain,
    DecoderEffort::DeepConcealment,
    DecoderEffort::Clearer,
    DecoderEffort::Clearest,
];
/// A round costs some milliseconds.
const MOST: usize = 8;

fuzz_target!(|bytes: &[u8]| {
    let Some((effort, mut rest)) = bytes.split_first() else {
        return;
    };
    let effort = EFFORTS[usize::from(effort % 4)];
    let mut decoder = OpusDecoder::with_effort(effort).expect("Opus makes decoders");
    let mut sound = vec![0.0; MAX_PACKET_SAMPLES];
    for _ in 0..MOST {
        let Some(packet) = spoken::take(&mut rest) else {
            return;
        };
        hear(&mut decoder, &packet, &mut sound);
    }
});

fn hear(decoder: &mut OpusDecoder, packet: &[u8], sound: &mut [f32]) {
    let samples = decoder.samples_in(packet);
    if let Ok(reach) = decoder.reach_of(packet)
        && reach.furthest > 0
    {
        let _ = decoder.restore_from(reach.furthest, &mut sound[..960]);
        let _ = decoder.restore_from(reach.nearest + 1, &mut sound[..480]);
    }
    if decoder.can_restore(packet) {
        let _ = decoder.restore(packet, &mut sound[..960]);
    }
    if let Ok(written) = decoder.decode(packet, sound) {
        assert_eq!(Some(written), samples);
        assert!(sound[..written].iter().all(|sample| sample.is_finite()));
    }
    if packet.is_empty() {
        let _ = decoder.conceal(&mut sound[..480]);
    }
}
