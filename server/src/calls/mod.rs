//! Calls: who is in which channel's call, in memory, and the passing on of sealed signals.

//!
//! Of several instances a call is on one, and the others know of it.

mod abroad;
mod home;
mod homes;
mod service;
mod table;

pub(crate) use homes::keep as keep_homes;
use service::tell;
pub(crate) use service::{disconnected, end_moves, join, leave, running, show, signal};
pub(crate) use table::Calls;
