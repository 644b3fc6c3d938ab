//! Several instances of one server on one database: what each does with what the others tell, and with what it was not told.
//!
//! ```text
//! bus ─► listen ─► peers: is anything missing? ─► inbox ─► take: hub, roster, groups, calls ─► who is connected here
//!            └──── question ─► questions: challenges, proved passwords, approvals ─► answer
//! tail ─► database: what is there and was not handed out here ─► hub
//! ```
//!
//! The database is the authority: what it holds is handed out once and in order by whatever way it comes, and an instance that hears nothing of
//! the others reads it once a second. Presence, calls and typing come by the bus alone.

mod ask;
mod inbox;
mod listen;
mod peers;
mod question;
mod questions;
mod request;
mod tail;
mod take;

pub(crate) use ask::ask;
pub(crate) use listen::{check_secrets, listen};
pub(crate) use peers::Peers;
pub(crate) use question::Question;
pub(crate) use request::see_all;
pub(crate) use tail::{begin, run as follow_database};
