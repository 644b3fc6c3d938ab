//! Sound to packets.
//!
//! ```text
//! EncoderConfig -> Encoder::new        once, off the voice thread
//! EncoderTune   -> Encoder::tune       as often as the receivers report, on the voice thread
//! samples       -> Encoder::encode     -> packet
//! ```

use serde::{Deserialize, Serialize};

use super::ffi::{RawEncoder, Setting};
use super::parity::{Parity, Sender, Shares};
use super::tune::{BITRATES, Bandwidth, EncoderTune, LONGEST_DRED_MS};
use super::{CodecError, MAX_PACKET_BYTES, MAX_SENT_BYTES, PacketDuration};
use crate::frame::SAMPLE_RATE;

/// Opus's names of the two kinds of sound (`OPUS_SIGNAL_VOICE`, `OPUS_SIGNAL_MUSIC`).
const SIGNAL_VOICE: i32 = opusic_sys::OPUS_SIGNAL_VOICE;
const SIGNAL_MUSIC: i32 = opusic_sys::OPUS_SIGNAL_MUSIC;

/// Copies of the packet before whatever the sound is.
const FEC_ALWAYS: i32 = 1;
/// Copies of the packet before only where that does not make music sound like speech.
const FEC_IN_SPEECH: i32 = 2;

/// What kind of sound is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// A voice: coded as such at low rates, and repairable after loss.
    #[default]
    Speech,
    /// Anything else: coded by its spectrum. What lost packets held cannot be sent again with others.
    Music,
}

/// How to encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EncoderConfig {
    /// How much sound one packet holds.
    pub packet: PacketDuration,
    /// What kind of sound it is.
    pub content: Content,
    /// Bits a second, 6 000 to 256 000, and not more than [`PacketDuration::most_bitrate`].
    pub bitrate: u32,
    /// Whether every packet has the same size while sending, so that sizes tell nothing of what is said.
    pub constant_bitrate: bool,
    /// Whether each packet carries a coarse copy of the one before it, as soon as loss is expected.
    pub fec: bool,
    /// How far back each packet describes the sound before it, in ms up to 1 040; 0 is not at all.
    pub dred_ms: u16,
    /// Expected loss in percent; above 0 the copies are made at all, and the more the better they are. 0 is right until
    /// a receiver reports another: without loss, whatever is kept for it is taken from the sound.
    pub expected_loss_percent: u8,
    /// Up to which frequency the sound is coded.
    pub bandwidth: Bandwidth,
    /// Effort, 0 to 10.
    pub complexity: u8,
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self {
            packet: PacketDuration::Ms20,
            content: Content::Speech,
            bitrate: 32_000,
            constant_bitrate: true,
            fec: true,
            dred_ms: 0,
            expected_loss_percent: 0,
            bandwidth: Bandwidth::Full,
            complexity: 9,
        }
    }
}

impl EncoderConfig {
    /// The part of it that changes with the network.
    #[must_use]
    pub const fn tune(&self) -> EncoderTune {
        EncoderTune {
            bitrate: self.bitrate,
            expected_loss_percent: self.expected_loss_percent,
            fec: self.fec,
            dred_ms: self.dred_ms,
            bandwidth: self.bandwidth,
            parity: Parity::NONE,
        }
    }

    /// Whether the encoder takes these settings.
    ///
    /// # Errors
    /// The setting that is out of bounds.
    pub fn check(&self) -> Result<(), CodecError> {
        let refuse = |setting| Err(CodecError::Setting { setting });
        if !BITRATES.contains(&self.bitrate) {
            return refuse("a bitrate outside 6 to 256 kb/s");
        }
        if self.bitrate > self.packet.most_bitrate() {
            return refuse("so high a bitrate in packets that long");
        }
        if self.expected_loss_percent > 100 {
            return refuse("an expected loss above 100 %");
        }
        if self.dred_ms > LONGEST_DRED_MS {
            return refuse("redundancy of more than 1,040 ms");
        }
        if self.complexity > 10 {
            return refuse("an effort above 10");
        }
        Ok(())
    }
}

/// Opus at 48 kHz, mono.
pub struct Encoder {
    opus: RawEncoder,
    lookahead: usize,
    packet: PacketDuration,
    content: Content,
    constant_bitrate: bool,
    tuned: EncoderTune,
    parity: Sender,
    /// What a packet holds beside its parity, when there is parity.
    shares: Option<Shares>,
}

impl Encoder {
    /// Creates an encoder. Allocates: not on the voice thread.
    ///
    /// # Errors
    /// A setting out of bounds, or no memory.
    pub fn new(config: &EncoderConfig) -> Result<Self, CodecError> {
        config.check()?;
        let mut opus = RawEncoder::new()?;
        let lookahead = opus.lookahead();
        let mut encoder = Self {
            opus,
            lookahead,
            packet: config.packet,
            content: config.content,
            constant_bitrate: config.constant_bitrate,
            tuned: config.tune(),
            parity: Sender::new(),
            shares: None,
        };
        encoder.configure(config)?;
        Ok(encoder)
    }

    /// Changes every setting while sound goes on; nothing is built anew and nothing skips. Voice thread.
    ///
    /// # Errors
    /// A setting out of bounds; then nothing is changed.
    pub fn configure(&mut self, config: &EncoderConfig) -> Result<(), CodecError> {
        config.check()?;
        if self.packet != config.packet {
            self.parity.forget();
        }
        self.packet = config.packet;
        self.set_content(config.content);
        self.set_constant_bitrate(config.constant_bitrate);
        self.set_complexity(config.complexity);
        self.tune(&config.tune());
        Ok(())
    }

    /// Sets what changes with the network: rate, expected loss, both kinds of redundancy, bandwidth. Values out of
    /// bounds are brought within them. It takes effect with the next packet. Voice thread.
    pub fn tune(&mut self, tune: &EncoderTune) {
        let tune = tune.within(self.packet);
        let samples = self.packet.samples();
        let shares = tune.shares(self.packet);
        if tune.parity != self.tuned.parity || tune.parity.parts > 1 && shares != self.shares {
            // Sums of parts are of packets of one size.
            self.parity.forget();
        }
        self.shares = shares;
        self.tuned = tune;
        let bitrate = shares.map_or(tune.bitrate, |shares| {
            (shares.opus_bytes() * 8 * SAMPLE_RATE as usize / samples) as u32
        });
        let fec = match (tune.fec, self.content) {
            (false, _) => 0,
            (true, Content::Speech) => FEC_ALWAYS,
            (true, Content::Music) => FEC_IN_SPEECH,
        };
        self.set(Setting::Bitrate, bitrate as i32);
        self.set(Setting::ExpectedLoss, i32::from(tune.expected_loss_percent));
        self.set(Setting::Fec, fec);
        self.set(Setting::MaxBandwidth, tune.bandwidth.request());
        self.set(Setting::DredDuration, i32::from(tune.dred_ms / 10));
    }

    /// What it is tuned to.
    pub fn tuned(&self) -> &EncoderTune {
        &self.tuned
    }

    /// Says what kind of sound follows. Voice thread.
    pub fn set_content(&mut self, content: Content) {
        self.content = content;
        let signal = match content {
            Content::Speech => SIGNAL_VOICE,
            Content::Music => SIGNAL_MUSIC,
        };
        self.set(Setting::Signal, signal);
        let tuned = self.tuned;
        self.tune(&tuned);
    }

    /// Sets whether every packet has the same size. Voice thread.
    pub fn set_constant_bitrate(&mut self, constant: bool) {
        self.constant_bitrate = constant;
        self.set(Setting::VariableBitrate, i32::from(!constant));
    }

    /// Sets the effort, 0 to 10; more counts as 10. Voice thread.
    pub fn set_complexity(&mut self, complexity: u8) {
        self.set(Setting::Complexity, i32::from(complexity.min(10)));
    }

    /// A talk spurt begins: what was said before it is not covered by its parity. Voice thread.
    pub fn begin_spurt(&mut self) {
        self.parity.forget();
    }

    /// Others hear from now on: nothing of what was said before is in any later packet, neither as parity nor as redundancy.
    /// Voice thread.
    pub fn begin_anew(&mut self) {
        self.parity.forget();
        self.opus.reset();
        // Opus forgets for how long it is to keep redundancy as well.
        let tuned = self.tuned;
        self.tune(&tuned);
    }

    /// By how many samples the encoder delays the sound.
    pub fn lookahead_samples(&self) -> usize {
        self.lookahead
    }

    /// Encodes one packet of sound into `output`; gives its length in bytes, at most [`MAX_SENT_BYTES`]. Samples that
    /// are not numbers count as silence. Voice thread.
    ///
    /// # Errors
    /// A length that Opus does not take.
    pub fn encode(
        &mut self,
        samples: &[f32],
        output: &mut [u8; MAX_PACKET_BYTES],
    ) -> Result<usize, CodecError> {
        let written = self
            .opus
            .encode(samples, &mut output[..MAX_SENT_BYTES])
            .map_err(|_| CodecError::Setting {
                setting: "packets of this duration",
            })?;
        let Some(shares) = self.shares else {
            return Ok(written);
        };
        let shares = self.constant_bitrate.then_some(shares);
        let room = &mut output[..MAX_SENT_BYTES];
        Ok(self.parity.wrap(room, written, self.tuned.parity, shares))
    }

    /// Sets a value that is within its bounds: then there is nothing that Opus could refuse.
    fn set(&mut self, setting: Setting, value: i32) {
        let taken = self.opus.set(setting, value);
        debug_assert!(taken, "{setting:?} = {value}");
    }
}
