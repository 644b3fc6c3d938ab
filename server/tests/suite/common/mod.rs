//! Servers, people and sockets for tests.

mod bucket;
mod clock;
mod database;
mod faults;
mod http;
mod machine;
mod nats;
mod patience;
mod person;
mod process;
mod server;
mod socket;
mod stores;

pub(crate) use bucket::Bucket;
pub(crate) use clock::{HOUR_MS, SetClock};
pub(crate) use database::Database;
pub(crate) use faults::Faults;
pub(crate) use http::{Answer, Api, Begun};
pub(crate) use machine::{Machine, enrol, log_in};
pub(crate) use nats::Nats;
pub(crate) use patience::until;
pub(crate) use person::{PASSWORD, Person, Registration, open_session, prove, register};
pub(crate) use process::{Process, program};
pub(crate) use server::{TestServer, open_store};
pub(crate) use socket::Socket;
pub(crate) use stores::{on_both_stores, on_postgres, on_sqlite};
