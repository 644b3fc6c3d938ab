//! The stages between the mix and its limiter.
//!
//! Stages work on blocks of 10 ms, the mix is made in shorter pieces: what goes through a chain comes out later by a block
//! less a piece (7.5 ms). Without a stage nothing is delayed. From one to the other the sound fades within a piece.
//!
//! ```text
//! mix, piece by piece -+-> block -> chain -> pieces -+-> master volume -> limiter
//!                      '------------ direct ---------' fade
//! ```

use super::playback::PLAYBACK_QUANTUM;
use crate::chain::{ChainParam, CompiledChain, FailedStage, RunningChain, StageMeters};
use crate::frame::{BLOCK_SAMPLES, Block, clean};

const _: () = assert!(
    BLOCK_SAMPLES.is_multiple_of(PLAYBACK_QUANTUM),
    "blocks are made of whole pieces"
);

/// The mix's chain with what makes blocks of pieces. Nothing in it allocates after `new`.
pub struct MixChain {
    chain: RunningChain,
    /// The block that is being collected, and how much of it is there.
    coming: Box<Block>,
    collected: usize,
    /// The block that went through the chain last, and where its next piece begins.
    going: Box<[f32; BLOCK_SAMPLES]>,
    next: usize,
    /// Whether the last piece was heard through the chain.
    heard: bool,
}

impl MixChain {
    /// Starts with this chain.
    #[must_use]
    pub fn new(chain: Box<CompiledChain>) -> Self {
        let chain = RunningChain::new(chain);
        Self {
            heard: !chain.is_empty(),
            chain,
            coming: Box::new(Block::silence()),
            collected: 0,
            going: Box::new([0.0; BLOCK_SAMPLES]),
            next: PLAYBACK_QUANTUM % BLOCK_SAMPLES,
        }
    }

    /// Takes one piece of the mix and gives the next one that has been through the chain. Voice thread; does not allocate.
    pub fn process(&mut self, piece: &mut [f32; PLAYBACK_QUANTUM]) {
        let place = &mut self.coming.samples[self.collected..][..PLAYBACK_QUANTUM];
        place.copy_from_slice(piece);
        self.collected += PLAYBACK_QUANTUM;
        // Asked before: a chain that has just become empty is heard until its last stage has faded.
        let wanted = !self.chain.is_empty();
        if self.collected == BLOCK_SAMPLES {
            clean(&mut self.coming.samples);
            self.chain.process(&mut self.coming);
            *self.going = self.coming.samples;
            self.collected = 0;
            self.next = 0;
        }
        let through = &self.going[self.next..][..PLAYBACK_QUANTUM];
        self.next = (self.next + PLAYBACK_QUANTUM) % BLOCK_SAMPLES;
        let (from, to) = (weight(self.heard), weight(wanted));
        for (index, (sample, through)) in piece.iter_mut().zip(through).enumerate() {
            let share = (index + 1) as f32 / PLAYBACK_QUANTUM as f32;
            let weight = from + (to - from) * share;
            *sample = *sample * (1.0 - weight) + through * weight;
        }
        self.heard = wanted;
    }

    /// Becomes another chain; see [`RunningChain::swap`].
    pub fn swap(&mut self, chain: Box<CompiledChain>) -> Option<Box<CompiledChain>> {
        self.chain.swap(chain)
    }

    /// The chain that nobody hears any more, once.
    pub fn take_faded(&mut self) -> Option<Box<CompiledChain>> {
        self.chain.take_faded()
    }

    /// A stage that has failed, once.
    pub fn take_failed(&mut self) -> Option<FailedStage> {
        self.chain.take_failed()
    }

    /// Changes a parameter of a stage.
    pub fn apply(&mut self, change: ChainParam) {
        self.chain.apply(change);
    }

    /// Reads how each stage has been doing since this was last asked.
    pub fn read_meters(&mut self, meters: &mut StageMeters) {
        self.chain.read_meters(meters);
    }

    /// By how many samples the sound is delayed.
    pub fn delay_samples(&self) -> usize {
        if self.chain.is_empty() {
            0
        } else {
            BLOCK_SAMPLES - PLAYBACK_QUANTUM + self.chain.latency_samples()
        }
    }
}

fn weight(heard: bool) -> f32 {
    f32::from(u8::from(heard))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{ChainDirection, ChainSpec};
    use crate::node::Registry;

    fn build(stages: &str) -> CompiledChain {
        let text = format!("name = 'Mix'\ndirection = 'downlink'\n{stages}");
        let spec = ChainSpec::from_toml(&text).unwrap();
        assert_eq!(spec.direction, ChainDirection::Downlink);
        spec.compile(&Registry::standard()).unwrap()
    }

    /// Sends a tone through; `change` is called before each piece.
    fn run(mut chain: MixChain, pieces: usize, change: impl Fn(usize, &mut MixChain)) -> Vec<f32> {
        let mut heard = Vec::new();
        for index in 0..pieces {
            let mut piece = [0.0; PLAYBACK_QUANTUM];
            for (offset, sample) in piece.iter_mut().enumerate() {
                *sample = tone(index * PLAYBACK_QUANTUM + offset);
            }
            change(index, &mut chain);
            chain.process(&mut piece);
            chain.take_faded();
            heard.extend(piece);
        }
        heard
    }

    fn tone(index: usize) -> f32 {
        0.3 * (index as f32 / 48_000.0 * 430.0 * std::f32::consts::TAU).sin()
    }

    const DOUBLE: &str = "[[stage]]\ntype = 'gain'\ngain_db = 6.0206";

    #[test]
    fn without_a_stage_nothing_is_delayed_and_with_one_by_a_block_less_a_piece() {
        let bare = MixChain::new(Box::new(build("")));
        assert_eq!(bare.delay_samples(), 0);
        for (index, sample) in run(bare, 20, |_, _| {}).iter().enumerate() {
            assert!((sample - tone(index)).abs() < 1e-6);
        }
        let double = MixChain::new(Box::new(build(DOUBLE)));
        let delay = double.delay_samples();
        assert_eq!(delay, BLOCK_SAMPLES - PLAYBACK_QUANTUM);
        for (index, sample) in run(double, 20, |_, _| {}).iter().enumerate().skip(delay) {
            assert!((sample - 2.0 * tone(index - delay)).abs() < 1e-4, "{index}");
        }
    }

    #[test]
    fn a_first_stage_comes_and_the_last_one_goes_without_a_step() {
        let heard = run(
            MixChain::new(Box::new(build(""))),
            200,
            |index, chain| match index {
                51 => assert!(chain.swap(Box::new(build(DOUBLE))).is_none()),
                120 => assert!(chain.swap(Box::new(build(""))).is_none()),
                _ => {}
            },
        );
        assert!(
            (heard[100 * PLAYBACK_QUANTUM] - 2.0 * tone(101 * PLAYBACK_QUANTUM - BLOCK_SAMPLES))
                .abs()
                < 1e-4
        );
        let end = 190 * PLAYBACK_QUANTUM;
        assert!((heard[end] - tone(end)).abs() < 1e-4, "direct again");
        // The doubled tone's own step, and what a fade within a piece adds (see `tests/chain_changes.rs`).
        let bound = 0.6 * std::f32::consts::TAU * 430.0 / 48_000.0 + 0.9 / PLAYBACK_QUANTUM as f32;
        let steps = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        let step = steps.fold(0.0, f32::max);
        assert!(step < bound, "a step of {step}, allowed {bound}");
    }
}
