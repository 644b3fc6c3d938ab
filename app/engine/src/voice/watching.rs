//! The voice meter's reading: what the voice thread hands over, put together for a window.
//!
//! ```text
//! ScopeReader (each block) -> moments, spectra  --+
//! Meters (twenty a second) -> stages, packets   --+-> VoiceMeter
//! ```

use std::collections::VecDeque;

use dialtone_audio::frame::SILENCE_DBFS;
use dialtone_audio::watch::{BANDS, ScopeBlock, ScopeReader, Spectrum};
use dialtone_audio::{EncoderConfig, EngineError, Meters, StageMeter, VoiceEngine};

use crate::snapshot::{Cost, Moment, PacketReading, StageReading, VoiceMeter};

/// How fast a band falls after a sound, in dB for each 10 ms (30 dB a second).
const BAND_FALL_DB: f32 = 0.3;
/// How fast a stage's level falls, in dB for each report (24 dB a second).
const LEVEL_FALL_DB: f32 = 1.2;
/// How much the latest report counts in the average of a change of level: half a second's memory.
const CHANGE_SHARE: f32 = 0.1;
/// Below this level a change is not worth a number, in dBFS.
const FAINT_DBFS: f32 = -70.0;
/// The longest times are held for so many reports: five seconds.
const HOLD_REPORTS: u32 = 100;

/// One view of the running sound, while somebody looks.
pub(super) struct Watch {
    reader: Option<ScopeReader>,
    before: Band,
    after: Band,
    moments: VecDeque<Moment>,
    count: u64,
    last: Option<Meters>,
    stages: Vec<Held>,
    capture_dbfs: f32,
    capture: HeldCost,
    encoding: HeldCost,
    sending: HeldCost,
    reduction_db: f32,
}

struct Band {
    spectrum: Spectrum,
    shown: [f32; BANDS],
}

struct Held {
    reading: StageReading,
    /// By how much it has lowered the last sound, in dB.
    lowered_db: f32,
    cost: HeldCost,
}

/// The worst time of the last seconds.
#[derive(Default)]
struct HeldCost {
    mean_us: f32,
    worst_us: f32,
    age: u32,
}

impl HeldCost {
    fn note(&mut self, mean_us: f32, longest_us: f32) {
        self.mean_us = mean_us;
        self.age += 1;
        if longest_us >= self.worst_us || self.age > HOLD_REPORTS {
            (self.worst_us, self.age) = (longest_us, 0);
        }
    }

    fn read(&self) -> Cost {
        Cost {
            mean_us: self.mean_us,
            worst_us: self.worst_us,
        }
    }
}

impl Band {
    fn new() -> Self {
        Self {
            spectrum: Spectrum::new(),
            shown: [SILENCE_DBFS; BANDS],
        }
    }

    /// Shows the sound of now, after so many blocks.
    fn follow(&mut self, blocks: usize) {
        let fall = BAND_FALL_DB * blocks as f32;
        for (shown, now) in self.shown.iter_mut().zip(self.spectrum.read()) {
            *shown = now.max(*shown - fall).max(SILENCE_DBFS);
        }
    }
}

impl Watch {
    /// Nothing is seen yet.
    pub(super) fn new() -> Self {
        Self {
            reader: None,
            before: Band::new(),
            after: Band::new(),
            moments: VecDeque::with_capacity(VoiceMeter::LONGEST),
            count: 0,
            last: None,
            stages: Vec::new(),
            capture_dbfs: SILENCE_DBFS,
            capture: HeldCost::default(),
            encoding: HeldCost::default(),
            sending: HeldCost::default(),
            reduction_db: 0.0,
        }
    }

    /// Whether it must be attached: it never was, or the sound that it looked at has stopped.
    pub(super) fn is_detached(&self) -> bool {
        self.reader.as_ref().is_none_or(|reader| !reader.is_live())
    }

    /// Looks at this sound from now on.
    pub(super) fn attach(&mut self, engine: &VoiceEngine) -> Result<(), EngineError> {
        self.reader = Some(engine.watch()?);
        Ok(())
    }

    /// Takes in what has come. `kind` says which kind of stage an id stands for.
    pub(super) fn take(&mut self, meters: &Meters, kind: impl Fn(&str) -> Option<String>) {
        if self.last.as_ref() != Some(meters) {
            self.report(meters, kind);
            self.last = Some(meters.clone());
        }
        let mut blocks = 0;
        while let Some(block) = self.reader.as_mut().and_then(ScopeReader::take) {
            self.block(&block);
            blocks += 1;
        }
        if blocks > 0 {
            self.before.follow(blocks);
            self.after.follow(blocks);
        }
    }

    fn block(&mut self, block: &ScopeBlock) {
        self.before.spectrum.push(&block.before);
        self.after.spectrum.push(&block.after);
        if self.moments.len() == VoiceMeter::LONGEST {
            self.moments.pop_front();
        }
        let report = block.report;
        self.moments.push_back(Moment {
            before: peak(&block.before),
            after: peak(&block.after),
            level_dbfs: report.gate_dbfs,
            threshold_dbfs: report.threshold_dbfs,
            speech: report.speech,
            open: report.voice_open,
            sent: report.sent,
            reduction_db: self.reduction_db,
        });
        self.count += 1;
    }

    fn report(&mut self, meters: &Meters, kind: impl Fn(&str) -> Option<String>) {
        let packets = &meters.packets;
        let fallen = (self.capture_dbfs - LEVEL_FALL_DB).max(SILENCE_DBFS);
        self.capture_dbfs = meters.input_dbfs.max(fallen);
        self.capture
            .note(meters.capture.mean_us, meters.capture.longest_us);
        self.encoding
            .note(packets.encoding.mean_us, packets.encoding.longest_us);
        self.sending
            .note(packets.sending.mean_us, packets.sending.longest_us);
        let mut before = std::mem::take(&mut self.stages);
        self.reduction_db = 0.0;
        for meter in &meters.stages {
            let known = before.iter().position(|held| meter.id == &*held.reading.id);
            let mut held = known.map_or_else(|| Held::new(meter), |at| before.swap_remove(at));
            held.note(meter);
            if matches!(kind(&meter.id).as_deref(), Some("limiter" | "auto-gain")) {
                self.reduction_db += held.lowered_db;
            }
            self.stages.push(held);
        }
    }

    /// What is known by now.
    pub(super) fn read(
        &self,
        microphone: Option<(String, u32)>,
        encoder: &EncoderConfig,
    ) -> VoiceMeter {
        let stages = self.stages.iter().map(|held| StageReading {
            cost: held.cost.read(),
            ..held.reading.clone()
        });
        let packets = self.last.as_ref().map(|meters| meters.packets);
        VoiceMeter {
            microphone,
            moments: self.moments.iter().copied().collect(),
            count: self.count,
            spectrum_before: self.before.shown.to_vec(),
            spectrum_after: self.after.shown.to_vec(),
            capture_dbfs: self.capture_dbfs,
            capture: self.capture.read(),
            stages: stages.collect(),
            packets: PacketReading {
                bitrate: encoder.bitrate,
                packet_ms: (encoder.packet.samples() / 48) as u8,
                repairs: encoder.fec,
                bytes: packets.map_or(0, |packets| packets.bytes),
                encoding: self.encoding.read(),
                sending: self.sending.read(),
            },
        }
    }
}

impl Held {
    fn new(meter: &StageMeter) -> Self {
        Self {
            reading: StageReading {
                id: meter.id.to_string(),
                level_dbfs: SILENCE_DBFS,
                change_db: 0.0,
                cost: Cost::default(),
                delay_ms: 0.0,
                failed: false,
            },
            lowered_db: 0.0,
            cost: HeldCost::default(),
        }
    }

    fn note(&mut self, meter: &StageMeter) {
        let reading = &mut self.reading;
        let fallen = (reading.level_dbfs - LEVEL_FALL_DB).max(SILENCE_DBFS);
        reading.level_dbfs = meter.output_dbfs.max(fallen);
        if meter.input_dbfs > FAINT_DBFS {
            let change = meter.output_dbfs - meter.input_dbfs;
            reading.change_db += (change - reading.change_db) * CHANGE_SHARE;
            // In a pause it stays as it was.
            self.lowered_db = (-change).max(0.0);
        }
        reading.delay_ms = meter.latency_samples as f32 / 48.0;
        reading.failed = meter.failed;
        if meter.failed {
            self.lowered_db = 0.0;
        }
        self.cost.note(meter.cpu_us, meter.longest_us);
    }
}

/// The highest sample, 1 being full scale; what is no number does not count.
fn peak(samples: &[f32]) -> f32 {
    let highest = samples.iter().fold(0.0_f32, |most, sample| {
        most.max(if sample.is_finite() {
            sample.abs()
        } else {
            0.0
        })
    });
    highest.min(4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_time_is_held_for_five_seconds() {
        let mut cost = HeldCost::default();
        cost.note(5.0, 90.0);
        for _ in 0..HOLD_REPORTS {
            cost.note(5.0, 6.0);
        }
        assert!((cost.read().worst_us - 90.0).abs() < 1e-6);
        cost.note(5.0, 6.0);
        assert!((cost.read().worst_us - 6.0).abs() < 1e-6);
    }

    #[test]
    fn moments_are_bounded_and_nonsense_is_silence() {
        let mut watch = Watch::new();
        let mut block = ScopeBlock {
            before: [f32::NAN; 480],
            after: [f32::INFINITY; 480],
            report: dialtone_audio::uplink::UplinkReport::default(),
        };
        for _ in 0..1_000 {
            watch.block(&block);
        }
        block.before[7] = -0.5;
        watch.block(&block);
        let read = watch.read(None, &EncoderConfig::default());
        assert_eq!(
            (read.moments.len(), read.count),
            (VoiceMeter::LONGEST, 1_001)
        );
        let now = read.now().unwrap();
        assert!((now.before - 0.5).abs() < 1e-6 && now.after.abs() < 1e-6);
        assert_eq!(read.packets.packet_ms, 20);
    }
}
