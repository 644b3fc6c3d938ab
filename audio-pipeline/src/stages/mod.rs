//! The stages that come with Dialtone, one a file.
//!
//! ```text
//! high-pass -> echo-cancel -> denoise or denoise-strong -> voice-detect (judges speech) -> gain -> gate (opens and closes)
//!           -> auto-gain -> limiter
//! ```

mod auto_gain;
mod denoise;
mod denoise_strong;
mod echo_cancel;
mod gain;
mod gate;
mod high_pass;
mod limiter;
mod linear;
mod noise_floor;
#[cfg(test)]
pub(crate) mod sounds;
mod spectrum;
mod voice_detect;

pub use auto_gain::AutoGainNode;
pub use denoise::DenoiseNode;
pub use denoise_strong::DenoiseStrongNode;
pub use echo_cancel::EchoCancelNode;
pub use gain::GainNode;
pub use gate::GateNode;
pub use high_pass::HighPassNode;
pub use limiter::{Limiter, LimiterNode};
pub use voice_detect::VoiceDetectNode;
