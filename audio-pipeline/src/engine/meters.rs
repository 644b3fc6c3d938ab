//! Levels, counters and where the delay goes, as a person or a bench wants to see them.

use crate::chain::{StageMeter, StageMeters};
use crate::downlink::{JitterStats, MAX_TALKERS};
use crate::frame::SILENCE_DBFS;
use crate::link::TalkerId;
use crate::rt::Cost;
use crate::uplink::{PacketMeter, UplinkReport};

/// One talker's level and counters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TalkerMeter {
    /// Who.
    pub talker: TalkerId,
    /// Loudest level since the last report, before the volume, in dBFS.
    pub level_dbfs: f32,
    /// Whether the talker is speaking.
    pub speaking: bool,
    /// The jitter buffer's counters and delays.
    pub jitter: JitterStats,
}

/// What each part adds between mouth and ear, in ms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StageDelays {
    /// From the sound until its callback, as the device says, or else one callback; and rate conversion.
    pub capture_ms: f32,
    /// The stages of the chain.
    pub chain_ms: f32,
    /// Collecting a packet, without its first block, which the microphone's callback collects.
    pub packet_ms: f32,
    /// The encoder's look-ahead.
    pub encoder_ms: f32,
    /// The jitter buffer, as the largest of all talkers.
    pub jitter_ms: f32,
    /// The stages of the mix's chain.
    pub mix_ms: f32,
    /// From the mix until the loudspeaker takes the sound.
    pub ring_ms: f32,
    /// From there until it is heard, as the device says, or else one callback.
    pub playback_ms: f32,
}

/// Levels and counters at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meters {
    /// Loudest level at the microphone since the last report, in dBFS.
    pub input_dbfs: f32,
    /// Loudest level that the gate compared with its threshold, in dBFS.
    pub gate_dbfs: f32,
    /// The threshold it was compared with, in dBFS, if there is a gate: it moves by itself where it is automatic.
    pub threshold_dbfs: Option<f32>,
    /// Speech probability of the last block, if a stage judges it.
    pub speech: Option<f32>,
    /// Whether voice activity is open.
    pub voice_open: bool,
    /// Whether one is being sent.
    pub sending: bool,
    /// How much speech the mute has kept back since the start, in ms: a voice that nobody heard.
    pub kept_back_ms: u64,
    /// The stages of the microphone's chain, in order.
    pub stages: Vec<StageMeter>,
    /// The stages of the mix's chain, in order.
    pub downlink_stages: Vec<StageMeter>,
    /// The talkers.
    pub talkers: Vec<TalkerMeter>,
    /// Packets sent and failed.
    pub packets_sent: u64,
    /// Packets that could not be encoded or sealed.
    pub packets_failed: u64,
    /// What packets cost, and how large they are.
    pub packets: PacketMeter,
    /// Taking a block from the microphone's ring.
    pub capture: Cost,
    /// The microphone's rate, in samples a second; 0 without one.
    pub capture_hz: u32,
    /// Packets that came for nobody.
    pub unknown_packets: u64,
    /// How much of the recording that is being played is still to come, in ms.
    pub clip_left_ms: u32,
    /// How often sound from the microphone was lost on our side.
    pub capture_overruns: u32,
    /// How often the loudspeaker found too little.
    pub playback_underruns: u32,
    /// Where the delay goes.
    pub delays: StageDelays,
    /// The longest turn of the voice thread since the last report, in microseconds.
    pub longest_turn_us: u32,
}

/// The same in a form that crosses a ring without allocation.
#[derive(Clone, Copy)]
pub(super) struct Report {
    pub(super) uplink: UplinkReport,
    pub(super) kept_back_ms: u64,
    pub(super) stages: StageMeters,
    pub(super) downlink_stages: StageMeters,
    pub(super) talkers: [Option<TalkerMeter>; MAX_TALKERS],
    pub(super) packets_sent: u64,
    pub(super) packets_failed: u64,
    pub(super) packets: PacketMeter,
    pub(super) capture: Cost,
    pub(super) capture_hz: u32,
    pub(super) unknown_packets: u64,
    pub(super) clip_left_ms: u32,
    pub(super) capture_overruns: u32,
    pub(super) playback_underruns: u32,
    pub(super) delays: StageDelays,
    pub(super) longest_turn_us: u32,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            uplink: UplinkReport::default(),
            kept_back_ms: 0,
            stages: StageMeters::default(),
            downlink_stages: StageMeters::default(),
            talkers: std::array::from_fn(|_| None),
            packets_sent: 0,
            packets_failed: 0,
            packets: PacketMeter::default(),
            capture: Cost::default(),
            capture_hz: 0,
            unknown_packets: 0,
            clip_left_ms: 0,
            capture_overruns: 0,
            playback_underruns: 0,
            delays: StageDelays::default(),
            longest_turn_us: 0,
        }
    }
}

impl Report {
    /// Remembers the loudest of several blocks.
    pub(super) fn note_block(&mut self, block: UplinkReport) {
        let loudest = self.uplink;
        self.uplink = UplinkReport {
            input_dbfs: block.input_dbfs.max(loudest.input_dbfs),
            gate_dbfs: block.gate_dbfs.max(loudest.gate_dbfs),
            ..block
        };
    }

    /// Starts a new period: levels are forgotten, switches and counters stay.
    pub(super) fn begin_period(&mut self) {
        self.uplink.input_dbfs = SILENCE_DBFS;
        self.uplink.gate_dbfs = SILENCE_DBFS;
        self.longest_turn_us = 0;
        self.talkers.fill(None);
    }

    /// The form that people and programs read.
    pub(super) fn into_meters(self) -> Meters {
        Meters {
            input_dbfs: self.uplink.input_dbfs,
            gate_dbfs: self.uplink.gate_dbfs,
            threshold_dbfs: self.uplink.threshold_dbfs,
            speech: self.uplink.speech,
            voice_open: self.uplink.voice_open,
            sending: self.uplink.sent,
            kept_back_ms: self.kept_back_ms,
            stages: self.stages.iter().copied().collect(),
            downlink_stages: self.downlink_stages.iter().copied().collect(),
            talkers: self.talkers.into_iter().flatten().collect(),
            packets_sent: self.packets_sent,
            packets_failed: self.packets_failed,
            packets: self.packets,
            capture: self.capture,
            capture_hz: self.capture_hz,
            unknown_packets: self.unknown_packets,
            clip_left_ms: self.clip_left_ms,
            capture_overruns: self.capture_overruns,
            playback_underruns: self.playback_underruns,
            delays: self.delays,
            longest_turn_us: self.longest_turn_us,
        }
    }
}
