//! Sound as a window shows it.

use std::sync::Arc;

use dialtone_audio::DeviceId;

use super::{ChainView, VoiceMeter};
use crate::ptt::PushState;
use crate::settings::{AudioSettings, TalkMode};

/// Sound devices and the microphone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AudioState {
    /// Microphones.
    pub inputs: Vec<AudioDevice>,
    /// Speakers.
    pub outputs: Vec<AudioDevice>,
    /// The microphone's level in dBFS while the meter or a call runs.
    pub input_dbfs: Option<f32>,
    /// The level in dBFS that the gate compares with its threshold: noise taken out, gain added.
    pub gate_dbfs: Option<f32>,
    /// The threshold in dBFS that the gate compares it with: it moves by itself where it is automatic.
    pub threshold_dbfs: Option<f32>,
    /// How likely it is speech (0-1).
    pub speech: f32,
    /// The gate is open.
    pub gate_open: bool,
    /// What is wrong with the devices, in words, with what to do.
    pub problem: Option<String>,
    /// What each stage adds between mouth and ear, in ms, while a call runs.
    pub stages_ms: Vec<(&'static str, f32)>,
    /// How often the loudspeaker found too little since the call began.
    pub underruns: u32,
    /// The sound check.
    pub check: SoundCheck,
    /// What happens to one's voice, while the view of it is open.
    pub meter: Option<Arc<VoiceMeter>>,
    /// The chain that it passes, likewise.
    pub chain: Option<Arc<ChainView>>,
    /// The key of push-to-talk or push-to-mute.
    pub push: PushState,
}

impl AudioState {
    /// Where the line of voice activity is, in dBFS: where it was put, or where it has put itself.
    #[must_use]
    pub fn line_dbfs(&self, settings: &AudioSettings) -> f32 {
        let by_itself = settings.auto_threshold && settings.talk_mode != TalkMode::Open;
        let found = self.threshold_dbfs.filter(|_| by_itself);
        found.unwrap_or(settings.threshold_dbfs)
    }
}

/// One sound device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioDevice {
    /// Stable.
    pub id: String,
    /// As the system calls it.
    pub name: String,
    /// What the system would choose.
    pub is_default: bool,
}

impl AudioDevice {
    /// The device of this identity among others, if under another name by now.
    #[must_use]
    pub fn find<'a>(devices: &'a [Self], id: &str) -> Option<&'a Self> {
        DeviceId(id.to_owned()).find(devices, |device| Some(DeviceId(device.id.clone())))
    }
}

/// How far the sound check has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CheckStep {
    /// Not begun.
    #[default]
    Off,
    /// The room is recorded: one is to be silent.
    Silence,
    /// One's voice is recorded: one is to speak.
    Speech,
    /// Something is being computed.
    Working,
    /// There is a result, and a recording to hear.
    Ready,
    /// The recording is being heard.
    Playing,
}

/// The sound check: some seconds of silence and of speech, what they say about the microphone, and how one sounds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SoundCheck {
    /// How far it has come.
    pub step: CheckStep,
    /// How long the step lasts from now on, in seconds.
    pub left_s: f32,
    /// What was found, once there is something.
    pub result: Option<CheckResult>,
    /// Why it could not be done, in words.
    pub problem: Option<String>,
    /// The stages that can be left out in hearing oneself, by their ids, in order.
    pub stages: Vec<String>,
}

/// What the sound check found.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckResult {
    /// The threshold that suits, in dBFS.
    pub threshold_dbfs: f32,
    /// How loud the room is, in dBFS.
    pub room_dbfs: f32,
    /// How loud the voice is, in dBFS.
    pub voice_dbfs: f32,
    /// Nothing is wrong with the microphone.
    pub good: bool,
    /// What is to be said about it, with what to do.
    pub words: &'static str,
}
