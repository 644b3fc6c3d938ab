//! What the tests of stages that listen for speech hear: a recorded voice, and what a microphone hears besides.

use crate::backend::WavSound;
use crate::frame::{Block, SAMPLE_RATE, from_db, level_dbfs};

/// A noise, with its own way in time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sound {
    /// Keys that hit their plate, seven a second: bursts that die within milliseconds.
    Typing,
    /// Air that is moved: even, and the softer the higher.
    Fan,
    /// Somebody who breathes out and in: noise that swells and goes.
    Breath,
}

/// Numbers that look random, from -1 to 1.
struct Random(u32);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0
    }
}

impl Sound {
    pub(crate) const NOISES: [Self; 3] = [Self::Typing, Self::Fan, Self::Breath];

    /// So much of it, -36 dBFS strong: 10 dB below the voice of [`spoken`].
    pub(crate) fn samples(self, seconds: f32) -> Vec<f32> {
        let mut random = Random(7);
        let (mut slow, mut slower) = (0.0, 0.0);
        let samples: Vec<f32> = (0..(seconds * SAMPLE_RATE as f32) as usize)
            .map(|index| {
                let white = random.next();
                slow += 0.3 * (white - slow);
                slower += 0.02 * (white - slower);
                let time = index as f32 / SAMPLE_RATE as f32;
                match self {
                    Self::Typing => white * (-(time % 0.14) * 400.0).exp(),
                    Self::Fan => 0.1 * white + 0.5 * slow + 2.0 * slower,
                    Self::Breath => {
                        (slow - slower) * (time * 0.7 * std::f32::consts::PI).sin().powi(2)
                    }
                }
            })
            .collect();
        at(&samples, -36.0)
    }
}

/// Twelve seconds of somebody speaking, -26 dBFS strong, pauses included.
pub(crate) fn spoken() -> Vec<f32> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../assets/speech/directory.wav"
    );
    let sound = WavSound::read(path.as_ref()).and_then(WavSound::resampled);
    at(&sound.unwrap(), -26.0)
}

/// The same sound this strong on average, in dBFS.
pub(crate) fn at(samples: &[f32], dbfs: f32) -> Vec<f32> {
    let gain = from_db(dbfs - level_dbfs(samples));
    samples.iter().map(|sample| sample * gain).collect()
}

/// The sound in whole blocks.
pub(crate) fn blocks(samples: &[f32]) -> impl Iterator<Item = Block> + '_ {
    samples.as_chunks().0.iter().map(|piece| {
        let mut block = Block::silence();
        block.samples = *piece;
        block
    })
}
