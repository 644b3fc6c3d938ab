//! New devices that ask to be approved by another one of their account: messages are passed on, in memory, bounded in number,
//! size and time. Who is who, and whether anything fits, the two devices decide; the server sees to the order alone.
//!
//! ```text
//! new device (HTTP, a proved password)   -> table -> the account's devices (WebSocket)
//! new device (asks now and then)         <- table <- the device that goes on with it
//! ```

mod routes;
mod service;
mod table;

pub(crate) use routes::router;
pub(crate) use service::{
    by_device, by_device_here, by_new_here, connected_elsewhere, disconnected, look_here, sweep,
    waiting,
};
pub(crate) use table::Approvals;
