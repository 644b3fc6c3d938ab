//! A recording.

use dialtone_audio::backend::WavSound;

/// Six seconds of somebody speaking, at 48 kHz.
pub(crate) fn recording() -> Vec<f32> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../assets/speech/directory.wav"
    );
    let sound = WavSound::read(path.as_ref()).and_then(WavSound::resampled);
    let mut sound = sound.unwrap();
    sound.truncate(6 * 48_000);
    sound
}
