//! Welcomes: how devices that were put into a group while they were away get in.

use async_trait::async_trait;
use dialtone_protocol::{DeviceId, GroupId};

use crate::StoreError;

/// A welcome to keep.
#[derive(Debug, Clone)]
pub struct NewWelcome {
    /// Into which group.
    pub group: GroupId,
    /// The epoch that it is for.
    pub epoch: u64,
    /// The MLS `Welcome` message.
    pub welcome: Vec<u8>,
    /// The ratchet tree of that epoch.
    pub tree: Vec<u8>,
    /// Whom it is for.
    pub devices: Vec<DeviceId>,
}

/// A welcome that waits for a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredWelcome {
    /// The epoch that it is for.
    pub epoch: u64,
    /// The MLS `Welcome` message.
    pub welcome: Vec<u8>,
    /// The ratchet tree of that epoch.
    pub tree: Vec<u8>,
}

/// For each group and device at most one waits: the latest.
#[async_trait]
pub trait WelcomeStore: Send {
    /// Keeps a welcome. The group and the devices must exist, and there is none of that epoch yet.
    async fn put(&mut self, new: &NewWelcome) -> Result<(), StoreError>;

    /// The one that waits for a device.
    async fn find(
        &mut self,
        group: &GroupId,
        device: &DeviceId,
    ) -> Result<Option<StoredWelcome>, StoreError>;

    /// The device is in, or does not need it.
    async fn take(&mut self, group: &GroupId, device: &DeviceId) -> Result<(), StoreError>;
}
