//! WAV files: read at any rate, written at 48 kHz.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use super::{BackendError, BackendErrorKind};
use crate::frame::SAMPLE_RATE;
use crate::rt::FromDevice;

/// Longest file that is read, in seconds.
const MOST_SECONDS: u32 = 600;
/// The sample rates that are read, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// How much is converted at once, in samples at 48 kHz.
const PIECE: usize = 480;

/// What a file has: one channel.
#[derive(Clone, Debug)]
pub struct WavSound {
    /// In Hz.
    pub rate: u32,
    /// Between -1 and 1.
    pub samples: Vec<f32>,
}

impl Default for WavSound {
    fn default() -> Self {
        Self {
            rate: SAMPLE_RATE,
            samples: Vec::new(),
        }
    }
}

impl WavSound {
    /// Reads a WAV file of 8 to 192 kHz and at most ten minutes, any number of channels mixed to one.
    ///
    /// # Errors
    /// No such file, or none that can be read; says which.
    pub fn read(path: &Path) -> Result<Self, BackendError> {
        let mut reader: WavReader<BufReader<File>> =
            WavReader::open(path).map_err(|error| broken(path, &error))?;
        let spec = reader.spec();
        let rate = spec.sample_rate;
        let is_long = reader.duration() / MOST_SECONDS > rate;
        if !RATES.contains(&rate) || is_long || spec.channels == 0 || spec.bits_per_sample > 32 {
            let message = format!(
                "needs 8 to 192 kHz, at most 32 bits and at most ten minutes: {}",
                path.display()
            );
            return Err(BackendError::new(BackendErrorKind::Unsupported, message));
        }
        let samples: Result<Vec<f32>, _> = match spec.sample_format {
            SampleFormat::Float => reader.samples().map(|sample| sample.map(bounded)).collect(),
            SampleFormat::Int => {
                let scale = 1.0 / (1_i64 << (spec.bits_per_sample - 1)) as f32;
                reader
                    .samples::<i32>()
                    .map(|sample| sample.map(|value| bounded(value as f32 * scale)))
                    .collect()
            }
        };
        let samples = samples.map_err(|error| broken(path, &error))?;
        let channels = usize::from(spec.channels);
        let frames = samples.chunks_exact(channels);
        let mixed = frames.map(|frame| frame.iter().sum::<f32>() / channels as f32);
        Ok(Self {
            rate,
            samples: mixed.collect(),
        })
    }

    /// The sound at 48 kHz.
    ///
    /// # Errors
    /// A rate that cannot be converted.
    pub fn resampled(self) -> Result<Vec<f32>, BackendError> {
        if self.rate == SAMPLE_RATE {
            return Ok(self.samples);
        }
        let mut from = FromDevice::new(self.rate, PIECE)
            .map_err(|error| BackendError::new(BackendErrorKind::Unsupported, error.to_string()))?;
        let length = self.samples.len() as u64 * u64::from(SAMPLE_RATE) / u64::from(self.rate);
        let (mut at, mut sound) = (0, Vec::new());
        while (sound.len() as u64) < length {
            let needed = from.needs();
            let mut piece = vec![0.0; needed];
            let rest = self.samples.get(at..).unwrap_or_default();
            let count = rest.len().min(needed);
            piece[..count].copy_from_slice(&rest[..count]);
            at += needed;
            let mut made = [0.0; PIECE];
            from.convert(&piece, &mut made);
            sound.extend_from_slice(&made);
        }
        sound.truncate(length as usize);
        Ok(sound)
    }
}

/// A file may hold any number, and what is none: nothing behind here would get rid of it again.
fn bounded(sample: f32) -> f32 {
    if sample.is_nan() {
        return 0.0;
    }
    sample.clamp(-1.0, 1.0)
}

fn broken(path: &Path, error: &hound::Error) -> BackendError {
    BackendError::new(
        BackendErrorKind::NotThere,
        format!("{error}: {}", path.display()),
    )
}

/// Writes 16-bit WAV; finalised when dropped.
pub struct WavRecorder {
    file: WavWriter<BufWriter<File>>,
    /// Samples that the file's head does not count yet.
    uncounted: usize,
}

/// After so many samples the file is made whole (100 ms): whenever the program ends, what was heard until then can be played.
const WHOLE_EVERY: usize = 4_800;

impl WavRecorder {
    /// Begins a file at 48 kHz.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn create(path: &Path) -> Result<Self, BackendError> {
        let spec = WavSpec {
            channels: 1,
            sample_rate: SAMPLE_RATE,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        WavWriter::create(path, spec)
            .map(|file| Self { file, uncounted: 0 })
            .map_err(|error| broken(path, &error))
    }

    /// Appends sound.
    pub fn write(&mut self, block: &[f32]) {
        // A full disk must not end the call: the recording just stops growing.
        let _ = self.put(block);
        self.uncounted += block.len();
        if self.uncounted >= WHOLE_EVERY {
            self.uncounted = 0;
            let _ = self.file.flush();
        }
    }

    fn put(&mut self, sound: &[f32]) -> Result<(), hound::Error> {
        let mut whole = sound
            .iter()
            .map(|sample| sample.clamp(-1.0, 1.0) * 32_767.0);
        whole.try_for_each(|sample| self.file.write_sample(sample as i16))
    }

    /// Writes sound and closes the file.
    ///
    /// # Errors
    /// It could not be written to its end.
    pub fn finish(mut self, sound: &[f32], path: &Path) -> Result<(), BackendError> {
        self.put(sound)
            .and_then(|()| self.file.finalize())
            .map_err(|error| broken(path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_that_is_not_finished_can_be_played() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heard.wav");
        let mut recorder = WavRecorder::create(&path).unwrap();
        for _ in 0..20 {
            recorder.write(&[0.5; 480]);
        }
        let heard = WavSound::read(&path).unwrap();
        assert_eq!(heard.samples.len(), 9_600);
        drop(recorder);
    }

    #[test]
    fn whatever_numbers_a_file_holds_they_are_sound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loud.wav");
        let spec = WavSpec {
            channels: 2,
            sample_rate: SAMPLE_RATE,
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
        };
        let mut file = WavWriter::create(&path, spec).unwrap();
        for sample in [f32::NAN, 0.5, f32::INFINITY, f32::INFINITY, -1e30, -1.0] {
            file.write_sample(sample).unwrap();
        }
        file.finalize().unwrap();
        let heard = WavSound::read(&path).unwrap();
        assert_eq!(heard.samples, [0.25, 1.0, -1.0]);
    }
}
