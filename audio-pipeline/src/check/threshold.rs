//! The gate's threshold, from some seconds of silence and some of speech.

use serde::{Deserialize, Serialize};

use super::hear::{CheckError, reports};
use crate::chain::ChainSpec;
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};
use crate::node::Registry;

/// Stages settle for so long before anything counts, in blocks (0.5 s).
const SETTLING: usize = 50;
/// What belongs to the voice is at most this far below its loudest syllables, in dB.
const SYLLABLES_DB: f32 = 25.0;
/// The threshold stays at least so far above the room, in dB, ...
const ABOVE_ROOM_DB: f32 = 6.0;
/// ... and at least so far below the soft syllables, where there is room for both.
const BELOW_VOICE_DB: f32 = 6.0;
/// Between these bounds, in dBFS.
const LOWEST_DBFS: f32 = -70.0;
const HIGHEST_DBFS: f32 = -20.0;
/// A microphone that is softer than this, in dBFS, gives nothing.
const NOTHING_DBFS: f32 = -75.0;
/// Speech softer than this, in dBFS, is hard to tell from the room.
const SOFT_DBFS: f32 = -50.0;
/// With less than this between voice and room, in dB, one of both is always wrong.
const CLOSE_DB: f32 = 12.0;
/// Samples from here on are cut off by the microphone.
const FULL: f32 = 0.985;
/// Which share of them is heard as distortion.
const CLIPPING: f32 = 0.000_5;

/// What is to be said about the microphone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// Nothing: it is good.
    Good,
    /// No sound comes from it.
    NothingHeard,
    /// The voice is very soft.
    TooSoft,
    /// The voice is cut off at full scale.
    Clipping,
    /// The room is nearly as loud as the voice.
    Noisy,
}

impl Advice {
    /// What to do, in a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Good => "Your microphone is fine.",
            Self::NothingHeard => {
                "Nothing was heard. Is the right microphone chosen, and is it switched on?"
            }
            Self::TooSoft => {
                "Your voice is very soft. Come closer to the microphone, or turn it up in the system's settings."
            }
            Self::Clipping => {
                "Your voice is too loud for the microphone and breaks up. Turn it down in the system's settings, or move away."
            }
            Self::Noisy => {
                "The room is nearly as loud as your voice. Come closer to the microphone, or use push-to-talk."
            }
        }
    }
}

/// A threshold, and what it was chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The gate's threshold, in dBFS.
    pub threshold_dbfs: f32,
    /// How loud the room is where the gate listens, in dBFS: 95 % of the silence is softer.
    pub room_dbfs: f32,
    /// How loud the voice is there, in dBFS: a quarter of what is spoken is louder.
    pub voice_dbfs: f32,
    /// What is to be said about the microphone.
    pub advice: Advice,
}

/// Chooses the gate's threshold for a room and a voice: `silence` and `speech` are the microphone's sound (48 kHz, mono, at
/// least a second each), some seconds in which nobody speaks and some in which somebody does. The levels are those that the
/// chain's gate sees.
///
/// # Errors
/// Recordings that are too short, or a chain that cannot be.
pub fn suggest(
    silence: &[f32],
    speech: &[f32],
    chain: &ChainSpec,
    registry: &Registry,
) -> Result<Suggestion, CheckError> {
    if silence.len().min(speech.len()) < SAMPLE_RATE as usize {
        return Err(CheckError::TooShort);
    }
    let whole = silence.len() - silence.len() % BLOCK_SAMPLES;
    let both = [&silence[..whole], speech].concat();
    let levels: Vec<f32> = reports(&both, chain, registry)?
        .iter()
        .map(|report| report.gate_dbfs)
        .collect();
    let (room, voice) = levels.split_at(whole / BLOCK_SAMPLES);
    let room_dbfs = quantile(&room[SETTLING..], 0.95);
    let loudest = quantile(voice, 0.97);
    let syllables: Vec<f32> = voice
        .iter()
        .copied()
        .filter(|level| *level > (loudest - SYLLABLES_DB).max(room_dbfs + 3.0))
        .collect();
    let voice_dbfs = quantile(&syllables, 0.75).max(room_dbfs);
    let soft = quantile(&syllables, 0.1).max(room_dbfs);
    let highest = (soft - BELOW_VOICE_DB).max(f32::midpoint(room_dbfs, soft));
    let threshold_dbfs = f32::midpoint(room_dbfs, soft)
        .max(room_dbfs + ABOVE_ROOM_DB)
        .min(highest)
        .clamp(LOWEST_DBFS, HIGHEST_DBFS);
    let full = speech.iter().filter(|sample| sample.abs() >= FULL).count();
    let advice = if loudest < NOTHING_DBFS {
        Advice::NothingHeard
    } else if full as f32 > CLIPPING * speech.len() as f32 {
        Advice::Clipping
    } else if voice_dbfs - room_dbfs < CLOSE_DB {
        Advice::Noisy
    } else if voice_dbfs < SOFT_DBFS {
        Advice::TooSoft
    } else {
        Advice::Good
    };
    Ok(Suggestion {
        threshold_dbfs,
        room_dbfs,
        voice_dbfs,
        advice,
    })
}

/// The level below which this share lies; the softest there is when there are none.
fn quantile(levels: &[f32], share: f32) -> f32 {
    let mut sorted = levels.to_vec();
    sorted.sort_by(f32::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let index = (share * last as f32).round() as usize;
    sorted
        .get(index)
        .copied()
        .unwrap_or(crate::frame::SILENCE_DBFS)
}
