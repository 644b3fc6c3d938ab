//! Sound devices behind one trait.
//!
//! ```text
//! Backend::devices()      what there is, by stable id and name
//! Backend::open_input()   device callback -> CaptureSink  (ring) -> voice thread
//! Backend::open_output()  voice thread -> PlaybackSink (ring) -> device callback
//! ErrorSink               the stream broke: typed, once, to the thread that looks after devices
//! ```
//!
//! Dropping a stream may hang when its sound server has died; [`OpenStream`] is therefore dropped on a thread of its
//! own by whoever gives it up.

mod cpal;
mod device_id;
mod error;
mod file;
mod manual;
mod null;
mod pace;
mod synthetic;
mod wav;

pub use cpal::CpalBackend;
pub use device_id::DeviceId;
pub use error::{BackendError, BackendErrorKind};
pub use file::{FileBackend, FileCue};
pub use manual::{ManualBackend, ManualDevices};
pub use null::NullBackend;
pub use synthetic::{SyntheticBackend, SyntheticSamples, SyntheticSource};
pub use wav::{WavRecorder, WavSound};

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::downlink::PlaybackSink;
use crate::uplink::CaptureSink;

/// Microphone or loudspeaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// A microphone.
    Input,
    /// A loudspeaker.
    Output,
}

impl std::fmt::Display for Direction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Input => "microphone",
            Self::Output => "loudspeaker",
        })
    }
}

/// One device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// Its stable identity.
    pub id: DeviceId,
    /// Its name, for people.
    pub name: String,
    /// Whether the system uses it where nothing else is chosen.
    pub is_default: bool,
}

/// The devices there are now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceList {
    /// Microphones.
    pub inputs: Vec<DeviceInfo>,
    /// Loudspeakers.
    pub outputs: Vec<DeviceInfo>,
}

impl DeviceList {
    /// The devices of one direction.
    pub fn of(&self, direction: Direction) -> &[DeviceInfo] {
        match direction {
            Direction::Input => &self.inputs,
            Direction::Output => &self.outputs,
        }
    }

    /// The default device of one direction.
    pub fn default_of(&self, direction: Direction) -> Option<&DeviceInfo> {
        self.of(direction).iter().find(|device| device.is_default)
    }
}

/// Where a stream reports that it broke. Callable from any thread; must not be called from a device's sound callback.
pub type ErrorSink = Arc<dyn Fn(BackendError) + Send + Sync>;

/// A running stream: it runs until this is dropped.
pub struct OpenStream {
    /// The device that was opened.
    pub device: DeviceInfo,
    /// Its sample rate in Hz.
    pub rate: u32,
    /// Frames in one callback, as asked for; the device may do otherwise.
    pub callback_frames: u32,
    /// Keeps the stream running.
    pub stream: Box<dyn Send>,
}

/// A source of devices and streams. A device may take for ever to open, so each opening and each listing is done by a
/// backend of its own, on a thread that is left behind when it does not answer.
pub trait Backend: Send {
    /// Another backend of the same devices, for a thread of its own. Returns at once.
    fn again(&self) -> Box<dyn Backend>;

    /// What devices there are now.
    ///
    /// # Errors
    /// The sound system does not answer.
    fn devices(&mut self) -> Result<DeviceList, BackendError>;

    /// Opens a microphone, the default one without `id`, and starts it.
    ///
    /// # Errors
    /// No such device, busy, not allowed; the kind says what to do.
    fn open_input(
        &mut self,
        id: Option<&DeviceId>,
        sink: CaptureSink,
        on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError>;

    /// Opens a loudspeaker, the default one without `id`, and starts it.
    ///
    /// # Errors
    /// No such device, busy, not allowed; the kind says what to do.
    fn open_output(
        &mut self,
        id: Option<&DeviceId>,
        sink: PlaybackSink,
        on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError>;
}
