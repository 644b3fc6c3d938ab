//! Invites: looking one up by its token, publishing one, who knocks.

mod error;
mod routes;
mod service;

pub use error::InviteError;
pub(crate) use routes::router;
pub(crate) use service::{check_usable, find, find_by_token, find_usable};
