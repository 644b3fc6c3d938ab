//! A recording that is played into the mix: one's own, in a sound check.

use crate::frame::SAMPLE_RATE;

/// How long the sound takes to come and go, in samples: 5 ms, so that it does not click.
const FADE: usize = 240;

/// A recording and where it stands.
pub struct Clip {
    samples: Box<[f32]>,
    at: usize,
    /// Where it is cut off.
    end: usize,
}

impl Clip {
    /// Sound at 48 kHz, mono.
    #[must_use]
    pub fn new(samples: Box<[f32]>) -> Self {
        let end = samples.len();
        Self {
            samples,
            at: 0,
            end,
        }
    }

    /// Lets it die out now. Voice thread.
    pub(super) fn stop(&mut self) {
        self.end = self.end.min(self.at + FADE);
    }

    /// Whether all of it was played.
    pub(super) fn is_over(&self) -> bool {
        self.at >= self.end
    }

    /// How much of it is still to come, in ms.
    pub(super) fn left_ms(&self) -> u32 {
        (self.end.saturating_sub(self.at) as u64 * 1_000 / u64::from(SAMPLE_RATE)) as u32
    }

    /// Adds its next samples to a piece of the mix. Voice thread; does not allocate.
    pub(super) fn mix(&mut self, output: &mut [f32]) {
        for mixed in output {
            let Some(sample) = self.samples.get(self.at) else {
                return;
            };
            if self.is_over() {
                return;
            }
            let edge = (self.at + 1).min(self.end - self.at).min(FADE);
            *mixed += sample * edge as f32 / FADE as f32;
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(clip: &mut Clip, pieces: usize) -> Vec<f32> {
        let mut heard = vec![0.0; pieces * 240];
        heard.chunks_mut(240).for_each(|piece| clip.mix(piece));
        heard
    }

    #[test]
    fn it_comes_and_goes_softly_and_is_over() {
        let mut clip = Clip::new(vec![0.5; 2_400].into());
        assert_eq!(clip.left_ms(), 50);
        let heard = play(&mut clip, 20);
        assert!(clip.is_over());
        assert!(heard[0] < 0.01 && heard[2_399] < 0.01);
        assert!(heard[300..2_100].iter().all(|sample| *sample > 0.49));
        assert!(heard[2_400..].iter().all(|sample| *sample == 0.0));
    }

    #[test]
    fn it_can_be_cut_off_without_a_click() {
        let mut clip = Clip::new(vec![0.5; 48_000].into());
        play(&mut clip, 10);
        clip.stop();
        let heard = play(&mut clip, 10);
        assert!(clip.is_over());
        let steps = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        assert!(steps.fold(0.0, f32::max) < 0.01);
        assert!(heard[0] > 0.49 && heard[240..].iter().all(|sample| *sample == 0.0));
    }
}
