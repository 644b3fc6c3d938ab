//! Calls: sound, keys and connections brought together.
//!
//! ```text
//! audio    the sound of this program: devices, chains, meters
//! devices  which of them: the system's, files, or none
//! call     one's stay in one call
//! media    the sound, and the connections of a stay
//! network  the threads that calls reach the network with
//! hints    what whoever is silent is told
//! hearing  what is lost of voices, reported both ways
//! quality  how well one hears each of them
//! translate the user's choices in the sound engine's words
//! check_file    the sound check of a recording in a file
//! own_chain     a chain from a file
//! desk          the chain editor's: changes, one's own chains, what can be taken back
//! watching      the voice meter's reading
//! sound_check   how one sounds, and which threshold suits
//! switches muted and deafened
//! outgoing voice thread -> SFrame -> transport
//! opened   what a client without sound makes of a call
//! bridge   transport -> SFrame -> jitter buffer
//! whispers to whom one whispers
//! way      directly or over the relay
//! transport   sealed media between this device and each of the others, over WebRTC
//! ```

mod audio;
pub(crate) mod bridge;
mod call;
pub mod check_file;
mod desk;
mod devices;
pub(crate) mod hearing;
mod hints;
mod media;
mod network;
mod opened;
pub(crate) mod outgoing;
mod own_chain;
mod quality;
mod sound_check;
mod switches;
mod translate;
pub mod transport;
mod watching;
mod way;
mod whispers;

#[cfg(test)]
pub(crate) mod founded;
#[cfg(test)]
#[expect(
    unsafe_code,
    reason = "an allocator that counts can only be written so"
)]
mod no_alloc;

pub use audio::Audio;
pub use bridge::Whose;
pub use call::{Audible, CallInput, CallPart, Other, RollChange, TalkerView};
pub use devices::AudioChoice;
pub use dialtone_audio::FileCue;
pub use media::{Media, Relay, Sound};
pub use opened::{Opened, OpenedPacket};
pub use quality::judge;
pub use switches::Switches;
pub use way::{DirectWish, OwnWay, Reach, Way, WayRule};
pub use whispers::Whisper;

pub(crate) use call::LINGER;
pub(crate) use network::{CallNetwork, media_runtime};
