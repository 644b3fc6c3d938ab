//! Recording one's own microphone, looking at it, and playing a recording: what a sound check and a meter need of a running engine.

use std::time::Duration;

use super::command::{EngineError, VoiceCommand};
use super::handle::VoiceEngine;
use crate::downlink::{Clip, Cue};
use crate::uplink::{Recorder, recorder};
use crate::watch::{ScopeReader, scope};

/// The longest recording.
const LONGEST: Duration = Duration::from_mins(1);

impl VoiceEngine {
    /// Records the microphone from now on, `longest` at most (a minute is the most); a recording before it ends.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn record(&self, longest: Duration) -> Result<Recorder, EngineError> {
        let (tape, recorder) = recorder(longest.min(LONGEST));
        self.tell_voice(VoiceCommand::Record(tape))?;
        Ok(recorder)
    }

    /// Lets each block of the microphone be looked at, before and after the chain, from now on and until the reader is dropped; a
    /// look before it ends.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn watch(&self) -> Result<ScopeReader, EngineError> {
        let (scope, reader) = scope();
        self.tell_voice(VoiceCommand::Watch(scope))?;
        Ok(reader)
    }

    /// Plays a recording (48 kHz, mono) beside the talkers, whatever the master volume; one before it ends. How much of it
    /// is left is in [`Meters::clip_left_ms`](super::Meters::clip_left_ms).
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn play(&self, samples: Vec<f32>) -> Result<(), EngineError> {
        let clip = Box::new(Clip::new(samples.into()));
        self.tell_voice(VoiceCommand::Play(clip))
    }

    /// Lets the recording that is being played die out.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn stop_playing(&self) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::StopPlaying)
    }

    /// Plays a short sound.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn play_cue(&self, cue: Cue) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::Cue(cue))
    }

    /// Sets how loud the short sounds are, 0 to 4.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn set_cue_volume(&self, factor: f32) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::CueVolume(factor.clamp(0.0, 4.0)))
    }
}
