//! Noise suppression by a larger recurrent network: that of `RNNoise` 0.2 (Valin and others, 2024), thirteen times the size of the one in the
//! stage `denoise`. Stronger against all noise, for several times the work, and 20 ms late.
//!
//! ```text
//! block --> [ listen: spectrum, voice's period, features ] --> [ network ] --> gains, speech
//!                 '--> one block later --> [ comb: harmonics ] --> [ gains ] --> sound
//! ```
//!
//! The gains that come with a block are for the one before it: the network hears 10 ms of what comes next. Windows overlap by half, which
//! are the other 10 ms of the delay.

mod bands;
mod comb;
mod listen;
mod network;
mod pitch;
mod weights;

use serde::{Deserialize, Serialize};

use self::bands::{BANDS, spread};
use self::comb::bring_out_harmonics;
use self::listen::{Heard, Listener, UNSCALE};
use self::network::Network;
use crate::frame::{BLOCK_SAMPLES, Block};
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageFault};
use crate::stages::spectrum::{Transform, WINDOW};

const PARAMS: &[ParamInfo] = &[
    ParamInfo::new("mix", "", 0.0, 1.0),
    ParamInfo::new("strength", "", 0.5, 2.0),
];
const MIX: usize = 0;

/// How many numbers the network is told of a block: levels and likeness of the bands, the period.
const FEATURES: usize = 2 * BANDS + 1;

/// Blocks by which the sound comes later.
const LATE_BLOCKS: usize = 2;

/// The network needs some time to tell voice from noise.
const WARM_UP_BLOCKS: usize = 20;

/// A band's gain falls no quicker than to this share of it from block to block (60 dB in 310 ms), as sound does in a room: so neither the end of
/// a word nor what is left of the noise flutters. The original has 0.6; slower is heard as a tail of noise after each word.
const QUICKEST_FALL: f32 = 0.8;

/// The share of the power that passes, on average over the bands, from which on the network's estimate of speech counts whole.
const SPEECH_PASSES: f32 = 0.03;

/// Takes noise away, more thoroughly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DenoiseStrongNode {
    /// How much of the cleaned sound is heard: 1 all, 0 the sound as it came (the speech estimate stays).
    pub mix: f32,
    /// By which power the network's gains are raised: 1 as it learnt them, more takes away more where it is unsure.
    pub strength: f32,
}

impl Default for DenoiseStrongNode {
    fn default() -> Self {
        Self {
            mix: 1.0,
            strength: 1.5,
        }
    }
}

impl NodeType for DenoiseStrongNode {
    const NAME: &'static str = "denoise-strong";
}

impl Node for DenoiseStrongNode {
    fn info(&self) -> NodeInfo {
        NodeInfo::new(Self::NAME, PARAMS)
            .with_latency(LATE_BLOCKS * BLOCK_SAMPLES)
            .with_warm_up(WARM_UP_BLOCKS)
    }

    fn values(&self) -> Vec<f32> {
        vec![self.mix, self.strength]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(Denoiser::new(self)))
    }
}

/// Rises and falls so that two blocks that overlap by half make the whole again (the power-complementary window of Vorbis).
struct Window([f32; BLOCK_SAMPLES]);

impl Window {
    fn new() -> Self {
        let mut rise = [0.0; BLOCK_SAMPLES];
        for (index, rise) in rise.iter_mut().enumerate() {
            let quarter = std::f32::consts::FRAC_PI_2;
            let sine = (quarter * (index as f32 + 0.5) / BLOCK_SAMPLES as f32).sin();
            *rise = (quarter * sine * sine).sin();
        }
        Self(rise)
    }

    fn apply(&self, samples: &mut [f32; WINDOW], scale: f32) {
        let (rising, falling) = samples.split_at_mut(BLOCK_SAMPLES);
        let fall = self.0.iter().rev();
        for (((up, down), rise), fall) in rising.iter_mut().zip(falling).zip(&self.0).zip(fall) {
            *up *= rise * scale;
            *down *= fall * scale;
        }
    }
}

/// How far the gains agree that there is speech, 0 to 1. In steady noise alone the network's own estimate climbs within seconds, to 0.8,
/// while its gains go on taking all of it away: on average over the bands they let 0.01 % of the power pass, and 1.4 % in the worst of a
/// hundred blocks; 4 % and more with speech 10 dB above the noise.
fn passes(gains: &[f32; BANDS]) -> f32 {
    let passing = gains.iter().map(|gain| gain * gain).sum::<f32>() / BANDS as f32;
    (passing / SPEECH_PASSES).min(1.0)
}

struct Denoiser {
    listener: Listener,
    network: Network,
    transform: Transform,
    window: Window,
    /// What was heard last, and before; which is which, `newest` says.
    heard: Box<[Heard; 2]>,
    newest: usize,
    /// What the gains may fall from.
    last_gains: [f32; BANDS],
    /// The second half of the last window, which the first half of the next is added to.
    overlap: [f32; BLOCK_SAMPLES],
    /// The sound as it came, so that the untouched share lines up with the cleaned one.
    dry: [[f32; BLOCK_SAMPLES]; LATE_BLOCKS],
    mix: f32,
    /// What `mix` becomes within the next block.
    wanted: f32,
    /// Of the gains, which change from block to block anyway: windows that overlap glide from one to the next.
    strength: f32,
}

impl Denoiser {
    fn new(node: &DenoiseStrongNode) -> Self {
        Self {
            listener: Listener::new(),
            network: Network::new(),
            transform: Transform::new(),
            window: Window::new(),
            heard: Box::new([Heard::NOTHING, Heard::NOTHING]),
            newest: 0,
            last_gains: [0.0; BANDS],
            overlap: [0.0; BLOCK_SAMPLES],
            dry: [[0.0; BLOCK_SAMPLES]; LATE_BLOCKS],
            mix: node.mix,
            wanted: node.mix,
            strength: node.strength,
        }
    }

    /// Cleans what was heard before the newest block, by the gains that the network found with it.
    fn clean(&mut self, gains: &mut [f32; BANDS]) {
        let (first, second) = self.heard.split_at_mut(1);
        let (newest, earlier) = match self.newest {
            0 => (&first[0], &mut second[0]),
            _ => (&second[0], &mut first[0]),
        };
        bring_out_harmonics(earlier, gains);
        for (band, gain) in gains.iter_mut().enumerate() {
            let last = &mut self.last_gains[band];
            *gain = gain.powf(self.strength).max(QUICKEST_FALL * *last);
            // Where the sound itself dies out meanwhile, its attenuation need not be slow.
            let change = (earlier.power[band] + 0.001) / (newest.power[band] + 0.001);
            *last = (*gain * change).min(1.0);
        }
        earlier.spectrum.scale(&spread(gains));
    }

    /// The sound of what was heard before the newest block.
    fn give(&mut self) -> [f32; BLOCK_SAMPLES] {
        self.transform
            .inverse(&self.heard[self.newest ^ 1].spectrum);
        let time = &mut self.transform.time;
        self.window.apply(time, WINDOW as f32 * UNSCALE);
        let mut sound = [0.0; BLOCK_SAMPLES];
        let (now, next) = time.split_at(BLOCK_SAMPLES);
        for ((sound, now), overlap) in sound.iter_mut().zip(now).zip(&self.overlap) {
            *sound = now + overlap;
        }
        self.overlap.copy_from_slice(next);
        sound
    }
}

impl Processor for Denoiser {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        self.newest ^= 1;
        let features = self.listener.hear(
            &block.samples,
            &self.window,
            &mut self.transform,
            &mut self.heard[self.newest],
        );
        let mut speech = 0.0;
        if let Some(features) = features {
            let (mut gains, likely) = self.network.judge(&features);
            speech = likely * passes(&gains);
            self.clean(&mut gains);
        }
        block.speech = Some(speech);
        let cleaned = self.give();
        let step = (self.wanted - self.mix) / BLOCK_SAMPLES as f32;
        let late = &mut self.dry[self.newest];
        for ((sample, cleaned), late) in block.samples.iter_mut().zip(&cleaned).zip(late) {
            self.mix += step;
            let fresh = *sample;
            *sample = cleaned * self.mix + *late * (1.0 - self.mix);
            *late = fresh;
        }
        self.mix = self.wanted;
        Ok(())
    }

    fn set_param(&mut self, index: usize, value: f32) {
        match index {
            MIX => self.wanted = value,
            _ => self.strength = value,
        }
    }

    fn reset(&mut self) {
        self.listener.reset();
        self.network.reset();
        *self.heard = [Heard::NOTHING, Heard::NOTHING];
        self.last_gains.fill(0.0);
        self.overlap.fill(0.0);
        self.dry = [[0.0; BLOCK_SAMPLES]; LATE_BLOCKS];
        self.mix = self.wanted;
    }
}

#[cfg(test)]
mod tests;
