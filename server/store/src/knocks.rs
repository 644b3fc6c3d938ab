//! Knocks: accounts that wait to be let in, each with its signed request.

use async_trait::async_trait;
use dialtone_protocol::AccountId;

use crate::{StoreError, UnixMillis};

/// One waiting account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knock {
    /// Who waits. The account must exist.
    pub account: AccountId,
    /// Its signed request, opaque here.
    pub bytes: Vec<u8>,
    /// Since when.
    pub created: UnixMillis,
}

/// Pending admission requests, one an account.
#[async_trait]
pub trait KnockStore: Send {
    /// Puts the account's request, in place of an earlier one.
    async fn put(
        &mut self,
        account: &AccountId,
        bytes: &[u8],
        now: UnixMillis,
    ) -> Result<(), StoreError>;

    /// The account's request.
    async fn find(&mut self, account: &AccountId) -> Result<Option<Knock>, StoreError>;

    /// The requests that wait longest, at most `limit`.
    async fn list(&mut self, limit: u32) -> Result<Vec<Knock>, StoreError>;

    /// How many wait.
    async fn count(&mut self) -> Result<u64, StoreError>;

    /// Removes the account's request; `false` when there is none.
    async fn remove(&mut self, account: &AccountId) -> Result<bool, StoreError>;
}
