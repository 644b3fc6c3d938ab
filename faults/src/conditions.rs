//! How bad a network is.

use std::time::Duration;

/// How bad a network is. The default is a good one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Conditions {
    /// Everything takes so long, one way.
    pub delay: Duration,
    /// A datagram takes up to so much longer; none overtakes another by that.
    pub jitter: Duration,
    /// Share of datagrams that are lost, from 0 to 1. What TCP loses it sends again, so there it is late.
    pub loss: f64,
    /// Share of datagrams that come twice, from 0 to 1.
    pub duplicate: f64,
    /// Share of datagrams that those after them overtake, from 0 to 1.
    pub reorder: f64,
    /// UDP does not get through.
    pub udp_blocked: bool,
    /// Nothing gets through, and nobody is told.
    pub cut: bool,
}
