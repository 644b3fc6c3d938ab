//! What several instances of one server tell each other, over NATS: messages and the way they go. What is done with them is in `instances`.
//!
//! ```text
//! hub, services ── Outlet ─► one task ─► NATS ─► every other instance: Envelope { from, count, news }
//! instances::ask ──────────────────────► NATS ─► the one instance that a name's Tag is of ─► its answer
//! ```
//!
//! The bus may lose: an envelope counts on from the one before it, so that a hole is seen, and what is missing is read from the database
//! (`instances::tail`). Nothing that is acknowledged depends on it.

mod connect;
mod error;
mod news;
mod outlet;
mod pieces;
mod tag;

pub use connect::BusStart;
pub(crate) use connect::{Asked, Bus, Incoming};
pub use error::BusError;
pub(crate) use news::{Envelope, Here, News, Part, Place, To};
pub(crate) use outlet::Outlet;
pub(crate) use pieces::{PIECE, Pieces};
pub(crate) use tag::Tag;
