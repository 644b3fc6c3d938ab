//! The server's side of invites: which tokens let someone register, and how often.

use async_trait::async_trait;
use dialtone_protocol::{DeviceId, InviteId};

use crate::{StoreError, TokenHash, UnixMillis};

/// What a token lets its bearer do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteKind {
    /// Found the community.
    Founding,
    /// Register and wait for an admin.
    Knock,
    /// Join by the roster's invite.
    Member,
}

/// An invite to add.
#[derive(Debug, Clone)]
pub struct NewInvite {
    /// The link's token, hashed. Unique.
    pub token: TokenHash,
    /// What it lets its bearer do.
    pub kind: InviteKind,
    /// The invite of the roster that it belongs to, if any. Unique.
    pub invite: Option<InviteId>,
    /// How often it can be used.
    pub uses: u32,
    /// When it ends, if it does.
    pub expires: Option<UnixMillis>,
    /// Keys for the newcomer, sealed under the link's seed.
    pub pack: Option<Vec<u8>>,
    /// The device that issued it, unless the server did.
    pub issuer: Option<DeviceId>,
}

/// A stored invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The link's token, hashed.
    pub token: TokenHash,
    /// What it lets its bearer do.
    pub kind: InviteKind,
    /// The invite of the roster that it belongs to, if any.
    pub invite: Option<InviteId>,
    /// How often it could be used at first.
    pub uses: u32,
    /// How often it can still be used.
    pub uses_left: u32,
    /// When it ends, if it does.
    pub expires: Option<UnixMillis>,
    /// Keys for the newcomer, sealed under the link's seed.
    pub pack: Option<Vec<u8>>,
    /// The device that issued it, unless the server did.
    pub issuer: Option<DeviceId>,
    /// When it was added.
    pub created: UnixMillis,
    /// When it was revoked, if it was.
    pub revoked: Option<UnixMillis>,
}

/// What became of using an invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsumedInvite {
    /// One use was taken; the invite as it is now.
    Taken(Invite),
    /// There is no such invite.
    Unknown,
    /// It was revoked.
    Revoked,
    /// It has ended.
    Expired,
    /// All its uses are taken.
    UsedUp,
}

/// Invites by token hash.
#[async_trait]
pub trait InviteStore: Send {
    /// Adds an invite; `false` when the token or the roster's invite is already there.
    async fn add(&mut self, new: &NewInvite, now: UnixMillis) -> Result<bool, StoreError>;

    /// The invite of this token, usable or not.
    async fn find(&mut self, token: &TokenHash) -> Result<Option<Invite>, StoreError>;

    /// The invite that belongs to this invite of the roster.
    async fn find_by_id(&mut self, invite: &InviteId) -> Result<Option<Invite>, StoreError>;

    /// Takes one use. However many try at once, each use is taken once.
    async fn consume(
        &mut self,
        token: &TokenHash,
        now: UnixMillis,
    ) -> Result<ConsumedInvite, StoreError>;

    /// Gives one use back that was taken in vain; `false` when there is no such invite or nothing was taken.
    async fn release(&mut self, token: &TokenHash) -> Result<bool, StoreError>;

    /// Revokes the invite; `false` when there is none or it was revoked before.
    async fn revoke(&mut self, token: &TokenHash, now: UnixMillis) -> Result<bool, StoreError>;

    /// All invites, newest first, at most `limit`.
    async fn list(&mut self, limit: u32) -> Result<Vec<Invite>, StoreError>;

    /// Deletes the invites that ended before `before`; how many.
    async fn delete_expired(&mut self, before: UnixMillis) -> Result<u64, StoreError>;
}
