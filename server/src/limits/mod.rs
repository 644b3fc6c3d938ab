//! How much one may ask: requests by address, account and device, and connections by address. A busy client never meets it.
//!
//! ```text
//! connection -> Doors: so many of an address, fewer while nobody signed in on them
//! request -> by address -> the session is found -> by device, by account -> the service
//! ```
//!
//! Frames on a WebSocket are not refused: beyond their pace the server reads no further, and the client waits by itself (`live/reader.rs`).
//! Tries to sign in have limits of their own, which are narrower, of the same kind (`auth/throttle.rs`).

mod doors;
mod keyed;
mod network;

use std::time::Duration;

use dialtone_protocol::{AccountId, DeviceId};
use governor::Quota;

pub(crate) use doors::{Door, Doors};
pub(crate) use keyed::Keyed;
pub(crate) use network::Network;

use crate::auth::Session;
use crate::config::{LimitSettings, Rate};
use crate::metrics::RefusedBy;

/// Who asked too much, and when they may ask again.
pub(crate) struct TooMuch {
    /// By which rule.
    pub(crate) by: RefusedBy,
    /// How long to wait.
    pub(crate) wait: Duration,
}

/// What is remembered of who asks; bounded.
pub(crate) struct Limits {
    addresses: Keyed<Network>,
    accounts: Keyed<AccountId>,
    devices: Keyed<DeviceId>,
}

impl From<Rate> for Quota {
    fn from(rate: Rate) -> Self {
        Self::per_second(rate.per_second).allow_burst(rate.burst)
    }
}

impl Limits {
    /// By what is set.
    pub(crate) fn new(settings: &LimitSettings) -> Self {
        Self {
            addresses: Keyed::new(settings.address.map(Quota::from)),
            accounts: Keyed::new(settings.account.map(Quota::from)),
            devices: Keyed::new(settings.device.map(Quota::from)),
        }
    }

    /// A request from `address`.
    pub(crate) fn by_address(&self, address: Network) -> Result<(), TooMuch> {
        let checked = self.addresses.check(&address);
        checked.map_err(|wait| TooMuch {
            by: RefusedBy::Address,
            wait,
        })
    }

    /// A request by a session.
    pub(crate) fn by_session(&self, session: &Session) -> Result<(), TooMuch> {
        let by_device = self.devices.check(&session.device);
        by_device.map_err(|wait| TooMuch {
            by: RefusedBy::Device,
            wait,
        })?;
        let by_account = self.accounts.check(&session.account);
        by_account.map_err(|wait| TooMuch {
            by: RefusedBy::Account,
            wait,
        })
    }

    /// Forgets who has not asked for long.
    pub(crate) fn forget(&self) {
        self.addresses.forget();
        self.accounts.forget();
        self.devices.forget();
    }

    /// Of how many something is remembered.
    pub(crate) fn entries(&self) -> usize {
        self.addresses.len() + self.accounts.len() + self.devices.len()
    }
}
