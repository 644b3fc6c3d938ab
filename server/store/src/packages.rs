//! Key packages of devices: what others need to put them into a private group.

use async_trait::async_trait;
use dialtone_protocol::DeviceId;

use crate::{StoreError, UnixMillis};

/// One for each device.
#[async_trait]
pub trait PackageStore: Send {
    /// Puts the device's package, in place of an earlier one. The device must exist.
    async fn put(
        &mut self,
        device: &DeviceId,
        package: &[u8],
        now: UnixMillis,
    ) -> Result<(), StoreError>;

    /// The device's package.
    async fn find(&mut self, device: &DeviceId) -> Result<Option<Vec<u8>>, StoreError>;
}
