//! The plugin-based voice engine of Dialtone. It knows no network, no cryptography and no window.
//!
//! ```text
//! uplink    microphone -> ring -> 48 kHz -> chain (high-pass, denoise, gain, gate, limiter) -> Opus -> seal -> send
//! downlink  push -> jitter buffer -> Opus | restore | conceal -> time -> level -> mix -> limit -> ring -> loudspeaker
//! ```

pub mod backend;
pub mod chain;
pub mod codec;
pub mod downlink;
pub mod engine;
pub mod frame;
pub mod link;
pub mod node;
pub mod rt;
pub mod stages;
pub mod uplink;

pub use backend::{
    Backend, BackendError, BackendErrorKind, CpalBackend, DeviceId, DeviceInfo, DeviceList,
    Direction, FileBackend, ManualDevices, NullBackend,
};
pub use chain::{ChainError, ChainSpec, StageSpec};
pub use codec::{EncoderConfig, PacketDuration};
pub use engine::{
    DeviceState, EngineError, Meters, TalkerMeter, VoiceConfig, VoiceEngine, VoiceEvent,
};
pub use link::{
    FrameSealer, Loopback, Lossy, NullSender, OutgoingPacket, PacketHeader, PacketInput,
    PacketSender, PlainSealer, SealError, TalkerId, packet_channel,
};
pub use node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, Registry};
pub use uplink::TalkMode;
