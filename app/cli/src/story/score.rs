//! Finds speech in what was heard: where it is, and how much of it.
//!
//! Opus keeps what is heard rather than the waveform: an intact window correlates with 0.7 to 0.9, another with less than 0.3.
//! The place comes from the levels of 10 ms frames, then from the samples around it; the share is that of half-second windows
//! whose best correlation within 80 ms is above one half (windows of silence do not count).

use super::sound::RATE;

const FRAME: usize = RATE as usize / 100;
/// Samples are compared at 12 kHz.
const STEP: usize = 4;
const WINDOW: usize = RATE as usize / 2 / STEP;
const SEARCH: usize = (RATE as usize * 80) / 1000 / STEP;
const ALIKE: f32 = 0.5;
const SILENCE: f32 = 1e-3;

/// Where speech was found.
pub(super) struct Found {
    /// Seconds from the recording's beginning.
    pub(super) at_s: f32,
    /// Mean of the windows' correlations.
    pub(super) correlation: f32,
    /// Share of windows that arrived (0-1).
    pub(super) share: f32,
}

/// Finds `speech` in `heard`.
pub(super) fn find(speech: &[f32], heard: &[f32]) -> Option<Found> {
    let coarse = best_lag(&levels(speech), &levels(heard))? * FRAME / STEP;
    let (speech, heard) = (thin(speech), thin(heard));
    let windows: Vec<(usize, f32)> = (0..speech.len() / WINDOW)
        .filter_map(|index| window(&speech, &heard, index * WINDOW, coarse))
        .collect();
    if windows.is_empty() {
        return None;
    }
    let arrived: Vec<&(usize, f32)> = windows.iter().filter(|(_, rho)| *rho > ALIKE).collect();
    let mut lags: Vec<usize> = arrived.iter().map(|(lag, _)| *lag).collect();
    lags.sort_unstable();
    let lag = lags.get(lags.len() / 2)?;
    Some(Found {
        at_s: (*lag * STEP) as f32 / RATE as f32,
        correlation: arrived.iter().map(|(_, rho)| rho).sum::<f32>() / arrived.len() as f32,
        share: arrived.len() as f32 / windows.len() as f32,
    })
}

/// The best place of one window near `coarse`, and how alike it is there; `None` for silence.
fn window(speech: &[f32], heard: &[f32], at: usize, coarse: usize) -> Option<(usize, f32)> {
    let spoken = speech.get(at..at + WINDOW)?;
    if rms(spoken) < SILENCE {
        return None;
    }
    let lags = coarse.saturating_sub(SEARCH)..=coarse + SEARCH;
    let likeness = lags.map(|lag| {
        let part = heard.get(at + lag..at + lag + WINDOW);
        (lag, part.map_or(0.0, |part| correlation(spoken, part)))
    });
    likeness.max_by(|a, b| a.1.total_cmp(&b.1))
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let dot: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    let size = (a.iter().map(|x| x * x).sum::<f32>() * b.iter().map(|x| x * x).sum::<f32>()).sqrt();
    if size > 0.0 { dot / size } else { 0.0 }
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|x| x * x).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}

/// Linear, so that a part that is missing counts little rather than much.
fn levels(samples: &[f32]) -> Vec<f32> {
    let levels: Vec<f32> = samples.chunks(FRAME).map(rms).collect();
    let mean = levels.iter().sum::<f32>() / levels.len().max(1) as f32;
    levels.into_iter().map(|level| level - mean).collect()
}

/// The lag in frames at which the levels are most alike. What lies beyond the recording's end counts against a lag.
fn best_lag(speech: &[f32], heard: &[f32]) -> Option<usize> {
    let most = heard.len().checked_sub(speech.len() / 2)?;
    let whole = speech.iter().map(|x| x * x).sum::<f32>().sqrt();
    let score = |lag: usize| {
        let there = &heard[lag..heard.len().min(lag + speech.len())];
        let dot: f32 = speech.iter().zip(there).map(|(a, b)| a * b).sum();
        let size = whole * there.iter().map(|x| x * x).sum::<f32>().sqrt();
        if size > 0.0 { dot / size } else { 0.0 }
    };
    (0..most).max_by(|a, b| score(*a).total_cmp(&score(*b)))
}

/// Every fourth sample, of means of four.
fn thin(samples: &[f32]) -> Vec<f32> {
    samples
        .chunks(STEP)
        .map(|part| part.iter().sum::<f32>() / part.len() as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise whose level rises and falls, so that it has a shape.
    fn speech() -> Vec<f32> {
        let mut seed = 1u32;
        (0..RATE as usize * 3)
            .map(|n| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (seed >> 8) as f32 / 8_388_608.0 - 1.0;
                let slow = (n as f32 / 9_000.0).sin() * (n as f32 / 31_000.0).cos();
                noise * slow.abs() * 0.3
            })
            .collect()
    }

    #[test]
    fn delayed_speech_is_found_where_it_is() {
        let speech = speech();
        let mut heard = vec![0.0; 12_000];
        heard.extend(speech.iter().map(|sample| sample * 0.5));
        let found = find(&speech, &heard).unwrap();
        assert!((found.at_s - 0.25).abs() < 0.001, "{}", found.at_s);
        assert!(found.share > 0.99);
    }

    #[test]
    fn missing_parts_lower_the_share() {
        let speech = speech();
        let mut heard = speech.clone();
        heard[RATE as usize..RATE as usize * 2].fill(0.0);
        let found = find(&speech, &heard).unwrap();
        assert!((0.5..0.8).contains(&found.share), "{}", found.share);
    }
}
