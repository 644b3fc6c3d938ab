//! The secrets that an epoch gives. Each comes from MLS-Exporter (RFC 9420, section 8.5).

use dialtone_protocol::{CallId, ChannelId, GroupId};

use crate::labels;
use crate::primitives::{self, Secret};
use crate::ring::ChannelKey;

/// `E = MLS-Exporter("dialtone/v1/history", group id || epoch, 32)`: every channel's key of this epoch comes from it. It never
/// leaves this device.
#[derive(Clone)]
pub struct EpochSecret {
    pub(crate) group: GroupId,
    pub(crate) epoch: u64,
    /// The roster length of the commit that made it, which says who was to read it; `None`: not kept.
    pub(crate) length: Option<u64>,
    pub(crate) secret: Secret,
}

impl EpochSecret {
    /// Whose.
    pub fn group(&self) -> GroupId {
        self.group
    }

    /// Which epoch.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// `K = HKDF(E, "channel" || channel id)`
    pub fn channel_key(&self, channel: ChannelId) -> ChannelKey {
        ChannelKey {
            group: self.group,
            epoch: self.epoch,
            channel,
            secret: primitives::hkdf(&*self.secret, &[labels::CHANNEL, &channel.0]),
        }
    }
}

/// `MLS-Exporter("dialtone/v1/signal", group id || epoch, 32)`: seals signals. Kept in memory only.
#[derive(Clone)]
pub struct SignalSecret {
    pub(crate) group: GroupId,
    pub(crate) epoch: u64,
    pub(crate) secret: Secret,
}

impl SignalSecret {
    /// Whose.
    pub fn group(&self) -> GroupId {
        self.group
    }

    /// Which epoch.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }
}

/// `MLS-Exporter("dialtone/v1/sframe", call id, 32)`: voice keys come from it. Kept in memory only, and erased 10 s after the epoch
/// or the call ends.
#[derive(Clone)]
pub struct CallSecret {
    pub(crate) call: CallId,
    pub(crate) epoch: u64,
    pub(crate) secret: Secret,
}

impl CallSecret {
    /// Which call.
    pub fn call(&self) -> CallId {
        self.call
    }

    /// Which epoch: the `SFrame` key id.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }
}

/// `group id || epoch`, the epoch as 8 bytes big-endian: the exporter's context.
pub(super) fn context(group: &GroupId, epoch: u64) -> Vec<u8> {
    let mut context = group.0.to_vec();
    context.extend_from_slice(&epoch.to_be_bytes());
    context
}
