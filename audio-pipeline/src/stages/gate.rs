//! Voice activity: says which blocks are worth sending, and how much before an opening belongs to it.
//!
//! The gate judges and does not delay: it marks the block, and the packetiser, which keeps the last blocks,
//! sends the pre-roll in one go when the gate opens. The sound passes unchanged.
//!
//! ```text
//! level > threshold  and  (speech >= probability, if a stage judged it)   -> open, hold restarts
//! otherwise                                                               -> open while the hold lasts
//! ```

use serde::{Deserialize, Serialize};

use crate::frame::{BLOCK_SAMPLES, Block, SAMPLE_RATE};
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageFault};

const PARAMS: &[ParamInfo] = &[
    ParamInfo::new("threshold_dbfs", "dBFS", -100.0, 0.0),
    ParamInfo::new("speech_probability", "", 0.0, 1.0),
    ParamInfo::new("hold_ms", "ms", 0.0, 2_000.0),
    ParamInfo::new("pre_roll_ms", "ms", 0.0, 100.0),
];

/// While open, the level may fall this far below the threshold: speech must not flutter at the edge.
const HYSTERESIS_DB: f32 = 6.0;
/// While open, the speech estimate may fall to this share of what opening needs.
const HYSTERESIS_SPEECH: f32 = 0.5;

/// Opens for speech.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GateNode {
    /// The level that a block must exceed, in dBFS; -100 opens always.
    pub threshold_dbfs: f32,
    /// The speech probability that a block must reach where a stage before the gate judges it, 0..=1.
    pub speech_probability: f32,
    /// How long the gate stays open after the last speech, in ms.
    pub hold_ms: f32,
    /// How much before the opening is sent as well, in ms.
    pub pre_roll_ms: f32,
}

impl Default for GateNode {
    fn default() -> Self {
        Self {
            threshold_dbfs: -50.0,
            speech_probability: 0.5,
            hold_ms: 300.0,
            pre_roll_ms: 60.0,
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
            self.speech_probability,
            self.hold_ms,
            self.pre_roll_ms,
        ]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(GateProcessor {
            settings: self.clone(),
            left: 0,
        }))
    }
}

struct GateProcessor {
    settings: GateNode,
    /// Blocks for which the gate stays open without further speech.
    left: usize,
}

impl Processor for GateProcessor {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        let settings = &self.settings;
        let level = block.level_dbfs();
        block.gate_level_dbfs = Some(level);
        let (threshold, needed) = if self.left > 0 {
            (
                settings.threshold_dbfs - HYSTERESIS_DB,
                settings.speech_probability * HYSTERESIS_SPEECH,
            )
        } else {
            (settings.threshold_dbfs, settings.speech_probability)
        };
        let always = settings.threshold_dbfs <= PARAMS[0].min;
        let speech =
            level > threshold && block.speech.is_none_or(|probability| probability >= needed);
        if always || speech {
            self.left = blocks(settings.hold_ms) + 1;
        } else {
            self.left = self.left.saturating_sub(1);
        }
        block.open &= self.left > 0;
        block.pre_roll_blocks = blocks(settings.pre_roll_ms);
        Ok(())
    }

    fn set_param(&mut self, index: usize, value: f32) {
        match index {
            0 => self.settings.threshold_dbfs = value,
            1 => self.settings.speech_probability = value,
            2 => self.settings.hold_ms = value,
            3 => self.settings.pre_roll_ms = value,
            _ => {}
        }
    }

    fn reset(&mut self) {
        self.left = 0;
    }
}

fn blocks(milliseconds: f32) -> usize {
    (milliseconds * SAMPLE_RATE as f32 / 1_000.0 / BLOCK_SAMPLES as f32).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(amplitude: f32, speech: Option<f32>) -> Block {
        let mut block = Block::silence();
        block.samples.fill(amplitude);
        block.speech = speech;
        block
    }

    fn run(gate: &mut dyn Processor, amplitude: f32, speech: Option<f32>) -> bool {
        let mut block = block(amplitude, speech);
        gate.process(&mut block).unwrap();
        block.open
    }

    #[test]
    fn opens_for_loud_speech_only_and_holds() {
        let mut gate = GateNode {
            hold_ms: 50.0,
            ..GateNode::default()
        }
        .processor()
        .unwrap();
        assert!(!run(gate.as_mut(), 0.0001, Some(0.9)), "too soft");
        assert!(!run(gate.as_mut(), 0.1, Some(0.1)), "loud, but no speech");
        assert!(run(gate.as_mut(), 0.1, Some(0.9)));
        for held in 0..5 {
            assert!(run(gate.as_mut(), 0.0, Some(0.0)), "held block {held}");
        }
        assert!(!run(gate.as_mut(), 0.0, Some(0.0)), "hold is over");
    }

    #[test]
    fn without_a_judge_the_level_decides() {
        let mut gate = GateNode::default().processor().unwrap();
        assert!(run(gate.as_mut(), 0.1, None));
    }

    #[test]
    fn lowest_threshold_is_always_open() {
        let mut gate = GateNode {
            threshold_dbfs: -100.0,
            ..GateNode::default()
        }
        .processor()
        .unwrap();
        assert!(run(gate.as_mut(), 0.0, Some(0.0)));
    }
}
