//! What keeps the voice thread from waiting: rate conversion without allocation, and old objects dropped elsewhere.

mod rate;
mod retire;

pub use rate::{FromDevice, RateError, ToDevice};
pub use retire::{RetireBin, Retired, retire_ring};
