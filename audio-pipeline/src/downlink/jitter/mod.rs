//! The jitter buffer: packets in as the network brings them, decisions out as the ear needs them.
//!
//! No clock, no thread, no sound inside: time is an argument, and what comes out is what to decode next.
//!
//! ```text
//! push(now, packet) -> Slots (reordered, deduplicated)    Arrivals (when did it come, measured against its timestamp)
//!                          |                                  |
//!                          v                                  v
//! next(now)         -> Packet | Restore | Conceal | Silence   target delay = high quantile of lateness
//! spare(now)        -> by how much we play too late: the talker shrinks or stretches time by it
//! ```

mod arrivals;
mod decide;
mod reception;
mod slots;
mod unwrap;

use std::time::Instant;

use arrivals::Arrivals;
pub use decide::Next;
use reception::Reception;
use slots::Slots;
use unwrap::Unwrapper;

use crate::codec::ObservedLoss;
use crate::frame::{SAMPLE_RATE, samples_to_ms};

/// What the jitter buffer aims at.
#[derive(Clone, Debug, PartialEq)]
pub struct JitterConfig {
    /// Smallest target delay in ms, on top of the fastest packet: covers the wake-up of threads.
    pub min_target_ms: f32,
    /// Largest target delay in ms; packets later than that are concealed.
    pub max_target_ms: f32,
    /// Which share of the packets shall be there in time.
    pub quantile: f32,
    /// From this share of lost packets on, one packet more is waited for, so that it can restore the one before.
    pub restore_from_loss: f32,
}

impl Default for JitterConfig {
    fn default() -> Self {
        Self {
            min_target_ms: 2.0,
            max_target_ms: 300.0,
            quantile: 0.97,
            restore_from_loss: 0.01,
        }
    }
}

/// What became of a pushed packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// It waits for its turn.
    Stored,
    /// It was there already.
    Duplicate,
    /// Its turn has passed.
    Late,
    /// It is no valid packet.
    Damaged,
}

/// Counters since the talker came, and the present delays.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct JitterStats {
    /// The delay that is aimed at, on top of the fastest packet, in ms.
    pub target_ms: f32,
    /// The delay that is being played with, on top of the fastest packet, in ms.
    pub delay_ms: f32,
    /// Packets that came.
    pub received: u64,
    /// Packets that never came in time, though later ones did.
    pub lost: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Packets that came twice.
    pub duplicate: u64,
    /// Lost packets that the next one restored.
    pub fec_recovered: u64,
    /// Sound that was invented, in ms.
    pub concealed_ms: f64,
    /// How often playing stood without anything to play in the middle of speech.
    pub underruns: u64,
    /// Sound left out in order to catch up, in ms.
    pub shrunk_ms: f64,
    /// Sound added in order to wait, in ms.
    pub stretched_ms: f64,
    /// What the network did to the talker's packets in the last seconds: what the sender may be told.
    pub observed: ObservedLoss,
}

/// The jitter buffer of one talker.
pub struct JitterBuffer {
    config: JitterConfig,
    slots: Slots,
    arrivals: Arrivals,
    sequences: Unwrapper,
    timestamps: Unwrapper,
    epoch: Option<Instant>,
    play: Option<Position>,
    /// Where the last spurt ended: the next sequence number that could still be of use.
    next_sequence: Option<i64>,
    loss_share: f32,
    reception: Reception,
    recent_delays: [f32; RECENT],
    recent_at: usize,
    stats: JitterStats,
}

/// How many delays of the past are looked back on; the smallest one counts, as devices ask in bursts.
const RECENT: usize = 16;

/// More packets than this missing in a row are a connection that was gone, or a count that jumped: no redundancy helps.
const LONGEST_GAP: i64 = slots::CAPACITY as i64;

/// Where playing stands within a talk spurt.
#[derive(Clone, Copy, Debug)]
struct Position {
    /// The packet whose turn it is.
    sequence: i64,
    /// The timestamp of the next sample to decode.
    timestamp: i64,
    /// Samples invented while waiting, without moving on.
    waited: i64,
}

impl JitterBuffer {
    /// An empty buffer. Allocates its whole store.
    #[must_use]
    pub fn new(config: JitterConfig) -> Self {
        Self {
            config,
            slots: Slots::new(),
            arrivals: Arrivals::new(),
            sequences: Unwrapper::default(),
            timestamps: Unwrapper::default(),
            epoch: None,
            play: None,
            next_sequence: None,
            loss_share: 0.0,
            reception: Reception::new(),
            recent_delays: [f32::MAX; RECENT],
            recent_at: 0,
            stats: JitterStats::default(),
        }
    }

    /// Takes a packet that arrived at `now` and holds `samples` of sound. Does not allocate.
    pub fn push(
        &mut self,
        now: Instant,
        sequence: u32,
        timestamp: u32,
        samples: usize,
        payload: &[u8],
    ) -> Accept {
        if samples == 0 {
            return Accept::Damaged;
        }
        self.stats.received += 1;
        let sequence = self.sequences.unwrap(sequence);
        let timestamp = self.timestamps.unwrap(timestamp);
        let accept = self.store(sequence, timestamp, samples, payload);
        match accept {
            Accept::Stored | Accept::Late => {
                let moment = self.moment(now);
                self.arrivals.record(moment, sequence, timestamp, samples);
                self.arrivals.update(self.config.quantile);
                self.stats.late += u64::from(accept == Accept::Late);
            }
            Accept::Duplicate => self.stats.duplicate += 1,
            Accept::Damaged => {}
        }
        accept
    }

    /// Microseconds since the first packet.
    fn moment(&mut self, now: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(now);
        now.saturating_duration_since(epoch).as_micros() as i64
    }

    fn store(&mut self, sequence: i64, timestamp: i64, samples: usize, payload: &[u8]) -> Accept {
        if let Some(next) = self.next_sequence {
            if sequence < next - slots::CAPACITY as i64 * 8 {
                // So far back that it is a new count: the sender began anew.
                self.slots.clear();
                self.play = None;
                self.next_sequence = None;
                self.reception = Reception::new();
            } else if sequence < next {
                return Accept::Late;
            }
        }
        self.slots.insert(sequence, timestamp, samples, payload)
    }

    /// The delay to aim at, in samples.
    fn target(&self) -> f32 {
        let lateness = self.arrivals.lateness();
        let mut target_ms = lateness / 1_000.0 + self.config.min_target_ms;
        if self.loss_share >= self.config.restore_from_loss {
            target_ms += samples_to_ms(self.slots.packet_samples() as f64);
        }
        target_ms.clamp(self.config.min_target_ms, self.config.max_target_ms) * SAMPLE_RATE as f32
            / 1_000.0
    }

    /// The delay, in samples, with which a sample of this timestamp would be played at `moment`.
    fn delay(&self, moment: i64, timestamp: i64) -> f32 {
        let transit = moment - timestamp * 1_000 / (i64::from(SAMPLE_RATE) / 1_000);
        (transit - self.arrivals.fastest().unwrap_or(transit)) as f32 * SAMPLE_RATE as f32 / 1e6
    }

    /// By how many samples playing is later than the target (negative: earlier), when `queued` decoded samples still
    /// wait. `None` outside a talk spurt.
    pub fn spare(&mut self, now: Instant, queued: usize) -> Option<f32> {
        let play = self.play?;
        let moment = self.moment(now);
        let delay = self.delay(moment, play.timestamp - queued as i64);
        self.recent_delays[self.recent_at] = delay;
        self.recent_at = (self.recent_at + 1) % RECENT;
        let least = self.recent_delays.iter().copied().fold(f32::MAX, f32::min);
        let target = self.target();
        self.stats.delay_ms = samples_to_ms(f64::from(least));
        self.stats.target_ms = samples_to_ms(f64::from(target));
        Some(least - target)
    }

    /// Whether the packet whose turn it is waits, without a gap before it.
    pub fn is_ready(&self) -> bool {
        self.play
            .and_then(|play| {
                self.slots
                    .get(play.sequence)
                    .map(|found| found.timestamp == play.timestamp)
            })
            .unwrap_or_default()
    }

    /// Tells the buffer that the talker left out (positive) or added (negative) this many samples.
    pub fn shifted(&mut self, samples: i64) {
        for delay in &mut self.recent_delays {
            *delay -= samples as f32;
        }
        let milliseconds = samples.unsigned_abs() as f64 * 1_000.0 / f64::from(SAMPLE_RATE);
        if samples > 0 {
            self.stats.shrunk_ms += milliseconds;
        } else {
            self.stats.stretched_ms += milliseconds;
        }
    }

    /// Counters and delays.
    pub fn stats(&self) -> JitterStats {
        JitterStats {
            observed: self.reception.observed(),
            ..self.stats
        }
    }

    /// The turn of every packet before `sequence` has passed: counts which of them were there.
    fn turns_passed(&mut self, sequence: i64) {
        let Some(next) = self.next_sequence.replace(sequence) else {
            return;
        };
        if sequence - next > LONGEST_GAP {
            return;
        }
        for turn in next..sequence {
            if self.slots.get(turn).is_some() {
                self.reception.came();
            } else {
                self.reception.lost();
            }
        }
    }

    /// Whether a talk spurt is being played.
    pub fn is_playing(&self) -> bool {
        self.play.is_some()
    }
}
