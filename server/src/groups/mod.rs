//! MLS groups: the server keeps each one's public half, judges commits by the public rules and orders them.
//!
//! ```text
//! POST commit -> the group's lock -> PublicGroup checks the commit as MLS -> group_rules::check_commit against the roster
//!             -> GroupInfo belongs to the epoch it makes -> compare-and-swap in the store -> hub: Commit to those it is for
//! ```

mod answer;
mod error;
mod judge;
mod natures;
mod public;
mod public_storage;
mod routes;
mod service;
#[cfg(test)]
mod tests;
mod welcomes;

pub use error::GroupError;
pub(crate) use public::{SUITE, crypto, leaf, read_stored};
pub(crate) use routes::router;
pub(crate) use service::{Groups, read_again};
