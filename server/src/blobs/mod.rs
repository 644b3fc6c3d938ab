//! Sealed files. The server keeps their bytes, whose they are and how long they are, and can open none.
//!
//! ```text
//! PUT     routes -> service: is there room? -> reserve (database) -> incoming, chunk by chunk -> shelf: a draft -> the object -> keep (database)
//! GET     routes -> service: find (database) -> shelf: read -> outgoing, chunk by chunk
//! DELETE  routes -> service: may they? -> delete (database) -> shelf: delete -> forget (database)
//! ```
//!
//! The database comes first and last, so that it names every object that may exist (see `dialtone_store::BlobStore`). What breaks off is
//! given back at once; `sweep` does it for a server that died. Neither a file on its way in nor one on its way out is ever in memory as a whole.

mod error;
mod incoming;
mod limits;
mod outgoing;
mod routes;
mod service;
mod shelf;
mod state;
mod sweep;

pub use limits::in_words as length_in_words;
pub(crate) use routes::{router, streams};
pub use shelf::OpenShelfError;
pub(crate) use shelf::{Shelf, ShelfError, object_path};
pub use state::Blobs;
pub(crate) use sweep::{sweep, sweep_ended};
