//! What keeps the voice thread from waiting: rate conversion without allocation, and old objects dropped elsewhere.

mod beat;
mod guard;
mod rate;
mod retire;
mod warm;

pub use beat::Beat;
pub use guard::{Panicked, guard};
pub use rate::{FromDevice, RateError, ToDevice};
pub use retire::{RetireBin, Retired, retire_ring};
pub use warm::warm_up_thread;
