//! Coming in by a link.
//!
//! ```text
//! link -> meet the server (pinned) -> look the invite up -> replay the roster, check it against the link   = inspected
//! name, password -> OPAQUE -> keys -> Joined/Founded entry or knock -> keystore -> register                = joined
//! address, name, password, recovery key -> a device of an account that is there already                     = joined
//! address, name, password, another device of the account that says so -> likewise                           = joined
//! ```
//!
//! All of it blocks; call from a blocking thread.

mod ask;
mod inspect;
mod login;
mod password;
mod recover;
mod register;

pub(crate) use ask::{AskAnswer, AskError, AskRequest, AskStep, Desk, Promised, ask};
pub(crate) use inspect::{InspectError, Inspected, community, inspect, kind};
pub(crate) use password::{ChangeError, PasswordRequest, change_password};
pub(crate) use recover::{RecoverRequest, recover};
pub(crate) use register::{JoinRequest, Joined, RegisterError, Unfinished, register};
