//! A microphone that is computed: a tone, noise, or something that is like speech, at the pace of a real clock. For meters, load and tests
//! that need a voice and no file.

use std::f32::consts::TAU;

use super::null::paced;
use super::{Backend, BackendError, DeviceId, DeviceInfo, DeviceList, ErrorSink, OpenStream};
use crate::downlink::PlaybackSink;
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};
use crate::uplink::CaptureSink;

/// Harmonics of the voice that is like speech.
const HARMONICS: usize = 24;
/// A syllable's length, in samples: 120 to 280 ms.
const SYLLABLE: (u32, u32) = (SAMPLE_RATE * 12 / 100, SAMPLE_RATE * 28 / 100);
/// A pause after a phrase, in samples: 0.4 to 1.2 s.
const PAUSE: (u32, u32) = (SAMPLE_RATE * 2 / 5, SAMPLE_RATE * 6 / 5);
/// Formants of vowels, in Hz (Peterson and Barney, 1952, rounded).
const VOWELS: [(f32, f32); 5] = [
    (730.0, 1_090.0),
    (530.0, 1_840.0),
    (270.0, 2_290.0),
    (570.0, 840.0),
    (300.0, 870.0),
];
/// A formant's half width, in Hz.
const WIDTH: f32 = 180.0;

/// What the microphone hears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SyntheticSource {
    /// A sine of `hz` with a peak of `dbfs`.
    Tone {
        /// Its frequency, in Hz.
        hz: f32,
        /// Its peak, in dBFS.
        dbfs: f32,
    },
    /// White noise with an RMS of `dbfs`.
    Noise {
        /// Its RMS, in dBFS.
        dbfs: f32,
        /// Another seed gives other noise.
        seed: u64,
    },
    /// Voiced syllables in phrases with pauses, with a peak of `dbfs`: the levels, pitch and formants of speech, without words.
    Speech {
        /// The pitch in the middle of a syllable, in Hz: about 100 to 250.
        pitch: f32,
        /// Its peak, in dBFS.
        dbfs: f32,
        /// Another seed says something else.
        seed: u64,
    },
}

impl SyntheticSource {
    /// The samples of this source, at 48 kHz, without end.
    #[must_use]
    pub fn samples(self) -> SyntheticSamples {
        let seed = match self {
            Self::Tone { .. } => 0,
            Self::Noise { seed, .. } | Self::Speech { seed, .. } => seed,
        };
        SyntheticSamples {
            source: self,
            chance: Chance(seed ^ 0x9e37_79b9_7f4a_7c15),
            phase: 0.0,
            at: 0,
            syllable: None,
            left_in_phrase: 0,
        }
    }
}

/// Numbers that look random and come again with the same seed (`SplitMix64`; Steele, Lea and Flood, 2014).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    fn between(&mut self, (least, most): (u32, u32)) -> u32 {
        least + (self.unit() * (most - least) as f32) as u32
    }
}

/// A syllable, or a pause.
struct Syllable {
    samples: u32,
    /// Of each harmonic; all zero in a pause.
    weights: [f32; HARMONICS],
    /// How far the pitch goes up or down in it, as a share.
    glide: f32,
}

/// Samples of a [`SyntheticSource`].
pub struct SyntheticSamples {
    source: SyntheticSource,
    chance: Chance,
    /// In turns.
    phase: f32,
    /// Samples of the present syllable that were given.
    at: u32,
    syllable: Option<Syllable>,
    left_in_phrase: u32,
}

fn amplitude(dbfs: f32) -> f32 {
    10.0_f32.powf(dbfs / 20.0)
}

impl SyntheticSamples {
    fn turn(&mut self, hz: f32) -> f32 {
        self.phase = (self.phase + hz / SAMPLE_RATE as f32).fract();
        self.phase * TAU
    }

    fn speak(&mut self, pitch: f32) -> f32 {
        let over = (self.syllable.as_ref()).is_none_or(|syllable| self.at >= syllable.samples);
        if over {
            self.syllable = Some(self.next_syllable(pitch));
            self.at = 0;
        }
        let Some(syllable) = &self.syllable else {
            return 0.0;
        };
        let part = self.at as f32 / syllable.samples as f32;
        self.at += 1;
        let hz = pitch * (1.0 + syllable.glide * (part - 0.5));
        let weights = syllable.weights;
        let turned = self.turn(hz);
        let harmonics = (1_u8..).zip(weights);
        let voiced: f32 = harmonics
            .map(|(number, weight)| weight * (turned * f32::from(number)).sin())
            .sum();
        // It swells and fades, as a syllable does.
        voiced * (part * TAU / 2.0).sin().max(0.0).sqrt()
    }

    fn next_syllable(&mut self, pitch: f32) -> Syllable {
        if self.left_in_phrase == 0 {
            self.left_in_phrase = self.chance.between((3, 9));
            return Syllable {
                samples: self.chance.between(PAUSE),
                weights: [0.0; HARMONICS],
                glide: 0.0,
            };
        }
        self.left_in_phrase -= 1;
        let vowel = self.chance.between((0, VOWELS.len() as u32)) as usize;
        let (first, second) = VOWELS[vowel.min(VOWELS.len() - 1)];
        let near = |hz: f32, formant: f32| (-((hz - formant) / WIDTH).powi(2) / 2.0).exp();
        let mut weights = [0.0; HARMONICS];
        for (number, weight) in (1_u8..).zip(&mut weights) {
            let hz = pitch * f32::from(number);
            // A source that falls by 6 dB an octave, through two formants and what leaks beside them.
            *weight = (near(hz, first) + 0.5 * near(hz, second) + 0.05) / f32::from(number).sqrt();
        }
        let total: f32 = weights.iter().sum();
        weights = weights.map(|weight| weight / total);
        Syllable {
            samples: self.chance.between(SYLLABLE),
            weights,
            glide: self.chance.unit() * 0.4 - 0.2,
        }
    }
}

impl Iterator for SyntheticSamples {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        Some(match self.source {
            SyntheticSource::Tone { hz, dbfs } => self.turn(hz).sin() * amplitude(dbfs),
            SyntheticSource::Noise { dbfs, .. } => {
                // Uniform noise from -1 to 1 has an RMS of one over the root of three.
                let uniform = self.chance.unit() * 2.0 - 1.0;
                (uniform * 3.0_f32.sqrt() * amplitude(dbfs)).clamp(-1.0, 1.0)
            }
            SyntheticSource::Speech { pitch, dbfs, .. } => self.speak(pitch) * amplitude(dbfs),
        })
    }
}

/// A computed microphone, and a loudspeaker that nobody hears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SyntheticBackend(pub SyntheticSource);

fn device() -> DeviceInfo {
    DeviceInfo {
        id: DeviceId("synthetic".to_owned()),
        name: "Computed".to_owned(),
        is_default: true,
    }
}

impl Backend for SyntheticBackend {
    fn again(&self) -> Box<dyn Backend> {
        Box::new(*self)
    }

    fn devices(&mut self) -> Result<DeviceList, BackendError> {
        Ok(DeviceList {
            inputs: vec![device()],
            outputs: vec![device()],
        })
    }

    fn open_input(
        &mut self,
        _id: Option<&DeviceId>,
        mut sink: CaptureSink,
        _on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        let mut samples = self.0.samples();
        paced(device(), SAMPLE_RATE, move |frames| {
            let block: Vec<f32> = samples.by_ref().take(frames).collect();
            sink.push(&block, 1, |sample| sample);
        })
    }

    fn open_output(
        &mut self,
        _id: Option<&DeviceId>,
        mut sink: PlaybackSink,
        _on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        paced(device(), SAMPLE_RATE, move |_| {
            sink.fill(&mut [0.0_f32; BLOCK_SAMPLES], 1, |sample| sample);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rms(samples: &[f32]) -> f32 {
        let power: f32 = samples.iter().map(|sample| sample * sample).sum();
        20.0 * (power / samples.len() as f32).sqrt().log10()
    }

    fn second(source: SyntheticSource) -> Vec<f32> {
        source.samples().take(SAMPLE_RATE as usize).collect()
    }

    #[test]
    fn a_tone_has_its_pitch_and_its_peak() {
        let tone = second(SyntheticSource::Tone {
            hz: 1_000.0,
            dbfs: -20.0,
        });
        let peak = tone
            .iter()
            .fold(0.0_f32, |most, sample| most.max(sample.abs()));
        assert!((peak - 0.1).abs() < 1e-3, "{peak}");
        let rising = tone
            .windows(2)
            .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0);
        assert!((999..=1_001).contains(&rising.count()));
    }

    #[test]
    fn noise_has_its_level_and_comes_again_with_its_seed() {
        let noise = |seed| second(SyntheticSource::Noise { dbfs: -30.0, seed });
        assert!((rms(&noise(1)) + 30.0).abs() < 0.3);
        assert_eq!(noise(1), noise(1));
        assert_ne!(noise(1), noise(2));
    }

    #[test]
    fn what_is_like_speech_has_syllables_and_pauses_and_never_clips() {
        let source = SyntheticSource::Speech {
            pitch: 120.0,
            dbfs: -6.0,
            seed: 7,
        };
        let said: Vec<f32> = source.samples().take(20 * SAMPLE_RATE as usize).collect();
        assert!(
            said.iter()
                .all(|sample| sample.abs() <= amplitude(-6.0) + 1e-3)
        );
        let blocks = said.chunks(BLOCK_SAMPLES).map(rms);
        let loud = blocks.clone().filter(|level| *level > -35.0).count();
        let quiet = blocks.filter(|level| *level < -80.0).count();
        assert!(loud > 700 && quiet > 200, "{loud} loud, {quiet} quiet");
    }
}
