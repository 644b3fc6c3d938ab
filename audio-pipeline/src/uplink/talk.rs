//! When a person is heard: voice activity, push-to-talk, push-to-mute, always; and mute above all.

use serde::{Deserialize, Serialize};

use crate::frame::Block;

/// As likely a block must be speech, to be told from noise: as much as the gate needs to open.
const SPEECH: f32 = 0.6;

/// What opens the microphone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TalkMode {
    /// Speech opens it, as the chain's gate judges.
    #[default]
    VoiceActivity,
    /// A pressed key opens it.
    PushToTalk,
    /// Speech opens it, and a pressed key closes it.
    PushToMute,
    /// It is always open.
    Open,
}

/// The switches that stand after the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TalkControl {
    /// What opens the microphone.
    pub mode: TalkMode,
    /// Whether the key of push-to-talk or push-to-mute is down.
    pub pressed: bool,
    /// Whether nothing is sent whatever happens.
    pub muted: bool,
    /// Whether there is somebody to send to; without, the chain runs for the meter alone.
    pub transmit: bool,
}

impl TalkControl {
    /// Whether this block shall be sent.
    pub fn is_open(self, block: &Block) -> bool {
        self.transmit && !self.muted && self.would_open(block)
    }

    /// Whether nothing but the mute keeps this block from being sent, and somebody speaks in it, as the chain judges: typing and
    /// breath are no speech, and whoever does not hold the key of push-to-talk is not heard anyway. Where no stage judges,
    /// nothing is known to be speech.
    pub fn keeps_back_speech(self, block: &Block) -> bool {
        let speaks = block.open && block.speech.is_some_and(|likely| likely >= SPEECH);
        self.transmit && self.muted && speaks && self.would_open(block)
    }

    fn would_open(self, block: &Block) -> bool {
        match self.mode {
            TalkMode::VoiceActivity => block.open,
            TalkMode::PushToTalk => self.pressed,
            TalkMode::PushToMute => block.open && !self.pressed,
            TalkMode::Open => true,
        }
    }

    /// Whether sound from before an opening may be sent: never what was said before the key or while muted.
    pub fn may_pre_roll(self) -> bool {
        self.transmit
            && !self.muted
            && match self.mode {
                TalkMode::VoiceActivity => true,
                TalkMode::PushToMute => !self.pressed,
                TalkMode::PushToTalk | TalkMode::Open => false,
            }
    }
}
