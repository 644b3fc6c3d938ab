//! The unit that every stage works on: ten milliseconds of mono sound at 48 kHz, with what is known about it.
//!
//! ```text
//! capture -> Block { samples, speech, open, .. } -> stage -> stage -> encoder
//! ```

use std::time::Duration;

/// The one sample rate inside the pipeline, in Hz.
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples in one block: 10 ms at [`SAMPLE_RATE`].
pub const BLOCK_SAMPLES: usize = 480;

/// How long one block lasts.
pub const BLOCK_DURATION: Duration = Duration::from_millis(10);

/// No sample enters a chain louder than this (24 dB above full scale): no device means it, and squares of it stay small.
pub const LOUDEST: f32 = 16.0;

/// A block whose mean square is not below this (120 dB above full scale) is no sound: what comes after would overflow, and
/// some libraries take it for granted that nothing is infinite.
pub const ABSURD_MEAN_SQUARE: f32 = 1e12;

/// The level reported for digital silence, in dBFS.
pub const SILENCE_DBFS: f32 = -100.0;

/// Ten milliseconds of mono sound, and what the stages so far found out about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The sound, nominally within -1..=1.
    pub samples: [f32; BLOCK_SAMPLES],
    /// Probability that this block holds speech, 0..=1, once a stage has judged it.
    pub speech: Option<f32>,
    /// Whether voice activity says that this block shall be sent. Stays `true` without a gate in the chain.
    pub open: bool,
    /// How many blocks before an opening shall be sent as well, so that no first syllable is lost.
    pub pre_roll_blocks: usize,
    /// The level that the gate compared with its threshold, in dBFS.
    pub gate_level_dbfs: Option<f32>,
    /// The threshold that the gate compared it with, in dBFS: it moves by itself where it is automatic.
    pub gate_threshold_dbfs: Option<f32>,
    /// What the loudspeaker played while this block was captured.
    pub played: Played,
}

/// What the loudspeaker really played during ten milliseconds, if that is known: what an echo canceller compares with.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    samples: [f32; BLOCK_SAMPLES],
    known: bool,
}

impl Played {
    /// It is not known what was played.
    #[must_use]
    pub const fn unknown() -> Self {
        Self {
            samples: [0.0; BLOCK_SAMPLES],
            known: false,
        }
    }

    /// The sound at 48 kHz, if it is known.
    pub fn samples(&self) -> Option<&[f32; BLOCK_SAMPLES]> {
        self.known.then_some(&self.samples)
    }

    /// Lets `fill` write the sound; it says whether it did.
    pub fn fill(&mut self, fill: impl FnOnce(&mut [f32; BLOCK_SAMPLES]) -> bool) {
        self.known = fill(&mut self.samples);
    }

    /// Forgets the sound: it is not known what was played.
    pub fn forget(&mut self) {
        self.known = false;
    }
}

impl Default for Block {
    fn default() -> Self {
        Self::silence()
    }
}

impl Block {
    /// A block of digital silence.
    #[must_use]
    pub const fn silence() -> Self {
        Self {
            samples: [0.0; BLOCK_SAMPLES],
            speech: None,
            open: true,
            pre_roll_blocks: 0,
            gate_level_dbfs: None,
            gate_threshold_dbfs: None,
            played: Played::unknown(),
        }
    }

    /// Forgets what earlier stages said and keeps the sound, that which was played as well: the state in which a block enters a chain.
    pub fn clear_marks(&mut self) {
        self.speech = None;
        self.open = true;
        self.pre_roll_blocks = 0;
        self.gate_level_dbfs = None;
        self.gate_threshold_dbfs = None;
    }

    /// The block's level (root mean square) in dBFS, at least [`SILENCE_DBFS`].
    pub fn level_dbfs(&self) -> f32 {
        level_dbfs(&self.samples)
    }
}

/// Level (root mean square) of `samples` in dBFS, at least [`SILENCE_DBFS`]; silence for an empty slice.
pub fn level_dbfs(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return SILENCE_DBFS;
    }
    to_db(mean_square(samples).sqrt())
}

/// Mean of the squares, 0 for an empty slice; no finite number when one of the samples is none.
pub fn mean_square(samples: &[f32]) -> f32 {
    // Eight sums side by side, which the processor adds at once.
    let mut sums = [0.0_f32; 8];
    let chunks = samples.chunks_exact(8);
    let rest: f32 = chunks.remainder().iter().map(|rest| rest * rest).sum();
    for chunk in chunks {
        for (sum, sample) in sums.iter_mut().zip(chunk) {
            *sum += sample * sample;
        }
    }
    (sums.iter().sum::<f32>() + rest) / samples.len().max(1) as f32
}

/// Whether a [`mean_square`] can be that of sound.
pub fn is_sound(mean_square: f32) -> bool {
    // What is no number compares as neither.
    mean_square < ABSURD_MEAN_SQUARE
}

/// Makes silence of what is no number and puts the rest within ±[`LOUDEST`]; says whether something was no number.
pub fn clean(samples: &mut [f32]) -> bool {
    let mut broken = false;
    for sample in samples {
        broken |= !sample.is_finite();
        *sample = if sample.is_finite() {
            sample.clamp(-LOUDEST, LOUDEST)
        } else {
            0.0
        };
    }
    broken
}

/// Amplitude factor to decibels, at least [`SILENCE_DBFS`].
pub fn to_db(amplitude: f32) -> f32 {
    if amplitude <= 1e-5 {
        SILENCE_DBFS
    } else {
        20.0 * amplitude.log10()
    }
}

/// Decibels to an amplitude factor.
pub fn from_db(decibels: f32) -> f32 {
    10.0_f32.powf(decibels / 20.0)
}

/// A number of samples at [`SAMPLE_RATE`] as milliseconds.
pub fn samples_to_ms(samples: f64) -> f32 {
    (samples * 1_000.0 / f64::from(SAMPLE_RATE)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_scale_square_is_zero_dbfs_and_silence_has_a_floor() {
        let mut block = Block::silence();
        assert!((block.level_dbfs() - SILENCE_DBFS).abs() < 1e-6);
        block.samples.fill(1.0);
        assert!(block.level_dbfs().abs() < 1e-4);
    }

    #[test]
    fn what_is_no_number_becomes_silence_and_is_told() {
        let mut sound = [0.5, f32::NAN, f32::NEG_INFINITY, 1e30, -2.0];
        assert!(!mean_square(&sound).is_finite());
        assert!(clean(&mut sound));
        let cleaned = [0.5, 0.0, 0.0, LOUDEST, -2.0].map(f32::to_bits);
        assert_eq!(sound.map(f32::to_bits), cleaned);
        assert!(!clean(&mut sound), "it is clean now");
    }

    #[test]
    fn decibels_round_trip() {
        for decibels in [-60.0, -6.0, 0.0, 12.0] {
            assert!((to_db(from_db(decibels)) - decibels).abs() < 1e-3);
        }
    }
}
