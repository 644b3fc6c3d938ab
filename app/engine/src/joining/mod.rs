//! Coming in by a link.
//!
//! ```text
//! link -> meet the server (pinned) -> look the invite up -> replay the roster, check it against the link   = inspected
//! name, password -> OPAQUE -> keys -> Joined/Founded entry or knock -> keystore -> register                = joined
//! ```
//!
//! All of it blocks; call from a blocking thread.

mod inspect;
mod register;

pub(crate) use inspect::{InspectError, Inspected, inspect, kind};
pub(crate) use register::{JoinRequest, Joined, RegisterError, Unfinished, register};
