//! Devices of accounts, with their public keys.

use async_trait::async_trait;
use dialtone_protocol::{AccountId, DeviceId, PublicKey};

use crate::{StoreError, UnixMillis};

/// A device to add.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// Its id. Unique.
    pub device: DeviceId,
    /// Whose it is.
    pub account: AccountId,
    /// Its Ed25519 key.
    pub device_key: PublicKey,
    /// Its X-Wing key, opaque here.
    pub box_key: Vec<u8>,
}

/// A stored device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub device: DeviceId,
    /// Whose it is.
    pub account: AccountId,
    /// Its Ed25519 key.
    pub device_key: PublicKey,
    /// Its X-Wing key, opaque here.
    pub box_key: Vec<u8>,
    /// When it was added.
    pub created: UnixMillis,
    /// When it was last connected.
    pub last_seen: UnixMillis,
    /// When it was revoked, if it was.
    pub revoked: Option<UnixMillis>,
}

/// Devices by id.
#[async_trait]
pub trait DeviceStore: Send {
    /// Adds a device; `false` when there is one with this id. The account must exist.
    async fn add(&mut self, new: &NewDevice, now: UnixMillis) -> Result<bool, StoreError>;

    /// The device with this id, revoked or not.
    async fn find(&mut self, device: &DeviceId) -> Result<Option<Device>, StoreError>;

    /// All devices of the account, oldest first, revoked ones too.
    async fn list(&mut self, account: &AccountId) -> Result<Vec<Device>, StoreError>;

    /// Notes that the device was seen; never moves back. `false` when there is no such device.
    async fn touch(&mut self, device: &DeviceId, now: UnixMillis) -> Result<bool, StoreError>;

    /// Revokes the device and its sessions; `false` when there is no such device or it was revoked before.
    async fn revoke(&mut self, device: &DeviceId, now: UnixMillis) -> Result<bool, StoreError>;
}
