//! The suite that every store must pass: one behaviour a function, run for a store by [`crate::store_conformance_tests!`].
//!
//! ```text
//! async fn open() -> Option<Box<dyn Harness>> { .. }   // a fresh, empty store; `None` skips
//! dialtone_store::store_conformance_tests!(open);
//! ```
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that fails panics"
)]

mod fixture;
mod harness;
mod list;

pub mod absences;
pub mod accounts;
pub mod blobs;
pub mod channels;
pub mod devices;
pub mod grants;
pub mod groups;
pub mod invites;
pub mod knocks;
pub mod messages;
pub mod messages_concurrent;
pub mod meta;
pub mod packages;
pub mod recovery;
pub mod roster;
pub mod sessions;
pub mod tables;
pub mod transactions;
pub mod vanishing;
pub mod welcomes;

pub use harness::{Harness, run};
