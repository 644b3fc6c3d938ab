//! Finds speech in what was heard: where it is, and how much of it.
//!
//! Opus keeps what is heard rather than the waveform: an intact window correlates with 0.7 to 0.9, another with less than 0.3.
//! The place comes from the levels of 10 ms frames, then from the samples around it; the share is that of half-second windows
//! whose best correlation within 80 ms is above one half (windows of silence do not count). The playout delay may change within
//! a window, which is then alike at no single place: of such a window the quarters count that are alike within 25 ms of the
//! usual place (of speech that is somebody else's, less than one quarter in twenty is).

use std::ops::Range;

use super::sound::RATE;

const FRAME: usize = RATE as usize / 100;
/// Samples are compared at 12 kHz.
const STEP: usize = 4;
const WINDOW: usize = RATE as usize / 2 / STEP;
const SEARCH: usize = (RATE as usize * 80) / 1000 / STEP;
/// How far from the usual place a quarter of a window is looked for.
const NEAR: usize = (RATE as usize * 25) / 1000 / STEP;
const PART: usize = WINDOW / 4;
const ALIKE: f32 = 0.5;
const SILENCE: f32 = 1e-3;

/// Where speech was found.
pub(crate) struct Found {
    /// Seconds from the recording's beginning.
    pub(crate) at_s: f32,
    /// Mean of the windows' correlations.
    pub(crate) correlation: f32,
    /// Share of the speech that arrived (0-1).
    pub(crate) share: f32,
}

/// Finds `speech` in `heard`.
pub(crate) fn find(speech: &[f32], heard: &[f32]) -> Option<Found> {
    let coarse = best_lag(&levels(speech), &levels(heard))? * FRAME / STEP;
    let (speech, heard) = (thin(speech), thin(heard));
    let windows: Vec<(usize, Likeness)> = (0..speech.len() / WINDOW)
        .map(|index| index * WINDOW)
        .filter_map(|at| {
            Some((
                at,
                likeness(&speech, &heard, at..at + WINDOW, coarse, SEARCH)?,
            ))
        })
        .collect();
    let (whole, broken): (Vec<_>, Vec<_>) =
        windows.iter().partition(|(_, found)| found.rho > ALIKE);
    let mut lags: Vec<usize> = whole.iter().map(|(_, found)| found.lag).collect();
    lags.sort_unstable();
    let lag = *lags.get(lags.len() / 2)?;
    let pieces: f32 = broken
        .iter()
        .map(|(at, _)| share_of_quarters(&speech, &heard, *at, lag))
        .sum();
    Some(Found {
        at_s: (lag * STEP) as f32 / RATE as f32,
        correlation: whole.iter().map(|(_, found)| found.rho).sum::<f32>() / whole.len() as f32,
        share: (whole.len() as f32 + pieces) / windows.len() as f32,
    })
}

/// The share of the window's quarters with speech that arrived (0-1).
fn share_of_quarters(speech: &[f32], heard: &[f32], at: usize, lag: usize) -> f32 {
    let parts: Vec<Likeness> = (at..at + WINDOW)
        .step_by(PART)
        .filter_map(|at| likeness(speech, heard, at..at + PART, lag, NEAR))
        .collect();
    let arrived = parts.iter().filter(|part| part.rho > ALIKE).count();
    arrived as f32 / parts.len().max(1) as f32
}

/// How alike a stretch of speech and what was heard are.
struct Likeness {
    /// The place at which they are most alike, in thinned samples after the speech's own.
    lag: usize,
    /// Their correlation there.
    rho: f32,
}

/// The best place of a stretch within `reach` of `around`; `None` for silence.
fn likeness(
    speech: &[f32],
    heard: &[f32],
    stretch: Range<usize>,
    around: usize,
    reach: usize,
) -> Option<Likeness> {
    let spoken = speech.get(stretch.clone())?;
    if rms(spoken) < SILENCE {
        return None;
    }
    (around.saturating_sub(reach)..=around + reach)
        .map(|lag| {
            let there = heard.get(stretch.start + lag..stretch.end + lag);
            let rho = there.map_or(0.0, |there| correlation(spoken, there));
            Likeness { lag, rho }
        })
        .max_by(|a, b| a.rho.total_cmp(&b.rho))
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

    /// Three seconds of steady noise.
    fn noise() -> Vec<f32> {
        let mut seed = 1u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..RATE as usize * 3).map(|_| next()).collect()
    }

    /// Noise whose level rises and falls, so that it has a shape.
    fn speech() -> Vec<f32> {
        noise()
            .into_iter()
            .enumerate()
            .map(|(n, noise)| {
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

    #[test]
    fn a_delay_that_changes_within_a_window_loses_nothing() {
        let mut speech = speech();
        let quarter = RATE as usize / 8;
        // As loud in each of the window's quarters, so that none of them speaks for the whole of it.
        let window = quarter * 8..quarter * 12;
        speech[window.clone()].copy_from_slice(&noise()[window]);
        let mut heard = speech[..quarter * 9].to_vec();
        for part in 9..12 {
            heard.extend_from_slice(&[0.0; RATE as usize / 200]);
            heard.extend_from_slice(&speech[quarter * part..quarter * (part + 1)]);
        }
        heard.extend_from_slice(&speech[quarter * 12..]);
        let found = find(&speech, &heard).unwrap();
        assert!(found.share > 0.99, "{}", found.share);
    }
}
