//! What keeps the voice thread from waiting: rate conversion without allocation, old objects dropped elsewhere, and its priority.

mod beat;
mod cost;
mod guard;
mod priority;
mod rate;
mod retire;
mod warm;

pub use beat::Beat;
pub use cost::Cost;
pub use guard::{Panicked, guard};
pub use priority::raise_this_thread;
pub use rate::{FromDevice, RateError, ToDevice};
pub use retire::{RetireBin, Retired, retire_ring};
pub use warm::warm_up_thread;
