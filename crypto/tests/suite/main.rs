//! The crypto crate from outside: people, a server that may be hostile, and what it must not get away with.
//!
//! One binary, because each would link everything. `common` holds the people and the server.

mod common;
mod groups;
mod history;
mod hostile_server;
mod misuse;
mod parsers;
