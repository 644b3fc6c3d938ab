//! Calls: who is in which channel's call, in memory, and the passing on of sealed signals.

mod service;
mod table;

pub(crate) use service::{disconnected, end_moves, join, leave, running, signal};
pub(crate) use table::Calls;
