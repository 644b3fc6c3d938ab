//! The sound check of a recording in a file, without devices: for a headless machine, and for comparing settings.

use std::path::{Path, PathBuf};

use dialtone_audio::backend::{WavRecorder, WavSound};
use dialtone_audio::check::{self, CheckError};
use dialtone_audio::codec::EncoderConfig;
use dialtone_audio::{BackendError, ChainError, ChainSpec};
use serde::Serialize;
use thiserror::Error;

/// Samples a second.
const RATE: f64 = 48_000.0;
/// The shortest part that is looked at, in seconds.
const SHORTEST_S: f64 = 1.0;

/// A recording could not be checked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckFileError {
    /// The recording.
    #[error("the recording cannot be read: {reason}")]
    Recording {
        /// Why, with the file's name.
        reason: String,
    },
    /// The file for what others would hear.
    #[error("what others would hear cannot be written: {reason}")]
    Output {
        /// Why, with the file's name.
        reason: String,
    },
    /// The file of the chain.
    #[error("the chain cannot be read from {}: {error}", path.display())]
    Chain {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What is in it.
    #[error(transparent)]
    Spec(#[from] ChainError),
    /// Checking.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// Part of the recording.
    #[error(
        "{what} from {from_s} s to {to_s} s is not in the recording, which lasts {lasts_s:.1} s; a second is the least"
    )]
    Part {
        /// Silence or speech.
        what: &'static str,
        /// Where it should begin, in seconds.
        from_s: f64,
        /// Where it should end, in seconds.
        to_s: f64,
        /// How long the recording is, in seconds.
        lasts_s: f64,
    },
}

/// What to check, and with what.
#[derive(Debug, Clone)]
pub struct CheckFile {
    /// The recording: WAV, 8 to 192 kHz.
    pub recording: PathBuf,
    /// Where nobody speaks, in seconds.
    pub silence_s: (f64, f64),
    /// Where somebody speaks, in seconds; to the end without.
    pub speech_s: Option<(f64, f64)>,
    /// The chain's file; the preset "Voice" without.
    pub chain: Option<PathBuf>,
    /// Stages that are left out, by their ids.
    pub without: Vec<String>,
    /// Where to write what others would hear (WAV, 48 kHz).
    pub output: Option<PathBuf>,
}

/// How one stage did.
#[derive(Debug, Clone, Serialize)]
pub struct StageFound {
    /// Its id in the chain.
    pub id: String,
    /// Level of the loudest block before it, in dBFS.
    pub input_dbfs: f32,
    /// Level of the loudest block after it, in dBFS.
    pub output_dbfs: f32,
    /// By how much it delays, in ms.
    pub delay_ms: f32,
    /// What a block of 10 ms costs, in microseconds.
    pub cpu_us: f32,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    /// The threshold that suits, in dBFS.
    pub threshold_dbfs: f32,
    /// How loud the room is where the gate listens, in dBFS.
    pub room_dbfs: f32,
    /// How loud the voice is there, in dBFS.
    pub voice_dbfs: f32,
    /// In a word.
    pub advice: String,
    /// In a sentence, with what to do.
    pub words: &'static str,
    /// The share of the recording that would be sent with this threshold, in percent.
    pub sent_percent: f32,
    /// Bits a second while sending, without what carries them.
    pub bitrate: f32,
    /// The stages in order.
    pub stages: Vec<StageFound>,
}

/// Checks a recording: chooses the threshold, and sends all of it through the chain with that threshold and the encoder.
///
/// # Errors
/// A file that cannot be read or written, parts that are not in it, a chain that cannot be.
pub fn check_file(wanted: &CheckFile) -> Result<Found, CheckFileError> {
    let sound = WavSound::read(&wanted.recording)
        .and_then(WavSound::resampled)
        .map_err(|error| CheckFileError::Recording {
            reason: error.message,
        })?;
    let lasts_s = sound.len() as f64 / RATE;
    let silence = part(&sound, "silence", wanted.silence_s)?;
    let speech_s = wanted.speech_s.unwrap_or((wanted.silence_s.1, lasts_s));
    let speech = part(&sound, "speech", speech_s)?;
    let mut chain = match &wanted.chain {
        None => ChainSpec::voice()?,
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| CheckFileError::Chain {
                path: path.clone(),
                error,
            })?;
            ChainSpec::from_toml(&text)?
        }
    };
    for stage in &wanted.without {
        chain = check::without(&chain, stage)?;
    }
    let registry = crate::plugins::registry();
    let found = check::suggest(silence, speech, &chain, &registry)?;
    chain.set("gate", "threshold_dbfs", found.threshold_dbfs);
    chain.set("gate", "automatic", 0.0);
    let heard = check::hear(&sound, &chain, &registry, &EncoderConfig::default())?;
    if let Some(path) = &wanted.output {
        write(path, &heard.sound).map_err(|error| CheckFileError::Output {
            reason: error.message,
        })?;
    }
    let stages = heard.stages.iter().map(|stage| StageFound {
        id: stage.id.to_string(),
        input_dbfs: stage.input_dbfs,
        output_dbfs: stage.output_dbfs,
        delay_ms: (stage.latency_samples as f64 * 1_000.0 / RATE) as f32,
        cpu_us: stage.cpu_us,
    });
    Ok(Found {
        threshold_dbfs: found.threshold_dbfs,
        room_dbfs: found.room_dbfs,
        voice_dbfs: found.voice_dbfs,
        advice: format!("{:?}", found.advice),
        words: found.advice.words(),
        sent_percent: heard.sent * 100.0,
        bitrate: heard.bitrate,
        stages: stages.collect(),
    })
}

fn part<'a>(
    sound: &'a [f32],
    what: &'static str,
    (from_s, to_s): (f64, f64),
) -> Result<&'a [f32], CheckFileError> {
    let at = |seconds: f64| (seconds.max(0.0) * RATE) as usize;
    let long_enough = to_s - from_s >= SHORTEST_S;
    let found = sound.get(at(from_s)..at(to_s));
    found.filter(|_| long_enough).ok_or(CheckFileError::Part {
        what,
        from_s,
        to_s,
        lasts_s: sound.len() as f64 / RATE,
    })
}

fn write(path: &Path, sound: &[f32]) -> Result<(), BackendError> {
    WavRecorder::create(path)?.finish(sound, path)
}
