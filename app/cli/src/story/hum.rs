//! A voice that never stops: a hum that swells and fades a little, for measuring when it is heard.

use std::path::Path;
use std::time::Duration;

use super::sound::{RATE, save};

/// Writes it as a WAV file.
pub(crate) fn write(path: &Path, length: Duration) -> anyhow::Result<()> {
    let samples: Vec<f32> = (0..RATE * length.as_secs() as u32)
        .map(|number| {
            let time = number as f32 / RATE as f32;
            let swell = 0.6 + 0.4 * (time * 25.0).sin();
            let hum: f32 = (1..9_u8)
                .map(|part| (time * 942.0 * f32::from(part)).sin())
                .sum();
            hum * swell * 0.076
        })
        .collect();
    save(path, &samples)
}
