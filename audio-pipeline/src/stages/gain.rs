//! Input gain in decibels, smoothed over a block so that turning it does not click.

use serde::{Deserialize, Serialize};

use crate::frame::{Block, from_db};
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageFault};

const PARAMS: &[ParamInfo] = &[ParamInfo::new("gain_db", "dB", -40.0, 30.0)];

/// Louder or softer by a fixed amount.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GainNode {
    /// Gain in dB; 0 leaves the sound as it is.
    pub gain_db: f32,
}

impl NodeType for GainNode {
    const NAME: &'static str = "gain";
}

impl Node for GainNode {
    fn info(&self) -> NodeInfo {
        NodeInfo::new(Self::NAME, PARAMS)
    }

    fn values(&self) -> Vec<f32> {
        vec![self.gain_db]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        let factor = from_db(self.gain_db);
        Ok(Box::new(GainProcessor {
            current: factor,
            wanted: factor,
        }))
    }
}

struct GainProcessor {
    current: f32,
    wanted: f32,
}

impl Processor for GainProcessor {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        let step = (self.wanted - self.current) / block.samples.len() as f32;
        for sample in &mut block.samples {
            self.current += step;
            *sample *= self.current;
        }
        self.current = self.wanted;
        Ok(())
    }

    fn set_param(&mut self, _index: usize, value: f32) {
        self.wanted = from_db(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_decibels_double_and_a_change_has_no_step() {
        let mut gain = GainNode { gain_db: 6.0206 }.processor().unwrap();
        let mut block = Block::silence();
        block.samples.fill(0.1);
        gain.process(&mut block).unwrap();
        assert!((block.samples[479] - 0.2).abs() < 1e-4);
        gain.set_param(0, 0.0);
        block.samples.fill(0.1);
        gain.process(&mut block).unwrap();
        assert!((block.samples[0] - 0.2).abs() < 1e-3, "starts where it was");
        assert!(
            (block.samples[479] - 0.1).abs() < 1e-3,
            "ends where it shall be"
        );
    }
}
