//! MIC -> NETWORK.
//!
//! ```text
//! device callback -> ChannelMixer (to one channel) -> Capture ring -> FromDevice (48 kHz) -> CompiledChain -> TalkControl (mute, push-to-talk)
//!                 -> Packetizer (pre-roll, Opus, seal) -> PacketSender
//! ```

mod capture;
mod channels;
mod packetizer;
mod pre_roll;
mod recorder;
mod run;
mod talk;

pub use capture::{CaptureFeed, CaptureRing, CaptureSink, capture_ring, capture_ring_of};
pub use channels::ChannelChoice;
pub use packetizer::{PacketMeter, Packetizer, PacketizerStats};
pub use recorder::{Recorder, Tape, recorder};
pub use run::{Uplink, UplinkReport};
pub use talk::{TalkControl, TalkMode};
