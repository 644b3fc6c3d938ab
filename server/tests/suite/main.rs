//! The server over real sockets: one file a behaviour, one binary for all of them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod approvals;
mod auth;
mod bad_frames;
mod bad_requests;
mod blobs;
mod blobs_unfinished;
mod browsers;
mod buckets;
mod calls;
mod channels;
mod common;
mod connections;
mod crash;
mod database_gone;
mod described;
mod groups;
mod invites;
mod keys;
mod limits;
mod live;
mod logs;
mod lost_answers;
mod messages;
mod metrics;
mod page;
mod passwords;
mod postgres;
mod private_groups;
mod program;
mod races;
mod ready;
mod recovery;
mod refusals;
mod relay;
mod roster;
mod rules;
mod signals;
mod tls;
#[cfg(feature = "otlp")]
mod traces;
mod turn;
mod vanishing;
