//! What the server does, in numbers, for Prometheus.
//!
//! ```text
//! a part counts (an atomic each) -> Metrics, one a server -> text, when somebody asks -> /metrics by token, or a port of its own
//! ```
//!
//! What is a state and no count (who is connected, what waits) is read when somebody asks, and costs nothing else. No label names an account, a
//! device, a channel or an address: of a request its route's pattern is told, and there are as many series as the program has words for.

mod families;
mod http;
mod port;
mod process;
mod routes;
mod scrape;

pub(crate) use families::{Metrics, RefusedBy, SignInStep};
pub(crate) use http::{count, route};
pub(crate) use port::serve as serve_port;
pub(crate) use routes::router;
