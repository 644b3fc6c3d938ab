//! Gentle loudness levelling: brings talkers towards one loudness over seconds, without pumping.

use crate::frame::SAMPLE_RATE;

/// How talkers are levelled.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelConfig {
    /// Whether levelling is on; off is exactly 0 dB.
    pub on: bool,
    /// The level that speech is brought to, in dBFS.
    pub target_dbfs: f32,
    /// The gain stays within plus and minus this, in dB.
    pub range_db: f32,
}

impl Default for LevelConfig {
    fn default() -> Self {
        Self {
            on: true,
            target_dbfs: -23.0,
            range_db: 12.0,
        }
    }
}

/// Softer than this is taken for pause or noise and does not count, in dBFS.
const SPEECH_DBFS: f32 = -50.0;
/// The gain moves at most this fast, in dB a second.
const SLEW_DB_PER_SECOND: f32 = 4.0;
/// Time constant of the measured loudness, in seconds of speech.
const MEMORY_SECONDS: f32 = 2.0;
/// Within this distance of the target nothing is done, in dB.
const TOLERANCE_DB: f32 = 1.0;

/// The levelling of one talker.
#[derive(Clone, Debug)]
pub struct Leveller {
    config: LevelConfig,
    /// Mean power of the talker's speech, once there was any.
    power: Option<f32>,
    gain_db: f32,
}

impl Leveller {
    /// A leveller that knows nothing yet.
    #[must_use]
    pub fn new(config: &LevelConfig) -> Self {
        Self {
            config: config.clone(),
            power: None,
            gain_db: 0.0,
        }
    }

    /// Turns levelling on or off; off, the gain glides back to 0 dB.
    pub fn set_on(&mut self, on: bool) {
        self.config.on = on;
    }

    /// The gain for a piece of `samples` with this level, in dB. Voice thread.
    pub fn gain_db(&mut self, level_dbfs: f32, samples: usize) -> f32 {
        let seconds = samples as f32 / SAMPLE_RATE as f32;
        if level_dbfs > SPEECH_DBFS {
            let power = 10.0_f32.powf(level_dbfs / 10.0);
            let share = seconds / MEMORY_SECONDS;
            let known = self.power.unwrap_or(power);
            self.power = Some(known + (power - known) * share);
        }
        let wanted = match self.power {
            Some(power) if self.config.on => {
                let away = self.config.target_dbfs - 10.0 * power.max(1e-10).log10();
                let needed = (away.abs() - TOLERANCE_DB).max(0.0).copysign(away);
                needed.clamp(-self.config.range_db, self.config.range_db)
            }
            _ => 0.0,
        };
        // Only while there is speech: a pause must not swell.
        if level_dbfs > SPEECH_DBFS || !self.config.on {
            let most = SLEW_DB_PER_SECOND * seconds;
            self.gain_db += (wanted - self.gain_db).clamp(-most, most);
        }
        self.gain_db
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brings_soft_and_loud_talkers_together_and_ignores_pauses() {
        for level in [-33.0, -14.0] {
            let mut leveller = Leveller::new(&LevelConfig::default());
            let mut gain = 0.0;
            for _ in 0..1_000 {
                gain = leveller.gain_db(level, 480);
            }
            assert!(
                (level + gain + 23.0).abs() < 1.5,
                "{level} dBFS got {gain} dB"
            );
            let before = gain;
            for _ in 0..1_000 {
                gain = leveller.gain_db(-80.0, 480);
            }
            assert!((gain - before).abs() < 1e-6, "a pause changes nothing");
        }
    }

    #[test]
    fn off_is_exactly_zero() {
        let mut leveller = Leveller::new(&LevelConfig {
            on: false,
            ..LevelConfig::default()
        });
        assert!((0..100).all(|_| leveller.gain_db(-40.0, 480) == 0.0));
    }
}
