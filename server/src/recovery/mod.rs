//! Recovery files: handed to whoever proved the account's password, refreshed by its devices. The server can read neither.

mod routes;
mod service;

pub(crate) use routes::router;
