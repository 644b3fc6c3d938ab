//! A community of clients, made through the server's own doors.
//!
//! ```text
//! found -> invite for several -> each account registers (OPAQUE) -> channel -> each account's first device enters the lobby
//!       -> further devices, signed in by their accounts -> a session for every device: one client each
//! fill      a larger one: the rest is written into the database before the server is started again
//! ```
//!
//! Stretching a password costs a client 64 MiB and some tenths of a second, and that is not what is measured: so there are
//! a few accounts with up to 32 devices each, and the server treats each device as a client of its own.

mod account;
mod build;
mod fill;
mod newcomers;
mod opening;
mod sealing;

use std::net::Ipv4Addr;
use std::sync::Arc;

use dialtone_crypto::{ChannelKey, DeviceKey, KeyRing, SenderChain};
use dialtone_protocol::link::Link;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{ChannelId, DeviceId, Hash};

pub(crate) use newcomers::{CameIn, Coming};
pub(crate) use opening::{Opened, Opener};
pub(crate) use sealing::{Sealed, mark};

use crate::net::{Endpoint, Stand};

/// So many accounts there are, if there are as many clients,
const LEAST_ACCOUNTS: usize = 16;
/// and more, so that none has more devices than this: the server's limit.
const DEVICES_EACH: usize = 32;
/// So many may come by the invite: the most that one allows.
const MOST_USES: u32 = 10_000;
/// So many accounts' first devices are in the lobby group.
const IN_LOBBY: usize = 16;

/// One device with a session.
#[derive(Clone)]
pub(crate) struct Client {
    device: Arc<DeviceKey>,
    /// Its session.
    pub(crate) token: Hash,
    /// Where it comes from.
    pub(crate) from: Ipv4Addr,
}

impl Client {
    /// Its device.
    pub(crate) fn id(&self) -> DeviceId {
        self.device.id()
    }
}

/// Everybody who will be connected.
pub(crate) struct Community {
    /// The server.
    pub(crate) endpoint: Endpoint,
    roster: Roster,
    /// Where everybody reads.
    pub(crate) channel: ChannelId,
    /// By which others come in.
    link: Link,
    key: ChannelKey,
    /// Has that key.
    ring: Arc<KeyRing>,
    /// Messages so far.
    written: u64,
    /// All; the accounts' first devices come first.
    pub(crate) clients: Vec<Client>,
    /// How far each client's events in the channel are.
    chains: Vec<SenderChain>,
}

impl Community {
    /// Entries of the member list.
    pub(crate) fn entries(&self) -> u64 {
        self.roster.position().length
    }

    /// Where a client stands that has the channel up to `after`.
    pub(crate) fn stand(&self, after: u64) -> Stand {
        Stand {
            roster_length: self.roster.position().length,
            channel: self.channel,
            after,
        }
    }
}
