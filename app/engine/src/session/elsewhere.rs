//! A call that is on another machine of the same server: one connects there, and goes into the call as after any break.
//!
//! ```text
//! JoinCall -> refused, "at host:port" -> the connection ends -> met at host:port (the same identity key) -> JoinCall
//! ```
//!
//! Wherever it leads, the server proves its identity there as at its usual address. If it cannot be reached there, it is met at the usual
//! address again.

use dialtone_protocol::ChannelId;

use super::run::{Ended, Session};

/// So often one is sent on without getting in.
const MOST: u32 = 4;
/// The longest address, in bytes: a host name has 253.
const LONGEST: usize = 300;

/// Where the server is met.
#[derive(Default)]
pub(super) struct Elsewhere {
    address: Option<String>,
    sent: u32,
}

impl Elsewhere {
    /// Where to connect, if the server is usually met at `usual`.
    pub(super) fn or<'a>(&'a self, usual: &'a str) -> &'a str {
        self.address.as_deref().unwrap_or(usual)
    }

    /// One is sent there; `false`: one does not go.
    fn send(&mut self, address: &str) -> bool {
        let port = address.rsplit_once(':');
        let names =
            port.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
        let plain = address.bytes().all(|byte| byte.is_ascii_graphic());
        let goes = names && plain && address.len() <= LONGEST && self.sent < MOST;
        if goes {
            self.sent += 1;
            self.address = Some(address.to_owned());
        }
        goes
    }

    /// One got into the call.
    pub(super) fn arrived(&mut self) {
        self.sent = 0;
    }

    /// It could not be reached there.
    pub(super) fn lost(&mut self) {
        self.address = None;
    }
}

impl Session {
    /// The channel's call is on another machine, which is reached at `address`.
    ///
    /// # Errors
    /// [`Ended::Reconnect`]: one goes there.
    pub(super) async fn call_is_elsewhere(
        &mut self,
        channel: ChannelId,
        address: &str,
        message: &str,
    ) -> Result<(), Ended> {
        let moving = self.is_moving_to(&channel);
        let call = self.state.call.as_ref();
        let waits = call.is_some_and(|call| call.channel == channel && call.asked);
        if !moving && !waits {
            return Ok(());
        }
        if !self.elsewhere.send(address) {
            self.call_refused(channel, message).await;
            return Ok(());
        }
        if moving {
            // Nobody is in calls on two machines at once: the old one is left first.
            self.end_move();
            self.begin_call(channel).await?;
        }
        tracing::info!("the call is on another machine of the server");
        // What was met here is not met there.
        self.line = None;
        Err(Ended::Reconnect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_where_one_is_sent_but_not_for_ever_and_not_anywhere() {
        let mut elsewhere = Elsewhere::default();
        for wrong in ["", "host", ":7440", "host:port", "a b:1", "host:70000"] {
            assert!(!elsewhere.send(wrong), "{wrong}");
        }
        assert!(!elsewhere.send(&format!("{}:1", "x".repeat(LONGEST))));
        assert_eq!(elsewhere.or("usual:1"), "usual:1");
        for _ in 0..MOST {
            assert!(elsewhere.send("[::1]:7440"));
        }
        assert!(!elsewhere.send("[::1]:7440"));
        assert_eq!(elsewhere.or("usual:1"), "[::1]:7440");
        elsewhere.arrived();
        assert!(elsewhere.send("two.example.org:7440"));
        elsewhere.lost();
        assert_eq!(elsewhere.or("usual:1"), "usual:1");
    }
}
