//! The Dialtone server: it routes, orders and keeps what it cannot read.
//!
//! ```text
//! config -> serve: secrets, tls, database, listen -> http (one folder a domain), live (one WebSocket a device)
//!                                                 -> state -> the store's traits
//! ```
//!
//! A domain owns its router, service and errors; its service knows no HTTP, so that the WebSocket calls the same one.

mod acme;
mod admin;
mod approvals;
mod auth;
pub mod backup;
mod blobs;
mod bus;
pub mod calendar;
mod calls;
mod certified;
mod channels;
pub mod check;
mod clock;
pub mod config;
pub mod database;
mod error;
mod exposed;
mod grants;
mod groups;
mod healthy;
mod housekeeping;
mod http;
mod identity;
mod instances;
mod invites;
mod limits;
mod listen;
mod live;
pub mod logs;
mod messages;
mod metrics;
mod pace;
mod packages;
mod page;
mod places;
mod random;
mod recovery;
mod relay;
mod roster;
mod secrets;
mod serve;
mod socket;
mod state;
mod steady;
mod tls;
mod token;
mod transaction;
mod turn;
mod work;

pub use admin::{LinkError, Overview, OverviewError, RetentionError, ServerLinks};
pub use auth::RegisterError;
pub use blobs::{Blobs, OpenShelfError, length_in_words};
pub use bus::{BusError, BusStart};
pub use clock::{Clock, SystemClock};
pub use error::ApiError;
pub use exposed::ExposedError;
pub use groups::GroupError;
pub use healthy::{UnhealthyError, ask as ask_health};
pub use http::router;
pub use invites::InviteError;
pub use listen::{Accepting, run};
pub use relay::{
    OfferError, Place, Relay, RelayClient, RelayCounts, RelayError, RelayStart, Roll, SrtpReader,
};
pub use roster::RosterError;
pub use secrets::{SECRET_FILES, Secrets, SecretsError};
pub use serve::{Server, StartError, make_link};
pub use state::{AppState, Parts};
pub use tls::{Certificate, Tls, TlsError};
pub use turn::Turn;
