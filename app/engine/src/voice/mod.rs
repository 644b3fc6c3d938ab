//! Calls: what carries sealed voice between devices.

pub mod transport;
