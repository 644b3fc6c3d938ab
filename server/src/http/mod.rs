//! HTTP around the domains: reading bodies, ids and who asks; the router over all domains.

mod extract;
mod router;

pub(crate) use extract::{
    Admin, ClientAddress, CurrentDevice, HangUp, Member, ReadBody, ReadQuery, Seated, bearer,
    path_id,
};
pub use router::router;
