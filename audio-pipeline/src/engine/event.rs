//! What the engine tells.

use crate::backend::{BackendErrorKind, DeviceInfo, DeviceList, Direction};
use crate::link::TalkerId;

use super::meters::Meters;

/// How it stands with the microphone or the loudspeaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// The chosen device runs.
    Running {
        /// Which one.
        device: DeviceInfo,
    },
    /// The chosen device is not to be had; the default one runs until it is.
    FellBack {
        /// Which one runs.
        device: DeviceInfo,
        /// Why the chosen one does not, in words.
        reason: String,
    },
    /// No device runs: without microphone one can listen, without loudspeaker one can talk. Tried again by itself.
    Missing {
        /// What kind of trouble it is.
        kind: BackendErrorKind,
        /// What happened and what to do, in words.
        reason: String,
    },
    /// Switched off on purpose.
    Off,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum VoiceEvent {
    /// Levels and counters, about twenty times a second.
    Meters(Box<Meters>),
    /// A device started, failed or came back.
    Device {
        /// Microphone or loudspeaker.
        direction: Direction,
        /// How it stands.
        state: DeviceState,
    },
    /// Devices came or went.
    Devices(DeviceList),
    /// Somebody began or stopped speaking; `None` is oneself.
    Speaking {
        /// Who.
        talker: Option<TalkerId>,
        /// Began or stopped.
        speaking: bool,
    },
}
