//! How much one talker is lowered while another one, who has priority, speaks.

use crate::frame::{SAMPLE_RATE, from_db};

/// By so much, in dB.
const DEPTH_DB: f32 = 12.0;
/// From nothing to all of it, in seconds: quicker than a syllable, slower than what is heard as a click.
const ATTACK_SECONDS: f32 = 0.03;
/// Back again, in seconds: between two sentences nobody comes up.
const RELEASE_SECONDS: f32 = 0.4;

/// The lowering of one talker. It glides, whatever changes: who speaks, and who has priority.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lowering {
    /// By how much now, in dB.
    depth_db: f32,
    factor: f32,
}

impl Lowering {
    /// Not lowered.
    pub(super) const NONE: Self = Self {
        depth_db: 0.0,
        factor: 1.0,
    };

    /// The factors with which a piece of `samples` begins and ends. Voice thread.
    pub(super) fn next(&mut self, lowered: bool, samples: usize) -> [f32; 2] {
        let begin = self.factor;
        let seconds = samples as f32 / SAMPLE_RATE as f32;
        let depth_db = if lowered {
            self.depth_db + seconds * DEPTH_DB / ATTACK_SECONDS
        } else {
            self.depth_db - seconds * DEPTH_DB / RELEASE_SECONDS
        };
        let depth_db = depth_db.clamp(0.0, DEPTH_DB);
        if depth_db.total_cmp(&self.depth_db).is_ne() {
            self.depth_db = depth_db;
            self.factor = from_db(-depth_db);
        }
        [begin, self.factor]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIECE: usize = 240;

    /// The factor after so many milliseconds.
    fn after(lowering: &mut Lowering, lowered: bool, ms: usize) -> f32 {
        let pieces = ms * SAMPLE_RATE as usize / 1_000 / PIECE;
        let mut last = 0.0;
        for _ in 0..pieces {
            let [begin, end] = lowering.next(lowered, PIECE);
            // 3 dB within a piece, glided, are no click.
            assert!((begin / end).log10().abs() * 20.0 < 3.0, "{begin} {end}");
            last = end;
        }
        last
    }

    #[test]
    fn it_is_quick_down_and_slow_up_and_back_to_exactly_nothing() {
        let mut lowering = Lowering::NONE;
        assert!(after(&mut lowering, true, 15) < 0.55);
        let lowest = after(&mut lowering, true, 20);
        assert!((lowest - from_db(-12.0)).abs() < 1e-6, "{lowest}");
        assert!((after(&mut lowering, true, 5_000) - lowest).abs() < 1e-6);
        let half = after(&mut lowering, false, 200);
        assert!((half - from_db(-6.0)).abs() < 0.01, "{half}");
        after(&mut lowering, false, 210);
        assert_eq!(lowering, Lowering::NONE);
    }

    #[test]
    fn it_turns_round_where_it_is() {
        let mut lowering = Lowering::NONE;
        let before = after(&mut lowering, true, 10);
        let up = after(&mut lowering, false, 5);
        assert!(up > before && up < before * 1.03, "{before} {up}");
    }
}
