//! Sound to packets.

use opus::{Application, Bitrate, Channels, Signal};
use serde::{Deserialize, Serialize};

use super::{CodecError, MAX_PACKET_BYTES};
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};

/// How much sound one packet holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PacketDuration {
    /// 10 ms: least delay, most overhead.
    #[serde(rename = "10")]
    Ms10,
    /// 20 ms: the usual.
    #[default]
    #[serde(rename = "20")]
    Ms20,
    /// 40 ms.
    #[serde(rename = "40")]
    Ms40,
    /// 60 ms: least overhead, most delay.
    #[serde(rename = "60")]
    Ms60,
}

impl PacketDuration {
    /// The duration in blocks of 10 ms.
    #[must_use]
    pub const fn blocks(self) -> usize {
        match self {
            Self::Ms10 => 1,
            Self::Ms20 => 2,
            Self::Ms40 => 4,
            Self::Ms60 => 6,
        }
    }

    /// The duration in samples at 48 kHz.
    #[must_use]
    pub const fn samples(self) -> usize {
        self.blocks() * BLOCK_SAMPLES
    }

    /// The duration for this many milliseconds, if packets of that length are possible.
    #[must_use]
    pub const fn from_ms(milliseconds: u32) -> Option<Self> {
        match milliseconds {
            10 => Some(Self::Ms10),
            20 => Some(Self::Ms20),
            40 => Some(Self::Ms40),
            60 => Some(Self::Ms60),
            _ => None,
        }
    }
}

/// How to encode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EncoderConfig {
    /// How much sound one packet holds.
    pub packet: PacketDuration,
    /// Bits a second, 6 000 to 128 000.
    pub bitrate: u32,
    /// Whether every packet has the same size while sending, so that sizes tell nothing of what is said.
    pub constant_bitrate: bool,
    /// Whether each packet carries a coarse copy of the one before it.
    pub fec: bool,
    /// Expected loss in percent; above 0 the copies are made at all, and the more the better they are.
    pub expected_loss_percent: u8,
    /// Effort, 0 to 10.
    pub complexity: u8,
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self {
            packet: PacketDuration::Ms20,
            bitrate: 32_000,
            constant_bitrate: true,
            fec: true,
            expected_loss_percent: 5,
            complexity: 9,
        }
    }
}

/// Opus at 48 kHz, mono, tuned for voice.
pub struct Encoder {
    opus: opus::Encoder,
    lookahead: usize,
}

impl Encoder {
    /// Creates an encoder. Allocates: not on the voice thread.
    ///
    /// # Errors
    /// A setting out of bounds, or no memory.
    pub fn new(config: &EncoderConfig) -> Result<Self, CodecError> {
        if !(6_000..=128_000).contains(&config.bitrate) {
            return Err(CodecError::Setting {
                setting: "a bitrate outside 6 to 128 kb/s",
            });
        }
        let mut opus = opus::Encoder::new(SAMPLE_RATE, Channels::Mono, Application::Voip)
            .map_err(|_| CodecError::Unavailable { code: -7 })?;
        let refused = |setting| move |_| CodecError::Setting { setting };
        opus.set_bitrate(Bitrate::Bits(config.bitrate as i32))
            .map_err(refused("this bitrate"))?;
        opus.set_vbr(!config.constant_bitrate)
            .map_err(refused("this kind of bitrate"))?;
        opus.set_inband_fec(config.fec)
            .map_err(refused("forward error correction"))?;
        opus.set_packet_loss_perc(i32::from(config.expected_loss_percent))
            .map_err(refused("an expected loss above 100 %"))?;
        opus.set_complexity(i32::from(config.complexity))
            .map_err(refused("an effort above 10"))?;
        opus.set_signal(Signal::Voice).map_err(refused("voice"))?;
        let lookahead = opus.get_lookahead().map_err(refused("its own delay"))?;
        Ok(Self {
            opus,
            lookahead: usize::try_from(lookahead).unwrap_or_default(),
        })
    }

    /// By how many samples the encoder delays the sound.
    pub fn lookahead_samples(&self) -> usize {
        self.lookahead
    }

    /// Tells the encoder how much is being lost, in percent. Voice thread.
    pub fn expect_loss(&mut self, percent: u8) {
        // The range is checked here, so that there is nothing left that Opus could refuse.
        let _ = self.opus.set_packet_loss_perc(i32::from(percent.min(100)));
    }

    /// Encodes one packet of sound into `output`; gives its length in bytes. Voice thread.
    ///
    /// # Errors
    /// A length that Opus does not take.
    pub fn encode(
        &mut self,
        samples: &[f32],
        output: &mut [u8; MAX_PACKET_BYTES],
    ) -> Result<usize, CodecError> {
        self.opus
            .encode_float(samples, output)
            .map_err(|_| CodecError::Setting {
                setting: "packets of this duration",
            })
    }
}
