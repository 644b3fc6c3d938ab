//! Whether there is an echo at all: with headphones there is none, and whoever speaks is left as they are.
//!
//! The filter foretells each block from what was played before it learns from it. Where that explains a good part of what is heard, there is an echo;
//! where it explains nothing for long although something is played, there is none.

use crate::frame::{BLOCK_SAMPLES, mean_square};

/// Below this, as power, nothing is played (-50 dBFS).
const PLAYED: f32 = 1e-5;
/// How much of their last value the powers keep.
const KEPT: f32 = 0.95;
/// What is heard is so much more than what is left, as power: the filter explains it, ...
const EXPLAINED: f32 = 2.5;
/// ... for so many blocks.
const EXPLAINED_BLOCKS: u32 = 20;
/// Or so little, ...
const UNEXPLAINED: f32 = 1.3;
/// ... for so many blocks in which something is played.
const UNEXPLAINED_BLOCKS: u32 = 150;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Not known yet: as if there were one.
    Suspected,
    There,
    Absent,
}

/// What is known of it.
pub(super) struct Presence {
    verdict: Verdict,
    heard: f32,
    left: f32,
    explained: u32,
    unexplained: u32,
}

impl Presence {
    pub(super) const fn new() -> Self {
        Self {
            verdict: Verdict::Suspected,
            heard: 0.0,
            left: 0.0,
            explained: 0,
            unexplained: 0,
        }
    }

    /// Takes in a block: what was played, what was heard, and what the filter left of that.
    pub(super) fn note(&mut self, played: &[f32; BLOCK_SAMPLES], heard: f32, left: f32) {
        if mean_square(played) < PLAYED {
            return;
        }
        self.heard = KEPT * self.heard + (1.0 - KEPT) * heard;
        self.left = KEPT * self.left + (1.0 - KEPT) * left;
        let is_explained = self.heard > EXPLAINED * self.left;
        self.explained = if is_explained { self.explained + 1 } else { 0 };
        if self.explained >= EXPLAINED_BLOCKS {
            self.verdict = Verdict::There;
            self.unexplained = 0;
        }
        if self.verdict == Verdict::Suspected && self.heard < UNEXPLAINED * self.left {
            self.unexplained += 1;
            if self.unexplained >= UNEXPLAINED_BLOCKS {
                self.verdict = Verdict::Absent;
            }
        }
    }

    /// The room that was learnt is another one now.
    pub(super) fn doubt(&mut self) {
        if self.verdict == Verdict::There {
            self.verdict = Verdict::Suspected;
            self.unexplained = 0;
        }
    }

    /// Whether the echo is to be taken out.
    pub(super) fn is_likely(&self) -> bool {
        self.verdict != Verdict::Absent
    }
}
