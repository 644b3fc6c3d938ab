//! Judges how likely a block is speech, by a small recurrent network (earshot): typing, breath and fans are not.
//!
//! ```text
//! 48 kHz -> low-pass -> 16 kHz -> frames of 16 ms -> network -> probability, which holds until the next frame
//! ```
//!
//! The sound passes unchanged and without delay. Without this stage the first one that has to know judges by the same
//! network, unless a stage before it has said something already.

use earshot::Detector;
use serde::{Deserialize, Serialize};

use crate::frame::{BLOCK_SAMPLES, Block};
use crate::node::{Node, NodeError, NodeInfo, NodeType, Processor, StageFault};

/// The network hears 80 ms at once, and remembers.
const WARM_UP_BLOCKS: usize = 20;

/// The network's rate is this much lower than ours.
const DECIMATION: usize = 3;
/// What it takes at once: 16 ms.
const FRAME: usize = 256;
/// Length of the low-pass before the decimation.
const TAPS: usize = 48;
/// Its edge, in Hz: what folds back above it is soft, and the network's highest band ends about there.
const EDGE_HZ: f32 = 7_200.0;

/// Judges whether somebody speaks, for the stages after it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VoiceDetectNode {}

impl NodeType for VoiceDetectNode {
    const NAME: &'static str = "voice-detect";
}

impl Node for VoiceDetectNode {
    fn info(&self) -> NodeInfo {
        NodeInfo::new(Self::NAME, &[]).with_warm_up(WARM_UP_BLOCKS)
    }

    fn values(&self) -> Vec<f32> {
        Vec::new()
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(VoiceDetectProcessor(SpeechDetector::new())))
    }
}

struct VoiceDetectProcessor(SpeechDetector);

impl Processor for VoiceDetectProcessor {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        // Whatever was said before: this one knows better.
        block.speech = Some(self.0.estimate(&block.samples));
        Ok(())
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

/// The network with what it needs around it.
pub(super) struct SpeechDetector {
    network: Box<Detector>,
    taps: [f32; TAPS],
    /// The end of the block before, and this block.
    line: [f32; TAPS + BLOCK_SAMPLES],
    frame: [f32; FRAME],
    filled: usize,
    probability: f32,
}

impl SpeechDetector {
    pub(super) fn new() -> Self {
        Self {
            network: Box::new(Detector::default()),
            taps: low_pass(),
            line: [0.0; TAPS + BLOCK_SAMPLES],
            frame: [0.0; FRAME],
            filled: 0,
            probability: 0.0,
        }
    }

    /// What was said of this block, or else what the network makes of it, which is then said for later stages too.
    pub(super) fn judge(&mut self, block: &mut Block) -> f32 {
        if let Some(probability) = block.speech {
            return probability;
        }
        let probability = self.estimate(&block.samples);
        block.speech = Some(probability);
        probability
    }

    /// Hears a block; gives how likely the latest frame was speech, 0..=1.
    fn estimate(&mut self, samples: &[f32; BLOCK_SAMPLES]) -> f32 {
        self.line.copy_within(BLOCK_SAMPLES.., 0);
        self.line[TAPS..].copy_from_slice(samples);
        for index in 0..BLOCK_SAMPLES / DECIMATION {
            let heard = &self.line[index * DECIMATION..][..TAPS];
            self.frame[self.filled] = filtered(heard, &self.taps).clamp(-1.0, 1.0);
            self.filled += 1;
            if self.filled == FRAME {
                self.filled = 0;
                self.probability = self.ask();
            }
        }
        self.probability
    }

    fn ask(&mut self) -> f32 {
        let probability = self.network.predict_f32(&self.frame);
        if probability.is_finite() {
            return probability.clamp(0.0, 1.0);
        }
        self.network.reset();
        0.0
    }

    pub(super) fn reset(&mut self) {
        self.network.reset();
        self.line.fill(0.0);
        self.filled = 0;
        self.probability = 0.0;
    }
}

/// One sample of the low-pass: eight sums side by side, which the processor adds at once.
fn filtered(heard: &[f32], taps: &[f32; TAPS]) -> f32 {
    let mut sums = [0.0; 8];
    for (heard, taps) in heard.chunks_exact(8).zip(taps.chunks_exact(8)) {
        for ((sum, sample), tap) in sums.iter_mut().zip(heard).zip(taps) {
            *sum += sample * tap;
        }
    }
    sums.iter().sum()
}

/// A low-pass of sum 1: the sinc function under a Hamming window.
fn low_pass() -> [f32; TAPS] {
    use std::f32::consts::{PI, TAU};
    let edge = 2.0 * EDGE_HZ / crate::frame::SAMPLE_RATE as f32;
    let mut taps = std::array::from_fn(|index| {
        // An even number of taps: none lies at 0.
        let turn = PI * edge * (index as f32 - (TAPS as f32 - 1.0) / 2.0);
        let window = 0.54 - 0.46 * (TAU * index as f32 / (TAPS as f32 - 1.0)).cos();
        turn.sin() / turn * window
    });
    let sum: f32 = taps.iter().sum();
    for tap in &mut taps {
        *tap /= sum;
    }
    taps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::sounds::{Sound, at, blocks, spoken};

    fn judged(sound: &[f32]) -> Vec<f32> {
        let mut stage = VoiceDetectNode::default().processor().unwrap();
        let judge = |mut block: Block| {
            stage.process(&mut block).unwrap();
            block.speech.unwrap()
        };
        blocks(sound).map(judge).collect()
    }

    fn share(judged: &[f32], of: impl Fn(f32) -> bool) -> f32 {
        judged
            .iter()
            .filter(|&&probability| of(probability))
            .count() as f32
            / judged.len() as f32
    }

    #[test]
    fn speech_is_told_from_silence_and_every_noise_at_every_level() {
        let likely = |sound: &[f32]| share(&judged(sound), |probability| probability >= 0.6);
        for louder in [-30.0, -10.0, 0.0, 10.0] {
            let speech = likely(&at(&spoken(), -26.0 + louder));
            assert!(speech > 0.5, "speech {louder} dB louder: {speech}");
            for noise in Sound::NOISES {
                let noisy = likely(&at(&noise.samples(3.0), -36.0 + louder));
                assert!(noisy < 0.01, "{noise:?} {louder} dB louder: {noisy}");
            }
        }
        assert!(
            judged(&vec![0.0; 48_000])
                .iter()
                .all(|&probability| probability < 0.5)
        );
    }

    #[test]
    fn what_was_said_is_believed_and_what_is_found_is_said() {
        let mut detector = SpeechDetector::new();
        let mut block = Block::silence();
        block.speech = Some(0.75);
        assert!((detector.judge(&mut block) - 0.75).abs() < 1e-6);
        block.speech = None;
        let found = detector.judge(&mut block);
        assert_eq!(block.speech, Some(found));
    }

    #[test]
    fn no_sound_makes_it_unable_to_judge() {
        let mut detector = SpeechDetector::new();
        for loud in [crate::frame::LOUDEST, 0.0, 1e-30, -crate::frame::LOUDEST] {
            for _ in 0..10 {
                let probability = detector.estimate(&[loud; BLOCK_SAMPLES]);
                assert!(
                    (0.0..=1.0).contains(&probability),
                    "{probability} of {loud}"
                );
            }
        }
        let voice = spoken();
        let likely = voice
            .chunks_exact(BLOCK_SAMPLES)
            .map(|samples| detector.estimate(samples.try_into().unwrap()));
        assert!(likely.fold(0.0, f32::max) > 0.8);
    }
}
