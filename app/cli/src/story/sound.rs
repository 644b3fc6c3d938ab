//! WAV files of a story.

use std::path::Path;
use std::time::SystemTime;

use anyhow::Context as _;
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Samples a second of everything here.
pub(super) const RATE: u32 = 48_000;

/// Reads a WAV file as mono at 48 kHz. Rates that divide 48 kHz are brought up by linear interpolation, which is enough for
/// speech that is compared with itself.
pub(super) fn load(path: &Path) -> anyhow::Result<Vec<f32>> {
    let mut reader =
        WavReader::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let spec = reader.spec();
    anyhow::ensure!(
        RATE.is_multiple_of(spec.sample_rate),
        "{}: needs a rate that divides 48 kHz",
        path.display()
    );
    let samples: Vec<f32> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
        SampleFormat::Int => {
            let scale = 1.0 / (1_i64 << (spec.bits_per_sample - 1)) as f32;
            let samples = reader
                .samples::<i32>()
                .map(|sample| sample.map(|value| value as f32 * scale));
            samples.collect::<Result<_, _>>()?
        }
    };
    let channels = usize::from(spec.channels.max(1));
    let mono: Vec<f32> = samples
        .chunks_exact(channels)
        .map(|frame| frame.iter().sum::<f32>() / channels as f32)
        .collect();
    let step = (RATE / spec.sample_rate) as usize;
    let mut full = Vec::with_capacity(mono.len() * step);
    for (index, sample) in mono.iter().enumerate() {
        let next = mono.get(index + 1).unwrap_or(sample);
        full.extend((0..step).map(|part| sample + (next - sample) * part as f32 / step as f32));
    }
    Ok(full)
}

/// The sound after so many seconds of silence, with one second behind it.
pub(super) fn lead_in(sound: &[f32], seconds: f32) -> Vec<f32> {
    let mut long = vec![0.0; (seconds * RATE as f32) as usize];
    long.extend_from_slice(sound);
    long.extend(vec![0.0; RATE as usize]);
    long
}

/// Writes 16-bit mono WAV at 48 kHz.
pub(super) fn save(path: &Path, samples: &[f32]) -> anyhow::Result<()> {
    let spec = WavSpec {
        channels: 1,
        sample_rate: RATE,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::create(path, spec)?;
    for sample in samples {
        writer.write_sample((sample.clamp(-1.0, 1.0) * 32_767.0) as i16)?;
    }
    Ok(writer.finalize()?)
}

/// What a client heard, and when it began to listen: a recording is closed when the call is left.
pub(super) struct Recording {
    pub(super) samples: Vec<f32>,
    closed: SystemTime,
}

impl Recording {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let closed = std::fs::metadata(path)
            .and_then(|data| data.modified())
            .with_context(|| format!("nothing was recorded at {}", path.display()))?;
        Ok(Self {
            samples: load(path)?,
            closed,
        })
    }

    fn began_ms(&self) -> f64 {
        let since = self
            .closed
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        since.as_secs_f64() * 1000.0 - self.samples.len() as f64 / f64::from(RATE) * 1000.0
    }

    /// How much later than this one another recording began, in ms.
    pub(super) fn ms_until_begin_of(&self, other: &Self) -> f32 {
        (other.began_ms() - self.began_ms()) as f32
    }
}
