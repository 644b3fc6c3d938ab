//! The crypto crate from outside: people, a server that may be hostile, and what it must not get away with.
//!
//! One binary, because each would link everything. `common` holds the people and the server.
#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests fail their test by it"
)]

mod common;
mod groups;
mod history;
mod hostile_events;
mod hostile_groups;
mod hostile_log;
mod misuse;
mod parsers;
mod private;
mod refusals;
mod seeds;
mod signals;
