//! Voice activity: says which blocks are worth sending, and how much before an opening belongs to it.
//!
//! The gate judges and does not delay: it marks the block, and the packetiser, which keeps the last blocks,
//! sends the pre-roll in one go when the gate opens. The sound passes unchanged.
//!
//! ```text
//! threshold   as it is set, or automatic: a little above the noise floor
//! sounds      level > threshold  and  speech >= probability
//! closed      three of the last five blocks sound     -> opens, with what led up to it: a click is not enough
//! open        it sounds, with a little less           -> hold restarts;  otherwise open while the hold lasts
//! ```
//!
//! Who judges speech is [`super::VoiceDetectNode`] or another stage before; without, the gate does it by the same network.

use serde::{Deserialize, Serialize};

use super::noise_floor::NoiseFloor;
use super::voice_detect::SpeechDetector;
use crate::frame::{BLOCK_SAMPLES, Block, SAMPLE_RATE, SILENCE_DBFS};
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageFault};

/// The longest pre-roll, in ms: what the packetizer keeps at most.
const MOST_PRE_ROLL_MS: f32 = 200.0;

const PARAMS: &[ParamInfo] = &[
    ParamInfo::new("threshold_dbfs", "dBFS", -100.0, 0.0),
    ParamInfo::new("automatic", "", 0.0, 1.0).stepped(1.0),
    ParamInfo::new("speech_probability", "", 0.0, 1.0),
    ParamInfo::new("hold_ms", "ms", 0.0, 2_000.0),
    ParamInfo::new("pre_roll_ms", "ms", 0.0, MOST_PRE_ROLL_MS),
];

/// Of so many blocks ...
const JUDGED: usize = 5;
/// ... so many must sound, for the gate to open.
const NEEDED: usize = 3;
/// While open, the level may fall this far below the threshold: speech must not flutter at the edge.
const HYSTERESIS_DB: f32 = 6.0;
/// While open, the speech estimate may fall to this share of what opening needs.
const HYSTERESIS_SPEECH: f32 = 0.75;

/// The automatic threshold lies this far above the noise floor ...
const ABOVE_FLOOR_DB: f32 = 6.0;
/// ... but within these bounds, in dBFS: a whisper across the room is not meant for the microphone, and nobody shall have
/// to shout.
const AUTOMATIC_DBFS: std::ops::RangeInclusive<f32> = -60.0..=-30.0;

/// The pre-roll goes back over blocks that are so far above the noise floor ...
const ONSET_DB: f32 = 3.0;
/// ... but not below this level, in dBFS, ...
const ONSET_LEAST_DBFS: f32 = -75.0;
/// ... or that are speech with this share of the probability that opening needs.
const ONSET_SPEECH: f32 = 0.4;
/// The speech estimate comes this many blocks late.
const ESTIMATE_LATE: usize = 3;
/// So many blocks that are neither end it.
const ONSET_GAP: usize = 4;
/// Blocks from before what was found: the soft beginning of a sound. Soft consonants are lost in the noise.
const ONSET_MARGIN: usize = 5;
/// Blocks that are looked back on.
const HISTORY: usize = (MOST_PRE_ROLL_MS / 10.0) as usize;

/// Opens for speech.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GateNode {
    /// The level that a block must exceed, in dBFS; -100 opens always.
    pub threshold_dbfs: f32,
    /// 1: the threshold follows the noise floor, and that which is set is not used, unless it is -100. 0: it is as set.
    pub automatic: f32,
    /// The probability of speech that a block must reach, 0..=1; 0 leaves it to the level alone.
    pub speech_probability: f32,
    /// How long the gate stays open after the last speech, in ms.
    pub hold_ms: f32,
    /// How much before the opening may be sent as well, in ms. As much is sent as belongs to what opened it.
    pub pre_roll_ms: f32,
}

impl Default for GateNode {
    fn default() -> Self {
        Self {
            threshold_dbfs: -50.0,
            automatic: 0.0,
            speech_probability: 0.6,
            hold_ms: 300.0,
            pre_roll_ms: MOST_PRE_ROLL_MS,
        }
    }
}

impl NodeType for GateNode {
    const NAME: &'static str = "gate";
}

impl Node for GateNode {
    fn info(&self) -> NodeInfo {
        // A gate that comes into the middle of a sentence must know that it is one.
        NodeInfo::new(Self::NAME, PARAMS)
            .with_warm_up(blocks(self.hold_ms))
            .for_uplink_only()
    }

    fn values(&self) -> Vec<f32> {
        vec![
            self.threshold_dbfs,
            self.automatic,
            self.speech_probability,
            self.hold_ms,
            self.pre_roll_ms,
        ]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(GateProcessor {
            settings: self.clone(),
            detector: SpeechDetector::new(),
            floor: NoiseFloor::default(),
            past: [Past::NOTHING; HISTORY + 1],
            left: 0,
        }))
    }
}

/// What is remembered of a block.
#[derive(Clone, Copy)]
struct Past {
    level_dbfs: f32,
    /// How likely it was speech, as was known by its end.
    speech: f32,
    /// Whether it was reason to open.
    sounded: bool,
}

impl Past {
    const NOTHING: Self = Self {
        level_dbfs: SILENCE_DBFS,
        speech: 0.0,
        sounded: false,
    };
}

struct GateProcessor {
    settings: GateNode,
    detector: SpeechDetector,
    floor: NoiseFloor,
    /// The present block and those before it, the latest first.
    past: [Past; HISTORY + 1],
    /// Blocks for which the gate stays open without further speech.
    left: usize,
}

impl GateProcessor {
    fn always_open(&self) -> bool {
        self.settings.threshold_dbfs <= PARAMS[0].min
    }

    fn threshold_dbfs(&self) -> f32 {
        if self.settings.automatic < 0.5 || self.always_open() {
            return self.settings.threshold_dbfs;
        }
        (self.floor.dbfs() + ABOVE_FLOOR_DB).clamp(*AUTOMATIC_DBFS.start(), *AUTOMATIC_DBFS.end())
    }

    /// Whether enough of the latest blocks sounded, this one among them.
    fn opens(&self) -> bool {
        let sounded = self.past[..JUDGED].iter().filter(|past| past.sounded);
        self.past[0].sounded && sounded.count() >= NEEDED
    }

    /// How many blocks before the present one belong to what opened the gate.
    fn onset(&self) -> usize {
        let most = blocks(self.settings.pre_roll_ms).min(HISTORY);
        let level = (self.floor.dbfs() + ONSET_DB).max(ONSET_LEAST_DBFS);
        let needed = self.settings.speech_probability;
        let spoken = |speech: f32| needed > 0.0 && speech >= needed * ONSET_SPEECH;
        let mut found = 0;
        for back in 1..=most {
            let judged = self.past[back.saturating_sub(ESTIMATE_LATE)].speech;
            if self.past[back].level_dbfs > level || spoken(judged) {
                found = back;
            } else if back - found >= ONSET_GAP {
                break;
            }
        }
        (found + ONSET_MARGIN).min(most)
    }
}

impl Processor for GateProcessor {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        let level = block.level_dbfs();
        let speech = self.detector.judge(block);
        self.floor.note(level, speech);
        let threshold = self.threshold_dbfs();
        let needed = self.settings.speech_probability;
        self.past.copy_within(..HISTORY, 1);
        self.past[0] = Past {
            level_dbfs: level,
            speech,
            sounded: level > threshold && speech >= needed,
        };
        block.gate_level_dbfs = Some(level);
        block.gate_threshold_dbfs = Some(threshold);
        block.pre_roll_blocks = 0;
        let hold = blocks(self.settings.hold_ms) + 1;
        let goes_on = level > threshold - HYSTERESIS_DB && speech >= needed * HYSTERESIS_SPEECH;
        if self.always_open() || (self.left > 0 && goes_on) {
            self.left = hold;
        } else if self.left > 0 {
            self.left -= 1;
        } else if self.opens() {
            self.left = hold;
            block.pre_roll_blocks = self.onset();
        }
        block.open &= self.left > 0;
        Ok(())
    }

    fn set_param(&mut self, index: usize, value: f32) {
        match index {
            0 => self.settings.threshold_dbfs = value,
            1 => self.settings.automatic = value,
            2 => self.settings.speech_probability = value,
            3 => self.settings.hold_ms = value,
            4 => self.settings.pre_roll_ms = value,
            _ => {}
        }
    }

    fn reset(&mut self) {
        self.detector.reset();
        self.floor = NoiseFloor::default();
        self.past = [Past::NOTHING; HISTORY + 1];
        self.left = 0;
    }
}

fn blocks(milliseconds: f32) -> usize {
    (milliseconds * SAMPLE_RATE as f32 / 1_000.0 / BLOCK_SAMPLES as f32).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::sounds::{Sound, at, blocks as blocks_of, spoken};

    fn gate(change: impl FnOnce(&mut GateNode)) -> Box<dyn Processor> {
        let mut node = GateNode::default();
        change(&mut node);
        node.processor().unwrap()
    }

    fn block(amplitude: f32, speech: Option<f32>) -> Block {
        let mut block = Block::silence();
        block.samples.fill(amplitude);
        block.speech = speech;
        block
    }

    fn run(gate: &mut dyn Processor, amplitude: f32, speech: f32) -> bool {
        let mut block = block(amplitude, Some(speech));
        gate.process(&mut block).unwrap();
        block.open
    }

    /// For each block whether it is sent, pre-roll included.
    fn sent(gate: &mut dyn Processor, sound: &[f32]) -> Vec<bool> {
        let mut sent = Vec::new();
        for mut block in blocks_of(sound) {
            gate.process(&mut block).unwrap();
            let from = sent.len() - block.pre_roll_blocks.min(sent.len());
            sent[from..].fill(true);
            sent.push(block.open);
        }
        sent
    }

    #[test]
    fn opens_for_loud_speech_only_and_holds() {
        let mut gate = gate(|node| node.hold_ms = 50.0);
        for _ in 0..10 {
            assert!(!run(gate.as_mut(), 0.0001, 0.9), "too soft");
        }
        for _ in 0..10 {
            assert!(!run(gate.as_mut(), 0.1, 0.1), "loud, but no speech");
        }
        assert!(!run(gate.as_mut(), 0.1, 0.9));
        assert!(!run(gate.as_mut(), 0.1, 0.9), "it might be a click");
        assert!(run(gate.as_mut(), 0.1, 0.9));
        for held in 0..5 {
            assert!(run(gate.as_mut(), 0.0, 0.0), "held block {held}");
        }
        assert!(!run(gate.as_mut(), 0.0, 0.0), "hold is over");
    }

    #[test]
    fn clicks_do_not_open_it_even_where_they_are_taken_for_speech() {
        for probability in [0.6, 0.0] {
            let mut gate = gate(|node| node.speech_probability = probability);
            for index in 0..600 {
                let loud = if index % 7 < 2 { 0.3 } else { 0.0 };
                assert!(!run(gate.as_mut(), loud, 0.9), "block {index}");
            }
        }
    }

    #[test]
    fn without_need_of_speech_the_level_decides() {
        let mut gate = gate(|node| node.speech_probability = 0.0);
        let noise = Sound::Fan.samples(1.0);
        assert!(sent(gate.as_mut(), &noise)[10..].iter().all(|sent| *sent));
    }

    #[test]
    fn lowest_threshold_is_always_open() {
        for automatic in [0.0, 1.0] {
            let mut gate = gate(|node| (node.threshold_dbfs, node.automatic) = (-100.0, automatic));
            assert!(run(gate.as_mut(), 0.0, 0.0));
        }
    }

    #[test]
    fn nobody_judges_before_and_it_opens_for_a_voice_and_for_no_noise() {
        for automatic in [0.0, 1.0] {
            let new = || gate(|node| node.automatic = automatic);
            for noise in Sound::NOISES {
                for dbfs in [-50.0, -36.0, -26.0] {
                    let sound = at(&noise.samples(6.0), dbfs);
                    let opened = sent(new().as_mut(), &sound);
                    assert!(opened.iter().all(|sent| !sent), "{noise:?} at {dbfs} dBFS");
                }
                let mut sound = noise.samples(14.0);
                for (sample, voice) in sound[48_000..].iter_mut().zip(spoken()) {
                    *sample += voice;
                }
                let opened = sent(new().as_mut(), &sound);
                let voice = spoken();
                let loud = |at: usize| {
                    let piece = &voice[at * BLOCK_SAMPLES..][..BLOCK_SAMPLES];
                    crate::frame::level_dbfs(piece) > -40.0
                };
                let voiced: Vec<usize> = (0..voice.len() / BLOCK_SAMPLES)
                    .filter(|at| loud(*at))
                    .collect();
                let missed = voiced.iter().filter(|&at| !opened[100 + at]).count();
                assert!(
                    voiced.len() > 300 && missed * 100 < voiced.len(),
                    "{noise:?}: {missed}"
                );
                assert!(opened[..80].iter().all(|sent| !sent), "before: {noise:?}");
            }
        }
    }

    #[test]
    fn the_automatic_threshold_lies_above_the_noise_and_within_bounds() {
        for (noise, wanted) in [(-90.0, -60.0), (-50.0, -44.0), (-20.0, -30.0)] {
            let mut gate = gate(|node| (node.automatic, node.threshold_dbfs) = (1.0, -5.0));
            let mut found = 0.0;
            for mut block in blocks_of(&at(&Sound::Fan.samples(3.0), noise)) {
                gate.process(&mut block).unwrap();
                found = block.gate_threshold_dbfs.unwrap();
            }
            assert!(
                (found - wanted).abs() < 3.0,
                "{found} dBFS above {noise} dBFS"
            );
        }
        let mut gate = gate(|node| node.threshold_dbfs = -42.0);
        let mut block = Block::silence();
        gate.process(&mut block).unwrap();
        assert_eq!(block.gate_threshold_dbfs, Some(-42.0));
        gate.set_param(1, 1.0);
        gate.process(&mut block).unwrap();
        assert_eq!(
            block.gate_threshold_dbfs,
            Some(-60.0),
            "switched while it runs"
        );
    }

    #[test]
    fn the_pre_roll_is_as_long_as_what_led_up_to_the_opening() {
        let opened = |soft_blocks: usize, most_ms: f32| {
            let mut gate = gate(|node| node.pre_roll_ms = most_ms);
            for _ in 0..100 {
                run(gate.as_mut(), 0.0, 0.0);
            }
            for _ in 0..soft_blocks {
                assert!(
                    !run(gate.as_mut(), 0.01, 0.1),
                    "it sounds, but may be anything"
                );
            }
            for _ in 0..NEEDED - 1 {
                run(gate.as_mut(), 0.1, 0.9);
            }
            let mut block = block(0.1, Some(0.9));
            gate.process(&mut block).unwrap();
            assert!(block.open);
            let first = block.pre_roll_blocks;
            gate.process(&mut block).unwrap();
            assert_eq!(block.pre_roll_blocks, 0, "once");
            first
        };
        // The estimate may be of the blocks before it.
        let late = NEEDED - 1 + ESTIMATE_LATE;
        assert_eq!(opened(0, 200.0), late + ONSET_MARGIN);
        assert_eq!(opened(8, 200.0), 8 + NEEDED - 1 + ONSET_MARGIN);
        assert_eq!(opened(40, 200.0), 20, "not more than is kept");
        assert_eq!(opened(8, 60.0), 6, "not more than is wanted");
        assert_eq!(opened(8, 0.0), 0);
    }
}
