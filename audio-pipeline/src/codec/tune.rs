//! What of the encoder changes with the network.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::deep::deep_bytes;
use super::parity::Shares;
use super::{PacketDuration, Parity};
use crate::frame::SAMPLE_RATE;

/// The rates that the encoder takes, in bits a second.
pub(super) const BITRATES: RangeInclusive<u32> = 6_000..=256_000;

/// The furthest that deep redundancy reaches, in ms.
pub(super) const LONGEST_DRED_MS: u16 = 1_040;

/// Up to which frequency sound is coded. The encoder goes lower by itself where the rate is small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bandwidth {
    /// Up to 20 kHz.
    #[default]
    Full,
    /// Up to 8 kHz. Leaves more of the rate to what copies can restore: those hold no higher frequencies.
    Wide,
}

impl Bandwidth {
    /// Opus's number of it.
    pub(super) const fn request(self) -> i32 {
        match self {
            Self::Full => opusic_sys::OPUS_BANDWIDTH_FULLBAND,
            Self::Wide => opusic_sys::OPUS_BANDWIDTH_WIDEBAND,
        }
    }
}

/// Rate and redundancy: what a sender changes in a running call, as its receivers report.
///
/// Both kinds of redundancy are paid from the same `bitrate`, so each makes the sound itself coarser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EncoderTune {
    /// Bits a second, redundancy included.
    pub bitrate: u32,
    /// How much the encoder believes is lost, in percent. It measures out both kinds of redundancy; at 0 there is no
    /// in-band copy, and deep redundancy only where a constant rate leaves room.
    pub expected_loss_percent: u8,
    /// Whether each packet carries a coarse copy of the one before it (in-band forward error correction, LBRR in
    /// RFC 6716, section 2.1.7).
    pub fec: bool,
    /// How far back each packet describes the sound before it, in ms (deep redundancy, DRED). What the rate does not
    /// hold is left out, the oldest first.
    pub dred_ms: u16,
    /// Up to which frequency the sound is coded.
    pub bandwidth: Bandwidth,
    /// From what lost packets can be made again. It covers the sound alone, and not the deep redundancy beside it.
    #[serde(default)]
    pub parity: Parity,
}

impl EncoderTune {
    /// Nothing kept for loss: what sounds best while nothing is lost.
    #[must_use]
    pub const fn plain(bitrate: u32) -> Self {
        Self {
            bitrate,
            expected_loss_percent: 0,
            fec: false,
            dred_ms: 0,
            bandwidth: Bandwidth::Full,
            parity: Parity::NONE,
        }
    }

    /// The nearest that the encoder takes with packets of this duration.
    #[must_use]
    pub fn within(self, packet: PacketDuration) -> Self {
        let most = packet.most_bitrate().min(*BITRATES.end());
        Self {
            bitrate: self.bitrate.clamp(*BITRATES.start(), most),
            expected_loss_percent: self.expected_loss_percent.min(100),
            fec: self.fec,
            dred_ms: self.dred_ms.min(LONGEST_DRED_MS),
            bandwidth: self.bandwidth,
            parity: self.parity.within(packet),
        }
    }

    /// What packets hold when there is parity: what that leaves of the rate and a twentieth more, which its own headers need.
    /// `None` without parity, or where the rate is too small for it.
    pub(super) fn shares(&self, packet: PacketDuration) -> Option<Shares> {
        if !self.parity.is_some() {
            return None;
        }
        let samples = packet.samples();
        let bytes = self.bitrate as usize * samples / SAMPLE_RATE as usize / 8;
        let deep = |bytes| match self.dred_ms {
            0 => 0,
            reach => deep_bytes(bytes, packet, reach, self.expected_loss_percent),
        };
        let shares = self.parity.shares(bytes * 21 / 20, deep)?;
        let least = samples * *BITRATES.start() as usize;
        (shares.source * 8 * SAMPLE_RATE as usize >= least).then_some(shares)
    }
}
