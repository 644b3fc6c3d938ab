//! A community of clients, made through the server's own doors.
//!
//! ```text
//! found -> invite for several -> each account registers (OPAQUE) -> channel -> each account's first device enters the lobby
//!       -> further devices, signed in by their accounts -> a session for every device: one client each
//! ```
//!
//! Stretching a password costs a client 64 MiB and some tenths of a second, and that is not what is measured: so there are
//! a few accounts with many devices each, and the server treats each device as a client of its own.

mod account;
mod build;
mod sealing;

use std::net::Ipv4Addr;

use dialtone_crypto::{ChannelKey, DeviceKey, SenderChain};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{ChannelId, Hash};

pub(crate) use sealing::{Sealed, mark};

use crate::net::Endpoint;

/// The most accounts; each one's first device is in the lobby group and sends.
pub(crate) const MOST_ACCOUNTS: usize = 16;

/// One device with a session.
pub(crate) struct Client {
    device: DeviceKey,
    /// Its session.
    pub(crate) token: Hash,
    /// Where it comes from.
    pub(crate) from: Ipv4Addr,
}

/// Everybody who will be connected.
pub(crate) struct Community {
    /// The server.
    pub(crate) endpoint: Endpoint,
    roster: Roster,
    /// Where everybody reads.
    pub(crate) channel: ChannelId,
    key: ChannelKey,
    /// All; those that send come first.
    pub(crate) clients: Vec<Client>,
    /// How far each sender's events in the channel are.
    chains: Vec<SenderChain>,
}

impl Community {
    /// How many of the clients send.
    pub(crate) fn senders(&self) -> usize {
        self.chains.len()
    }

    /// Entries of the roster.
    pub(crate) fn roster_length(&self) -> u64 {
        self.roster.position().length
    }
}
