//! What a person may watch of a running microphone.
//!
//! ```text
//! voice thread: Scope  --ring-->  ScopeReader: each block before and after the chain  -->  Spectrum, and whatever else is drawn
//! ```
//!
//! The ring is there only while somebody looks ([`crate::VoiceEngine::watch`]); once the reader is dropped, the voice thread's end
//! goes as well.

mod scope;
mod spectrum;

pub use scope::{Scope, ScopeBlock, ScopeReader, scope};
pub use spectrum::{BAND_HZ, BANDS, Spectrum};
