//! How quickly gains may fall.
//!
//! In noise that is steady they fall slowly, so that what is left of it does not flutter. When the sound changes at once, as with a keystroke,
//! they are free: gains that were still up, from a word before, would let it through.

use super::BANDS;
use crate::frame::{BLOCK_SAMPLES, mean_square};

/// In steady sound no band's gain falls below this share of what it was a block before (60 dB in 430 ms). Slower is heard as a tail of noise
/// after each word, quicker as a flutter.
const SHARE: f32 = 0.85;

/// Sound is steady as long as its power changes by less than this factor from block to block (4.8 dB); noise that is low moves by 2 dB.
const STEADY: f32 = 3.0;

/// By which power the share falls with what the change goes beyond that: 10 dB make it next to nothing.
const STEEPNESS: i32 = 3;

/// Power of a block that is as good as silent.
const LEAST: f32 = 2e-10;

/// What gains may fall from.
pub(super) struct Release {
    gains: [f32; BANDS],
    power: f32,
}

impl Release {
    pub(super) fn new() -> Self {
        Self {
            gains: [0.0; BANDS],
            power: 0.0,
        }
    }

    /// Holds up gains that fall too quickly for this block.
    pub(super) fn hold(&mut self, gains: &mut [f32; BANDS], block: &[f32; BLOCK_SAMPLES]) {
        let power = mean_square(block) + LEAST;
        let change = (power / self.power).max(self.power / power);
        self.power = power;
        let share = SHARE * (STEADY / change).min(1.0).powi(STEEPNESS);
        for (gain, last) in gains.iter_mut().zip(&mut self.gains) {
            *gain = gain.max(share * *last);
            *last = *gain;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(release: &mut Release, gain: f32, loud: f32) -> f32 {
        let mut gains = [gain; BANDS];
        release.hold(&mut gains, &[loud; BLOCK_SAMPLES]);
        gains[0]
    }

    #[test]
    fn gains_fall_slowly_in_steady_sound_and_rise_at_once() {
        let mut release = Release::new();
        assert!((held(&mut release, 0.2, 0.1) - 0.2).abs() < 1e-6);
        assert!((held(&mut release, 1.0, 0.1) - 1.0).abs() < 1e-6);
        assert!((held(&mut release, 0.0, 0.12) - SHARE).abs() < 1e-6);
        assert!((held(&mut release, 0.0, 0.09) - SHARE * SHARE).abs() < 1e-6);
    }

    #[test]
    fn a_keystroke_after_a_word_finds_no_gain_held_up() {
        let mut release = Release::new();
        held(&mut release, 1.0, 0.01);
        assert!(held(&mut release, 0.0, 0.1) < 0.05, "it comes");
        held(&mut release, 1.0, 0.1);
        assert!(held(&mut release, 0.0, 0.01) < 0.05, "it goes");
        held(&mut release, 1.0, 0.0);
        assert!(held(&mut release, 0.0, 0.0) > 0.8, "silence is steady");
    }
}
