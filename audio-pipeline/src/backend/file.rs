//! A WAV file as microphone, another as loudspeaker, at the pace of a real clock.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::null::paced;
use super::wav::{WavRecorder, WavSound};
use super::{Backend, BackendError, DeviceId, DeviceInfo, DeviceList, ErrorSink, OpenStream};
use crate::downlink::PlaybackSink;
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};
use crate::uplink::CaptureSink;

/// Says when a file begins to be spoken: its copies are one.
#[derive(Clone, Debug, Default)]
pub struct FileCue(Arc<AtomicBool>);

impl FileCue {
    /// The file begins now, or goes on.
    pub fn give(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_given(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl PartialEq for FileCue {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for FileCue {}

/// Plays a WAV file into the microphone and records the loudspeaker into another.
#[derive(Clone, Debug, Default)]
pub struct FileBackend {
    input: Option<PathBuf>,
    output: Option<PathBuf>,
    repeat: bool,
    cue: Option<FileCue>,
}

impl FileBackend {
    /// A backend with these files; a missing one is silence, or nothing recorded.
    #[must_use]
    pub fn new(input: Option<PathBuf>, output: Option<PathBuf>) -> Self {
        Self {
            input,
            output,
            repeat: false,
            cue: None,
        }
    }

    /// Whether the file starts again at its end; else silence follows.
    #[must_use]
    pub fn repeat(mut self, repeat: bool) -> Self {
        self.repeat = repeat;
        self
    }

    /// The file begins when this is given, with silence before; else as soon as the microphone is opened.
    #[must_use]
    pub fn begin_at(mut self, cue: Option<FileCue>) -> Self {
        self.cue = cue;
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
        let sound = self.input.as_deref().map(WavSound::read).transpose()?;
        let WavSound { rate, samples } = sound.unwrap_or_default();
        let (mut at, repeat, cue) = (0, self.repeat, self.cue.clone());
        let mut block = Vec::new();
        paced(device(self.input.as_ref()), rate, move |frames| {
            block.clear();
            if cue.as_ref().is_none_or(FileCue::is_given) {
                let ahead = samples.get(at..samples.len().min(at + frames));
                block.extend_from_slice(ahead.unwrap_or_default());
            }
            at += block.len();
            if repeat && at == samples.len() {
                at = 0;
            }
            block.resize(frames, 0.0);
            sink.push(&block, 1, |sample| sample);
        })
    }

    fn open_output(
        &mut self,
        _id: Option<&DeviceId>,
        mut sink: PlaybackSink,
        _on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        let mut recorder = self
            .output
            .as_deref()
            .map(WavRecorder::create)
            .transpose()?;
        paced(device(self.output.as_ref()), SAMPLE_RATE, move |_| {
            let mut block = [0.0; BLOCK_SAMPLES];
            sink.fill(&mut block, 1, |sample| sample);
            if let Some(recorder) = &mut recorder {
                recorder.write(&block);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use hound::{SampleFormat, WavSpec, WavWriter};

    use super::*;
    use crate::backend::BackendErrorKind;
    use crate::frame::Block;
    use crate::uplink::{CaptureFeed, capture_ring};

    fn tone(path: &Path, rate: u32) {
        let spec = WavSpec {
            channels: 2,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let mut writer = WavWriter::create(path, spec).unwrap();
        for at in 0..rate {
            let turned = at as f32 / rate as f32 * 500.0 * std::f32::consts::TAU;
            for _ in 0..2 {
                writer
                    .write_sample((turned.sin() * 16_000.0) as i16)
                    .unwrap();
            }
        }
        writer.finalize().unwrap();
    }

    #[test]
    fn a_file_of_any_rate_is_heard_at_its_own_pitch() {
        let folder = tempfile::tempdir().unwrap();
        for rate in [16_000, 22_050, 44_100, 96_000] {
            let path = folder.path().join(format!("{rate}.wav"));
            tone(&path, rate);
            let (sink, ring) = capture_ring();
            let mut backend = FileBackend::new(Some(path), None).repeat(true);
            let stream = backend.open_input(None, sink, Arc::new(|_| {})).unwrap();
            assert_eq!(stream.rate, rate);
            let mut feed = CaptureFeed::new(ring, stream.rate).unwrap();
            let mut heard = Vec::new();
            let end = Instant::now() + Duration::from_secs(10);
            while heard.len() < SAMPLE_RATE as usize / 2 {
                assert!(Instant::now() < end, "{rate} Hz: {} samples", heard.len());
                let mut block = Block::default();
                if feed.read(&mut block) {
                    heard.extend(block.samples);
                } else {
                    std::thread::yield_now();
                }
            }
            // After the resampler's beginning; 500 Hz rise through zero 500 times a second.
            let settled = &heard[4_800..];
            let rising = settled
                .windows(2)
                .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0);
            let hz = rising.count() as f32 * SAMPLE_RATE as f32 / settled.len() as f32;
            assert!((hz - 500.0).abs() < 8.0, "{rate} Hz: {hz}");
        }
    }

    #[test]
    fn a_file_waits_for_its_cue() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tone.wav");
        tone(&path, SAMPLE_RATE);
        let cue = FileCue::default();
        let (sink, ring) = capture_ring();
        let mut backend = FileBackend::new(Some(path), None).begin_at(Some(cue.clone()));
        let _stream = backend.open_input(None, sink, Arc::new(|_| {})).unwrap();
        let mut feed = CaptureFeed::new(ring, SAMPLE_RATE).unwrap();
        let end = Instant::now() + Duration::from_secs(10);
        let (mut silent, mut block) = (0, Block::default());
        loop {
            assert!(Instant::now() < end, "after {silent} blocks of silence");
            if !feed.read(&mut block) {
                std::thread::yield_now();
                continue;
            }
            if block.samples.iter().any(|sample| sample.abs() > 0.1) {
                break;
            }
            silent += 1;
            if silent == 20 {
                cue.give();
            }
        }
        assert!(silent >= 20, "it began after {silent} blocks");
    }

    #[test]
    fn a_file_that_is_none_or_too_slow_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let open = |path: &Path| {
            let (sink, _ring) = capture_ring();
            let mut backend = FileBackend::new(Some(path.to_owned()), None);
            backend
                .open_input(None, sink, Arc::new(|_| {}))
                .err()
                .unwrap()
        };
        let path = folder.path().join("slow.wav");
        tone(&path, 4_000);
        let error = open(&path);
        assert_eq!(error.kind, BackendErrorKind::Unsupported);
        assert!(error.to_string().contains("8 to 192 kHz"), "{error}");
        std::fs::write(&path, b"no sound").unwrap();
        assert_eq!(open(&path).kind, BackendErrorKind::NotThere);
        assert_eq!(
            open(&folder.path().join("none.wav")).kind,
            BackendErrorKind::NotThere
        );
    }
}
