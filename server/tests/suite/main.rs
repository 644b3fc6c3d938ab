//! The server over real sockets: one file a behaviour, one binary for all of them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod admin;
mod approvals;
mod auth;
mod backup;
mod bad_frames;
mod bad_requests;
mod blobs;
mod blobs_unfinished;
mod browsers;
mod buckets;
mod calls;
mod channels;
mod check;
mod clock;
mod common;
mod connections;
mod crash;
mod database_gone;
mod described;
mod every_table;
#[cfg(unix)]
mod exposed;
mod foreign;
mod frame_fields;
mod groups;
mod instances;
mod invites;
mod keys;
mod limits;
mod live;
mod logs;
#[cfg(unix)]
mod logs_of_all;
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
mod retention;
mod roster;
mod rules;
mod schemas;
mod settings;
mod signals;
mod tls;
#[cfg(feature = "otlp")]
mod traces;
mod turn;
mod twice;
mod vanishing;
#[cfg(unix)]
mod without_settings;
