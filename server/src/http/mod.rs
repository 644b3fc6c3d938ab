//! HTTP around the domains: reading bodies, ids and who asks; the router over all domains.

mod described;
mod extract;
mod guard;
mod headers;
mod request_id;
mod rest;
mod router;

pub(crate) use extract::{
    Admin, ClientAddress, CurrentDevice, Member, Object, ReadBody, ReadQuery, Seated, path_id,
    within_limits,
};
pub(crate) use guard::{harden, refuse_ambiguous};
pub(crate) use headers::{Range, announced, bearer, keep_seconds, takes_gzip, token};
pub(crate) use request_id::RequestId;
pub use router::router;
