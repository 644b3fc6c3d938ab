//! The Postgres store of the Dialtone server, for more than one server process or machine.
//!
//! ```text
//! connect(url): one connection without time limits -> migrations (under an advisory lock) -> pool
//! begin(): BEGIN (read committed); what must not meet locks its row: the channel's, the roster's head, the group's
//! read():  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; one snapshot
//! ```
//!
//! Each file implements the trait of the file of the same name in `dialtone-store`. The database going away makes calls
//! fail with `StoreError::Unavailable`; the pool tries every connection before lending it and makes new ones, so that the
//! store works again by itself once the database is back.

mod absences;
mod accounts;
mod append;
mod blobs;
mod channels;
mod connect;
mod devices;
mod error;
mod grants;
mod groups;
mod invites;
mod knocks;
mod messages;
mod meta;
mod packages;
mod patient;
mod recovery;
mod roster;
mod row;
mod schema;
mod sessions;
mod store;
mod tables;
mod transaction;
mod welcomes;

pub use connect::{connect, connect_beside_server};
pub use schema::{create, schema};
