//! What each stage of a chain says about itself.

use super::{MAX_STAGES, StageId};

/// How one stage has been doing since the last report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StageMeter {
    /// Which one.
    pub id: StageId,
    /// Level of the loudest block that came in (root mean square), in dBFS.
    pub input_dbfs: f32,
    /// Level of the loudest block that went out (root mean square), in dBFS.
    pub output_dbfs: f32,
    /// By how many samples at 48 kHz it delays the sound; 0 once it has failed.
    pub latency_samples: usize,
    /// Time for one block, in microseconds; an average over about half a second.
    pub cpu_us: f32,
    /// The longest time for one block since the last report, in microseconds.
    pub longest_us: f32,
    /// Whether it has failed and the sound passes it by.
    pub failed: bool,
}

/// The meters of a chain's stages, in their order, in a form that crosses a ring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StageMeters {
    stages: [Option<StageMeter>; MAX_STAGES],
}

impl Default for StageMeters {
    fn default() -> Self {
        Self {
            stages: [None; MAX_STAGES],
        }
    }
}

impl StageMeters {
    /// Takes new ones in, as far as there is room.
    pub(super) fn fill(&mut self, meters: impl Iterator<Item = StageMeter>) {
        let mut meters = meters.fuse();
        for place in &mut self.stages {
            *place = meters.next();
        }
    }

    /// The meters, in the order of the stages.
    pub fn iter(&self) -> impl Iterator<Item = &StageMeter> + '_ {
        self.stages.iter().flatten()
    }
}
