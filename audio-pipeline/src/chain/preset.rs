//! What a person chooses with one word: a chain for each direction, and how to encode.
//!
//! ```text
//! Preset -> ChainSpec of the uplink, ChainSpec of the downlink, EncoderConfig -> what the person changed of it -> engine
//! ```

use serde::{Deserialize, Serialize};

use super::{ChainDirection, ChainError, ChainSpec};
use crate::codec::{Content, EncoderConfig};

/// What the microphone is used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Talking: echo and noise go, the level is evened out, and only speech is sent.
    #[default]
    Voice,
    /// Music and anything that is to sound as it is: no processing, high bitrate. Nothing but push-to-talk and mute closes
    /// the microphone; echo must be avoided by wearing headphones.
    Music,
    /// Talking with as little computing as possible.
    LowPower,
}

impl Preset {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Voice, Self::Music, Self::LowPower];

    /// What it is called in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Music => "music",
            Self::LowPower => "low-power",
        }
    }

    /// What people call it; the name of its uplink chain too.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Voice => "Voice",
            Self::Music => "Music",
            Self::LowPower => "Low power",
        }
    }

    /// The preset of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// The chain between microphone and encoder.
    ///
    /// # Errors
    /// Only if a file in this crate is broken, which its test excludes.
    pub fn uplink(self) -> Result<ChainSpec, ChainError> {
        ChainSpec::preset(ChainDirection::Uplink, self.title())
    }

    /// The chain between the mix and the loudspeaker: none of them works on what is heard.
    pub fn downlink(self) -> ChainSpec {
        ChainSpec::plain()
    }

    /// How it is encoded. A person may choose another bitrate and packet.
    pub fn encoder(self) -> EncoderConfig {
        let voice = EncoderConfig::default();
        match self {
            Self::Voice => voice,
            // Mono at this rate is not told from the original; up to 256 kb/s can be chosen.
            Self::Music => EncoderConfig {
                content: Content::Music,
                bitrate: 128_000,
                fec: false,
                complexity: 10,
                ..voice
            },
            Self::LowPower => EncoderConfig {
                bitrate: 24_000,
                complexity: 1,
                ..voice
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Encoder, MAX_PACKET_BYTES};
    use crate::frame::Block;
    use crate::node::Registry;
    use std::time::{Duration, Instant};

    #[test]
    fn every_preset_is_found_by_its_name_compiles_and_can_be_encoded() {
        for preset in Preset::ALL {
            assert_eq!(Preset::named(preset.name()), Some(preset));
            let written = toml::Value::try_from(preset).unwrap();
            assert_eq!(written.as_str(), Some(preset.name()));
            for spec in [preset.uplink().unwrap(), preset.downlink()] {
                spec.compile(&Registry::standard()).unwrap();
            }
            assert_eq!(preset.uplink().unwrap().name, preset.title());
            Encoder::new(&preset.encoder()).unwrap();
        }
        assert_eq!(Preset::named("opera"), None);
    }

    #[test]
    fn music_passes_exactly_as_it_is_and_always() {
        let spec = Preset::Music.uplink().unwrap();
        let mut chain = spec.compile(&Registry::standard()).unwrap();
        assert_eq!(chain.latency_samples(), 0);
        let mut seed = 1_u32;
        for loud in [0.0, 1e-5, 0.01, 0.5, 1.0, 4.0] {
            let mut block = Block::silence();
            for sample in &mut block.samples {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *sample = loud * ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0);
            }
            let before = block.samples;
            chain.process(&mut block);
            assert_eq!(block.samples.map(f32::to_bits), before.map(f32::to_bits));
            assert!(block.open, "{loud} is sent");
        }
        let mut most = Preset::Music.encoder();
        most.bitrate = 256_000;
        Encoder::new(&most).unwrap();
    }

    /// Time for a second of something like a voice, encoded; the shortest of a few tries.
    fn cost(preset: Preset) -> Duration {
        let spec = preset.uplink().unwrap();
        let mut chain = spec.compile(&Registry::standard()).unwrap();
        let mut encoder = Encoder::new(&preset.encoder()).unwrap();
        let mut bytes = [0; MAX_PACKET_BYTES];
        let mut tries = [Duration::MAX; 5];
        for time in &mut tries {
            let began = Instant::now();
            for packet in 0..50 {
                let mut sound = [0.0; 960];
                for (index, samples) in sound.as_chunks_mut().0.iter_mut().enumerate() {
                    let mut block = Block::silence();
                    block.played.fill(|played| {
                        played.fill(0.01);
                        true
                    });
                    for (at, sample) in block.samples.iter_mut().enumerate() {
                        let phase = (packet * 960 + index * 480 + at) as f32 / 48_000.0 * 180.0;
                        *sample = 0.2 * (phase.fract() - 0.5);
                    }
                    chain.process(&mut block);
                    *samples = block.samples;
                }
                encoder.encode(&sound, &mut bytes).unwrap();
            }
            *time = began.elapsed();
        }
        tries.into_iter().min().unwrap()
    }

    #[test]
    fn low_power_costs_less_than_two_thirds_of_voice() {
        let (voice, low) = (cost(Preset::Voice), cost(Preset::LowPower));
        println!("Voice {voice:?}, Low power {low:?} for a second");
        assert!(low * 3 < voice * 2, "{low:?} against {voice:?}");
    }
}
