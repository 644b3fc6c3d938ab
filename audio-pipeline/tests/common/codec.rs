//! A recording and its packets.

use dialtone_audio::codec::{Encoder, MAX_PACKET_BYTES};
use dialtone_audio::rt::FromDevice;

/// A packet of 20 ms.
pub(crate) const PACKET: usize = 960;

/// Six seconds of somebody speaking, at 48 kHz, in whole packets.
pub(crate) fn recording() -> Vec<f32> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../assets/speech/directory.wav"
    );
    let mut file = hound::WavReader::open(path).unwrap();
    let samples: Vec<f32> = file
        .samples::<i16>()
        .map(|sample| f32::from(sample.unwrap()) / 32_768.0)
        .collect();
    let mut from = FromDevice::new(file.spec().sample_rate, PACKET).unwrap();
    let (mut rest, mut sound) = (samples.as_slice(), Vec::new());
    while sound.len() < 6 * 48_000 {
        let (piece, after) = rest.split_at(from.needs());
        let mut made = [0.0; PACKET];
        from.convert(piece, &mut made);
        sound.extend_from_slice(&made);
        rest = after;
    }
    sound
}

/// The packets of `sound`.
pub(crate) fn packets(encoder: &mut Encoder, sound: &[f32]) -> Vec<Vec<u8>> {
    let mut bytes = [0; MAX_PACKET_BYTES];
    sound
        .chunks_exact(PACKET)
        .map(|piece| {
            let length = encoder.encode(piece, &mut bytes).unwrap();
            bytes[..length].to_vec()
        })
        .collect()
}
