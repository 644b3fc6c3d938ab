//! History grants: sealed blobs that wait for the device that they are for.

use async_trait::async_trait;
use dialtone_protocol::DeviceId;

use crate::{StoreError, UnixMillis};

/// A grant's place among those of its device, from 1, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantId(pub u64);

/// A grant to put.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// The device that it is for. It must exist.
    pub to: DeviceId,
    /// The device that it comes from.
    pub from: DeviceId,
    /// The sealed grant.
    pub bytes: Vec<u8>,
}

/// A waiting grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its place among those of its device.
    pub id: GrantId,
    /// The device that it comes from.
    pub from: DeviceId,
    /// The sealed grant.
    pub bytes: Vec<u8>,
    /// When it was put.
    pub created: UnixMillis,
}

/// What became of putting a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutGrant {
    /// It waits.
    Put(GrantId),
    /// As many wait for that device as may.
    Full,
    /// There is no such device.
    UnknownDevice,
}

/// Grants by the device that they are for.
#[async_trait]
pub trait GrantStore: Send {
    /// Puts a grant, unless `capacity` of them wait for that device already.
    async fn put(
        &mut self,
        new: &NewGrant,
        capacity: u32,
        now: UnixMillis,
    ) -> Result<PutGrant, StoreError>;

    /// Grants for the device after `after`, in order, at most `limit`.
    async fn list(
        &mut self,
        to: &DeviceId,
        after: Option<GrantId>,
        limit: u32,
    ) -> Result<Vec<Grant>, StoreError>;

    /// Deletes those of the device's grants that it has taken; how many there were.
    async fn delete(&mut self, to: &DeviceId, ids: &[GrantId]) -> Result<u64, StoreError>;
}
