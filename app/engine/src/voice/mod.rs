//! Calls: sound, keys and connections brought together.
//!
//! ```text
//! audio    the sound of this program: devices, chains, meters
//! call     one's stay in one call
//! bridge   voice thread -> SFrame -> transport;  transport -> SFrame -> jitter buffer
//! transport   sealed media between this device and each of the others, over WebRTC
//! ```

mod audio;
pub(crate) mod bridge;
mod call;
pub mod transport;

pub use audio::{Audio, AudioChoice};
pub use call::{CallInput, CallPart, Media, Other, TalkerView};
