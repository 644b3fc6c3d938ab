//! A WAV file as microphone, another as loudspeaker, at the pace of a real clock.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use super::null::paced;
use super::{
    Backend, BackendError, BackendErrorKind, DeviceId, DeviceInfo, DeviceList, ErrorSink,
    OpenStream,
};
use crate::downlink::PlaybackSink;
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};
use crate::uplink::CaptureSink;

/// Longest file that is read: ten minutes at 48 kHz.
const MOST_SAMPLES: u32 = 600 * SAMPLE_RATE;

/// Plays a WAV file into the microphone and records the loudspeaker into another.
#[derive(Clone, Debug, Default)]
pub struct FileBackend {
    input: Option<PathBuf>,
    output: Option<PathBuf>,
    repeat: bool,
}

impl FileBackend {
    /// A backend with these files; a missing one is silence, or nothing recorded.
    #[must_use]
    pub fn new(input: Option<PathBuf>, output: Option<PathBuf>) -> Self {
        Self {
            input,
            output,
            repeat: false,
        }
    }

    /// Whether the file starts again at its end; else silence follows.
    #[must_use]
    pub fn repeat(mut self, repeat: bool) -> Self {
        self.repeat = repeat;
        self
    }
}

fn device(path: Option<&PathBuf>) -> DeviceInfo {
    let name = path.map_or_else(|| "None".to_owned(), |path| path.display().to_string());
    DeviceInfo {
        id: DeviceId(format!("file:{name}")),
        name,
        is_default: true,
    }
}

impl Backend for FileBackend {
    fn again(&self) -> Box<dyn Backend> {
        Box::new(self.clone())
    }

    fn devices(&mut self) -> Result<DeviceList, BackendError> {
        Ok(DeviceList {
            inputs: vec![device(self.input.as_ref())],
            outputs: vec![device(self.output.as_ref())],
        })
    }

    fn open_input(
        &mut self,
        _id: Option<&DeviceId>,
        mut sink: CaptureSink,
        _on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        let sound = self
            .input
            .as_deref()
            .map(read)
            .transpose()?
            .unwrap_or_default();
        let (mut at, repeat) = (0, self.repeat);
        paced(device(self.input.as_ref()), move || {
            let mut block = [0.0; BLOCK_SAMPLES];
            let ahead = &sound[at..sound.len().min(at + BLOCK_SAMPLES)];
            block[..ahead.len()].copy_from_slice(ahead);
            at += ahead.len();
            if repeat && at == sound.len() {
                at = 0;
            }
            sink.push(&block, 1, |sample| sample);
        })
    }

    fn open_output(
        &mut self,
        _id: Option<&DeviceId>,
        mut sink: PlaybackSink,
        _on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        let mut recorder = self.output.as_deref().map(Recorder::create).transpose()?;
        paced(device(self.output.as_ref()), move || {
            let mut block = [0.0; BLOCK_SAMPLES];
            sink.fill(&mut block, 1, |sample| sample);
            if let Some(recorder) = &mut recorder {
                recorder.write(&block);
            }
        })
    }
}

fn broken(path: &Path, error: &hound::Error) -> BackendError {
    BackendError::new(
        BackendErrorKind::NotThere,
        format!("{error}: {}", path.display()),
    )
}

/// Reads a WAV file of 48 kHz, any number of channels mixed to one.
fn read(path: &Path) -> Result<Vec<f32>, BackendError> {
    let mut reader: WavReader<BufReader<File>> =
        WavReader::open(path).map_err(|error| broken(path, &error))?;
    let spec = reader.spec();
    if spec.sample_rate != SAMPLE_RATE || reader.duration() > MOST_SAMPLES || spec.channels == 0 {
        let message = format!("needs 48 kHz and at most ten minutes: {}", path.display());
        return Err(BackendError::new(BackendErrorKind::Unsupported, message));
    }
    let samples: Result<Vec<f32>, _> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => {
            let scale = 1.0 / (1_i64 << (spec.bits_per_sample - 1)) as f32;
            reader
                .samples::<i32>()
                .map(|sample| sample.map(|value| value as f32 * scale))
                .collect()
        }
    };
    let samples = samples.map_err(|error| broken(path, &error))?;
    let channels = usize::from(spec.channels);
    Ok(samples
        .chunks_exact(channels)
        .map(|frame| frame.iter().sum::<f32>() / channels as f32)
        .collect())
}

/// Writes 16-bit WAV; finalised when dropped.
struct Recorder(WavWriter<BufWriter<File>>);

impl Recorder {
    fn create(path: &Path) -> Result<Self, BackendError> {
        let spec = WavSpec {
            channels: 1,
            sample_rate: SAMPLE_RATE,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        WavWriter::create(path, spec)
            .map(Self)
            .map_err(|error| broken(path, &error))
    }

    fn write(&mut self, block: &[f32]) {
        for sample in block {
            // A full disk must not end the call: the recording just stops growing.
            let _ = self
                .0
                .write_sample((sample.clamp(-1.0, 1.0) * 32_767.0) as i16);
        }
    }
}
