//! Blocks to sealed packets: keeps the last blocks for the pre-roll, collects a packet's worth, encodes, seals, sends.
//!
//! ```text
//! closed:  blocks go round in the history
//! opening: history (oldest first), then this block   -- at once, with their own timestamps: no delay is added
//! open:    every block
//! closing: what is begun is filled up with silence and sent
//! ```

use crate::codec::{
    CodecError, Encoder, EncoderConfig, MAX_PACKET_BYTES, ObservedLoss, PacketDuration,
};
use crate::frame::{BLOCK_SAMPLES, Block, SILENCE_DBFS};
use crate::link::{FrameSealer, OutgoingPacket, PacketHeader, PacketSender};

/// Blocks kept for the pre-roll: 100 ms.
const HISTORY: usize = 10;
/// Room for what sealing adds.
const SEAL_ROOM: usize = 256;

/// What was sent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PacketizerStats {
    /// Packets handed to the sender.
    pub sent: u64,
    /// Packets that could not be encoded or sealed.
    pub failed: u64,
}

/// The end of the uplink. Lives on the voice thread; nothing in it allocates after `new`.
pub struct Packetizer {
    encoder: Box<Encoder>,
    duration: PacketDuration,
    sealer: Box<dyn FrameSealer>,
    sender: Box<dyn PacketSender>,
    history: Vec<[f32; BLOCK_SAMPLES]>,
    kept: usize,
    oldest: usize,
    collected: Vec<f32>,
    begins: u32,
    level: f32,
    clock: u32,
    sequence: u32,
    open: bool,
    marker: bool,
    encoded: Box<[u8; MAX_PACKET_BYTES]>,
    sealed: Vec<u8>,
    stats: PacketizerStats,
}

impl Packetizer {
    /// Builds the encoder and all room that will be needed.
    ///
    /// # Errors
    /// A setting that the encoder does not take.
    pub fn new(
        config: &EncoderConfig,
        sealer: Box<dyn FrameSealer>,
        sender: Box<dyn PacketSender>,
    ) -> Result<Self, CodecError> {
        Ok(Self {
            encoder: Box::new(Encoder::new(config)?),
            duration: config.packet,
            sealer,
            sender,
            history: vec![[0.0; BLOCK_SAMPLES]; HISTORY],
            kept: 0,
            oldest: 0,
            collected: Vec::with_capacity(PacketDuration::Ms60.samples()),
            begins: 0,
            level: SILENCE_DBFS,
            clock: 0,
            sequence: 0,
            open: false,
            marker: false,
            encoded: Box::new([0; MAX_PACKET_BYTES]),
            sealed: Vec::with_capacity(MAX_PACKET_BYTES + SEAL_ROOM),
            stats: PacketizerStats::default(),
        })
    }

    /// Takes one block. `open`: whether it shall be sent; `pre_roll`: how many blocks before an opening as well.
    /// Gives whether it was sent: not while nothing may be sealed.
    pub fn push(&mut self, block: &Block, open: bool, pre_roll: usize) -> bool {
        let may_seal = self.sealer.refresh();
        if !may_seal {
            // What is begun would be sealed too late, and nothing from this time may be sent later as pre-roll.
            self.skip(BLOCK_SAMPLES as u32);
            return false;
        }
        if open {
            if !self.open {
                self.begin(pre_roll);
            }
            self.collect(&block.samples, self.clock);
            // What was sent must not be sent again as pre-roll.
            self.forget();
        } else {
            if self.open {
                self.finish();
            }
            self.remember(&block.samples);
        }
        self.open = open;
        self.clock = self.clock.wrapping_add(BLOCK_SAMPLES as u32);
        open
    }

    /// Forgets the sound from before, so that no pre-roll can hold it.
    pub fn forget(&mut self) {
        self.kept = 0;
    }

    /// Lets the clock pass over sound that was never captured; what is begun is sent first.
    pub fn pass_over(&mut self, samples: u32) {
        if samples > 0 {
            if self.open {
                self.finish();
            }
            self.open = false;
            self.forget();
            self.clock = self.clock.wrapping_add(samples);
        }
    }

    /// Lets the clock pass over sound that cannot be sent, and leaves out what is begun.
    pub fn skip(&mut self, samples: u32) {
        self.collected.clear();
        self.open = false;
        self.forget();
        self.clock = self.clock.wrapping_add(samples);
    }

    /// Puts another encoder in place and gives the old one back.
    pub fn replace_encoder(
        &mut self,
        encoder: Box<Encoder>,
        duration: PacketDuration,
    ) -> Box<Encoder> {
        if self.open {
            self.finish();
            self.open = false;
        }
        self.duration = duration;
        std::mem::replace(&mut self.encoder, encoder)
    }

    /// Prepares for so much being lost, in percent, as [`ObservedLoss::tune`] says for the present bitrate.
    pub fn expect_loss(&mut self, percent: u8) {
        let loss = ObservedLoss::random(f32::from(percent) / 100.0);
        self.encoder.tune(&loss.tune(self.encoder.tuned().bitrate));
    }

    /// What was sent so far.
    pub fn stats(&self) -> PacketizerStats {
        self.stats
    }

    /// What collecting and encoding add to the delay, in samples.
    pub fn delay_samples(&self) -> (usize, usize) {
        (self.duration.samples(), self.encoder.lookahead_samples())
    }

    fn begin(&mut self, pre_roll: usize) {
        self.marker = true;
        self.collected.clear();
        let count = pre_roll.min(self.kept);
        for back in (1..=count).rev() {
            let index = (self.oldest + self.kept - back) % HISTORY;
            let block = self.history[index];
            self.collect(
                &block,
                self.clock.wrapping_sub((back * BLOCK_SAMPLES) as u32),
            );
        }
    }

    fn collect(&mut self, samples: &[f32; BLOCK_SAMPLES], timestamp: u32) {
        if self.collected.is_empty() {
            self.begins = timestamp;
            self.level = SILENCE_DBFS;
        }
        self.level = self.level.max(crate::frame::level_dbfs(samples));
        self.collected.extend_from_slice(samples);
        if self.collected.len() >= self.duration.samples() {
            self.send();
        }
    }

    /// Fills up what is begun: nothing from after the closing is sent.
    fn finish(&mut self) {
        if !self.collected.is_empty() {
            self.collected.resize(self.duration.samples(), 0.0);
            self.send();
        }
    }

    fn send(&mut self) {
        let header = PacketHeader {
            sequence: self.sequence,
            timestamp: self.begins,
            samples: self.collected.len() as u32,
            level_dbfs: self.level,
            marker: self.marker,
        };
        self.sealed.clear();
        let sealed = self
            .encoder
            .encode(&self.collected, &mut self.encoded)
            .is_ok_and(|length| {
                self.sealer
                    .seal(&header, &self.encoded[..length], &mut self.sealed)
                    .is_ok()
            });
        self.collected.clear();
        self.marker = false;
        self.sequence = self.sequence.wrapping_add(1);
        if sealed {
            self.sender.send(OutgoingPacket {
                header,
                payload: &self.sealed,
            });
            self.stats.sent += 1;
        } else {
            self.stats.failed += 1;
        }
    }

    fn remember(&mut self, samples: &[f32; BLOCK_SAMPLES]) {
        if self.kept < HISTORY {
            self.history[(self.oldest + self.kept) % HISTORY] = *samples;
            self.kept += 1;
        } else {
            self.history[self.oldest] = *samples;
            self.oldest = (self.oldest + 1) % HISTORY;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{NullSender, PlainSealer};

    #[test]
    fn loss_that_is_told_brings_copies_that_are_of_use_and_its_end_takes_them_back() {
        let config = EncoderConfig::default();
        let mut packetizer =
            Packetizer::new(&config, Box::new(PlainSealer), Box::new(NullSender)).unwrap();
        packetizer.expect_loss(5);
        let tuned = *packetizer.encoder.tuned();
        // At five percent the encoder would measure out copies that nobody can use.
        assert!(tuned.fec && tuned.expected_loss_percent >= 8, "{tuned:?}");
        assert_eq!(tuned.bitrate, config.bitrate);
        packetizer.expect_loss(0);
        assert_eq!(packetizer.encoder.tuned().expected_loss_percent, 0);
    }
}
