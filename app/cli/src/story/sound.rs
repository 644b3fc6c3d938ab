//! WAV files of a story.

use std::path::Path;
use std::time::SystemTime;

use anyhow::Context as _;
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Samples a second of everything here.
pub(crate) const RATE: u32 = 48_000;

/// Reads a WAV file as mono at 48 kHz. Rates that divide 48 kHz are brought up by linear interpolation, which is enough for
/// speech that is compared with itself.
pub(crate) fn load(path: &Path) -> anyhow::Result<Vec<f32>> {
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
pub(crate) fn save(path: &Path, samples: &[f32]) -> anyhow::Result<()> {
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

/// What a client heard, and when it began to listen.
///
/// A recording grows by a block every 10 ms from when its file is made until it is closed, when the call is left. So its
/// beginning is known twice: by the file's own birth, and by its last change less its length. Where the two disagree by
/// more than [`APART_MS`] the machine stood still meanwhile, and nothing is concluded.
pub(super) struct Recording {
    pub(super) samples: Vec<f32>,
    /// By the file's birth, ms since 1970; not every file system keeps it.
    born_ms: Option<f64>,
    /// By the file's end, ms since 1970.
    counted_back_ms: f64,
}

/// A block of 10 ms at either end.
const BLOCKS_MS: f64 = 20.0;
/// The most that two ways to tell a beginning may differ, in ms.
const APART_MS: f64 = 60.0;

/// A time difference, and how far it may be from the truth, both in ms.
#[derive(Clone, Copy)]
pub(super) struct Measured {
    pub(super) ms: f32,
    pub(super) exact_ms: f32,
}

impl Measured {
    /// Refuses a delay that cannot be: before the sound was made, or longer than `most` ms.
    pub(super) fn must_lie_within(self, most: f32) -> anyhow::Result<()> {
        let Self { ms, exact_ms } = self;
        anyhow::ensure!(
            ms >= -exact_ms && ms <= most + exact_ms,
            "a delay of {ms:.0} ms from mouth to ear cannot be; it should be 0 to {most:.0} ms"
        );
        Ok(())
    }
}

impl Recording {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let data = std::fs::metadata(path)
            .with_context(|| format!("nothing was recorded at {}", path.display()))?;
        let samples = load(path)?;
        let length_ms = samples.len() as f64 / f64::from(RATE) * 1000.0;
        Ok(Self {
            samples,
            born_ms: data.created().ok().map(since_1970_ms),
            counted_back_ms: since_1970_ms(data.modified()?) - length_ms,
        })
    }

    /// How far its two beginnings lie apart, in ms; none where only one is known.
    fn apart_ms(&self) -> f64 {
        let born = self.born_ms.unwrap_or(self.counted_back_ms);
        (born - self.counted_back_ms).abs()
    }

    /// How much later than this one another recording began; `None` where that cannot be told.
    pub(super) fn begin_of(&self, other: &Self) -> Option<Measured> {
        let doubt = self.apart_ms().max(other.apart_ms());
        (doubt <= APART_MS).then_some(Measured {
            ms: (other.counted_back_ms - self.counted_back_ms) as f32,
            exact_ms: (BLOCKS_MS + doubt) as f32,
        })
    }
}

fn since_1970_ms(time: SystemTime) -> f64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(born_ms: Option<f64>, counted_back_ms: f64) -> Recording {
        Recording {
            samples: Vec::new(),
            born_ms,
            counted_back_ms,
        }
    }

    #[test]
    fn beginnings_are_compared_only_where_they_are_known() {
        let first = recording(Some(1000.0), 1010.0);
        let later = first.begin_of(&recording(Some(1500.0), 1490.0)).unwrap();
        assert!((later.ms - 480.0).abs() < 0.1);
        assert!((later.exact_ms - 30.0).abs() < 0.1);
        assert!(first.begin_of(&recording(None, 1490.0)).is_some());
        assert!(first.begin_of(&recording(Some(1500.0), 1700.0)).is_none());
    }

    #[test]
    fn impossible_delays_are_refused() {
        let delay = |ms| Measured { ms, exact_ms: 20.0 };
        assert!(delay(56.0).must_lie_within(1_000.0).is_ok());
        assert!(delay(-50.0).must_lie_within(1_000.0).is_err());
        assert!(delay(3_000.0).must_lie_within(1_000.0).is_err());
    }
}
