//! What the handle tells the voice thread and the control thread.

use thiserror::Error;

use crate::backend::{Backend, BackendError, DeviceId, DeviceInfo, DeviceList, Direction};
use crate::chain::{ChainDirection, ChainError, ChainParam, CompiledChain};
use crate::codec::{CodecError, EncoderConfig, ObservedLoss};
use crate::downlink::{Clip, Cue, MixerSettings, PlaybackFeed, Talker, Volume};
use crate::link::TalkerId;
use crate::rt::Beat;
use crate::uplink::{CaptureFeed, TalkMode, Tape};
use crate::watch::Scope;

/// A command to the voice thread. Everything that needs memory was allocated by the sender.
pub(super) enum VoiceCommand {
    Mute(bool),
    Mode(TalkMode),
    Pressed(bool),
    Transmit(bool),
    Param(ChainDirection, ChainParam),
    Chain(ChainDirection, Box<CompiledChain>),
    Encoder(EncoderConfig),
    ExpectLoss(ObservedLoss),
    Mixer(MixerSettings),
    Levelling(bool),
    AddTalker(Box<Talker>),
    RemoveTalker(TalkerId),
    TalkerVolume(TalkerId, Volume),
    TalkerPriority(TalkerId, bool),
    Capture(Option<Box<CaptureFeed>>),
    Playback(Option<Box<PlaybackFeed>>),
    Record(Tape),
    Watch(Box<Scope>),
    Play(Box<Clip>),
    StopPlaying,
    Cue(Cue),
    CueVolume(f32),
}

/// A command to the thread that looks after devices.
pub(super) enum ControlCommand {
    Choose(Direction, Option<DeviceId>),
    Refresh,
    Broken {
        direction: Direction,
        generation: u64,
        error: BackendError,
    },
    /// An opening has ended.
    Opened {
        direction: Direction,
        generation: u64,
        opened: Result<Opened, BackendError>,
    },
    /// A listing has ended; the backend can list again.
    Listed(Box<dyn Backend>, Result<DeviceList, BackendError>),
    Stop,
}

/// The voice thread's end of a device.
pub(super) enum Feed {
    Capture(Box<CaptureFeed>),
    Playback(Box<PlaybackFeed>),
}

/// A device that runs.
pub(super) struct Opened {
    pub(super) device: DeviceInfo,
    pub(super) feed: Feed,
    /// Keeps it running; dropping it may hang.
    pub(super) stream: Box<dyn Send>,
    /// Why it is not the chosen one.
    pub(super) instead: Option<BackendError>,
    /// Counts its callbacks.
    pub(super) beat: Beat,
}

/// The engine could not start or take a command.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The chain is wrong.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The codec refused.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// No thread could be started.
    #[error(
        "the voice engine could not start a thread; close other programs and try again: {reason}"
    )]
    NoThread {
        /// What the system said.
        reason: String,
    },
    /// Too many commands at once.
    #[error("the voice engine is busy; try again in a moment")]
    Busy,
    /// The engine has stopped.
    #[error("the voice engine has stopped; start it again")]
    Stopped,
}
