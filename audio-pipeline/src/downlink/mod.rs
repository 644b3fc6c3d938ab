//! NETWORK -> EAR.
//!
//! ```text
//! packets -> JitterBuffer (per talker) -> decode | restore | conceal -> stretch or shrink time
//!         -> level -> volume -> lowered while priority speaks -> Mixer (all talkers) -> MixChain (stages) -> short sounds -> Limiter -> Playback ring -> device
//! ```

mod clip;
mod cue;
mod jitter;
mod level;
mod lowering;
mod mix_chain;
mod mixer;
mod playback;
mod stretch;
mod talker;
mod tap;

pub use clip::Clip;
pub use cue::Cue;
pub use jitter::{Accept, JitterBuffer, JitterConfig, JitterStats, Next};
pub use level::{LevelConfig, Leveller};
pub use mix_chain::MixChain;
pub use mixer::{FailedTalker, MAX_TALKERS, Mixer, MixerSettings};
pub use playback::{
    PLAYBACK_PERIOD, PLAYBACK_QUANTUM, PlaybackFeed, PlaybackFill, PlaybackRing, PlaybackSink,
    playback_ring,
};
pub use stretch::SoundQueue;
pub use talker::{Rendered, Talker, TalkerConfig, Volume};
