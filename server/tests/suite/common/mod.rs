//! Servers, people and sockets for tests.

mod faults;
mod http;
mod person;
mod server;
mod socket;

pub(crate) use faults::Faults;
pub(crate) use http::{Answer, Api};
pub(crate) use person::{PASSWORD, Person, Registration, open_session, register};
pub(crate) use server::TestServer;
pub(crate) use socket::Socket;
