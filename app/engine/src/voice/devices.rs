//! Which sound devices there are.

use std::path::PathBuf;

use dialtone_audio::{Backend, CpalBackend, FileBackend, FileCue, NullBackend};

use super::opened::Opened;

/// Frames in one callback of a microphone, at 48 kHz: 10 ms, as long as the block that is made of it.
const CAPTURE_FRAMES: u32 = 480;
/// Frames in one callback of a loudspeaker: 2.5 ms, as long as the pieces of the mix. A build without optimization cannot keep up
/// with so many, and takes twice as long ones.
const PLAYBACK_FRAMES: u32 = if cfg!(debug_assertions) { 240 } else { 120 };

/// Which sound devices there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AudioChoice {
    /// The system's.
    #[default]
    System,
    /// A file is spoken, another is written with what is heard.
    Files {
        /// A WAV file to speak.
        speak: Option<PathBuf>,
        /// Where to write what is heard.
        hear: Option<PathBuf>,
        /// It is spoken again and again, not once.
        repeat: bool,
        /// When it begins; without one as soon as the microphone is opened.
        cue: Option<FileCue>,
    },
    /// None: silence in, nothing out.
    Null,
    /// None, and no sound is made either: what others say in a call is opened and counted. For measuring calls of many.
    Opened(Opened),
}

impl AudioChoice {
    /// The devices.
    pub(crate) fn backend(&self) -> Box<dyn Backend> {
        match self {
            Self::System => Box::new(CpalBackend::new(CAPTURE_FRAMES, PLAYBACK_FRAMES)),
            Self::Files {
                speak,
                hear,
                repeat,
                cue,
            } => Box::new(
                FileBackend::new(speak.clone(), hear.clone())
                    .repeat(*repeat)
                    .begin_at(cue.clone()),
            ),
            Self::Null | Self::Opened(_) => Box::new(NullBackend),
        }
    }
}
