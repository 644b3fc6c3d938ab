//! Blocks to sealed packets: keeps the last blocks for the pre-roll, collects a packet's worth, encodes, seals, sends.
//!
//! ```text
//! closed:  blocks go round in the history
//! opening: history (oldest first), then this block   -- at once, with their own timestamps: no delay is added
//! open:    every block
//! closing: the sound dies out within 3.5 ms, what is begun is filled up with silence and sent
//! ```

use std::time::Instant;

use super::pre_roll::PreRoll;
use crate::codec::{
    CodecError, Content, Encoder, EncoderConfig, MAX_PACKET_BYTES, ObservedLoss, PacketDuration,
};
use crate::frame::{BLOCK_SAMPLES, Block, SILENCE_DBFS};
use crate::link::{FrameSealer, OutgoingPacket, PacketHeader, PacketSender};
use crate::rt::Cost;

/// How long the end of a spurt takes to die out, in samples: 3.5 ms, so that it and the encoder's look-ahead of 6.5 ms fit
/// into the shortest rest of a packet.
const DYING: usize = 168;
/// By how much a packet that was filled up can reach into what follows, in samples.
const MOST_OVERLAP: u32 = PacketDuration::Ms60.samples() as u32;
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

/// What making and sending packets costs, and how large they are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PacketMeter {
    /// How long the last packet was when it was encoded, in bytes; 0: none was made yet.
    pub bytes: u32,
    /// Bits a second that the encoder aims at now.
    pub bitrate: u32,
    /// Encoding.
    pub encoding: Cost,
    /// Sealing and handing over to the network.
    pub sending: Cost,
}

/// The end of the uplink. Lives on the voice thread; nothing in it allocates after `new`.
pub struct Packetizer {
    encoder: Box<Encoder>,
    config: EncoderConfig,
    /// What follows once the packet that is begun is sent.
    next: Option<EncoderConfig>,
    /// What the receivers have reported, if they have.
    observed: Option<ObservedLoss>,
    sealer: Box<dyn FrameSealer>,
    sender: Box<dyn PacketSender>,
    history: PreRoll,
    collected: Vec<f32>,
    /// The block that was collected last.
    last: [f32; BLOCK_SAMPLES],
    begins: u32,
    /// Where the last packet ends, as a timestamp.
    sent_until: u32,
    level: f32,
    clock: u32,
    sequence: u32,
    open: bool,
    marker: bool,
    encoded: Box<[u8; MAX_PACKET_BYTES]>,
    sealed: Vec<u8>,
    stats: PacketizerStats,
    meter: PacketMeter,
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
            config: *config,
            next: None,
            observed: None,
            sealer,
            sender,
            history: PreRoll::new(),
            last: [0.0; BLOCK_SAMPLES],
            collected: Vec::with_capacity(PacketDuration::Ms60.samples()),
            begins: 0,
            sent_until: 0,
            level: SILENCE_DBFS,
            clock: 0,
            sequence: 0,
            open: false,
            marker: false,
            encoded: Box::new([0; MAX_PACKET_BYTES]),
            sealed: Vec::with_capacity(MAX_PACKET_BYTES + SEAL_ROOM),
            stats: PacketizerStats::default(),
            meter: PacketMeter::default(),
        })
    }

    /// Takes one block. `open`: whether it shall be sent; `pre_roll`: how many blocks before an opening as well.
    /// Gives whether it was sent: not while nothing may be sealed.
    pub fn push(&mut self, block: &Block, open: bool, pre_roll: usize) -> bool {
        let may_seal = self.sealer.refresh();
        if self.sealer.has_new_listeners() {
            self.encoder.begin_anew();
            self.collected.clear();
            self.forget();
            self.marker = true;
        }
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
            self.history.push(&block.samples);
        }
        self.open = open;
        self.clock = self.clock.wrapping_add(BLOCK_SAMPLES as u32);
        open
    }

    /// Forgets the sound from before, so that no pre-roll can hold it.
    pub fn forget(&mut self) {
        self.history.clear();
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

    /// Changes how packets are made; a packet that is begun is made as it was to be. What the receivers have reported still
    /// counts. `config` must be one that [`EncoderConfig::check`] takes: any other leaves all as it is.
    pub fn configure(&mut self, config: &EncoderConfig) {
        self.next = Some(*config);
        if self.collected.is_empty() {
            self.take_next();
        }
    }

    fn take_next(&mut self) {
        let Some(config) = self.next.take() else {
            return;
        };
        if self.encoder.configure(&config).is_ok() {
            self.config = config;
            self.answer_loss();
        }
    }

    /// Prepares for what the receivers have lost, as [`ObservedLoss::tune`] says for the bitrate that was asked for.
    pub fn expect_loss(&mut self, loss: ObservedLoss) {
        self.observed = Some(loss);
        self.answer_loss();
    }

    fn answer_loss(&mut self) {
        // What lost packets of music held cannot be sent again: whatever is kept for it is only taken from the sound.
        if let (Some(loss), Content::Speech) = (self.observed, self.config.content) {
            self.encoder.tune(&loss.tune(self.config.bitrate));
        }
    }

    /// What was sent so far.
    pub fn stats(&self) -> PacketizerStats {
        self.stats
    }

    /// Reads what packets have cost since this was last asked.
    pub fn read_meter(&mut self) -> PacketMeter {
        PacketMeter {
            bitrate: self.config.bitrate,
            encoding: self.meter.encoding.take(),
            sending: self.meter.sending.take(),
            ..self.meter
        }
    }

    /// What collecting and encoding add to the delay, in samples.
    pub fn delay_samples(&self) -> (usize, usize) {
        (
            self.config.packet.samples(),
            self.encoder.lookahead_samples(),
        )
    }

    fn begin(&mut self, pre_roll: usize) {
        self.marker = true;
        self.encoder.begin_spurt();
        self.collected.clear();
        for back in (1..=pre_roll.min(self.history.len())).rev() {
            let block = self.history.ago(back);
            self.collect(
                &block,
                self.clock.wrapping_sub((back * BLOCK_SAMPLES) as u32),
            );
        }
    }

    fn collect(&mut self, samples: &[f32; BLOCK_SAMPLES], timestamp: u32) {
        let overlap = self.sent_until.wrapping_sub(timestamp);
        if self.collected.is_empty() && (1..=MOST_OVERLAP).contains(&overlap) {
            // A spurt that follows at once: its first moment is in the silence that the one before was filled up with.
            return;
        }
        if self.collected.is_empty() {
            self.begins = timestamp;
            self.level = SILENCE_DBFS;
        }
        self.level = self.level.max(crate::frame::level_dbfs(samples));
        self.collected.extend_from_slice(samples);
        self.last = *samples;
        if self.collected.len() >= self.config.packet.samples() {
            self.send();
        }
    }

    /// Ends a spurt. Nothing from after the closing is sent: the last samples are heard once more, backwards, and die out, so
    /// that the sound does not break off; then there is silence until the packet is full.
    fn finish(&mut self) {
        if self.collected.is_empty() {
            self.begins = self.clock;
            self.level = SILENCE_DBFS;
        }
        let echo = self.last.iter().rev().take(DYING).enumerate();
        self.collected
            .extend(echo.map(|(at, sample)| sample * (1.0 - (at + 1) as f32 / DYING as f32)));
        self.collected.resize(self.config.packet.samples(), 0.0);
        self.send();
    }

    fn send(&mut self) {
        let header = PacketHeader {
            sequence: self.sequence,
            timestamp: self.begins,
            samples: self.collected.len() as u32,
            level_dbfs: self.level,
            marker: self.marker,
        };
        self.sent_until = self.begins.wrapping_add(header.samples);
        self.sealed.clear();
        let blocks = self.collected.len() / BLOCK_SAMPLES;
        let began = Instant::now();
        let encoded = self.encoder.encode(&self.collected, &mut self.encoded);
        self.meter.encoding.note(began.elapsed(), blocks);
        let began = Instant::now();
        let sealed = encoded.is_ok_and(|length| {
            self.meter.bytes = length as u32;
            self.sealer
                .seal(&header, &self.encoded[..length], &mut self.sealed)
                .is_ok()
        });
        self.collected.clear();
        self.take_next();
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
        self.meter.sending.note(began.elapsed(), blocks);
    }
}

#[cfg(test)]
mod tests;
