//! How long what is played takes until the microphone hears it, in blocks: by comparing which bands are louder than usual, now in the microphone and
//! some blocks ago in what was played (as the delay estimator in WebRTC's audio processing does it: one bit a band).

use super::spectrum::Spectrum;

/// Bands that are compared, each of two frequencies, from 300 Hz on.
const BANDS: usize = 32;
const FIRST_BIN: usize = 6;
/// Delays that are looked at, in blocks: up to 430 ms.
const DELAYS: usize = 44;
/// How quickly a band's usual level follows.
const USUAL_RATE: f32 = 1.0 / 64.0;
/// How quickly the difference at a delay is averaged.
const RATE: f32 = 0.02;
/// Bits that differ by chance.
const BY_CHANCE: f32 = BANDS as f32 / 2.0;
/// The best delay must differ in so many bits less than by chance, ...
const SURE: f32 = 3.0;
/// ... in so many less than the present one, ...
const BETTER: f32 = 0.7;
/// ... for so many blocks.
const LASTING: u32 = 15;
/// Below this power in all bands together nothing is played or heard (about -70 dBFS).
const QUIET: f32 = 1e-3;

/// One bit for each band: it is louder than usual.
#[derive(Clone)]
struct Bands {
    usual: [f32; BANDS],
}

impl Bands {
    const NEW: Self = Self {
        usual: [0.0; BANDS],
    };

    /// The bits of a spectrum; `None` in silence.
    fn read(&mut self, spectrum: &Spectrum) -> Option<u32> {
        let mut bits = 0;
        let mut total = 0.0;
        for (band, usual) in self.usual.iter_mut().enumerate() {
            let bin = FIRST_BIN + 2 * band;
            let power: f32 = (bin..bin + 2)
                .map(|bin| spectrum.re[bin].powi(2) + spectrum.im[bin].powi(2))
                .sum();
            total += power;
            // Levels in powers of two: a band's usual level is not its loudest moment's.
            let level = (power + 1e-9).log2();
            bits |= u32::from(level > *usual) << band;
            *usual += USUAL_RATE * (level - *usual);
        }
        (total > QUIET).then_some(bits)
    }
}

/// Finds the delay.
pub(super) struct DelayFinder {
    played: Bands,
    heard: Bands,
    /// Of the last blocks that were played, the newest first.
    history: [Option<u32>; DELAYS],
    /// Bits that differ at each delay, on average.
    differ: [f32; DELAYS],
    present: Option<usize>,
    better_for: u32,
    told: bool,
}

impl DelayFinder {
    pub(super) fn new() -> Self {
        Self {
            played: Bands::NEW,
            heard: Bands::NEW,
            history: [None; DELAYS],
            differ: [BY_CHANCE; DELAYS],
            present: None,
            better_for: 0,
            told: true,
        }
    }

    /// A block that was played, and what the microphone heard meanwhile.
    pub(super) fn note(&mut self, played: &Spectrum, heard: &Spectrum) {
        self.history.rotate_right(1);
        self.history[0] = self.played.read(played);
        let Some(heard) = self.heard.read(heard) else {
            return;
        };
        for (differ, played) in self.differ.iter_mut().zip(&self.history) {
            if let Some(played) = played {
                let bits = (played ^ heard).count_ones() as f32;
                *differ += RATE * (bits - *differ);
            }
        }
        self.choose();
    }

    fn choose(&mut self) {
        let mut best = 0;
        for (delay, differ) in self.differ.iter().enumerate() {
            if *differ < self.differ[best] {
                best = delay;
            }
        }
        let is_sure = self.differ[best] < BY_CHANCE - SURE;
        let is_better = self
            .present
            .is_none_or(|present| self.differ[best] < self.differ[present] - BETTER);
        if !(is_sure && is_better) {
            self.better_for = 0;
            return;
        }
        self.better_for += 1;
        if self.better_for >= LASTING {
            self.present = Some(best);
            self.better_for = 0;
            self.told = false;
        }
    }

    /// The delay in blocks, once after each time that another one was found.
    pub(super) fn found(&mut self) -> Option<usize> {
        if self.told {
            return None;
        }
        self.told = true;
        self.present
    }

    pub(super) fn reset(&mut self) {
        *self = Self::new();
    }
}
