//! Sealed events: authorised, stored in batches by one writer, acknowledged only once they are durable, then handed out.
//!
//! ```text
//! Send -> authorise -> bounded queue -> writer: one transaction { epochs held, stale ones recorded, append } -> commit
//!      -> hub: Event to everybody -> Stored to the sender
//! ```

mod batch;
mod heads;
mod pause;
mod queue;
mod retention;
mod runs;
mod send;
mod vanish;

pub(crate) use pause::Pauses;
pub(crate) use queue::MessageQueue;
pub(crate) use retention::{Retention, keep_to_retention};
pub(crate) use send::send;
pub(crate) use vanish::sweep;
