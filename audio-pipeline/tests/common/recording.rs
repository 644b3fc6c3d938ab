//! A recording.

use dialtone_audio::rt::FromDevice;

/// How much is converted at once, in samples.
const PIECE: usize = 960;

/// Six seconds of somebody speaking, at 48 kHz.
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
    let mut from = FromDevice::new(file.spec().sample_rate, PIECE).unwrap();
    let (mut rest, mut sound) = (samples.as_slice(), Vec::new());
    while sound.len() < 6 * 48_000 {
        let (piece, after) = rest.split_at(from.needs());
        let mut made = [0.0; PIECE];
        from.convert(piece, &mut made);
        sound.extend_from_slice(&made);
        rest = after;
    }
    sound
}
