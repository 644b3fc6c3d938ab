//! A voice that never stops: a hum that swells and fades a little, for measuring when it is heard.

use std::path::Path;
use std::time::Duration;

use super::sound::{RATE, save};

/// The longest: no microphone of a file is longer than ten minutes.
pub(crate) const LONGEST: Duration = Duration::from_secs(590);

/// The settings of a profile that hums, or listens to it; `hides` its address. A hum is what noise suppression is made to take away, and
/// the same hum from both sides is taken for an echo: as music it is left alone.
pub(crate) fn settle(profile: &Path, hides: bool) -> anyhow::Result<()> {
    std::fs::create_dir_all(profile)?;
    let settings = format!(
        "[audio]\ntalk-mode = \"open\"\npreset = \"music\"\n[ice]\nhide-address = {hides}\n"
    );
    Ok(std::fs::write(profile.join("settings.toml"), settings)?)
}

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
