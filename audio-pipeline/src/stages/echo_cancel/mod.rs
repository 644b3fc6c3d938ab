//! Takes out what the loudspeaker plays into the microphone.
//!
//! ```text
//! played ---> spectrum --+--> [ delay ] --> [ filter: the room, learnt ] --> echo as computed --+
//!                        |                        ^ what is left teaches it                     |
//! microphone ------------+----------------------- - --------------------------------------------+--> what is left
//!                                                                                                     |
//!                                   [ suppress: gains by what of it is still echo ] ------------------+--> out
//! ```
//!
//! The filter is linear and leaves whoever speaks here untouched; what it cannot model (a room that changes, a loudspeaker that distorts, two
//! clocks) is attenuated band by band, as far as it stands above what is said here.

mod delay;
mod filter;
mod presence;
mod suppress;

use serde::{Deserialize, Serialize};

use self::delay::DelayFinder;
use self::filter::EchoFilter;
use self::presence::Presence;
use self::suppress::Suppressor;
use super::spectrum;
use crate::frame::Block;
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageFault};

const PARAMS: &[ParamInfo] = &[ParamInfo::new("suppression_db", "dB", 0.0, 15.0)];

/// Blocks of what was played that are kept: the longest delay, and the room behind it.
const HISTORY: usize = 64;

/// Cancels the echo of what the loudspeaker plays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EchoCancelNode {
    /// By how much more than estimated the echo that is left counts, in dB: more takes out more, and harms more of what is said meanwhile.
    pub suppression_db: f32,
}

impl Default for EchoCancelNode {
    fn default() -> Self {
        Self {
            suppression_db: 9.0,
        }
    }
}

impl NodeType for EchoCancelNode {
    const NAME: &'static str = "echo-cancel";
}

impl Node for EchoCancelNode {
    fn info(&self) -> NodeInfo {
        NodeInfo::new(Self::NAME, PARAMS)
            .with_latency(suppress::LATENCY_SAMPLES)
            .with_warm_up(2)
    }

    fn values(&self) -> Vec<f32> {
        vec![self.suppression_db]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(EchoCanceller {
            filter: EchoFilter::new(HISTORY),
            delay: DelayFinder::new(),
            suppressor: Suppressor::new(self.suppression_db),
            presence: Presence::new(),
        }))
    }
}

struct EchoCanceller {
    filter: EchoFilter,
    delay: DelayFinder,
    suppressor: Suppressor,
    presence: Presence,
}

impl Processor for EchoCanceller {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        let Some(played) = block.played.samples() else {
            // Nothing is known of what was played: nothing is taken out, and what was learnt is kept.
            self.suppressor.pass(&mut block.samples);
            return Ok(());
        };
        self.filter.hear(played);
        let left = self.filter.cancel(&mut block.samples);
        self.presence.note(played, left.heard, left.still);
        if left.is_new_room {
            self.presence.doubt();
        }
        let is_likely = self.presence.is_likely();
        let heard = self
            .suppressor
            .suppress(&mut block.samples, &left, is_likely);
        self.delay.note(self.filter.newest(), heard);
        if let Some(blocks) = self.delay.found() {
            self.filter.look_at(blocks);
        }
        Ok(())
    }

    fn set_param(&mut self, _index: usize, value: f32) {
        self.suppressor.set(value);
    }

    fn reset(&mut self) {
        self.filter.reset();
        self.delay.reset();
        self.suppressor.reset();
        self.presence = Presence::new();
    }
}

#[cfg(test)]
mod tests;
