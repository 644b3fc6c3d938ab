//! How long packets are, in time and in bytes.

use serde::{Deserialize, Serialize};

use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};

/// The longest packet that is accepted, in bytes: the longest frame of Opus (RFC 6716, section 3.2.1).
pub const MAX_PACKET_BYTES: usize = 1_275;

/// The longest packet that is made, in bytes. With the seal and the headers around it, it still passes any network
/// whose packets hold 1,280 bytes.
pub const MAX_SENT_BYTES: usize = 1_000;

/// The longest sound in one packet, in samples: 120 ms, as RFC 6716 allows.
pub const MAX_PACKET_SAMPLES: usize = 5_760;

/// How many samples at 48 kHz `packet` says that it holds; `None` when it is none.
#[must_use]
pub fn samples_in(packet: &[u8]) -> Option<usize> {
    opus::packet::get_nb_samples(packet, SAMPLE_RATE).ok()
}

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

    /// The most bits a second that packets of this duration can carry, as [`MAX_SENT_BYTES`] bounds them.
    #[must_use]
    pub const fn most_bitrate(self) -> u32 {
        (MAX_SENT_BYTES * 8 * 100 / self.blocks()) as u32
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
