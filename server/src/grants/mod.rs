//! History grants, kept until their device takes them, and requests for keys, passed on to who is online.

mod service;

pub(crate) use service::{grant, request, taken, waiting};
