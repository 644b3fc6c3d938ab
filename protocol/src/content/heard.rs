//! What a listener loses of a voice.

use minicbor::{Decode, Encode};

use crate::StreamId;

/// What a listener lost of one voice in the last seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct HeardStream {
    /// Whose: the stay that the talker announced.
    #[n(0)]
    pub stream: StreamId,
    /// The share of packets that were not there when they were to be played, in thousandths.
    #[n(1)]
    pub lost_permille: u16,
    /// How many packets were lost in a row, on average, in tenths; 10 when each was alone.
    #[n(2)]
    pub burst_tenths: u16,
}

impl HeardStream {
    /// The most that one signal reports on.
    pub const MOST: usize = 64;
}
