//! A voice frame that is not verified yet.

use minicbor::{Decode, Encode};

/// A frame that was heard, and whose digest did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct MissedFrame {
    /// Its `SFrame` key id.
    #[n(0)]
    pub key_id: u64,
    /// Its counter.
    #[n(1)]
    pub counter: u64,
}

impl MissedFrame {
    /// The most that are asked for at a time; more are ignored.
    pub const MOST: usize = 8;
}
