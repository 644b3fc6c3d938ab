//! Decoded sound on its way to the mix, which can be made a little shorter or longer without a change of pitch.
//!
//! Both are one operation: cross-fade from where we are to a place where the sound looks alike, one or more pitch
//! periods later (shrink) or earlier (stretch; that is why what was played is kept for a while).

/// Played samples that are kept for stretching.
const HISTORY: usize = 1_440;
/// Room for sound not yet played: 180 ms.
const CAPACITY: usize = 8_640;
/// Shortest shift, in samples (2.5 ms: a voice of 400 Hz).
const MIN_SHIFT: usize = 120;
/// Longest shift, in samples (15 ms: a voice of 67 Hz).
const MAX_SHIFT: usize = 720;
/// Length of the cross-fade, in samples (5 ms).
const FADE: usize = 240;
/// Length over which likeness is judged, in samples (10 ms).
const MATCH: usize = 480;
/// Below this mean power (-55 dBFS) nobody hears where it is cut.
const SILENT_POWER: f32 = 3.2e-6;

/// Decoded samples, first in first out.
pub struct SoundQueue {
    samples: Vec<f32>,
    read: usize,
}

impl Default for SoundQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl SoundQueue {
    /// An empty queue. Allocates all it will ever need.
    #[must_use]
    pub fn new() -> Self {
        let mut samples = Vec::with_capacity(HISTORY + CAPACITY);
        samples.resize(HISTORY, 0.0);
        Self {
            samples,
            read: HISTORY,
        }
    }

    /// How many samples wait.
    pub fn len(&self) -> usize {
        self.samples.len() - self.read
    }

    /// Whether no sample waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends sound; what does not fit is left out. Does not allocate.
    pub fn push(&mut self, sound: &[f32]) {
        if self.samples.len() + sound.len() > self.samples.capacity() {
            self.compact();
        }
        let room = self.samples.capacity() - self.samples.len();
        self.samples
            .extend_from_slice(&sound[..sound.len().min(room)]);
    }

    /// Takes as many samples as wait and fit; gives their number.
    pub fn pop(&mut self, output: &mut [f32]) -> usize {
        let count = output.len().min(self.len());
        output[..count].copy_from_slice(&self.samples[self.read..self.read + count]);
        self.read += count;
        if self.read > HISTORY * 3 {
            self.compact();
        }
        count
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.samples.truncate(self.read);
    }

    /// Whether enough waits for the longest shift of [`SoundQueue::shrink`]; with less, it looks for a shorter one.
    pub fn can_shrink(&self) -> bool {
        self.len() >= MAX_SHIFT + MATCH
    }

    /// How many samples of silence [`SoundQueue::shrink`] can leave out now.
    pub fn shrinkable_silence(&self) -> usize {
        self.len().saturating_sub(FADE).min(MAX_SHIFT)
    }

    /// Whether the sound that comes next is silent.
    pub fn is_silent(&self) -> bool {
        let ahead = &self.samples[self.read..];
        let count = ahead.len().min(MAX_SHIFT + MATCH);
        count > 0 && power(&ahead[..count]) < SILENT_POWER * count as f32
    }

    /// Leaves out at most `most` samples if the sound is at least `likeness` (-1..=1) alike on both sides, and as far as
    /// what waits reaches: little waits where the delay is short. Gives how many.
    pub fn shrink(&mut self, most: usize, likeness: f32) -> usize {
        let shift = if self.is_silent() {
            Some(most.min(self.shrinkable_silence())).filter(|&shift| shift >= MIN_SHIFT / 2)
        } else {
            self.best_shift(most.min(MAX_SHIFT), likeness, |shift| shift as isize)
        };
        let Some(shift) = shift else { return 0 };
        self.fade_to(shift);
        self.read += shift;
        shift
    }

    /// Adds at most `most` samples by playing a little of the past again; gives how many.
    pub fn stretch(&mut self, most: usize, likeness: f32) -> usize {
        if self.len() < FADE {
            return 0;
        }
        let longest = most.min(MAX_SHIFT);
        let shift = if self.is_silent() {
            Some(longest).filter(|&shift| shift >= MIN_SHIFT / 2)
        } else {
            self.best_shift(longest, likeness, |shift| -(shift as isize))
        };
        let Some(shift) = shift else { return 0 };
        let begin = self.read - shift;
        for index in 0..FADE {
            let weight = (index + 1) as f32 / (FADE + 1) as f32;
            let ahead = self.samples[self.read + index];
            let again = &mut self.samples[begin + index];
            *again = ahead * (1.0 - weight) + *again * weight;
        }
        self.read = begin;
        shift
    }

    /// Cross-fades from here to `shift` later; through a copy, as both sides may overlap.
    fn fade_to(&mut self, shift: usize) {
        let mut faded = [0.0; FADE];
        for (index, sample) in faded.iter_mut().enumerate() {
            let weight = (index + 1) as f32 / (FADE + 1) as f32;
            let (old, new) = (
                self.samples[self.read + index],
                self.samples[self.read + shift + index],
            );
            *sample = old * (1.0 - weight) + new * weight;
        }
        self.samples[self.read + shift..self.read + shift + FADE].copy_from_slice(&faded);
    }

    /// The shift in bounds at which the sound is most like itself here, if it is alike enough.
    fn best_shift(
        &self,
        longest: usize,
        likeness: f32,
        direction: impl Fn(usize) -> isize,
    ) -> Option<usize> {
        let count = self.len().min(MATCH);
        let here = &self.samples[self.read..self.read + count];
        let at = |shift: usize| {
            let begin = self.read.checked_add_signed(direction(shift))?;
            self.samples
                .get(begin..begin + count)
                .map(|there| alike(here, there))
        };
        // Every fourth shift first, then around the best of them.
        let coarse = (MIN_SHIFT..=longest)
            .step_by(4)
            .filter_map(|shift| Some((shift, at(shift)?)));
        let (near, _) = coarse.max_by(|one, other| one.1.total_cmp(&other.1))?;
        let fine = (near.saturating_sub(3).max(MIN_SHIFT)..=(near + 3).min(longest))
            .filter_map(|shift| Some((shift, at(shift)?)));
        fine.max_by(|one, other| one.1.total_cmp(&other.1))
            .filter(|&(_, alike)| alike >= likeness)
            .map(|(shift, _)| shift)
    }

    /// Moves what is still needed to the front.
    fn compact(&mut self) {
        let from = self.read - HISTORY;
        self.samples.copy_within(from.., 0);
        self.samples.truncate(self.samples.len() - from);
        self.read = HISTORY;
    }
}

fn power(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum()
}

/// Normalised cross-correlation, over every other sample: pitch lies far below half the rate.
fn alike(one: &[f32], other: &[f32]) -> f32 {
    let (mut both, mut first, mut second) = (0.0, 1e-9, 1e-9);
    for (a, b) in one.iter().zip(other).step_by(2) {
        both += a * b;
        first += a * a;
        second += b * b;
    }
    both / f32::sqrt(first * second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(count: usize) -> Vec<f32> {
        (0..count)
            .map(|index| 0.5 * (index as f32 * std::f32::consts::TAU / 240.0).sin())
            .collect()
    }

    fn largest_step(sound: &[f32]) -> f32 {
        sound
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .fold(0.0, f32::max)
    }

    fn drain(queue: &mut SoundQueue) -> Vec<f32> {
        let mut sound = vec![0.0; queue.len()];
        queue.pop(&mut sound);
        sound
    }

    #[test]
    fn shrinking_a_tone_takes_whole_periods_and_leaves_no_click() {
        let mut queue = SoundQueue::new();
        queue.push(&tone(2_400));
        let removed = queue.shrink(720, 0.9);
        assert_eq!(removed % 240, 0);
        assert!(removed > 0);
        let sound = drain(&mut queue);
        assert_eq!(sound.len(), 2_400 - removed);
        assert!(largest_step(&sound) < 0.02, "{}", largest_step(&sound));
    }

    #[test]
    fn stretching_a_tone_adds_whole_periods_and_leaves_no_click() {
        let mut queue = SoundQueue::new();
        queue.push(&tone(2_400));
        let mut before = vec![0.0; 1_200];
        queue.pop(&mut before);
        let added = queue.stretch(720, 0.9);
        assert!(added > 0 && added.is_multiple_of(240), "{added}");
        before.extend(drain(&mut queue));
        assert_eq!(before.len(), 2_400 + added);
        assert!(largest_step(&before) < 0.02, "{}", largest_step(&before));
    }

    #[test]
    fn silence_is_cut_to_the_sample() {
        let mut queue = SoundQueue::new();
        queue.push(&[0.0; 2_400]);
        assert_eq!(queue.shrink(333, 0.9), 333);
        assert_eq!(queue.len(), 2_400 - 333);
    }

    #[test]
    fn what_waits_bounds_how_much_is_left_out() {
        let mut queue = SoundQueue::new();
        queue.push(&[0.0; 480]);
        assert_eq!(queue.shrink(720, 0.9), 240);
        assert_eq!(queue.shrink(720, 0.9), 0);
        let mut queue = SoundQueue::new();
        queue.push(&tone(720));
        assert_eq!(queue.shrink(720, 0.9), 240);
        assert_eq!(queue.shrink(720, 0.9), 0);
        assert!(largest_step(&drain(&mut queue)) < 0.02);
    }

    #[test]
    fn noise_is_left_alone_when_likeness_is_asked_for() {
        let mut queue = SoundQueue::new();
        let mut seed = 1_u32;
        let noise: Vec<f32> = (0..2_400)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect();
        queue.push(&noise);
        assert_eq!(queue.shrink(720, 0.9), 0);
    }
}
