//! What the engine tells.

use crate::backend::{BackendErrorKind, DeviceInfo, DeviceList, Direction};
use crate::chain::{ChainDirection, StageId};
use crate::link::TalkerId;
use crate::node::Cause;

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
    /// Something failed and is left out from now on; the call goes on. Each cause is told once.
    Fault {
        /// On which way.
        direction: ChainDirection,
        /// The stage of the chain, by its id; or which other part: [`StageId::CAPTURE`] (the microphone gives what is no
        /// number), [`StageId::SENDING`], [`StageId::TALKER`], [`StageId::UPLINK`], [`StageId::DOWNLINK`].
        stage: StageId,
        /// Whose sound it concerns, if it is one talker's alone. The talker is silent until added again.
        talker: Option<TalkerId>,
        /// Why.
        cause: Cause,
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

/// A [`VoiceEvent::Fault`] on its way from the voice thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) direction: ChainDirection,
    pub(super) stage: StageId,
    pub(super) talker: Option<TalkerId>,
    pub(super) cause: Cause,
}
