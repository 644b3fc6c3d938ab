//! A community that does not exist, and an engine that only pretends: for `examples/demo.rs`, screenshots and tests.
//!
//! `harbour()` is the state of the drawings; [`FakeEngine`] answers commands on it, without network, keys or sound.

mod affairs;
mod bad;
mod community;
mod engine;
mod files;
mod messages;
mod meter;
mod quality;

pub use bad::{BAD_STATES, bad_state};
pub use community::{clock, harbour, invitation, knock};
pub use engine::{FakeEngine, serve};
pub use messages::many;
pub use meter::metered;
