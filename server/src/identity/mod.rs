//! Who this server is: its signed statement on the TLS key, and a sign of life.

mod routes;
mod service;

pub(crate) use routes::router;
