//! What the network is told of a block: the level of each band, how much of each comes again with the period of the voice, and that
//! period.
//!
//! ```text
//! block --without DC--+--> two blocks, windowed ------------------> spectrum --+--> levels --cosine transform--------> 32 features
//!                     '--> pitch: the same one period before -----> spectrum --+--> likeness --cosine transform-----> 32, period: 1
//! ```

use super::bands::{BANDS, common_powers, powers};
use super::pitch::PitchFinder;
use super::{FEATURES, Window};
use crate::frame::BLOCK_SAMPLES;
use crate::stages::spectrum::{Spectrum, Transform, WINDOW};

/// The network was trained on numbers in the range of 16-bit samples.
const SCALE: f32 = 32_768.0;

/// Two blocks softer than this together, as the sum of their bands, are no sound.
const SILENCE: f32 = 0.04;

/// What is heard of two blocks.
pub(super) struct Heard {
    pub(super) spectrum: Spectrum,
    /// Of what came one period before.
    pub(super) before: Spectrum,
    pub(super) power: [f32; BANDS],
    pub(super) power_before: [f32; BANDS],
    /// How alike both are, -1 to 1.
    pub(super) likeness: [f32; BANDS],
}

impl Heard {
    pub(super) const NOTHING: Self = Self {
        spectrum: Spectrum::ZERO,
        before: Spectrum::ZERO,
        power: [0.0; BANDS],
        power_before: [0.0; BANDS],
        likeness: [0.0; BANDS],
    };
}

/// Listens to block after block.
pub(super) struct Listener {
    /// Of the filter that takes out DC.
    filter: [f32; 2],
    last: [f32; BLOCK_SAMPLES],
    pitch: PitchFinder,
    cosines: Box<[[f32; BANDS]; BANDS]>,
}

impl Listener {
    pub(super) fn new() -> Self {
        Self {
            filter: [0.0; 2],
            last: [0.0; BLOCK_SAMPLES],
            pitch: PitchFinder::new(),
            cosines: Box::new(cosines()),
        }
    }

    /// Forgets what it heard.
    pub(super) fn reset(&mut self) {
        self.filter = [0.0; 2];
        self.last.fill(0.0);
        self.pitch = PitchFinder::new();
    }

    /// Hears the next block, and gives the features if there is anything to hear.
    pub(super) fn hear(
        &mut self,
        samples: &[f32; BLOCK_SAMPLES],
        window: &Window,
        transform: &mut Transform,
        heard: &mut Heard,
    ) -> Option<[f32; FEATURES]> {
        let mut block = [0.0; BLOCK_SAMPLES];
        self.take_out_dc(samples, &mut block);
        transform.time[..BLOCK_SAMPLES].copy_from_slice(&self.last);
        transform.time[BLOCK_SAMPLES..].copy_from_slice(&block);
        self.last = block;
        window.apply(&mut transform.time, 1.0 / WINDOW as f32);
        transform.forward(&mut heard.spectrum);
        heard.power = powers(&heard.spectrum);

        let (period, before) = self.pitch.follow(&block);
        transform.time.copy_from_slice(before);
        window.apply(&mut transform.time, 1.0 / WINDOW as f32);
        transform.forward(&mut heard.before);
        heard.power_before = powers(&heard.before);

        heard.likeness = common_powers(&heard.spectrum, &heard.before);
        let both = heard.power.iter().zip(&heard.power_before);
        for (likeness, (power, before)) in heard.likeness.iter_mut().zip(both) {
            *likeness /= (0.001 + power * before).sqrt();
        }
        if heard.power.iter().sum::<f32>() < SILENCE {
            return None;
        }
        let mut features = [0.0; FEATURES];
        self.cosine_transform(&levels(&heard.power), &mut features[..BANDS]);
        features[0] -= 12.0;
        features[1] -= 4.0;
        self.cosine_transform(&heard.likeness, &mut features[BANDS..2 * BANDS]);
        features[2 * BANDS] = 0.01 * (period as f32 - 300.0);
        Some(features)
    }

    /// A zero at 0 Hz and poles close by.
    fn take_out_dc(&mut self, samples: &[f32; BLOCK_SAMPLES], block: &mut [f32; BLOCK_SAMPLES]) {
        let [mut one, mut two] = self.filter;
        for (out, sample) in block.iter_mut().zip(samples) {
            let sample = sample * SCALE;
            *out = sample + one;
            one = two - 2.0 * sample + 1.995_99 * *out;
            two = sample - 0.996 * *out;
        }
        self.filter = [one, two].map(|state| if state.abs() < 1e-15 { 0.0 } else { state });
    }

    fn cosine_transform(&self, bands: &[f32; BANDS], out: &mut [f32]) {
        out.fill(0.0);
        for (band, cosines) in bands.iter().zip(self.cosines.iter()) {
            for (out, cosine) in out.iter_mut().zip(cosines) {
                *out += band * cosine;
            }
        }
    }
}

/// The bands' levels in tens of dB; none lies further below its neighbour or the loudest than ears would notice.
fn levels(power: &[f32; BANDS]) -> [f32; BANDS] {
    let (mut loudest, mut lower) = (-2.0_f32, -2.0_f32);
    power.map(|power| {
        let level = (0.01 + power).log10().max(lower - 1.5).max(loudest - 7.0);
        loudest = loudest.max(level);
        lower = level.max(lower - 1.5);
        level
    })
}

/// The cosine transform of the second kind. Its scale is that of 22 bands, which the network was trained with.
fn cosines() -> [[f32; BANDS]; BANDS] {
    let mut table = [[0.0; BANDS]; BANDS];
    for (band, row) in table.iter_mut().enumerate() {
        for (order, cosine) in row.iter_mut().enumerate() {
            let angle = (band as f32 + 0.5) * order as f32 * std::f32::consts::PI / BANDS as f32;
            let scale = if order == 0 { 1.0_f32 } else { 2.0 } / 22.0;
            *cosine = angle.cos() * scale.sqrt();
        }
    }
    table
}

/// What the network's samples are divided by to be ours.
pub(super) const UNSCALE: f32 = 1.0 / SCALE;
