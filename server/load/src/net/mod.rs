//! The way to the server: TLS that ends at the key which the server's identity vouches for, requests, sockets.
//!
//! ```text
//! founding link -> Endpoint::meet (learn the TLS key, check /identity) -> dial from a client's own address
//!               -> Api: requests          -> socket: resumed to the live end, split in two halves
//! ```

mod endpoint;
mod http;
mod socket;

pub(crate) use endpoint::{Connection, Endpoint, client_address, local_address};
pub(crate) use http::Api;
pub(crate) use socket::{Reader, Stand, Writer, connect, dial};
