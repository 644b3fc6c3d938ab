//! The embedded store of the Dialtone server: one `SQLite` file, in WAL mode.
//!
//! ```text
//! open(path): lock file -> file mode 0600 -> is it ours? -> writer pool of 1 -> migrations -> readers
//! begin(): BEGIN IMMEDIATE on the one writer connection; callers queue for it
//! read():  BEGIN on one of the readers (query_only); a snapshot beside the writer
//! commit(): the WAL is synced to disk before it returns (synchronous = FULL)
//! ```
//!
//! Each file implements the trait of the file of the same name in `dialtone-store`.

mod absences;
mod accounts;
mod append;
mod blobs;
mod channels;
mod devices;
mod error;
mod file;
mod grants;
mod groups;
mod invites;
mod knocks;
mod messages;
mod meta;
mod open;
mod packages;
mod recovery;
mod roster;
mod row;
mod schema;
mod sessions;
mod store;
mod tables;
mod transaction;
mod welcomes;

pub use open::{open, open_beside_server};
pub use schema::{create, schema};
