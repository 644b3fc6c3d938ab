//! Sessions: what a bearer token stands for. Only the token's hash is stored.

use async_trait::async_trait;
use dialtone_protocol::DeviceId;

use crate::{StoreError, TokenHash, UnixMillis};

/// A session to add.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its token, hashed. Unique.
    pub token: TokenHash,
    /// The device that opened it.
    pub device: DeviceId,
    /// When it ends.
    pub expires: UnixMillis,
}

/// A stored session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its token, hashed.
    pub token: TokenHash,
    /// The device that opened it.
    pub device: DeviceId,
    /// When it was opened.
    pub created: UnixMillis,
    /// When it ends.
    pub expires: UnixMillis,
    /// When it was revoked, if it was.
    pub revoked: Option<UnixMillis>,
}

impl Session {
    /// Whether the session holds at `now`.
    pub fn is_open(&self, now: UnixMillis) -> bool {
        self.revoked.is_none() && now < self.expires
    }
}

/// Sessions by token hash.
#[async_trait]
pub trait SessionStore: Send {
    /// Adds a session; `false` when the token is in use. The device must exist.
    async fn add(&mut self, new: &NewSession, now: UnixMillis) -> Result<bool, StoreError>;

    /// The session of this token, open or not: ask [`Session::is_open`], and the device whether it is revoked.
    async fn find(&mut self, token: &TokenHash) -> Result<Option<Session>, StoreError>;

    /// All sessions of the device, oldest first.
    async fn list(&mut self, device: &DeviceId) -> Result<Vec<Session>, StoreError>;

    /// Moves the end of a session that is not revoked; `false` when there is none.
    async fn extend(&mut self, token: &TokenHash, expires: UnixMillis) -> Result<bool, StoreError>;

    /// Revokes one session; `false` when there is none or it was revoked before.
    async fn revoke(&mut self, token: &TokenHash, now: UnixMillis) -> Result<bool, StoreError>;

    /// Revokes all sessions of the device; how many.
    async fn revoke_device(
        &mut self,
        device: &DeviceId,
        now: UnixMillis,
    ) -> Result<u64, StoreError>;

    /// Open sessions in the order of their tokens' hashes, behind `after`, at most `limit`.
    async fn page(
        &mut self,
        after: Option<&TokenHash>,
        now: UnixMillis,
        limit: u32,
    ) -> Result<Vec<Session>, StoreError>;

    /// Sessions that were revoked at `since` or later, at most `limit`, the latest first.
    async fn revoked_since(
        &mut self,
        since: UnixMillis,
        limit: u32,
    ) -> Result<Vec<Session>, StoreError>;

    /// Deletes the sessions that have run out at `now`, and those that were revoked at `revoked` or earlier; how many.
    async fn delete_ended(
        &mut self,
        now: UnixMillis,
        revoked: UnixMillis,
    ) -> Result<u64, StoreError>;
}
