//! The level of what is always there: a fan, a street, the microphone itself.
//!
//! Follows the level of blocks without speech: down quickly, up slowly, so that it lies among the softer of them, and a
//! single noise moves it little.

/// Blocks more likely speech than this do not count.
const SPEECH: f32 = 0.4;
/// How fast it may move, in dB for a block of 10 ms.
const RISE_DB: f32 = 0.03;
const FALL_DB: f32 = 0.3;
/// Softer than this it is never taken for, in dBFS: what was muted must not take long to be followed again.
const LEAST_DBFS: f32 = -80.0;

/// A noise floor that knows nothing yet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NoiseFloor {
    dbfs: Option<f32>,
}

impl NoiseFloor {
    /// Hears of one block of 10 ms.
    pub(super) fn note(&mut self, level_dbfs: f32, speech: f32) {
        if speech >= SPEECH {
            return;
        }
        let level = level_dbfs.max(LEAST_DBFS);
        let known = self.dbfs.unwrap_or(level);
        self.dbfs = Some(known + (level - known).clamp(-FALL_DB, RISE_DB));
    }

    /// Where it lies, in dBFS; the lowest possible while nothing is known.
    pub(super) fn dbfs(self) -> f32 {
        self.dbfs.unwrap_or(LEAST_DBFS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_a_noise_from_its_first_block_and_not_speech() {
        let mut floor = NoiseFloor::default();
        floor.note(-30.0, 0.9);
        assert!(
            (floor.dbfs() - LEAST_DBFS).abs() < 1e-6,
            "speech says nothing"
        );
        floor.note(-40.0, 0.1);
        assert!((floor.dbfs() + 40.0).abs() < 1e-6, "at once");
        for _ in 0..10 {
            floor.note(-20.0, 0.1);
        }
        assert!(floor.dbfs() < -39.0, "a short noise moves it little");
        for _ in 0..100 {
            floor.note(-60.0, 0.1);
        }
        assert!((floor.dbfs() + 60.0).abs() < 1e-3, "down within a second");
        for _ in 0..1_000 {
            floor.note(-40.0, 0.1);
        }
        assert!((floor.dbfs() + 40.0).abs() < 1e-3, "up within ten");
    }
}
