//! The server over real sockets: one file a behaviour, one binary for all of them.

mod auth;
mod calls;
mod common;
mod crash;
mod groups;
mod invites;
mod live;
mod messages;
mod postgres;
mod roster;
mod tls;
