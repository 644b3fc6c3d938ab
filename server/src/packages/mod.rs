//! Key packages: what others need to put a device into a private group while it is away.

mod package;
mod routes;
mod service;

pub(crate) use routes::router;
