//! The server's own invites: a founding link while nobody founded, a knock link after; over HTTP and from the shell.

mod routes;
mod service;

pub(crate) use routes::router;
pub(crate) use service::founding_link;
pub use service::{LinkError, ServerLinks};
