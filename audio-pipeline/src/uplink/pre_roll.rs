//! The last blocks that were not sent: what is said before the gate opens is sent when it does.

use crate::frame::BLOCK_SAMPLES;

/// Blocks kept: 200 ms.
const HISTORY: usize = 20;

/// The last blocks before a spurt, oldest first. Nothing in it allocates after `new`.
pub(super) struct PreRoll {
    blocks: Vec<[f32; BLOCK_SAMPLES]>,
    kept: usize,
    oldest: usize,
}

impl PreRoll {
    pub(super) fn new() -> Self {
        Self {
            blocks: vec![[0.0; BLOCK_SAMPLES]; HISTORY],
            kept: 0,
            oldest: 0,
        }
    }

    /// Remembers a block; the oldest one gives way.
    pub(super) fn push(&mut self, samples: &[f32; BLOCK_SAMPLES]) {
        if self.kept < HISTORY {
            self.blocks[(self.oldest + self.kept) % HISTORY] = *samples;
            self.kept += 1;
        } else {
            self.blocks[self.oldest] = *samples;
            self.oldest = (self.oldest + 1) % HISTORY;
        }
    }

    /// How many blocks are kept.
    pub(super) fn len(&self) -> usize {
        self.kept
    }

    /// The block that came `back` blocks ago, from 1 to [`PreRoll::len`].
    pub(super) fn ago(&self, back: usize) -> [f32; BLOCK_SAMPLES] {
        self.blocks[(self.oldest + self.kept - back) % HISTORY]
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.kept = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_blocks_are_found_by_their_age() {
        let mut history = PreRoll::new();
        let ago = |history: &PreRoll, back| history.ago(back)[0] as usize;
        for number in 0..HISTORY + 3 {
            history.push(&[number as f32; BLOCK_SAMPLES]);
            assert_eq!(history.len(), (number + 1).min(HISTORY));
            assert_eq!(ago(&history, 1), number);
        }
        assert_eq!(ago(&history, HISTORY), 3);
        history.clear();
        assert_eq!(history.len(), 0);
        history.push(&[7.0; BLOCK_SAMPLES]);
        assert_eq!(ago(&history, 1), 7);
    }
}
