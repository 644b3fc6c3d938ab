//! Channels: who may see and send what ([`access`], the one place that decides), heads and history pages.

pub(crate) mod access;
mod routes;
mod service;

pub(crate) use routes::router;
