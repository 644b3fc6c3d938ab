//! Stages that misbehave on purpose.

use dialtone_audio::frame::Block;
use dialtone_audio::{
    Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, Registry, StageFault,
};
use serde::{Deserialize, Serialize};

/// The standard stages, and those of this file.
pub(crate) fn registry() -> Registry {
    let mut registry = Registry::standard();
    registry.register::<BrokenNode>().expect("a free name");
    registry
}

/// How it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Way {
    Fails,
    Panics,
    NotANumber,
    Deafens,
    PanicsWhenTuned,
}

/// Doubles the sound for some blocks, and then breaks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BrokenNode {
    way: Way,
    works_for: usize,
}

impl NodeType for BrokenNode {
    const NAME: &'static str = "broken";
}

impl Node for BrokenNode {
    fn info(&self) -> NodeInfo {
        NodeInfo::new(Self::NAME, vec![ParamInfo::new("knob", "", 0.0, 1.0)]).with_latency(480)
    }

    fn values(&self) -> Vec<f32> {
        vec![0.0]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(self.clone()))
    }
}

impl Processor for BrokenNode {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        // What it leaves behind when it breaks must not be heard, nor what it says.
        block.samples.iter_mut().for_each(|sample| *sample *= 2.0);
        if let Some(left) = self.works_for.checked_sub(1) {
            self.works_for = left;
            return Ok(());
        }
        block.open = false;
        match self.way {
            Way::Fails => Err(StageFault("the hinge is worn")),
            Way::Panics => panic!("a stage panics, as the test wants"),
            Way::NotANumber => {
                block.samples[7] = f32::NAN;
                Ok(())
            }
            Way::Deafens => {
                block.samples[7] = 1e20;
                Ok(())
            }
            Way::PanicsWhenTuned => Ok(()),
        }
    }

    fn set_param(&mut self, _index: usize, _value: f32) {
        assert!(self.way != Way::PanicsWhenTuned, "as the test wants");
    }
}
