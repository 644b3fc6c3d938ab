//! Who this server is: its signed statement on the TLS key, and a sign of life.

mod health;
mod routes;
mod service;

pub(crate) use health::Health;
pub(crate) use routes::router;
