//! The voice engine: two threads and a handle.
//!
//! ```text
//!  any thread            voice thread (VoiceCore)                control thread (Devices)
//!  VoiceEngine --ring--> commands                                opens, watches, reopens devices
//!              --------------------------------------channel---> device choice
//!  PacketInput --ring--> packets -> Mixer -> playback ring       drops what the voice thread retires
//!                        capture ring -> Uplink -> PacketSender  turns reports into events
//!              <-------------------------------------channel---- VoiceEvent, meters
//! ```

mod command;
mod config;
mod control;
mod core;
mod device;
mod event;
mod handle;
mod meters;
mod opening;
mod recording;

pub use self::core::VoiceCore;
pub use command::EngineError;
pub use config::VoiceConfig;
pub use event::{DeviceState, VoiceEvent};
pub use handle::VoiceEngine;
pub use meters::{Meters, StageDelays, TalkerMeter};
