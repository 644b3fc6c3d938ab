//! Sealed events: content -> bytes -> checked in their stream -> verified.
//!
//! ```text
//! seal   content -> CBOR -> padded -> signed -> XChaCha20-Poly1305 under the channel's key -> SealedEvent bytes
//! check  bytes -> sequence, sender's chain, seen position, roster position -> Checked (nothing opened yet)
//! open   Checked -> key by key_id -> device active -> opened -> signature -> VerifiedEvent (the only way to the text)
//! record Checked + outcome -> the stream moves on
//! refuse what does not fit its stream: who is to blame, and the stream moves on
//! ```

mod open;
mod padding;
mod refused;
mod seal;
mod stream;

pub use open::{OpenError, VerifiedEvent, open_event};
pub use refused::{Blame, Refused};
pub use seal::{EventDraft, SealError, SealedOut, seal_event};
pub use stream::{Checked, Outcome, SenderChain, StreamChecker, StreamError};

pub(crate) use open::open_signed;
pub(crate) use padding::unpad;
pub(crate) use seal::seal_signed;
