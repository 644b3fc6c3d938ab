//! The roster: the signed log, verified and kept in memory, appended by one writer.
//!
//! ```text
//! POST /roster, POST /invites, register -> append: verify a copy -> one transaction { compare-and-swap, mirror, company }
//!                                                 -> in memory -> hub: everybody gets the entry, who is out is cut
//! ```

mod append;
mod bounds;
mod error;
mod mirror;
mod routes;
mod state;

pub(crate) use append::{Company, append, catch_up_if_behind, catch_up_to, catch_up_with_store};
pub use error::RosterError;
pub(crate) use routes::router;
pub(crate) use state::{RosterState, read_log};
