//! How late the sound is, by listening to it: what came out is looked for in what went in.

/// Samples at 48 kHz that become one of what is compared (8 kHz).
const KEEP: usize = 6;
/// Half a second of what is compared.
const WINDOW: usize = 4_000;
/// The largest delay that is looked for: 600 ms.
const REACH: usize = 4_800;
/// How far before its time the sound is looked for as well, 20 ms: a mistake in the sum shall be seen.
const EARLY: usize = 160;
/// Two pieces that are less alike than this were not recognised.
const ALIKE: f32 = 0.6;
/// Softer than this (power) there is nothing to recognise.
const SILENT: f32 = 1e-5;

/// Thins sound at 48 kHz out, for comparing.
pub(crate) fn thin(sound: &[f32]) -> Vec<f32> {
    sound
        .chunks_exact(KEEP)
        .map(|piece| piece.iter().sum::<f32>() / KEEP as f32)
        .collect()
}

/// What went in, which begins again at its end.
pub(crate) struct Original {
    /// Twice, so that every piece lies in one.
    twice: Vec<f32>,
    length: usize,
}

impl Original {
    /// The sound at 48 kHz; longer than what is searched at once.
    pub(crate) fn new(sound: &[f32]) -> Self {
        let mut twice = thin(sound);
        let length = twice.len();
        twice.extend_from_within(..);
        Self { twice, length }
    }

    /// By how many ms the window of `heard` that begins at `at` (of the thinned sound) is late, if it is recognised, when
    /// `expected` ms (may be negative: the window's clock is behind) are not counted.
    pub(crate) fn delay_ms(&self, heard: &[f32], at: usize, expected: f64) -> Option<f64> {
        let window = heard.get(at..at + WINDOW)?;
        if power(window) < SILENT {
            return None;
        }
        // Sound of `at` was heard late: it is looked for before `at`.
        let latest = (at + EARLY) as i64 - (expected * 8.0).round() as i64;
        let begin = (latest - REACH as i64).rem_euclid(self.length as i64) as usize;
        let around = self.twice.get(begin..begin + REACH + WINDOW)?;
        let mut energy: f32 = around[..WINDOW].iter().map(|sample| sample * sample).sum();
        let (mut best, mut found) = (ALIKE, None);
        let own = dot(window, window).sqrt();
        for back in 0..REACH {
            let part = &around[back..back + WINDOW];
            let likeness = dot(window, part) / (own * energy.max(1e-9).sqrt());
            if likeness > best {
                best = likeness;
                found = Some((REACH as f64 - back as f64 - EARLY as f64) / 8.0);
            }
            energy += around[back + WINDOW].powi(2) - around[back].powi(2);
        }
        found
    }

    /// The delays of the windows that begin within `span` (seconds), one every `every` seconds.
    pub(crate) fn delays(
        &self,
        heard: &[f32],
        span: (f64, f64),
        every: f64,
        expected: f64,
    ) -> Vec<f64> {
        let count = ((span.1 - span.0) / every) as usize;
        (0..count)
            .filter_map(|index| {
                let at = (span.0 + index as f64 * every) * 8_000.0;
                self.delay_ms(heard, at as usize, expected)
            })
            .collect()
    }
}

fn power(sound: &[f32]) -> f32 {
    dot(sound, sound) / sound.len() as f32
}

/// Sums eight lanes at a time, which the compiler turns into vectors.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    for (left, right) in left.chunks_exact(8).zip(right.chunks_exact(8)) {
        for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
            *lane += left * right;
        }
    }
    lanes.iter().sum()
}
