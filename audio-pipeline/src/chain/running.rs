//! A chain at work, which can become another one without a click.
//!
//! Stages that both chains have, in the same order, keep their processors: what they learnt stays, and they glide to their
//! new parameters. Between them lie the stretches in which the chains differ. There the stages that come hear the sound
//! beside those that go for as long as the slowest of them needs to settle; then all stretches fade over within one block.
//!
//! ```text
//! old  high-pass ----> gain --------> limiter         -+-> high-pass -+-----------> gain -+-------> limiter
//! new  high-pass, denoise, gain, gate, limiter         |              '-> denoise -^ fade '-> gate -^ fade
//! ```

use super::compiled::CompiledChain;
use super::stage::{FailedStage, Stage};
use super::{ChainParam, MAX_STAGES, StageMeters};
use crate::frame::{Block, mean_square};

/// The chain on the voice thread, with what comes and goes. Nothing in it allocates or frees after `new`.
pub struct RunningChain {
    current: Box<CompiledChain>,
    /// The chain from before, while the present one fades in; its place after that, until it is taken away.
    leaving: Option<Box<CompiledChain>>,
    /// Whether `leaving` is still heard.
    changing: bool,
    /// Blocks until the fade.
    settling: usize,
    /// For each present stage the one of the chain before whose processor it goes on with.
    kept: [Option<u8>; MAX_STAGES],
    /// The chain that comes next: a change waits for the one before it.
    next: Option<Box<CompiledChain>>,
    aside: Box<Block>,
}

impl RunningChain {
    /// Starts with this chain.
    #[must_use]
    pub fn new(chain: Box<CompiledChain>) -> Self {
        Self {
            current: chain,
            leaving: None,
            changing: false,
            settling: 0,
            kept: [None; MAX_STAGES],
            next: None,
            aside: Box::new(Block::silence()),
        }
    }

    /// Sends one block through, of sound that has been cleaned ([`crate::frame::clean`]). Voice thread; does not allocate.
    pub fn process(&mut self, block: &mut Block) {
        self.begin_next();
        let Some(leaving) = self.leaving.as_mut().filter(|_| self.changing) else {
            self.current.run(block);
            return;
        };
        let fades = self.settling == 0;
        let mut change = Change {
            old: leaving,
            new: &mut self.current,
            kept: &self.kept,
            aside: &mut self.aside,
            fades,
        };
        change.run(block);
        self.settling = self.settling.saturating_sub(1);
        self.changing = !fades;
    }

    /// Becomes another chain. Gives back a chain that waited to come and is not wanted any more.
    pub fn swap(&mut self, chain: Box<CompiledChain>) -> Option<Box<CompiledChain>> {
        self.next.replace(chain)
    }

    /// The chain that nobody hears any more, once.
    pub fn take_faded(&mut self) -> Option<Box<CompiledChain>> {
        if self.changing {
            None
        } else {
            self.leaving.take()
        }
    }

    /// A stage that has failed, once: the sound passes it by.
    pub fn take_failed(&mut self) -> Option<FailedStage> {
        let leaving = self.leaving.as_mut();
        self.current
            .take_failed()
            .or_else(|| leaving.and_then(|leaving| leaving.take_failed()))
    }

    /// Changes a parameter of a stage, in the chain that waits to come as well.
    pub fn apply(&mut self, change: ChainParam) {
        self.current.apply(change);
        if let Some(next) = &mut self.next {
            next.apply(change);
        }
    }

    /// Forgets the sound so far.
    pub fn reset(&mut self) {
        self.current.reset();
        if let Some(leaving) = self.leaving.as_mut().filter(|_| self.changing) {
            leaving.reset();
        }
    }

    /// Reads how each stage has been doing since this was last asked.
    pub fn read_meters(&mut self, meters: &mut StageMeters) {
        self.current.read_meters(meters);
    }

    /// By how many samples the chain delays the sound, once it has settled.
    pub fn latency_samples(&self) -> usize {
        self.current.latency_samples()
    }

    /// Whether there is no stage, now or coming.
    pub fn is_empty(&self) -> bool {
        self.current.stages.is_empty() && !self.changing && self.next.is_none()
    }

    /// Begins the change to the chain that waits, once the one before it is done and taken away.
    fn begin_next(&mut self) {
        if self.leaving.is_some() {
            return;
        }
        let Some(next) = self.next.take() else {
            return;
        };
        let mut old = std::mem::replace(&mut self.current, next);
        let new = &mut self.current;
        self.kept = common(&old.stages, &new.stages);
        self.settling = 0;
        let mut comes = false;
        for (stage, kept) in new.stages.iter_mut().zip(&self.kept) {
            if let Some(index) = kept {
                stage.take_over(&mut old.stages[usize::from(*index)]);
            } else {
                comes = true;
                self.settling = self.settling.max(stage.info.warm_up_blocks);
            }
        }
        let stay = self.kept.iter().flatten().count();
        self.changing = comes || stay < old.stages.len();
        self.leaving = Some(old);
    }
}

/// One block's way through both chains.
struct Change<'a> {
    old: &'a mut CompiledChain,
    new: &'a mut CompiledChain,
    kept: &'a [Option<u8>; MAX_STAGES],
    aside: &'a mut Block,
    /// Whether this block fades over; before, what comes is not heard.
    fades: bool,
}

impl Change<'_> {
    fn run(&mut self, block: &mut Block) {
        block.clear_marks();
        let mut power = mean_square(&block.samples);
        let (mut old, mut new) = (0, 0);
        loop {
            let end = (new..self.new.stages.len()).find(|&index| self.kept[index].is_some());
            let (to_new, to_old) = match end.and_then(|index| Some((index, self.kept[index]?))) {
                Some((index, kept)) => (index, usize::from(kept)),
                None => (self.new.stages.len(), self.old.stages.len()),
            };
            if old < to_old || new < to_new {
                self.stretch(block, old..to_old, new..to_new);
                power = mean_square(&block.samples);
            }
            let Some(stage) = self.new.stages.get_mut(to_new) else {
                return;
            };
            power = stage.run(block, &mut self.new.before, power);
            (old, new) = (to_old + 1, to_new + 1);
        }
    }

    /// A stretch in which the chains differ: both ways side by side, from the same sound.
    fn stretch(
        &mut self,
        block: &mut Block,
        old: std::ops::Range<usize>,
        new: std::ops::Range<usize>,
    ) {
        self.aside.clone_from(block);
        run_all(self.old, old, block);
        run_all(self.new, new, self.aside);
        if self.fades {
            cross_fade(block, self.aside);
        }
    }
}

fn run_all(chain: &mut CompiledChain, range: std::ops::Range<usize>, block: &mut Block) {
    let mut power = mean_square(&block.samples);
    for stage in &mut chain.stages[range] {
        power = stage.run(block, &mut chain.before, power);
    }
}

/// Fades from the sound in `block` to that of `new`, and takes over what the new stages say.
fn cross_fade(block: &mut Block, new: &mut Block) {
    let count = block.samples.len() as f32;
    for (index, (before, after)) in block.samples.iter().zip(&mut new.samples).enumerate() {
        let weight = (index + 1) as f32 / count;
        *after = before * (1.0 - weight) + *after * weight;
    }
    std::mem::swap(block, new);
}

/// For each stage of `new` the one of `old` whose processor it can go on with: as many as possible that stand in the same
/// order in both (the longest common subsequence, by the table of Wagner and Fischer).
fn common(old: &[Stage], new: &[Stage]) -> [Option<u8>; MAX_STAGES] {
    let mut kept = [None; MAX_STAGES];
    // longest[i][j]: how many the first i of the old and the first j of the new ones have in common.
    let mut longest = [[0_u8; MAX_STAGES + 1]; MAX_STAGES + 1];
    for (i, older) in old.iter().enumerate() {
        for (j, newer) in new.iter().enumerate() {
            longest[i + 1][j + 1] = if newer.can_take_over(older) {
                longest[i][j] + 1
            } else {
                longest[i][j + 1].max(longest[i + 1][j])
            };
        }
    }
    let (mut i, mut j) = (old.len(), new.len());
    while i > 0 && j > 0 {
        if new[j - 1].can_take_over(&old[i - 1]) {
            (i, j) = (i - 1, j - 1);
            kept[j] = Some(i as u8);
        } else if longest[i - 1][j] >= longest[i][j - 1] {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    kept
}
