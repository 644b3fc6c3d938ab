//! The server over real sockets: one file a behaviour, one binary for all of them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod admin;
mod approvals;
mod auth;
mod backup;
mod blobs;
mod blobs_unfinished;
mod buckets;
mod calls;
mod channels;
mod check;
mod common;
mod connections;
mod crash;
mod database_gone;
mod groups;
mod invites;
mod keys;
mod live;
mod lost_answers;
mod messages;
mod passwords;
mod postgres;
mod private_groups;
mod program;
mod races;
mod recovery;
mod refusals;
mod relay;
mod retention;
mod roster;
mod rules;
mod signals;
mod tls;
mod turn;
mod vanishing;
