//! The jitter buffer: packets in as the network brings them, decisions out as the ear needs them.
//!
//! No clock, no thread, no sound inside: time is an argument, and what comes out is what to decode next.
//!
//! ```text
//! push(now, packet) -> Slots (reordered, deduplicated)    Arrivals (when did it come, measured against its timestamp)
//!                        |  ^ Solver (lost packets made         |
//!                        |  | again from parity in others)      |    Reception (what was lost, and how) -> the sender
//!                        v                                      v      v
//! next(now)         -> Packet | Copy | Deep | Conceal ...    target delay = high quantile of lateness + Depth of repair,
//!                                                            and as long as packets take that were lost and sent again: Resends
//! spare(now)        -> by how much we play too late: the talker shrinks or stretches time by it
//! ```

mod arrivals;
mod decide;
mod depth;
mod fill;
mod reception;
mod resends;
mod slots;
mod unwrap;

use std::time::Instant;

use arrivals::Arrivals;
pub use decide::Next;
use depth::Depth;
use reception::Reception;
use resends::Resends;
use slots::Slots;
use unwrap::Unwrapper;

use crate::codec::parity::Solver;
use crate::codec::{ObservedLoss, Reach};
use crate::frame::{SAMPLE_RATE, samples_to_ms};
use crate::link::ReceivedPacket;

/// What the jitter buffer aims at.
#[derive(Clone, Debug, PartialEq)]
pub struct JitterConfig {
    /// Smallest target delay in ms, on top of the fastest packet: covers the wake-up of threads.
    pub min_target_ms: f32,
    /// Largest target delay in ms; packets later than that are concealed.
    pub max_target_ms: f32,
    /// Which share of the packets shall be there in time.
    pub quantile: f32,
}

impl Default for JitterConfig {
    fn default() -> Self {
        Self {
            min_target_ms: 2.0,
            max_target_ms: 300.0,
            quantile: 0.99,
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
    /// How much later than the fastest packet the latest hundredth of the packets of the last seconds came, in ms: the delay
    /// variation of ITU-T Y.1540 between these quantiles. None before enough of them came.
    pub jitter_ms: Option<f32>,
    /// Packets that came.
    pub received: u64,
    /// Bytes of Opus in them, and of what repairs them.
    pub received_bytes: u64,
    /// Packets that never came in time, though later ones did; also those that were restored or made again.
    pub lost: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Packets that came twice.
    pub duplicate: u64,
    /// Packets that were lost and came in time when they were sent again. They do not count as lost.
    pub resent: u64,
    /// Packets that were none, or turned out to be damaged when they were decoded.
    pub damaged: u64,
    /// Lost packets that were made again from parity, to the bit.
    pub parity_recovered: u64,
    /// Lost packets that the copy in the next one restored.
    pub fec_recovered: u64,
    /// Pieces of lost sound that the deep redundancy of a later packet restored.
    pub deep_restored: u64,
    /// Sound that was invented, in ms.
    pub concealed_ms: f64,
    /// Speech whose turn has come, whatever it was filled with, in ms.
    pub speech_ms: f64,
    /// Speech of lost packets that was restored, made again or sent again, in ms.
    pub restored_ms: f64,
    /// Speech that was invented or left silent, because its packets were lost or late, in ms. Unlike `concealed_ms` without what is
    /// invented after the last packet before a pause.
    pub filled_ms: f64,
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
    /// Where playing stood when nothing came any more in the middle of a spurt.
    left: Option<Position>,
    /// Samples invented since the last that was not.
    invented: i64,
    /// The packet whose redundancy the decoder read last, and how far that reaches.
    read: Option<(i64, Reach)>,
    /// Packets in a row whose turn had passed, one after the other, and the last of them.
    late_in_a_row: u32,
    last_late: i64,
    solver: Solver,
    reception: Reception,
    depth: Depth,
    resends: Resends,
    recent_delays: [f32; RECENT],
    recent_at: usize,
    stats: JitterStats,
}

/// How long a packet was under way, in microseconds, but for a constant that two clocks make.
fn transit(moment: i64, timestamp: i64) -> i64 {
    moment - timestamp * 1_000 / (i64::from(SAMPLE_RATE) / 1_000)
}

/// How many delays of the past are looked back on; the smallest one counts, as devices ask in bursts.
const RECENT: usize = 32;

/// More packets than this missing in a row are a connection that was gone, or a count that jumped: no redundancy helps.
const LONGEST_GAP: i64 = slots::CAPACITY as i64;

/// So many packets in a row whose turn has passed are no late packets.
const LATE_IN_A_ROW: u32 = 5;

/// How long before it is heard sound is decoded, at most: the piece that is asked for at a time.
const DECODED_AHEAD_MS: f32 = 2.5;

/// Where playing stands within a talk spurt.
#[derive(Clone, Copy, Debug)]
struct Position {
    /// The packet whose turn it is.
    sequence: i64,
    /// The timestamp of the next sample to decode.
    timestamp: i64,
    /// Samples in the packet before.
    packet: i64,
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
            left: None,
            invented: 0,
            read: None,
            late_in_a_row: 0,
            last_late: i64::MIN / 2,
            solver: Solver::new(),
            reception: Reception::new(),
            depth: Depth::new(),
            resends: Resends::default(),
            recent_delays: [f32::MAX; RECENT],
            recent_at: 0,
            stats: JitterStats::default(),
        }
    }

    /// Takes a packet that holds `samples` of sound. Does not allocate.
    pub fn push(&mut self, packet: &ReceivedPacket, samples: usize) -> Accept {
        let payload = packet.payload();
        if samples == 0 {
            self.refused();
            return Accept::Damaged;
        }
        self.stats.received += 1;
        self.stats.received_bytes += payload.len() as u64;
        let sequence = self.sequences.unwrap(packet.sequence);
        let timestamp = self.timestamps.unwrap(packet.timestamp);
        let accept = self.store(sequence, timestamp, samples, payload);
        match accept {
            Accept::Stored | Accept::Late => {
                let moment = self.moment(packet.arrived);
                if packet.resent {
                    if accept == Accept::Stored {
                        self.stats.resent += 1;
                        self.stats.restored_ms += fill::ms(samples as i64);
                    }
                    self.came_again(moment, timestamp, accept);
                } else {
                    self.arrivals.record(moment, sequence, timestamp, samples);
                    self.arrivals.update(self.config.quantile);
                    self.resends.ordinary();
                }
                self.stats.late += u64::from(accept == Accept::Late);
                self.depth.parity_seen(Solver::reach(payload));
                self.recover(sequence);
            }
            Accept::Duplicate => self.stats.duplicate += 1,
            Accept::Damaged => self.refused(),
        }
        accept
    }

    /// A packet came that was lost and sent again.
    fn came_again(&mut self, moment: i64, timestamp: i64, accept: Accept) {
        let Some(fastest) = self.arrivals.fastest() else {
            return;
        };
        let lateness = transit(moment, timestamp) - fastest;
        if self.resends.came(lateness) && accept == Accept::Late {
            // From now on such a packet is waited for: the sender need do nothing about it.
            self.reception.came_after_all();
        }
    }

    /// Says of a packet that comes whether it holds a copy of the one before.
    pub fn holds_copy(&mut self, holds: bool) {
        self.depth.copy_seen(holds);
    }

    /// Counts a packet that was none, or that could not be decoded.
    pub fn refused(&mut self) {
        self.stats.damaged += 1;
    }

    /// Microseconds since the first packet.
    fn moment(&mut self, now: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(now);
        now.saturating_duration_since(epoch).as_micros() as i64
    }

    fn store(&mut self, sequence: i64, timestamp: i64, samples: usize, payload: &[u8]) -> Accept {
        let late = self.next_sequence.is_some_and(|next| sequence < next);
        let same = |kept: slots::Waiting<'_>| kept.timestamp == timestamp;
        if late && self.slots.has_come(sequence) && self.slots.get(sequence).is_some_and(same) {
            return Accept::Duplicate;
        }
        if late && self.is_new_count(sequence) {
            self.begin_anew();
        } else if late {
            // Too late to be played, but others may be made again with its help.
            let accept = self.slots.insert(sequence, timestamp, samples, payload);
            return match accept {
                Accept::Stored => Accept::Late,
                accept => accept,
            };
        }
        self.late_in_a_row = 0;
        self.slots.insert(sequence, timestamp, samples, payload)
    }

    /// Whether a packet whose turn has passed is not late, but of a sender that counts anew: so far back, or so many in a
    /// row, one after the other, without one that is in time.
    fn is_new_count(&mut self, sequence: i64) -> bool {
        let follows = (1..=3).contains(&(sequence - self.last_late));
        self.late_in_a_row = if follows { self.late_in_a_row + 1 } else { 1 };
        self.last_late = sequence;
        let back = self.next_sequence.unwrap_or(sequence) - sequence;
        back > slots::CAPACITY as i64 * 8 || self.late_in_a_row > LATE_IN_A_ROW
    }

    fn begin_anew(&mut self) {
        self.slots.clear();
        self.arrivals.clear();
        self.play = None;
        self.left = None;
        self.read = None;
        self.next_sequence = None;
        self.reception = Reception::new();
        self.depth = Depth::new();
        self.resends = Resends::default();
    }

    /// Makes lost packets again, as far as the equations in this one and in others around it are enough for it.
    fn recover(&mut self, newest: i64) {
        let slots = &self.slots;
        let count = self.solver.solve(newest, |sequence| {
            slots.get(sequence).map(|found| found.payload)
        });
        let Some((timestamp, samples)) = self
            .slots
            .get(newest)
            .map(|newest| (newest.timestamp, newest.samples))
        else {
            return;
        };
        for index in 0..count {
            // Parity covers packets of one length within one talk spurt.
            let found = self.solver.recovered(index);
            let Some(found) = found.filter(|found| found.samples == samples) else {
                continue;
            };
            let begins = timestamp - (newest - found.sequence) * samples as i64;
            let in_time = self.next_sequence.is_none_or(|next| found.sequence >= next);
            let accept =
                self.slots
                    .insert_recovered(found.sequence, begins, samples, found.payload);
            if accept == Accept::Stored && in_time {
                self.stats.parity_recovered += 1;
            }
        }
    }

    /// The delay to aim at, in samples.
    pub fn target(&self) -> f32 {
        let lateness = self.arrivals.lateness();
        let mut target_ms = lateness / 1_000.0 + self.config.min_target_ms;
        // Each change of the delay is heard.
        if self.reception.is_lossy() {
            let observed = self.reception.observed();
            let wait_ms = self.depth.wait_ms(observed, self.slots.packet_samples());
            // Packets are decoded up to one piece before they are heard, and what restores them must be there then.
            target_ms += wait_ms + if wait_ms > 0.0 { DECODED_AHEAD_MS } else { 0.0 };
        }
        if let Some(wait_ms) = self.resends.wait_ms() {
            target_ms = target_ms.max(wait_ms + self.config.min_target_ms + DECODED_AHEAD_MS);
        }
        target_ms.clamp(self.config.min_target_ms, self.config.max_target_ms) * SAMPLE_RATE as f32
            / 1_000.0
    }

    /// The delay, in samples, with which a sample of this timestamp would be played at `moment`.
    fn delay(&self, moment: i64, timestamp: i64) -> f32 {
        let transit = transit(moment, timestamp);
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
        if samples > 0 {
            self.stats.shrunk_ms += fill::ms(samples);
        } else {
            self.stats.stretched_ms += fill::ms(-samples);
        }
    }

    /// Counters and delays.
    pub fn stats(&self) -> JitterStats {
        JitterStats {
            observed: self.reception.observed(),
            jitter_ms: self.arrivals.jitter_ms(),
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
            if self.slots.has_come(turn) {
                self.reception.came();
            } else {
                self.stats.lost += 1;
                self.reception.lost();
            }
        }
    }

    /// Whether a talk spurt is being played.
    pub fn is_playing(&self) -> bool {
        self.play.is_some()
    }
}
