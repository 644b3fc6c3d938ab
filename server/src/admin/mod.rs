//! For the operator: the server's own invites (a founding link while nobody founded, a knock link after), and what there is and whom it
//! is for; over HTTP and from the shell.

mod beside;
mod overview;
mod retention;
mod routes;
mod service;
mod sessions;

pub use beside::Overview;
pub use overview::OverviewError;
pub use retention::RetentionError;
pub(crate) use routes::router;
pub(crate) use service::founding_link;
pub use service::{LinkError, ServerLinks};
pub(crate) use sessions::cut_ended;
