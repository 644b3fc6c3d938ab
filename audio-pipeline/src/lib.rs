//! The plugin-based voice engine of Dialtone. It knows no network, no cryptography and no window.
//!
//! ```text
//! uplink    microphone -> ring -> 48 kHz -> chain (high-pass, echo-cancel, denoise, gate, ..) -> Opus -> seal -> send
//! downlink  push -> jitter buffer -> Opus | restore | conceal -> time -> level -> mix -> chain -> limit -> ring -> loudspeaker
//! ```
//!
//! [`VoiceEngine`] runs both on one voice thread. The device's callbacks touch rings only; on the voice thread nothing
//! allocates, locks, logs or blocks (`tests/no_alloc.rs` proves it).
//!
//! # A stage of one's own
//!
//! A stage is a description with parameters, and a processor that the description builds. Once registered, any chain
//! file may name it.
//!
//! ```
//! use dialtone_audio::{ChainSpec, Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, Registry, StageFault};
//! use dialtone_audio::frame::Block;
//! use serde::{Deserialize, Serialize};
//!
//! /// Makes a voice sound as if from a robot: multiplies it by a tone.
//! #[derive(Debug, Serialize, Deserialize)]
//! struct RobotNode { tone_hz: f32 }
//!
//! impl NodeType for RobotNode { const NAME: &'static str = "robot"; }
//!
//! impl Node for RobotNode {
//!     fn info(&self) -> NodeInfo {
//!         NodeInfo::new(Self::NAME, vec![ParamInfo::new("tone_hz", "Hz", 10.0, 500.0)])
//!     }
//!     fn values(&self) -> Vec<f32> { vec![self.tone_hz] }
//!     fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
//!         Ok(Box::new(RobotProcessor { tone_hz: self.tone_hz, phase: 0.0 }))
//!     }
//! }
//!
//! struct RobotProcessor { tone_hz: f32, phase: f32 }
//!
//! impl Processor for RobotProcessor {
//!     fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
//!         for sample in &mut block.samples {
//!             self.phase = (self.phase + self.tone_hz / 48_000.0).fract();
//!             *sample *= (self.phase * std::f32::consts::TAU).sin();
//!         }
//!         Ok(())
//!     }
//!     fn set_param(&mut self, _index: usize, value: f32) { self.tone_hz = value; }
//! }
//!
//! let mut registry = Registry::standard();
//! registry.register::<RobotNode>()?;
//! let spec = ChainSpec::from_toml("name = \"Robot\"\n[[stage]]\ntype = \"robot\"\ntone_hz = 60.0")?;
//! let mut chain = spec.compile(&registry)?;
//! chain.process(&mut Block::silence());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod backend;
pub mod chain;
pub mod check;
#[cfg(feature = "clap")]
pub mod clap;
pub mod codec;
#[cfg(test)]
mod dice;
pub mod downlink;
pub mod engine;
pub mod frame;
pub mod link;
pub mod node;
pub mod rt;
pub mod stages;
pub mod uplink;
pub mod watch;

pub use backend::{
    Backend, BackendError, BackendErrorKind, CpalBackend, DeviceId, DeviceInfo, DeviceList,
    Direction, FileBackend, FileCue, ManualDevices, NullBackend, SyntheticBackend, SyntheticSource,
};
pub use chain::{ChainDirection, ChainError, ChainSpec, Preset, StageId, StageMeter, StageSpec};
pub use codec::{EncoderConfig, LossKind, ObservedLoss, PacketDuration};
pub use downlink::Cue;
pub use engine::{
    DeviceState, EngineError, Meters, TalkerMeter, VoiceConfig, VoiceEngine, VoiceEvent,
};
pub use link::{
    FrameSealer, Loopback, Lossy, NullSender, OutgoingPacket, PacketHeader, PacketInput,
    PacketSender, PlainSealer, SealError, TalkerId, packet_channel,
};
pub use node::{
    Cause, Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, Registry, StageFault,
};
pub use uplink::{Recorder, TalkMode};
