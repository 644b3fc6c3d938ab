//! What this device remembers of one community: one `SQLite` file, every value sealed under the keystore's database key.
//!
//! Rows are (table, key) -> value. Keys are ids and numbers; values are XChaCha20-Poly1305 with the table and the key as
//! associated data, so that a row moved elsewhere does not open.

mod database;
#[cfg(test)]
pub(crate) mod faults;
mod rows;

pub(crate) use database::{Database, LocalError, Row, Transaction};
pub(crate) use rows::Table;
