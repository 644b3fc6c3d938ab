//! The Postgres store on a real server: the suite that every store passes, and the database going away.

mod conformance;
mod database;
mod recovery;
