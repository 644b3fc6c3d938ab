//! How well one hears each talker: numbers once a second, a history of minutes, and a plain word.
//!
//! ```text
//! connection: path, round trip  ─┐
//! jitter buffer's counters      ─┼─► Gauge (once a second) ─► Reading ─► history ─► mean ─► judge ─► Verdict
//! what plays the sound          ─┘
//! ```

mod gauge;
mod judge;

pub(crate) use gauge::{Gauge, PAUSE, Seen};
pub use judge::judge;
