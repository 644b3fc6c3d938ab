//! A peak limiter without look-ahead: attacks at once, lets go slowly, and never lets a sample past its ceiling.

use serde::{Deserialize, Serialize};

use crate::frame::{BLOCK_SAMPLES, Block, SAMPLE_RATE, from_db};
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageFault};

const PARAMS: &[ParamInfo] = &[
    ParamInfo::new("ceiling_dbfs", "dBFS", -24.0, 0.0),
    ParamInfo::new("release_ms", "ms", 5.0, 1_000.0),
];

/// Time to find the gain that the present sound needs.
const WARM_UP_BLOCKS: usize = 10;
/// A new ceiling is reached within this many samples (10 ms).
const GLIDE: u32 = BLOCK_SAMPLES as u32;

/// Keeps peaks below a ceiling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimiterNode {
    /// No sample leaves louder than this, in dBFS.
    pub ceiling_dbfs: f32,
    /// Time constant with which the gain comes back, in ms.
    pub release_ms: f32,
}

impl Default for LimiterNode {
    fn default() -> Self {
        Self {
            ceiling_dbfs: -1.0,
            release_ms: 80.0,
        }
    }
}

impl NodeType for LimiterNode {
    const NAME: &'static str = "limiter";
}

impl Node for LimiterNode {
    fn info(&self) -> NodeInfo {
        NodeInfo::new(Self::NAME, PARAMS).with_warm_up(WARM_UP_BLOCKS)
    }

    fn values(&self) -> Vec<f32> {
        vec![self.ceiling_dbfs, self.release_ms]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(Limiter::new(self)))
    }
}

/// The limiter itself, which also stands at the end of the mix.
#[derive(Clone, Debug)]
pub struct Limiter {
    ceiling: f32,
    /// Where the ceiling glides to, and in how many samples it is there.
    wanted: f32,
    gliding: u32,
    release: f32,
    gain: f32,
}

impl Limiter {
    /// A limiter with these settings.
    #[must_use]
    pub fn new(settings: &LimiterNode) -> Self {
        Self {
            ceiling: from_db(settings.ceiling_dbfs),
            wanted: from_db(settings.ceiling_dbfs),
            gliding: 0,
            release: release_step(settings.release_ms),
            gain: 1.0,
        }
    }

    /// Limits in place. What is not a number becomes silence: one broken sample must not end the sound.
    pub fn limit(&mut self, samples: &mut [f32]) {
        for sample in samples {
            if !sample.is_finite() {
                *sample = 0.0;
            }
            if self.gliding > 0 {
                self.ceiling += (self.wanted - self.ceiling) / self.gliding as f32;
                self.gliding -= 1;
            }
            self.gain += (1.0 - self.gain) * self.release;
            let peak = sample.abs();
            if peak * self.gain > self.ceiling {
                self.gain = self.ceiling / peak;
            }
            *sample = (*sample * self.gain).clamp(-self.ceiling, self.ceiling);
        }
    }
}

impl Processor for Limiter {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        self.limit(&mut block.samples);
        Ok(())
    }

    fn set_param(&mut self, index: usize, value: f32) {
        match index {
            0 => {
                self.wanted = from_db(value);
                self.gliding = GLIDE;
            }
            1 => self.release = release_step(value),
            _ => {}
        }
    }

    fn reset(&mut self) {
        self.gain = 1.0;
    }
}

fn release_step(release_ms: f32) -> f32 {
    1.0 - (-1_000.0 / (release_ms * SAMPLE_RATE as f32)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_exceeds_the_ceiling_whatever_comes() {
        let mut limiter = Limiter::new(&LimiterNode::default());
        let ceiling = from_db(-1.0);
        let mut wild: Vec<f32> = (0..48_000)
            .map(|n| (n as f32 * n as f32 * 0.01).sin() * (n % 977) as f32 * 0.02)
            .collect();
        wild[100] = f32::NAN;
        wild[200] = f32::INFINITY;
        limiter.limit(&mut wild);
        assert!(
            wild.iter()
                .all(|sample| sample.is_finite() && sample.abs() <= ceiling + 1e-6)
        );
    }

    #[test]
    fn soft_sound_passes_untouched() {
        let mut limiter = Limiter::new(&LimiterNode::default());
        let mut quiet = vec![0.25; 480];
        limiter.limit(&mut quiet);
        assert!(quiet.iter().all(|sample| (sample - 0.25).abs() < 1e-6));
    }
}
